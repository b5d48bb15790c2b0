/* Benches: figures, rows, bars, and peers that answer, lack something, or break. */
#include "support/bench.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(support_bench, .timeout = 60);

enum { TEXT_BYTES = 8192 };

static char folder[256];

static void begin(void)
{
    const char *tmp = getenv("TEST_TMPDIR");
    snprintf(folder, sizeof folder, "%s/bench_test.XXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(folder));
    setenv("PYTHON", "/bin/sh", 1); /* these peers are shell scripts: no Python is needed */
}

static void end(void)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_expect(system(command) == 0);
}

/* A peer made of a shell script; $1 is the number of threads. */
static tt_bench_peer *peer_of(const char *script)
{
    char path[300];
    snprintf(path, sizeof path, "%s/peer.sh", folder);
    FILE *f = fopen(path, "w");
    cr_assert(f && fputs(script, f) >= 0 && fclose(f) == 0);
    return tt_bench_peer_open(path, 2);
}

/* Runs body in a child; returns its status and what it printed. */
static int in_child(int (*body)(void), char out[TEXT_BYTES], char err[TEXT_BYTES])
{
    char paths[2][300];
    char *const texts[] = {out, err};
    fflush(NULL);
    for (int i = 0; i < 2; i++) snprintf(paths[i], sizeof paths[i], "%s/%d", folder, i);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 2; i++)
            dup2(open(paths[i], O_WRONLY | O_CREAT | O_TRUNC, 0600), i + 1);
        int status = body();
        fflush(NULL);
        _exit(status);
    }
    int status = 0;
    waitpid(child, &status, 0);
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(paths[i], "r");
        cr_assert(f);
        texts[i][fread(texts[i], 1, TEXT_BYTES - 1, f)] = '\0';
        fclose(f);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static tt_bench *bench_of(const char *option)
{
    static const char *const works[] = {"matmul", "copy", NULL};
    static char program[] = "bench", word[32];
    snprintf(word, sizeof word, "%s", option);
    char *argv[] = {program, word, NULL};
    return tt_bench_begin("Times.", works, *option ? 2 : 1, argv);
}

Test(support_bench, median_of_odd_even_and_none)
{
    double odd[] = {5, 1, 3}, even[] = {4, 1, 3, 2};
    cr_expect(tt_bench_median(odd, 3) == 3);
    cr_expect(tt_bench_median(even, 4) == 2.5);
    cr_expect(isnan(tt_bench_median(odd, 0)));
}

Test(support_bench, ratio_above_1_means_ahead_in_every_unit)
{
    tt_bench_row rate = {.unit = "GFLOP/s", .ours = 200, .peer = "p", .theirs = 100};
    tt_bench_row time = {.unit = "ns", .ours = 10, .peer = "p", .theirs = 40};
    tt_bench_row alone = {.unit = "ns", .ours = 10, .theirs = 40};
    cr_expect(tt_bench_ratio(&rate) == 2);
    cr_expect(tt_bench_ratio(&time) == 4);
    cr_expect(isnan(tt_bench_ratio(&alone)));
    rate.bound = "FMA peak";
    rate.bound_value = 250;
    cr_expect(tt_bench_fraction(&rate) == 0.8);
    cr_expect(isnan(tt_bench_fraction(&alone)));
}

static void nap(void *user)
{
    ++*(int *)user;
    usleep(2000);
}

static void nothing(void *user)
{
    ++*(volatile int *)user;
}

Test(support_bench, measures_slow_and_fast_work)
{
    int calls = 0;
    tt_bench_time t = tt_bench_measure(nap, &calls);
    cr_expect(t.repetitions >= 5 && t.calls == 1);
    cr_expect(t.median >= 0.002 && t.low <= t.median && t.median <= t.high);
    t = tt_bench_measure(nothing, &calls);
    cr_expect(t.repetitions >= 5 && t.calls > 1000 && t.median < 1e-6, "%g s", t.median);
}

static int print_json(void)
{
    tt_bench *b = bench_of("--json");
    tt_bench_print(b, &(tt_bench_row){.work = "copy",
                                      .size = "1024",
                                      .backend = "fast",
                                      .threads = 2,
                                      .unit = "GB/s",
                                      .ours = 30});
    tt_bench_print(b, &(tt_bench_row){.work = "copy",
                                      .size = "2048",
                                      .backend = "fast",
                                      .threads = 2,
                                      .unit = "ns",
                                      .ours = 10,
                                      .peer = "PyTorch",
                                      .theirs = 20,
                                      .bound = "copy ceiling",
                                      .bound_value = 5,
                                      .bar = 3});
    return tt_bench_end(b);
}

