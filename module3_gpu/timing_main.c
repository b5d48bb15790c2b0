/* timing: how long a matrix product takes on every backend of this machine.
 *
 *   bazel run -c opt //module3_gpu:timing
 *   bazel run -c opt //module3_gpu:timing -- --threads 2 --report timing.svg
 *   bazel run -c opt //module3_gpu:timing -- --backend fast --json
 *
 * MiniTorch's table (Task 3.4): square matrices of 64 to 1024, a batch of two, here the median of at
 * least three. Device backends copy nothing between products; a time ends when its result is there.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module2_tensors/tensor.h"
#include "module3_gpu/backends.h"
#include "module3_gpu/fast/fast_backend.h"
#include "support/bench.h"
#include "support/cli.h"
#include "support/file.h"
#include "support/json.h"
#include "support/plot.h"
#include "support/progress.h"

enum { BATCH = 2, LEAST = 3, MOST = 25, SIZES = 5, BACKENDS = 4 };

static const int sizes[SIZES] = {64, 128, 256, 512, 1024};

/* A size is left out where it would take longer than PATIENCE: on a backend that is made to be read, or
 * simulated, the larger ones take minutes. TOTAL: for one that is measured. Both in seconds. */
static const double PATIENCE = 10, TOTAL = 0.3;

typedef struct timings {
    const char *name;
    const tt_backend *backend;
    double seconds[SIZES]; /* 0: not measured, as it would take too long */
} timings;

/* ---- measuring ----------------------------------------------------------------------------------- */

/* One product, up to a number of it that is read: so a device has really finished. */
static double time_once(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    double begun = tt_seconds();
    TT_SCOPE (c) {
        tt_tensor *out = tt_matmul(c, a, b);
        if (out != NULL) tt_get(out, (int[]){BATCH - 1, 0, 0});
    }
    return tt_seconds() - begun;
}

/* Median seconds of a product of (n,n) matrices. 0 after an error. */
static double measure(tt_ctx *c, int n)
{
    double samples[MOST], median = 0;
    size_t count = 0;
    TT_SCOPE (c) {
        tt_tensor *a = tt_rand(c, TT_SHAPE(BATCH, n, n)),
                  *b = tt_rand(c, TT_SHAPE(BATCH, n, n));
        double begun = tt_seconds();
        if (tt_error(c) == NULL) time_once(c, a, b); /* warm up */
        while (tt_error(c) == NULL && count < MOST &&
               (count < LEAST || tt_seconds() - begun < TOTAL))
            samples[count++] = time_once(c, a, b);
    }
    if (tt_error(c) == NULL) median = tt_bench_median(samples, count);
    return median;
}

/* All sizes, as long as the next one (8 times the work) is likely to end in time. */
static bool measure_all(timings *column, bool quiet)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_use(c, column->backend);
    for (int i = 0; i < SIZES; i++) {
        double last = i > 0 ? column->seconds[i - 1] : 0;
        if (8 * last * (LEAST + 1) > PATIENCE) break;
        column->seconds[i] = measure(c, sizes[i]);
        if (tt_error(c) != NULL) break;
    }
    bool right = tt_error(c) == NULL;
    if (!right && !quiet) fprintf(stderr, "timing: %s: %s\n", column->name, tt_error(c));
    tt_ctx_free(c);
    return right;
}

/* ---- showing ------------------------------------------------------------------------------------- */

static double gflops(int size, double seconds)
{
    return 2e-9 * BATCH * (double)size * size * size / seconds;
}

static void print_table(const timings *columns, int count)
{
    printf("seconds for %d products of (n,n) matrices, median (GFLOP/s)\n%6s", BATCH, "n");
    for (int b = 0; b < count; b++) printf("  %22s", columns[b].name);
    putchar('\n');
    for (int i = 0; i < SIZES; i++) {
        printf("%6d", sizes[i]);
        for (int b = 0; b < count; b++) {
            double seconds = columns[b].seconds[i];
            if (seconds > 0) printf("  %12.6f %9.4g", seconds, gflops(sizes[i], seconds));
            else printf("  %12s %9s", "-", "");
        }
        putchar('\n');
    }
}

