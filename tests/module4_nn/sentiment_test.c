/* The program `sentiment`, as its user meets it: what it prints, what it reads, and how it ends. */
#include <criterion/criterion.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(module4_sentiment, .timeout = 280);

/* Small enough for a build without optimisation under sanitizers. */
#define SMALL "--limit 60 --maps 8 "

enum { ROOM = 1 << 16 };

typedef struct run {
    int code;
    char text[ROOM];
} run;

static run *sentiment_in(const char *before, const char *arguments, const char *after)
{
    static run r;
    char command[4096];
    snprintf(command, sizeof command, "%s module4_nn/sentiment %s %s", before, arguments,
             after);
    FILE *out = popen(command, "r");
    cr_assert(out, "cannot run %s", command);
    size_t n = fread(r.text, 1, ROOM - 1, out);
    r.text[n] = '\0';
    int status = pclose(out);
    r.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return &r;
}

static run *sentiment(const char *arguments)
{
    return sentiment_in("", arguments, "2>&1");
}

static void expect_match(const char *text, const char *pattern)
{
    regex_t regex;
    cr_assert_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB), 0);
    cr_expect_eq(regexec(&regex, text, 0, NULL, 0), 0, "no \"%s\" in:\n%s", pattern, text);
    regfree(&regex);
}

/* A file of the test's own folder; its path stays until the next call but three. */
static const char *path_of(const char *name)
{
    static char paths[4][256];
    static int next;
    const char *folder = getenv("TEST_TMPDIR");
    char *path = paths[next++ % 4];
    snprintf(path, 256, "%s/%ld-%s", folder ? folder : "/tmp", (long)getpid(), name);
    return path;
}

static const char *format(const char *form, ...) __attribute__((format(printf, 1, 2)));
static const char *format(const char *form, ...)
{
    static char text[2048];
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    return text;
}

Test(module4_sentiment, says_what_it_does_and_what_the_sentences_are)
{
    run *r = sentiment(SMALL "--epochs 2 --seed 7 --say \"The xyzzy isn't dull.\"");
    cr_expect_eq(r->code, 0, "%s", r->text);
    expect_match(r->text, "^sentence_cnn 16-3x8-1, backend [a-z]+ on cpu, .*practice "
                          "sentences of the project's own.*60 train, 60 valid.*seed 7$");
    expect_match(r->text, "says nothing about real reviews");
    expect_match(r->text,
                 "^epoch 1/2  loss [0-9.]+  train accuracy [0-9.]+  valid accuracy "
                 "[0-9.]+  best [0-9.]+  [0-9.]+ s$");
    expect_match(r->text, "^epoch 2/2  ");
    expect_match(r->text, "^wrong, the surest first:$");
    expect_match(r->text,
                 "^  (for|against) \\(0\\.[0-9]+\\), but it is (for|against): .+\\.$");
    expect_match(r->text, "^(for|against) \\([01]\\.[0-9]+\\): The xyzzy isn't dull\\.$");
    expect_match(r->text, "^  1 of its words has no vector");
    expect_match(r->text, "^valid accuracy 0\\.[0-9]{4} \\([0-9]+/60\\)");
}

Test(module4_sentiment, simple_and_fast_begin_alike)
{
    double loss[2] = {0, 1};
    static const char *const names[] = {"simple", "fast"};
    for (int i = 0; i < 2; i++) {
        run *r = sentiment(format(SMALL "--epochs 1 --seed 2 --backend %s", names[i]));
        char *line = strstr(r->text, "epoch 1/1  loss ");
        cr_assert(line, "%s", r->text);
        loss[i] = atof(line + strlen("epoch 1/1  loss "));
    }
    cr_expect_float_eq(loss[0], loss[1], 2e-3, "six steps: %g and %g", loss[0], loss[1]);
}

Test(module4_sentiment, runs_on_the_simulated_device)
{
    run *r = sentiment("--limit 4 --maps 2 --batch 2 --epochs 1 --backend sim");
    cr_expect_eq(r->code, 0, "%s", r->text);
    expect_match(r->text, "backend sim on sim");
    expect_match(r->text, "^valid accuracy [01]\\.[0-9]{4} \\([0-9]/4\\)");
}

Test(module4_sentiment, repeats_itself_by_seed)
{
    char first[200];
    snprintf(first, sizeof first, "%.190s",
             sentiment(SMALL "--epochs 1 --seed 3 --json | tail -n 1 | cut -c -60")->text);
    cr_expect_str_eq(
        sentiment(SMALL "--epochs 1 --seed 3 --json | tail -n 1 | cut -c -60")->text,
        first);
}