Test(support_bench, json_rows_have_every_key, .init = begin, .fini = end)
{
    char out[TEXT_BYTES], err[TEXT_BYTES];
    cr_expect(in_child(print_json, out, err) == 0,
              "without --check a missed bar is no failure");
    cr_expect_str_eq(
        out, "{\"work\":\"copy\",\"size\":\"1024\",\"backend\":\"fast\",\"threads\":2,"
             "\"unit\":\"GB/s\",\"ours\":30,\"peer\":null,\"theirs\":null,\"ratio\":null,"
             "\"bound\":null,\"fraction\":null}\n"
             "{\"work\":\"copy\",\"size\":\"2048\",\"backend\":\"fast\",\"threads\":2,"
             "\"unit\":\"ns\",\"ours\":10,\"peer\":\"PyTorch\",\"theirs\":20,\"ratio\":2,"
             "\"bound\":\"copy ceiling\",\"fraction\":0.5}\n");
    cr_expect_str_eq(err, "");
}

static int check_bars(void)
{
    tt_bench *b = bench_of("--check");
    tt_bench_row row = {.work = "matmul", .size = "256", .unit = "ns", .ours = 10, .bar = 2};
    tt_bench_print(b, &row); /* no peer: not judged */
    row.peer = "PyTorch";
    row.theirs = 20;
    tt_bench_print(b, &row); /* reached exactly */
    row.theirs = 19;
    tt_bench_print(b, &row); /* missed */
    row.ours = (double)NAN;
    tt_bench_print(b, &row); /* a failure of ours is a miss */
    return tt_bench_end(b);
}

/* A matrix product that is behind its peer, and at 96 % of what the machine can do. */
static int check_roof(void)
{
    tt_bench *b = bench_of("--check");
    tt_bench_row row = {.work = "matmul",
                        .size = "64",
                        .unit = "GFLOP/s",
                        .ours = 96,
                        .peer = "OpenBLAS",
                        .theirs = 97,
                        .bound = "FMA peak",
                        .bound_value = 100,
                        .bar = 1,
                        .roof = 0.95};
    tt_bench_print(b, &row);
    bool reached = b->missed == 0;
    row.ours = 94;
    tt_bench_print(b, &row);
    row.ours = 96, row.roof = 0;
    tt_bench_print(b, &row);
    bool missed = b->missed == 2;
    tt_bench_end(b);
    return reached && missed ? 0 : 9;
}

Test(support_bench, at_the_roof_nobody_has_to_be_ahead, .init = begin, .fini = end)
{
    char out[TEXT_BYTES], err[TEXT_BYTES];
    cr_expect(in_child(check_roof, out, err) == 0, "%s%s", out, err);
}

Test(support_bench, check_names_the_bars_missed, .init = begin, .fini = end)
{
    char out[TEXT_BYTES], err[TEXT_BYTES];
    cr_expect(in_child(check_bars, out, err) == 1);
    cr_expect(strstr(err, "missed: matmul 256, 0 threads: ratio 1.9, the bar is 2\n"),
              "%s", err);
    cr_expect(strstr(err, "2 bars missed, 1 not judged"), "%s", err);
    cr_expect(strstr(out, "work") && strstr(out, "1.90x"), "%s", out);
}

static int unknown_work(void)
{
    bench_of("--only=matmil");
    return 0;
}

static int one_work(void)
{
    tt_bench *b = bench_of("--only=copy");
    bool right =
        tt_bench_wants(b, "copy") && !tt_bench_wants(b, "matmul") && b->rounds == 5;
    tt_bench_end(b);
    return right ? 0 : 9;
}

static int few_rounds(void)
{
    bench_of("--rounds=4");
    return 0;
}

Test(support_bench, options_are_checked, .init = begin, .fini = end)
{
    char out[TEXT_BYTES], err[TEXT_BYTES];
    cr_expect(in_child(unknown_work, out, err) == 2);
    cr_expect(strstr(err, "did you mean matmul?"), "%s", err);
    cr_expect(in_child(few_rounds, out, err) == 2 && strstr(err, "5 to 1000"), "%s", err);
    cr_expect(in_child(one_work, out, err) == 0);
}

static const char good_peer[] =
    "n=0\n"
    "while read work; do n=$((n+1))\n"
    "case $work in other*) echo '{\"peer\": null}';;\n"
    "*) echo \"{\\\"peer\\\": \\\"Shell $1\\\", \\\"value\\\": $n}\";;\n"
    "esac; done\n";

