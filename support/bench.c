#include "support/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cli.h"
#include "support/error.h"
#include "support/json.h"
#include "support/progress.h"

enum { LEAST_ROUNDS = 5, MOST_SAMPLES = 1000, MOST_ROUNDS = 1000 };
static const double SAMPLE_SECONDS = 1e-3, TOTAL_SECONDS = 0.1;

/* ---- figures --------------------------------------------------------------------------------- */

static bool more_is_better(const char *unit)
{
    size_t n = unit ? strlen(unit) : 0;
    return n >= 2 && strcmp(unit + n - 2, "/s") == 0;
}

/* How far a is ahead of b in this unit; NaN where that means nothing. */
static double ahead(const char *unit, double a, double b)
{
    double ratio = more_is_better(unit) ? a / b : b / a;
    return a > 0 && b > 0 && isfinite(ratio) ? ratio : (double)NAN;
}

double tt_bench_ratio(const tt_bench_row *row)
{
    return row->peer ? ahead(row->unit, row->ours, row->theirs) : (double)NAN;
}

double tt_bench_fraction(const tt_bench_row *row)
{
    return row->bound ? ahead(row->unit, row->ours, row->bound_value) : (double)NAN;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double tt_bench_median(double *values, size_t n)
{
    if (n == 0) return (double)NAN;
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* ---- timing ---------------------------------------------------------------------------------- */

static double time_calls(void (*work)(void *user), void *user, int calls)
{
    double begun = tt_seconds();
    for (int i = 0; i < calls; i++) work(user);
    return tt_seconds() - begun;
}

tt_bench_time tt_bench_measure(void (*work)(void *user), void *user)
{
    enum { MOST_CALLS = 1 << 24 };
    double samples[MOST_SAMPLES];
    tt_bench_time t = {.calls = 1};
    time_calls(work, user, 1); /* first call: pages, caches, tables */
    while (t.calls < MOST_CALLS && time_calls(work, user, t.calls) < SAMPLE_SECONDS)
        t.calls *= 2;
    size_t n = 0;
    for (double begun = tt_seconds();
         n < LEAST_ROUNDS || (n < MOST_SAMPLES && tt_seconds() - begun < TOTAL_SECONDS);)
        samples[n++] = time_calls(work, user, t.calls) / t.calls;
    t.repetitions = (int)n;
    t.median = tt_bench_median(samples, n); /* sorts */
    t.low = samples[0];
    t.high = samples[n - 1];
    return t;
}

/* ---- the program ----------------------------------------------------------------------------- */

tt_bench *tt_bench_begin(const char *purpose, const char *const *works, int argc,
                         char **argv)
{
    return tt_bench_begin_with(purpose, works, NULL, argc, argv);
}

tt_bench *tt_bench_begin_with(const char *purpose, const char *const *works,
                              const tt_cli_option *own, int argc, char **argv)
{
    enum { SHARED = 3, MOST_OWN = 8 };
    tt_bench *b = calloc(1, sizeof *b);
    TT_ASSERT(b);
    b->rounds = LEAST_ROUNDS;
    tt_options options = {.threads = 1};
    tt_cli_option more[SHARED + MOST_OWN + 1] = {
        {"only", "WORK", TT_CLI_CHOICE, &b->only, 0, 0, works, "measure only this", NULL,
         NULL},
        {"rounds", "N", TT_CLI_WHOLE, &b->rounds, LEAST_ROUNDS, MOST_ROUNDS, NULL,
         "rounds of ours and theirs in turn", NULL, NULL},
        {"check", NULL, TT_CLI_FLAG, &b->check, 0, 0, NULL,
         "status 1 when a bar is missed, naming it", NULL, NULL}};
    for (int i = 0; own && own[i].name; i++) {
        TT_ASSERT(i < MOST_OWN);
        more[SHARED + i] = own[i];
    }
    tt_cli_parse(&(tt_cli){.purpose = purpose, .takes = TT_CLI_THREADS, .more = more},
                 &options, argc, argv);
    b->threads = options.threads;
    b->threads_given = options.given & TT_CLI_THREADS;
    b->json = options.json;
    b->quiet = options.quiet;
    return b;
}

bool tt_bench_wants(const tt_bench *b, const char *work)
{
    return !b->only || strcmp(b->only, work) == 0;
}

/* "12.3x", or "-" for what is not known. */
static void cell(char text[32], const char *format, double value)
{
    if (!isfinite(value)) snprintf(text, 32, "-");
    else
        snprintf(text, 32,
                 *format == 'x'   ? "%.2fx"
                 : *format == '%' ? "%.0f%%"
                                  : "%.4g",
                 *format == '%' ? 100 * value : value);
}

static void print_line(const tt_bench *b, const tt_bench_row *row)
{
    char ours[32], theirs[32], ratio[32], fraction[32], threads[16];
    cell(ours, "", row->ours);
    cell(theirs, "", row->peer ? row->theirs : (double)NAN);
    cell(ratio, "x", tt_bench_ratio(row));
    cell(fraction, "%", tt_bench_fraction(row));
    snprintf(threads, sizeof threads, "%d", row->threads);
    if (b->rows == 0)
        printf("%-16s %-14s %-7s %3s %-8s %9s %9s %7s %5s  %s\n", "work", "size", "backend",
               "thr", "unit", "ours", "theirs", "ratio", "bound", "(peer; bound)");
    printf("%-16s %-14s %-7s %3s %-8s %9s %9s %7s %5s  (%s; %s)\n", row->work,
           row->size ? row->size : "", row->backend ? row->backend : "",
           row->threads > 0 ? threads : "", row->unit ? row->unit : "", ours, theirs,
           ratio, fraction, row->peer ? row->peer : "no peer",
           row->bound ? row->bound : "no bound");
    fflush(stdout);
}

static void print_json(const tt_bench_row *row)
{
    tt_json *j = tt_json_new();
    tt_json_text(j, "work", row->work);
    tt_json_text(j, "size", row->size);
    tt_json_text(j, "backend", row->backend);
    tt_json_whole(j, "threads", row->threads);
    tt_json_text(j, "unit", row->unit);
    tt_json_number(j, "ours", row->ours);
    tt_json_text(j, "peer", row->peer);
    tt_json_number(j, "theirs", row->peer ? row->theirs : (double)NAN);
    tt_json_number(j, "ratio", tt_bench_ratio(row));
    tt_json_text(j, "bound", row->bound);
    tt_json_number(j, "fraction", tt_bench_fraction(row));
    tt_json_print(j, stdout);
}

/* One bar of a row; `value` is NaN where the machine lacks what it is compared with. */
static void judge(tt_bench *b, const tt_bench_row *row, const char *what, double value,
                  double bar)
{
    if (bar <= 0) return;
    const char *size = row->size ? row->size : "";
    if (isfinite(value) && value >= bar) return;
    if (!isfinite(value) && isfinite(row->ours) && row->ours > 0) {
        b->unjudged++;
        return;
    }
    b->missed++;
    if (b->check)
        fprintf(stderr, "missed: %s %s, %d threads: %s %.3g, the bar is %.3g\n",
                row->work, size, row->threads, what, value, bar);
}

void tt_bench_print(tt_bench *b, const tt_bench_row *row)
{
    if (b->json) print_json(row);
    else print_line(b, row);
    b->rows++;
    double fraction = tt_bench_fraction(row);
    bool under_the_roof = row->roof > 0 && isfinite(fraction) && fraction >= row->roof;
    if (!under_the_roof) judge(b, row, "ratio", tt_bench_ratio(row), row->bar);
    judge(b, row, "fraction of the bound", fraction, row->bar_fraction);
}

int tt_bench_end(tt_bench *b)
{
    bool failed = b->check && b->missed > 0;
    if (b->check && !b->quiet)
        fprintf(stderr, "%d bars missed, %d not judged (no peer or bound here)\n",
                b->missed, b->unjudged);
    free(b);
    return failed ? 1 : 0;
}

/* ---- duels ----------------------------------------------------------------------------------- */

void tt_bench_duel(tt_bench *b, tt_bench_row *row, tt_bench_ours *ours, void *user,
                   struct tt_bench_peer *peer, const char *request)
{
    double mine[MOST_ROUNDS], other[MOST_ROUNDS], bound[MOST_ROUNDS], ignored;
    const char *name = NULL;
    ours(user);
    bool answers = tt_bench_peer_ask(peer, request, &ignored, &name);
    for (int i = 0; i < b->rounds; i++) {
        if (row->measure_bound) bound[i] = row->measure_bound(row->bound_user);
        mine[i] = ours(user);
        answers = answers && tt_bench_peer_ask(peer, request, &other[i], &name);
    }
    if (row->measure_bound) row->bound_value = tt_bench_median(bound, (size_t)b->rounds);
    row->ours = tt_bench_median(mine, (size_t)b->rounds);
    row->peer = answers ? name : NULL;
    row->theirs = answers ? tt_bench_median(other, (size_t)b->rounds) : 0;
    tt_bench_print(b, row);
}
