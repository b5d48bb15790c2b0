/* The program `train`, as its user meets it: what it prints, and how it ends. */
#include <criterion/criterion.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(module4_train, .timeout = 240);

/* Small enough for a build without optimisation under sanitizers. */
#define SMALL "--model mlp --data digits --limit 300 --hidden 16 --batch 20 --threads 1 "

enum { ROOM = 1 << 16 };

typedef struct run {
    int code;
    char text[ROOM];
} run;

/* Runs `before; train arguments after` in a shell; standard output and what `after` sends there. */
static run *train_in(const char *before, const char *arguments, const char *after)
{
    static run r;
    char command[2048];
    const char *program = getenv("TT_TRAIN") ? getenv("TT_TRAIN") : "module4_nn/train";
    snprintf(command, sizeof command, "%s %s %s %s", before, program, arguments, after);
    FILE *out = popen(command, "r");
    cr_assert(out, "cannot run %s", command);
    size_t n = fread(r.text, 1, ROOM - 1, out);
    r.text[n] = '\0';
    int status = pclose(out);
    r.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return &r;
}

static run *train(const char *arguments)
{
    return train_in("", arguments, "2>&1");
}

static void expect_match(const char *text, const char *pattern)
{
    regex_t regex;
    cr_assert_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB), 0);
    cr_expect_eq(regexec(&regex, text, 0, NULL, 0), 0, "no \"%s\" in:\n%s", pattern, text);
    regfree(&regex);
}

static const char *last_line(run *r)
{
    size_t n = strlen(r->text);
    cr_assert(n > 0 && r->text[n - 1] == '\n', "the last line has no end:\n%s", r->text);
    r->text[n - 1] = '\0';
    char *newline = strrchr(r->text, '\n');
    r->text[n - 1] = '\n';
    return newline ? newline + 1 : r->text;
}

#define LAST "^test accuracy 0\\.[0-9]{4} \\([0-9]+/300\\)$"

Test(module4_train, says_what_it_does)
{
    run *r = train(SMALL "--epochs 2 --seed 7");
    cr_expect_eq(r->code, 0);
    char *end = strchr(r->text, '\n');
    cr_assert(end);
    *end = '\0';
    expect_match(r->text,
                 "784-16-10.*backend [a-z]*.*cpu.*thread.*drawn digits.*300.*seed 7");
    *end = '\n';
    expect_match(r->text,
                 "^epoch 1/2  loss [0-9.]+  .*test accuracy 0\\.[0-9]{4}  [0-9.]+ s$");
    expect_match(r->text, "^epoch 2/2  ");
    expect_match(last_line(r), LAST);
    cr_expect(!strchr(r->text, '\r') && !strchr(r->text, '\033'),
              "no bar off a terminal");
}

Test(module4_train, learns)
{
    run *r = train("--model mlp --data digits --limit 1500 --hidden 32 --batch 25 "
                   "--epochs 4 --threads 1 --quiet");
    cr_assert_eq(r->code, 0, "%s", r->text);
    double accuracy = 0;
    cr_assert_eq(sscanf(r->text, "test accuracy %lf", &accuracy), 1, "--quiet: %s",
                 r->text);
    cr_expect(accuracy > 0.5, "chance is 0.1; reached %g", accuracy);
}

Test(module4_train, trains_networks_with_convolutions)
{
    static const char *const models[] = {"cnn", "lenet5"};
    for (int i = 0; i < 2; i++) {
        char arguments[128], name[32];
        snprintf(
            arguments,
            sizeof arguments, "--data digits --limit 100 --batch 25 --epochs 1 --threads 1 --model %s --lr 0.1",
            models[i]);
        snprintf(name, sizeof name, "%s 28x28-10", models[i]);
        run *r = train(arguments);
        cr_assert_eq(r->code, 0, "%s", r->text);
        expect_match(r->text, name);
        expect_match(last_line(r), "^test accuracy 0\\.[0-9]{4} \\([0-9]+/100\\)$");
    }
}

Test(module4_train, repeats_itself_by_seed)
{
    char first[64], second[64];
    const char *one = SMALL "--epochs 1 --quiet --seed 3",
               *two = SMALL "--epochs 1 --quiet --seed 4";
    snprintf(first, sizeof first, "%.60s", train(one)->text);
    cr_expect_str_eq(train(one)->text, first, "seed 3, twice");
    snprintf(second, sizeof second, "%.60s", train(two)->text);
    cr_expect_str_neq(first, second, "seeds 3 and 4 end alike");
}