Test(module4_sentiment, json_is_all_there_is)
{
    run *r = sentiment(SMALL "--epochs 2 --json --say \"What a gem!\"");
    cr_expect_eq(r->code, 0);
    expect_match(r->text, "\"event\":\"said\",\"sentence\":\"What a gem!\"");
    int epochs = 0, lines = 0;
    for (char *line = strtok(r->text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        expect_match(line, "^\\{\"event\":\"(start|epoch|wrong|said|end)\",.*\\}$");
        epochs += strstr(line, "\"event\":\"epoch\"") != NULL;
        if (lines == 0) expect_match(line, "\"event\":\"start\".*\"data\":\"practice");
    }
    cr_expect_eq(epochs, 2);
}

Test(module4_sentiment, bad_options_end_with_2)
{
    static const char *const bad[] = {"--epochs 0",
                                      "--lr nan",
                                      "--batch 0",
                                      "--maps 0",
                                      "--dropout 2",
                                      "--backend x",
                                      "--data /tmp",
                                      "--eval",
                                      "--say ' '",
                                      "surplus",
                                      "--glove ''",
                                      "--eval --load a --save b",
                                      "--resume a --load b",
                                      "--resume a --eval",
                                      "--resume a --maps 100",
                                      "--resume a --seed 1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        run *r = sentiment(bad[i]);
        cr_expect_eq(r->code, 2, "%s: exit %d\n%s", bad[i], r->code, r->text);
        cr_expect(strstr(r->text, "sentiment: "), "%s: %s", bad[i], r->text);
    }
    run *help = sentiment("--help");
    cr_expect_eq(help->code, 0);
    expect_match(help->text, "--glove");
}

/* ---- files ------------------------------------------------------------------------------------- */

static const char WORDS[] = "film 0.1 0.2 -0.1 0.3\ngood 1 0 0.5 0\nbad -1 0 0.5 0\n"
                            "not 0 1 0 0\na 0 0 1 0\n. 0 0 0 1\n";

static void write_text(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    cr_assert(out, "cannot write %s", path);
    fputs(text, out);
    fclose(out);
}

/* A folder as SST-2 has it, with sentences whose side the words tell; returns its path. */
static const char *write_sst2(void)
{
    static char folder[256];
    static const char *const parts[] = {"train.tsv", "dev.tsv"};
    snprintf(folder, sizeof folder, "%s", path_of("sst2"));
    cr_assert_eq(system(format("mkdir -p %s", folder)), 0);
    for (int part = 0; part < 2; part++) {
        char text[8192] = "sentence\tlabel\n";
        for (int i = 0; i < 40; i++) {
            bool not = i / 2 % 2, good = i % 2;
            sprintf(text + strlen(text), "%s %s film%s \t%d\n", not ? "not a" : "a",
                    good ? "good" : "bad", i % 3 ? " ." : "", good != not );
        }
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, parts[part]);
        write_text(path, text);
    }
    return folder;
}

Test(module4_sentiment, learns_from_files_in_sst2s_and_gloves_formats)
{
    const char *folder = write_sst2(), *words = path_of("words.txt");
    write_text(words, WORDS);
    run *r = sentiment(format("--data %s --glove %s --epochs 25 --lr 0.01 --dropout 0 "
                              "--maps 8",
                              folder, words));
    cr_expect_eq(r->code, 0, "%s", r->text);
    expect_match(r->text, "40 train, 40 valid");
    expect_match(r->text, "^word vectors .*words.txt: 6 of 6 words have one");
    cr_expect(!strstr(r->text, "practice"), "%s", r->text);
    expect_match(r->text, "^valid accuracy 1\\.0000 \\(40/40\\)$");
    cr_expect(!strstr(r->text, "wrong"), "nothing is wrong: %s", r->text);
}

Test(module4_sentiment, damage_in_files_is_said_with_its_line)
{
    const char *folder = write_sst2(), *words = path_of("words.txt");
    write_text(words, "film 1 2\ngood 1\n");
    run *r = sentiment(format("--data %s --glove %s", folder, words));
    cr_expect_eq(r->code, 1);
    expect_match(r->text, "words.txt:2: a word and 1 numbers, but the first line has 2");
    write_text(words, WORDS);
    write_text(format("%s/dev.tsv", folder), "sentence\tlabel\nfine\t7\n");
    r = sentiment(format("--data %s --glove %s", folder, words));
    cr_expect_eq(r->code, 1);
    expect_match(r->text, "dev.tsv:2: the label is \"7\"");
    r = sentiment(format("--data /nowhere --glove %s", words));
    cr_expect_eq(r->code, 1);
    expect_match(r->text, "/nowhere/train.tsv.*no such file");
    r = sentiment_in("", SMALL "--epochs 1", "2>&1 >/dev/full");
    cr_expect_eq(r->code, 1, "a full disk: %s", r->text);
}

Test(module4_sentiment, what_was_saved_says_the_same_when_it_is_loaded)
{
    const char *file = path_of("kim.safetensors");
    char last[200];
    run *r = sentiment(format(SMALL "--epochs 2 --save %s", file));
    cr_expect_eq(r->code, 0, "%s", r->text);
    expect_match(r->text, "^saved /.*kim.safetensors$");
    snprintf(last, sizeof last, "%.28s", strstr(r->text, "\nvalid accuracy "));
    r = sentiment(format(SMALL "--load %s --eval --seed 9", file));
    cr_expect_eq(r->code, 0, "%s", r->text);
    cr_expect(strstr(r->text, last), "no \"%s\" in %s", last, r->text);
    r = sentiment(format("--limit 60 --maps 9 --load %s --eval", file));
    cr_expect_eq(r->code, 1, "another network's weights");
    expect_match(r->text, "conv3.weight");
    unlink(file);
}

