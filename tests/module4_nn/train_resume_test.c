/* train --save, --load, --resume: a run that is stopped loses nothing. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(module4_train_resume, .timeout = 240);

/* Steps enough that an interrupt falls between them; dropout, so that the random streams matter. */
#define RUN "--data digits --limit 120 --batch 4 --model cnn --threads 1 "

static char folder[256], said[1 << 14];

static const char *program(void)
{
    return getenv("TT_TRAIN") ? getenv("TT_TRAIN") : "module4_nn/train";
}

static void make_folder(void)
{
    const char *base = getenv("TEST_TMPDIR") ? getenv("TEST_TMPDIR") : "/tmp";
    snprintf(folder, sizeof folder, "%s/resume.XXXXXX", base);
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

/* The file of that name in the folder. */
static const char *path(const char *name)
{
    static char paths[4][300];
    static int next;
    char *at = paths[next++ % 4];
    snprintf(at, sizeof paths[0], "%s/%s", folder, name);
    return at;
}

/* Runs `before; train arguments name`, the name in the folder; the exit status, the output in said. */
static int train_in(const char *before, const char *arguments, const char *name)
{
    char command[1024];
    snprintf(command, sizeof command, "%s %s %s %s 2>&1", before, program(), arguments,
             path(name));
    FILE *out = popen(command, "r");
    cr_assert_not_null(out);
    size_t n = fread(said, 1, sizeof said - 1, out);
    said[n] = '\0';
    int status = pclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int train(const char *arguments, const char *name)
{
    return train_in("", arguments, name);
}

static size_t read_file(const char *name, char *bytes, size_t room)
{
    FILE *in = fopen(path(name), "rb");
    size_t n = in ? fread(bytes, 1, room, in) : 0;
    if (in) fclose(in);
    return n;
}

static bool same_files(const char *a, const char *b)
{
    static char x[1 << 20], y[1 << 20];
    size_t n = read_file(a, x, sizeof x), m = read_file(b, y, sizeof y);
    return n > 0 && n < sizeof x && n == m && memcmp(x, y, n) == 0;
}

/* Starts a training, waits until `ms` milliseconds after the first epoch, sends the signal, and
 * waits for the end. */
static int stopped(const char *what, const char *name, int signal_number, int ms)
{
    char command[1024];
    int ends[2];
    snprintf(command, sizeof command, "exec %s %s %s", program(), what, path(name));
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        dup2(ends[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(99);
    }
    close(ends[1]);
    bool sent = false; /* once: a second one would kill */
    size_t n = 0;
    said[0] = '\0';
    while (n < sizeof said - 1 && read(ends[0], said + n, 1) == 1) {
        said[++n] = '\0';
        if (said[n - 1] != '\n' || sent || !strstr(said, "epoch 1/")) continue;
        usleep((useconds_t)ms * 1000);
        kill(child, signal_number);
        sent = true;
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Test(module4_train_resume, a_saved_network_tests_alike)
{
    char trained[64];
    make_folder();
    cr_assert_eq(train(RUN "--epochs 2 --quiet --save", "a"), 0, "%s", said);
    snprintf(trained, sizeof trained, "%.60s", said);
    cr_assert_eq(train("--data digits --limit 120 --threads 1 --quiet --eval --load", "a"),
                 0, "%s", said);
    cr_expect_str_eq(said, trained);
    cr_expect(strstr(said, "test accuracy 0."), "%s", said);
    remove_folder();
}

/* Ctrl-C at several moments: however often a run is stopped, its end is the same, bit by bit. Where a busy
 * machine lets each come after the last step, there are more tries. */
Test(module4_train_resume, an_interrupted_run_ends_as_if_it_had_never_stopped)
{
    int in_an_epoch = 0;
    make_folder();
    cr_assert_eq(train(RUN "--epochs 4 --quiet --save", "whole"), 0, "%s", said);
    for (int i = 0; i < 5 || (in_an_epoch == 0 && i < 100); i++) {
        int ms = i % 5 * 12;
        unlink(path("cut"));
        int code = stopped(RUN "--epochs 4 --save", "cut", SIGINT, ms);
        cr_expect(code == 130 || code == 0, "exit %d\n%s", code, said);
        if (code == 130) cr_expect(strstr(said, "interrupted"), "%s", said);
        in_an_epoch += strstr(said, "interrupted in epoch") != NULL;
        bool at_end = code == 0 || strstr(said, "interrupted after epoch 4 of 4");
        cr_expect_eq(same_files("cut", "whole"), at_end, "%s", said);
        cr_assert_eq(train("--threads 1 --resume", "cut"), 0, "%s", said);
        cr_expect(strstr(said, "goes on after"), "%s", said);
        cr_expect(same_files("cut", "whole"), "interrupted %d ms after epoch 1:\n%s", ms,
                  said);
    }
    cr_expect_gt(in_an_epoch, 0, "no interrupt fell into an epoch");
    remove_folder();
}

/* Every optimiser, stopped between epochs by --epochs itself: the schedule must not depend on it. */
Test(module4_train_resume, every_optimiser_goes_on)
{
    static const char *const optims[] = {"sgd", "momentum", "adam", "adamw"};
    make_folder();
    for (int i = 0; i < 4; i++) {
        char all[256], first[256], then[256];
        snprintf(all, sizeof all,
                 RUN "--schedule constant --optim %s --epochs 2 --quiet --save", optims[i]);
        snprintf(first, sizeof first,
                 RUN "--schedule constant --optim %s --epochs 1 --quiet --save", optims[i]);
        snprintf(then, sizeof then, "--threads 1 --epochs 2 --quiet --resume");
        cr_assert_eq(train(all, "whole"), 0, "%s", said);
        cr_assert_eq(train(first, "two"), 0, "%s", said);
        cr_expect(!same_files("two", "whole"));
        cr_assert_eq(train(then, "two"), 0, "%s", said);
        cr_expect(same_files("two", "whole"), "%s", optims[i]);
    }
    remove_folder();
}

/* kill -9 at random moments: the file is always one that can be loaded. */
Test(module4_train_resume, a_killed_run_leaves_a_whole_file)
{
    int kills = getenv("TT_KILLS") ? atoi(getenv("TT_KILLS")) : 8;
    make_folder();
    srand(1);
    for (int i = 0; i < kills; i++) {
        int code =
            stopped(RUN "--limit 40 --epochs 1000000 --save", "a", SIGKILL, rand() % 120);
        cr_assert_eq(code, 128 + SIGKILL, "%s", said);
        cr_assert_eq(
            train("--data digits --limit 20 --threads 1 --quiet --eval --load", "a"), 0,
            "kill %d: %s", i, said);
    }
    remove_folder();
}

/* A limit on the size of files stands for a full disk. */
Test(module4_train_resume, a_full_disk_leaves_the_old_checkpoint)
{
    make_folder();
    cr_assert_eq(train(RUN "--epochs 1 --quiet --save", "a"), 0, "%s", said);
    cr_assert_eq(train(RUN "--epochs 1 --quiet --save", "copy"), 0, "%s", said);
    int code =
        train_in("trap '' XFSZ; ulimit -f 100;", RUN "--epochs 1 --seed 5 --save", "a");
    cr_expect_eq(code, 1, "%s", said);
    cr_expect(strstr(said, "cannot be written") && strstr(said, "unchanged"), "%s", said);
    cr_expect(same_files("a", "copy"));
    cr_expect_eq(train(RUN "--epochs 1 --log /dev/full --save", "b"), 1, "%s", said);
    remove_folder();
}

/* What is refused ends with 1, says why, and leaves the file alone. */
static void refuse(const char *arguments, const char *name, const char *words)
{
    cr_expect_eq(train(arguments, name), 1, "%s: %s", words, said);
    cr_expect(strstr(said, words), "should say \"%s\": %s", words, said);
}

Test(module4_train_resume, files_that_are_no_checkpoint)
{
    char bytes[500];
    make_folder();
    cr_assert_eq(train(RUN "--epochs 1 --quiet --save", "good"), 0, "%s", said);
    cr_assert_eq(read_file("good", bytes, sizeof bytes), sizeof bytes);
    FILE *cut = fopen(path("cut"), "wb"), *empty = fopen(path("empty"), "wb");
    fwrite(bytes, 1, sizeof bytes, cut);
    fclose(cut);
    fclose(empty);
    refuse(RUN "--eval --load", "cut", "cut off");
    refuse(RUN "--eval --load", "empty", "is empty");
    refuse(RUN "--eval --load", "nothing", "no such file");
    refuse(RUN "--eval --load", ".", "folder");
    refuse("--resume", "cut", "cut off");
    refuse("--data digits --limit 50 --model mlp --load", "good", "conv1.weight is not");
    refuse("--data digits --limit 50 --model lenet5 --eval --load", "good",
           "conv1.weight is (4,1,3,3), not (6,1,5,5)");
    refuse("--data /nowhere --resume", "good", "no such folder");
    remove_folder();
}

Test(module4_train_resume, options_that_contradict_end_with_2)
{
    static const char *const bad[] = {"--eval",
                                      "--load a --eval --save b",
                                      "--resume a --load b",
                                      "--resume a --eval",
                                      "--resume a --seed 3",
                                      "--resume a --batch 3",
                                      "--resume a --model mlp",
                                      "--resume a --optim sgd",
                                      "--optim adamx",
                                      "--save ''"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char command[700];
        snprintf(command, sizeof command, "%s %s 2>&1", program(), bad[i]);
        FILE *out = popen(command, "r");
        cr_assert_not_null(out);
        said[fread(said, 1, sizeof said - 1, out)] = '\0';
        int status = pclose(out);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 2, "%s: %s", bad[i], said);
    }
}

Test(module4_train_resume, the_log_holds_what_json_prints)
{
    static char log[1 << 14];
    make_folder();
    char arguments[600];
    snprintf(arguments, sizeof arguments, RUN "--epochs 1 --quiet --log %s --save",
             path("log"));
    cr_assert_eq(train(arguments, "a"), 0, "%s", said);
    snprintf(arguments, sizeof arguments,
             "--threads 1 --epochs 2 --quiet --log %s --resume", path("log"));
    cr_assert_eq(train(arguments, "a"), 0, "%s", said);
    log[read_file("log", log, sizeof log - 1)] = '\0';
    static const char *const events[] = {"start", "epoch\",\"epoch\":1", "end",
                                         "start", "epoch\",\"epoch\":2", "end"};
    const char *at = log;
    for (int i = 0; i < 6; i++) {
        char begins[64];
        snprintf(begins, sizeof begins, "{\"event\":\"%s", events[i]);
        cr_assert(strncmp(at, begins, strlen(begins)) == 0, "line %d of\n%s", i + 1, log);
        at = strchr(at, '\n') + 1;
    }
    cr_expect_eq(*at, '\0');
    remove_folder();
}