Test(module4_train, json_is_all_there_is)
{
    run *r = train(SMALL "--epochs 2 --json");
    cr_expect_eq(r->code, 0);
    int lines = 0;
    for (char *line = strtok(r->text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        static const char *const events[] = {"start", "epoch", "epoch", "end"};
        char pattern[64];
        cr_assert(lines < 4, "one line too many: %s", line);
        snprintf(pattern, sizeof pattern, "^\\{\"event\":\"%s\",.*\\}$", events[lines]);
        expect_match(line, pattern);
        if (lines == 1)
            expect_match(line, "\"epoch\":1,\"loss\":[0-9.]+,\"train_accuracy\":[0-9.]+,"
                               "\"test_accuracy\":[0-9.]+,\"seconds\":[0-9.e-]+");
    }
    cr_expect_eq(lines, 4);
}

Test(module4_train, bad_options_end_with_2)
{
    static const char *const bad[] = {
        "--epochs 0", "--epochs x", "--lr nan",        "--lr -1",      "--batch 0",
        "--limit -1", "--seed 1.5", "--backend quick", "--schedule x", "--unknown",
        "surplus",    "--batch",    "--hidden 0",      "--lr 1e999",   "--data ''"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        run *r = train(bad[i]);
        cr_expect_eq(r->code, 2, "%s: exit %d\n%s", bad[i], r->code, r->text);
        cr_expect(strstr(r->text, "train: "), "%s: %s", bad[i], r->text);
    }
    run *help = train("--help");
    cr_expect_eq(help->code, 0);
    expect_match(help->text, "--epochs");
}

Test(module4_train, what_is_not_there_ends_with_1)
{
    run *r = train("--data /nowhere");
    cr_expect_eq(r->code, 1);
    expect_match(r->text, "/nowhere.*no such folder");
    r = train(SMALL "--backend cuda");
    cr_expect_eq(r->code, 1);
    expect_match(r->text, "cuda");
    r = train_in("", SMALL "--epochs 1", "2>&1 >/dev/full");
    cr_expect_eq(r->code, 1, "a full disk: %s", r->text);
}

Test(module4_train, data_is_taken_relative_to_the_user)
{
    char before[256];
    const char *base = getenv("TEST_TMPDIR") ? getenv("TEST_TMPDIR") : "/tmp";
    snprintf(before, sizeof before, "BUILD_WORKING_DIRECTORY=%s", base);
    run *r = train_in(before, "--data some-folder", "2>&1");
    cr_expect_eq(r->code, 1);
    cr_expect(strstr(r->text, base), "%s", r->text);
}

Test(module4_train, a_loss_above_guessing_is_said)
{
    run *r = train(SMALL "--epochs 1 --lr 1000 --optim sgd");
    cr_expect_eq(r->code, 0);
    expect_match(r->text, "far above 2.30.*--lr 100");
}

/* Starts a long run, waits for its first line, interrupts it, and reads the rest. */
Test(module4_train, an_interrupt_ends_cleanly)
{
    static run r;
    int ends[2];
    const char *program = getenv("TT_TRAIN") ? getenv("TT_TRAIN") : "module4_nn/train";
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        dup2(ends[1], STDOUT_FILENO);
        execl(program, "train", "--model", "mlp", "--threads", "1", "--data", "digits",
              "--limit", "300", "--epochs", "1000000", NULL);
        _exit(99);
    }
    close(ends[1]);
    bool sent = false; /* once: a second one would kill */
    for (size_t n = 0; n < ROOM - 1 && read(ends[0], r.text + n, 1) == 1; n++) {
        if (r.text[n] != '\n' || sent || !strstr(r.text, "epoch 1/")) continue;
        kill(child, SIGINT);
        sent = true;
    }
    int status = 0;
    waitpid(child, &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 130, "status %x",
              (unsigned)status);
    expect_match(last_line(&r), LAST);
    expect_match(r.text, "^interrupted (in epoch [0-9]+ after [0-9]+ of 5 steps|after "
                         "epoch [0-9]+ of 1000000)$");
}