/* ---- Ctrl-C ------------------------------------------------------------------------------------ */

static pid_t start(const char *arguments, FILE **out)
{
    char command[2048];
    int ends[2];
    snprintf(command, sizeof command, "exec module4_nn/sentiment %s", arguments);
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        signal(SIGINT, SIG_DFL);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    *out = fdopen(ends[0], "r");
    return child;
}

/* Ctrl-C `ms` milliseconds after the first epoch; what is printed from then on. */
static run *interrupted(const char *arguments, int ms)
{
    static run r;
    FILE *out;
    char line[512];
    pid_t child = start(arguments, &out);
    do cr_assert(fgets(line, sizeof line, out), "it ended before its first epoch");
    while (strncmp(line, "epoch 1/", 8) != 0);
    usleep((useconds_t)ms * 1000);
    kill(child, SIGINT);
    r.text[0] = '\0';
    while (fgets(line, sizeof line, out))
        if (strncmp(line, "epoch", 5) != 0 && strlen(r.text) + strlen(line) < ROOM)
            strcat(r.text, line);
    int status = 0;
    waitpid(child, &status, 0);
    fclose(out);
    r.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return &r;
}

Test(module4_sentiment, ctrl_c_ends_cleanly_with_a_checkpoint)
{
    const char *file = path_of("cut.safetensors");
    run *r = interrupted(format(SMALL "--epochs 1000000 --save %s", file), 0);
    cr_expect_eq(r->code, 130, "status %d: %s", r->code, r->text);
    expect_match(r->text,
                 "^interrupted (in epoch [0-9]+ after [0-9]+ of 6 steps|after epoch "
                 "[0-9]+ of 1000000)$");
    expect_match(r->text, "^valid accuracy ");
    r = sentiment(format("--limit 60 --load %s --eval --quiet", file));
    cr_expect_eq(r->code, 0, "the checkpoint says how many maps it has: %s", r->text);
    unlink(file);
}

static bool same_files(const char *a, const char *b)
{
    return system(format("cmp -s %s %s", a, b)) == 0;
}

/* However often it is stopped, its end is the same file, bit by bit. 100 short steps an epoch, so that
 * Ctrl-C falls between them: where a busy machine lets it come late each time, there are more tries. */
Test(module4_sentiment, an_interrupted_run_ends_as_if_it_had_never_stopped)
{
    static const char asked[] =
        "--limit 200 --batch 2 --maps 4 --epochs 3 --threads 1 --seed 6 --save";
    char whole[256], cut[256];
    int in_an_epoch = 0;
    strcpy(whole, path_of("whole.safetensors"));
    strcpy(cut, path_of("cut.safetensors"));
    cr_assert_eq(sentiment(format("%s %s", asked, whole))->code, 0);
    for (int i = 0; i < 4 || (in_an_epoch == 0 && i < 100); i++) {
        int ms = i % 4 * 10;
        run *r = interrupted(format("%s %s", asked, cut), ms);
        bool at_end = r->code == 0 || strstr(r->text, "interrupted after epoch 3 of 3");
        in_an_epoch += strstr(r->text, "interrupted in epoch") != NULL;
        cr_expect(r->code == 0 || r->code == 130, "status %d: %s", r->code, r->text);
        cr_expect_eq(same_files(cut, whole), at_end, "%s", r->text);
        r = sentiment(format("--resume %s --threads 1 --say \"%s\"", cut,
                             "It is not the worst of all the films that I have ever seen "
                             "in all these years, and not the best."));
        cr_expect_eq(r->code, 0, "%s", r->text);
        expect_match(r->text, "^goes on after [0-9] epochs and [0-9]+ steps");
        cr_expect(same_files(cut, whole), "after %d ms: %s", ms, r->text);
    }
    cr_expect_gt(in_an_epoch, 0, "no interrupt fell into an epoch");
    unlink(whole);
    unlink(cut);
}

Test(module4_sentiment, what_cannot_be_resumed_says_why)
{
    const char *file = path_of("kim.safetensors");
    cr_assert_eq(sentiment(format(SMALL "--epochs 1 --save %s", file))->code, 0);
    run *r = sentiment(format("--resume %s", file));
    cr_expect_eq(r->code, 0, "%s", r->text);
    expect_match(r->text, "^goes on after 1 epochs and 0 steps: nothing is left to do");
    const char *folder = write_sst2(), *words = path_of("words.txt");
    write_text(words, WORDS);
    r = sentiment(format("--data %s --glove %s --resume %s", folder, words, file));
    cr_expect_eq(r->code, 1, "%s", r->text);
    expect_match(r->text, "was trained on 60 sentences, but here are 40");
    write_text(file, "nothing");
    cr_expect_eq(sentiment(format("--resume %s", file))->code, 1);
    unlink(file);
}