Test(support_bench, a_peer_answers_what_it_is_asked, .init = begin, .fini = end)
{
    double value = 0;
    const char *name = NULL;
    tt_bench_peer *p = peer_of(good_peer);
    cr_assert(p);
    for (int i = 1; i <= 3; i++) {
        cr_assert(tt_bench_peer_ask(p, "matmul 256", &value, &name));
        cr_expect(value == i);
        cr_expect_str_eq(name, "Shell 2");
    }
    cr_expect(!tt_bench_peer_ask(p, "other", &value, &name), "a work it does not know");
    cr_expect(tt_bench_peer_ask(p, "matmul", &value, &name) && value == 5,
              "goes on after that");
    tt_bench_peer_close(p);
}

static int our_calls;

static double ours(void *user)
{
    (void)user;
    return ++our_calls;
}

static int duel(void)
{
    tt_bench *b = bench_of("--json");
    tt_bench_peer *p = peer_of(good_peer);
    tt_bench_row row = {.work = "matmul", .size = "1", .unit = "GB/s"};
    tt_bench_duel(b, &row, ours, NULL, p, "matmul");
    bool right = our_calls == 6 && row.ours == 4 && row.theirs == 4; /* of 2 .. 6 */
    tt_bench_duel(b, &row, ours, NULL, p, "other");
    right = right && row.peer == NULL;
    tt_bench_duel(b, &row, ours, NULL, NULL, "matmul");
    right = right && row.peer == NULL;
    tt_bench_peer_close(p);
    return tt_bench_end(b) + (right ? 0 : 9);
}

Test(support_bench, a_duel_alternates_and_takes_medians, .init = begin, .fini = end)
{
    char out[TEXT_BYTES], err[TEXT_BYTES];
    cr_expect(in_child(duel, out, err) == 0, "%s%s", out, err);
    cr_expect(strstr(out, "\"peer\":\"Shell 2\",\"theirs\":4,\"ratio\":1"), "%s", out);
    cr_expect(strstr(out, "\"peer\":null,\"theirs\":null,\"ratio\":null"), "%s", out);
}

/* Asks a peer made of `script` once, in a child, for what it says on standard error. */
static const char *script_to_ask;
static int ask_once(void)
{
    double value;
    const char *name;
    tt_bench_peer *p = peer_of(script_to_ask);
    bool first = tt_bench_peer_ask(p, "x", &value, &name);
    bool second = tt_bench_peer_ask(p, "x", &value, &name);
    tt_bench_peer_close(p);
    return first || second;
}

Test(support_bench, peers_that_lack_something_or_break_give_nothing, .init = begin,
     .fini = end)
{
    static const char *const cases[][2] = {
        {"exit 77\n", ""}, /* not installed: no word about it */
        {"read x; exit 77\n", ""},
        {"exit 3\n", "bench: the peer ended with status 3\n"},
        {"kill -9 $$\n", "ended by a signal"},
        {"echo hello; read x; read x\n", "the peer answered what is no figure: hello"},
        {"read x; echo '{\"peer\":\"p\",\"value\":\"fast\"}'; read x\n", "no figure"},
        {"read x; echo '{\"peer\":\"p\",\"value\":1e999}'; read x\n", "no figure"},
        {"read x; echo '{}'; read x\n", "no figure"},
        {"read x; head -c 100000 /dev/zero; exit 0\n", "the peer"},
    };
    char out[TEXT_BYTES], err[TEXT_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        script_to_ask = cases[i][0];
        cr_expect(in_child(ask_once, out, err) == 0, "%s: a figure came", cases[i][0]);
        cr_expect(*cases[i][1] ? strstr(err, cases[i][1]) != NULL : *err == '\0',
                  "%s: expected '%s', said '%s'", cases[i][0], cases[i][1], err);
    }
}

static int no_python(void)
{
    setenv("PYTHON", "/no/such/python", 1);
    return ask_once();
}

static int no_script(void)
{
    return tt_bench_peer_open("no/such/peer.py", 1) != NULL;
}

Test(support_bench, no_python_and_no_script_give_no_peer, .init = begin, .fini = end)
{
    char out[TEXT_BYTES], err[TEXT_BYTES];
    script_to_ask = "";
    cr_expect(in_child(no_python, out, err) == 0 && *err == '\0', "%s", err);
    cr_expect(in_child(no_script, out, err) == 0);
    cr_expect(strstr(err, "no/such/peer.py is not there"), "%s", err);
}
