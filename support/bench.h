/* Benchmarks: a table of what we do beside what a peer does, measured in the same minute.
 *
 *   Example:
 *     #include <string.h>
 *     #include "support/bench.h"
 *
 *     static const float from[256 * 256];
 *     static float to[256 * 256];
 *
 *     static void copy(void *user)
 *     {
 *         memcpy(user, from, sizeof from);
 *     }
 *     static double copy_rate(void *user)                 // GB/s, reading and writing
 *     {
 *         return 2e-9 * (double)sizeof from / tt_bench_measure(copy, user).median;
 *     }
 *     int main(int argc, char **argv)
 *     {
 *         static const char *const works[] = {"copy", NULL};
 *         tt_bench *b = tt_bench_begin("Times memcpy.", works, argc, argv);
 *         tt_bench_peer *torch = tt_bench_peer_open("module2_tensors/bench_peer.py", b->threads);
 *         if (tt_bench_wants(b, "copy")) {
 *             tt_bench_row row = {.work = "copy", .size = "256x256", .backend = "memcpy",
 *                                 .threads = 1, .unit = "GB/s", .bar = 0.95};
 *             tt_bench_duel(b, &row, copy_rate, to, torch, "copy 256");
 *         }
 *         tt_bench_peer_close(torch);
 *         return tt_bench_end(b);
 *     }
 *
 * Figures move from minute to minute, so a duel takes five rounds (--rounds), ours and theirs
 * alternating, and compares medians. Verify results before timing them, on random data.
 *
 * Options: --only WORK, --threads N, --rounds N, --json, --check (status 1, naming the bars
 * missed), --quiet, --help. With --json each row is one object: work, size, backend, threads,
 * unit, ours, peer, theirs, ratio, bound, fraction.
 */
#ifndef TT_SUPPORT_BENCH_H
#define TT_SUPPORT_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One line of the table. What is not known stays 0 or NULL; `ours` must be there. */
typedef struct tt_bench_row {
    const char *work;    /* "matmul" */
    const char *size;    /* "256", "16x64x56x56" */
    const char *backend; /* "fast" */
    int threads;
    const char *unit; /* ending in "/s": more is better; else ("ns", "ms", "MB") less is */
    double ours;
    const char *peer; /* "PyTorch 1.13.1"; NULL: none installed */
    double theirs;
    const char *bound; /* which limit of the machine applies: "copy ceiling", "FMA peak" */
    double bound_value; /* that limit in `unit`: the fraction is ours over it */
    double (*measure_bound)(void *user); /* or what measures it, once a round of a duel */
    void *bound_user;
    double bar; /* the ratio to reach; 0: none */
    double roof; /* the fraction of the bound from which on nobody has to be ahead; 0: none */
    double bar_fraction; /* the fraction of the bound to reach; 0: none */
} tt_bench_row;

/* Above 1: we are faster or smaller. NaN without a peer. */
double tt_bench_ratio(const tt_bench_row *row);

/* How near we are to the bound, 1 at the bound. NaN without one. */
double tt_bench_fraction(const tt_bench_row *row);

/* A run of the program. */
typedef struct tt_bench {
    int threads;        /* --threads; default 1 */
    bool threads_given; /* it stood on the command line */
    int rounds;         /* --rounds; default 5, at least 5 */
    const char *only;   /* --only; NULL: everything */
    bool json, check, quiet;
    int rows;     /* printed so far */
    int missed;   /* bars missed so far */
    int unjudged; /* bars of rows whose peer is not installed */
} tt_bench;

/* Reads the options (a wrong one ends the program with status 2). Owner: tt_bench_end. */
tt_bench *tt_bench_begin(const char *purpose, const char *const *works, int argc,
                         char **argv);

/* The same for a program with options of its own: a table that ends with {0} (support/cli.h). */
struct tt_cli_option;
tt_bench *tt_bench_begin_with(const char *purpose, const char *const *works,
                              const struct tt_cli_option *own, int argc, char **argv);

/* True when `work` was asked for. */
bool tt_bench_wants(const tt_bench *b, const char *work);

/* Prints one row now and judges its bars. */
void tt_bench_print(tt_bench *b, const tt_bench_row *row);

/* Says what was missed (with --check), frees b. Returns what main should: 0, or with --check 1
 * when a bar was missed. */
int tt_bench_end(tt_bench *b);

/* ---- timing ---------------------------------------------------------------------------------- */

typedef struct tt_bench_time {
    double median, low, high; /* seconds a call */
    int repetitions;          /* samples behind the median, at least 5 */
    int calls; /* calls in each sample: enough to be well above the clock's grain */
} tt_bench_time;

/* Calls work(user) to warm up, then measures samples of about a millisecond or one call, until
 * there are 5 and 0.1 seconds have gone (at most 1000 samples). */
tt_bench_time tt_bench_measure(void (*work)(void *user), void *user);

/* The median of values[0 .. n-1], which are sorted by it. NaN when n is 0. */
double tt_bench_median(double *values, size_t n);

/* Our side of a duel: does the work and returns the figure in the row's unit. */
typedef double tt_bench_ours(void *user);

struct tt_bench_peer;

/* Fills in ours, theirs, peer and (where measure_bound is given) bound_value of *row from b->rounds
 * rounds, alternating, after one of each that does not count, and prints the row. peer NULL: ours
 * alone. */
void tt_bench_duel(tt_bench *b, tt_bench_row *row, tt_bench_ours *ours, void *user,
                   struct tt_bench_peer *peer, const char *request);

/* ---- peers ----------------------------------------------------------------------------------- */

/* A child process `python3 SCRIPT THREADS` that measures on request: for each line on its standard
 * input it answers with one line on its standard output,
 *
 *   {"peer": "PyTorch 1.13.1", "value": 231.5}      measured; `value` in the row's unit
 *   {"peer": null}                                   this work it cannot do
 *
 * and it ends when its input does. Where its library is missing it exits with status 77. */
typedef struct tt_bench_peer tt_bench_peer;

/* Starts one. `script` is a path in this repository; it is looked for in the working directory,
 * in the program's runfiles and in $BUILD_WORKSPACE_DIRECTORY. NULL when python3 or the script
 * cannot be started. PYTHON in the environment names another interpreter. */
tt_bench_peer *tt_bench_peer_open(const char *script, int threads);

/* Asks for one figure. False when there is none: not installed, not known to it, or (said once on
 * standard error) it failed. peer NULL: false. *name is valid until tt_bench_peer_close. */
bool tt_bench_peer_ask(tt_bench_peer *peer, const char *request, double *value,
                       const char **name);

/* Ends the child. NULL is allowed. */
void tt_bench_peer_close(tt_bench_peer *peer);

#ifdef __cplusplus
}
#endif
#endif