static void print_json(const timings *columns, int count, int threads)
{
    for (int b = 0; b < count; b++)
        for (int i = 0; i < SIZES; i++) {
            if (columns[b].seconds[i] <= 0) continue;
            tt_json *j = tt_json_event("product");
            tt_json_text(j, "work", "matmul");
            tt_json_whole(j, "size", sizes[i]);
            tt_json_whole(j, "batch", BATCH);
            tt_json_text(j, "backend", columns[b].name);
            tt_json_whole(j, "threads", threads);
            tt_json_number(j, "seconds", columns[b].seconds[i]);
            tt_json_number(j, "gflops", gflops(sizes[i], columns[b].seconds[i]));
            tt_json_print(j, stdout);
        }
}

static void start_json(const timings *columns, int count, int threads)
{
    char names[64] = "";
    for (int b = 0; b < count; b++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                 b > 0 ? "," : "", columns[b].name);
    tt_json *j = tt_json_event("start");
    tt_json_text(j, "program", "timing");
    tt_json_text(j, "backend", names);
    tt_json_whole(j, "threads", threads);
    tt_json_text(j, "data", "random");
    tt_json_print(j, stdout);
}

/* Speed over size, both on logarithmic axes: backends differ by factors of thousands. */
static bool write_chart(const char *path, const timings *columns, int count)
{
    double x[BACKENDS][SIZES], y[BACKENDS][SIZES];
    tt_plot_series series[BACKENDS];
    for (int b = 0; b < count; b++) {
        size_t n = 0;
        for (int i = 0; i < SIZES && columns[b].seconds[i] > 0; i++, n++) {
            x[b][n] = log2(sizes[i]);
            y[b][n] = log10(gflops(sizes[i], columns[b].seconds[i]));
        }
        series[b] = (tt_plot_series){columns[b].name, x[b], y[b], n};
    }
    const tt_plot_chart chart = {.title = "matrix products, batch 2",
                                 .x_label = "log2 n",
                                 .y_label = "log10 GFLOP/s",
                                 .series = series,
                                 .count = count};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_file_writer *w = tt_file_write_begin(c, tt_path(c, path));
    if (w) tt_plot_chart_svg(w->out, &chart, 0, 0);
    tt_file_write_commit(w);
    return tt_exit(c) == 0;
}

/* ---- the program --------------------------------------------------------------------------------- */

/* The backends to measure: the one asked for, or all that are here. Ends the program where the one
 * asked for is not. */
static int choose(timings *columns, const char *wanted)
{
    static const char *const names[BACKENDS] = {"simple", "fast", "sim", "cuda"};
    bool all = strcmp(wanted, "auto") == 0;
    int count = 0;
    for (int i = 0; i < BACKENDS; i++) {
        if (!all && strcmp(wanted, names[i]) != 0) continue;
        tt_ctx *c = tt_ctx_new(NULL);
        tt_error_handler(c, tt_error_quiet, NULL);
        columns[count] = (timings){.name = names[i]};
        if (tt_backend_open(c, names[i], &columns[count].backend) == TT_OK) count++;
        else if (!all) {
            fprintf(stderr, "timing: %s\n", tt_error(c));
            exit(1);
        }
        tt_ctx_free(c);
    }
    return count;
}

/* Before minutes of measuring, that the chart can go where it is to go. */
static bool can_write(const char *path)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_file_write_check(c, path);
    return tt_exit(c) == 0;
}

int main(int argc, char **argv)
{
    tt_options o = {.threads = 0};
    const tt_cli_option more[] = {{.name = "report",
                                   .placeholder = "FILE",
                                   .kind = TT_CLI_TEXT,
                                   .value = &o.report,
                                   .help = "write a chart of speed over size (SVG)"},
                                  {0}};
    tt_cli_parse(
        &(tt_cli){.purpose =
                      "Times matrix products of 64 to 1024 on every backend of this "
                      "machine.",
                  .examples = "timing --threads 2 --report timing.svg",
                  .takes = TT_CLI_BACKEND | TT_CLI_THREADS,
                  .more = more},
        &o, argc, argv);
    timings columns[BACKENDS];
    if (o.report && !can_write(o.report)) return 1;
    int count = choose(columns, o.backend);
    bool right = true;
    double begun = tt_seconds();
    tt_set_threads(o.threads);
    if (o.json) start_json(columns, count, tt_threads());
    for (int b = 0; b < count; b++) right = measure_all(&columns[b], o.quiet) && right;
    if (o.json) print_json(columns, count, tt_threads());
    else print_table(columns, count);
    if (o.report) right = write_chart(o.report, columns, count) && right;
    if (o.json) tt_json_end(tt_seconds() - begun, !right);
    return tt_cli_finish(right ? 0 : 1);
}
