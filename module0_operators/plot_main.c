/* plot: an operator and its derivative, as text and as SVG.
 *
 * Where the module has a *_back function for the operator (relu, log, inv), that is the derivative
 * drawn; elsewhere it is the central difference (f(x + h) - f(x - h)) / 2h, which is Task 1.1. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "module0_operators/operators.h"
#include "support/cli.h"
#include "support/file.h"
#include "support/json.h"
#include "support/plot.h"

enum { SAMPLES = 401, ROWS_SHOWN = 9 };

static const double STEP = 1e-6;

/* The function drawn: x, with a fixed y where it takes two. */
typedef struct function {
    const char *name;
    tt_unary_fn *unary;
    tt_binary_fn *binary;
    double y;
    tt_binary_fn *back;    /* the written derivative, or NULL */
    const char *back_name; /* how it is called, or NULL */
} function;

typedef struct curve {
    double x[SAMPLES], f[SAMPLES], derivative[SAMPLES];
} curve;

static double value(const function *f, double x)
{
    return f->unary ? f->unary(x) : f->binary(x, f->y);
}

/* Not a number where the function jumps (lt, eq, is_close) or is not defined: a jump has no slope,
 * and its central difference would be as large as 1 / STEP. */
static double slope(const function *f, double x)
{
    if (!isfinite(value(f, x))) return (double)NAN;
    if (f->back) return f->back(x, 1);
    double low = value(f, x - STEP), high = value(f, x + STEP);
    if (!isfinite(low) || !isfinite(high)) return (double)NAN;
    if (fabs(high - low) > 1e-2 * fmax(1, fabs(low))) return (double)NAN;
    return (high - low) / (2 * STEP);
}

/* ---- which function ---------------------------------------------------------------- */

/* log has log_back, and so on: by name. */
static void find_back(function *f)
{
    char name[32];
    tt_binary_op op;
    snprintf(name, sizeof name, "%s_back", f->name);
    if (!f->unary || !tt_binary_find(name, &op)) return;
    f->back = tt_binary(op);
    f->back_name = tt_binary_name(op);
}

static void refuse_name(const char *typed)
{
    const char *all[TT_UNARY_COUNT + TT_BINARY_COUNT + 1] = {NULL};
    char list[512] = "";
    int n = 0;
    for (int i = 0; i < TT_UNARY_COUNT; i++) all[n++] = tt_unary_name((tt_unary_op)i);
    for (int i = 0; i < TT_BINARY_COUNT; i++) all[n++] = tt_binary_name((tt_binary_op)i);
    for (int i = 0; i < n; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? " " : "", all[i]);
    }
    const char *near = tt_cli_nearest(typed, all);
    if (near)
        tt_cli_refuse("no operator is called \"%s\"; did you mean %s? There are %s",
                      typed, near, list);
    tt_cli_refuse("no operator is called \"%s\"; there are %s", typed, list);
}

static function function_called(const char *name, double y)
{
    tt_unary_op unary;
    tt_binary_op binary;
    function f = {.y = y};
    if (tt_unary_find(name, &unary)) {
        f.unary = tt_unary(unary);
        f.name = tt_unary_name(unary);
    } else if (tt_binary_find(name, &binary)) {
        f.binary = tt_binary(binary);
        f.name = tt_binary_name(binary);
    } else {
        refuse_name(name);
    }
    find_back(&f);
    return f;
}

/* ---- what is shown ----------------------------------------------------------------- */

static void sample(curve *k, const function *f, double from, double to)
{
    for (int i = 0; i < SAMPLES; i++) {
        k->x[i] = from + (to - from) * i / (SAMPLES - 1);
        if (fabs(k->x[i]) < 1e-12 * (to - from))
            k->x[i] = 0; /* meet 0 itself, not 1e-16 */
        k->f[i] = value(f, k->x[i]);
        k->derivative[i] = slope(f, k->x[i]);
    }
}

/* What lies beyond +-top is left out of pictures, so that one pole does not flatten the rest. */
static void cut(double *out, const double *in, double top)
{
    for (int i = 0; i < SAMPLES; i++) out[i] = fabs(in[i]) <= top ? in[i] : (double)NAN;
}

/* printf shows the sign bit of a nan, which means nothing. */
static double plain(double x)
{
    return isnan(x) ? fabs(x) : x;
}

static void show_table(const curve *k)
{
    printf("%12s %12s %12s\n", "x", "f(x)", "f'(x)");
    for (int row = 0; row < ROWS_SHOWN; row++) {
        int i = row * (SAMPLES - 1) / (ROWS_SHOWN - 1);
        printf("%12.5g %12.5g %12.5g\n", k->x[i], plain(k->f[i]), plain(k->derivative[i]));
    }
}

static void show_json(const function *f, const curve *k)
{
    tt_json *j = tt_json_event("plot");
    tt_json_text(j, "operator", f->name);
    if (f->binary) tt_json_number(j, "y", f->y);
    tt_json_text(j, "derivative_by", f->back ? f->back_name : "central difference");
    tt_json_numbers(j, "x", k->x, SAMPLES);
    tt_json_numbers(j, "f", k->f, SAMPLES);
    tt_json_numbers(j, "derivative", k->derivative, SAMPLES);
    tt_json_print(j, stdout);
}

static void write_svg(tt_ctx *c, const tt_plot_chart *chart, const char *path, bool say)
{
    tt_file_writer *w = tt_file_write_begin(c, path);
    if (w) tt_plot_chart_svg(w->out, chart, 640, 400);
    if (tt_file_write_commit(w) == TT_OK && say) printf("wrote %s\n", w->path);
}

static int show(const function *f, const curve *k, double top, const char *svg,
                const tt_options *o)
{
    tt_ctx *c = tt_ctx_new(NULL);
    double *line = tt_alloc(c, sizeof k->f), *derived = tt_alloc(c, sizeof k->derivative);
    char *title =
        f->unary ? tt_text(c, "%s(x)", f->name) : tt_text(c, "%s(x, %g)", f->name, f->y);
    char *how =
        tt_text(c, "its derivative, by %s",
                f->back ? tt_text(c, "%s(x, 1)", f->back_name) : "central difference");
    if (!how) return tt_exit(c);
    cut(line, k->f, top);
    cut(derived, k->derivative, top);
    tt_plot_series series[] = {{title, k->x, line, SAMPLES}, {how, k->x, derived, SAMPLES}};
    tt_plot_chart chart = {.title = title, .x_label = "x", .series = series, .count = 2};
    if (o->json) {
        show_json(f, k);
    } else if (!o->quiet) {
        tt_terminal terminal = tt_terminal_of(stdout);
        tt_plot_chart_text(stdout, &chart, &terminal, 0, 0);
        putchar('\n');
        show_table(k);
    }
    if (svg) write_svg(c, &chart, svg, !o->json && !o->quiet);
    return tt_exit(c);
}

int main(int argc, char **argv)
{
    static curve k;
    const char *svg = NULL;
    double from = -4, to = 4, y = 1, top = 8;
    const tt_cli_option more[] = {
        {.name = "from",
         .kind = TT_CLI_NUMBER,
         .value = &from,
         .low = -1e6,
         .high = 1e6,
         .help = "left end of x"},
        {.name = "to",
         .kind = TT_CLI_NUMBER,
         .value = &to,
         .low = -1e6,
         .high = 1e6,
         .help = "right end of x"},
        {.name = "y",
         .kind = TT_CLI_NUMBER,
         .value = &y,
         .help = "second argument of an operator that takes two"},
        {.name = "top",
         .kind = TT_CLI_NUMBER,
         .value = &top,
         .low = 1e-6,
         .high = 1e6,
         .help = "leave out what lies beyond +-top"},
        {.name = "svg",
         .placeholder = "FILE",
         .kind = TT_CLI_TEXT,
         .value = &svg,
         .help = "write the picture as SVG"},
        {0}};
    tt_options o = {0};
    tt_cli_parse(&(tt_cli){.purpose = "Draws an operator of Task 0.1 and its derivative.",
                           .examples = "plot sigmoid\nplot mul --y 3 --svg mul.svg",
                           .more = more,
                           .arguments = "OPERATOR",
                           .fewest = 1,
                           .most = 1},
                 &o, argc, argv);
    if (!(from < to)) tt_cli_refuse("--from %g --to %g: from must be below to", from, to);
    function f = function_called(o.arguments[0], y);
    sample(&k, &f, from, to);
    return show(&f, &k, top, svg, &o);
}
