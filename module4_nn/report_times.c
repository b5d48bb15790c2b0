/* Time and memory of a step, function by function: some steps more, without learning from them. */
#include <stdlib.h>

#include "module2_tensors/profile.h"
#include "module4_nn/loss.h"
#include "module4_nn/report.h"
#include "support/report.h"

enum { STEPS = 20, SHOWN = 24 };

/* Forward and backward on batches of the training set, from which nothing is learned. */
static int run_steps(training *t, tt_loader *batches, int most)
{
    int steps = 0;
    for (tt_batch b; steps < most && tt_next(t->c, batches, t->options->batch, &b); steps++)
        tt_backward(tt_cross_entropy(t->c, tt_forward(t->c, t->net, b.x), b.y));
    tt_loader_restart(batches);
    tt_zero_grad(t->net);
    return steps;
}

/* KiB of a result, by its shape's text: "(16,8,28,28)". */
static double kib_of(const char *shape)
{
    double cells = 1;
    for (const char *at = shape; *at != '\0'; at++)
        if (*at == '(' || *at == ',') {
            char *end;
            double size = strtod(at + 1, &end);
            if (end != at + 1) cells *= size;
        }
    return cells * sizeof(float) / 1024;
}

static void row(FILE *out, tt_ctx *c, const tt_profile_line *l, int steps)
{
    const char *cells[] = {
        l->name,
        l->shape,
        tt_text(c, "%.3f", 1e3 * l->forward_s / steps),
        tt_text(c, "%.3f", 1e3 * l->backward_s / steps),
        tt_text(c, "%.1f", kib_of(l->shape) * (double)l->forward / steps),
        l->operations > 0
            ? tt_text(c, "%.1f", 1e-9 * l->operations / (l->forward_s + l->backward_s))
            : ""};
    tt_report_table_row(out, cells, 6);
}

void report_times(FILE *out, training *t)
{
    const char *heads[] = {"function",    "result", "forward ms",
                           "backward ms", "KiB",    "GFLOP/s"};
    tt_ctx *c = t->c;
    TT_SCOPE (c) {
        tt_loader *batches = tt_loader_new(c, tt_loader_set(t->train), false);
        run_steps(t, batches, 2); /* the first ones ask for memory */
        tt_profile *p = tt_profile_start(c);
        int steps = run_steps(t, batches, STEPS);
        tt_profile_stop(p);
        if (tt_error(c) || steps == 0) continue;
        tt_report_paragraph(
            out,
            "Time of a step and the memory of its results, by function, most "
            "time first: means over %d steps of %d images.",
            steps, t->options->batch);
        tt_report_table_begin(out, heads, 6);
        for (int i = 0; i < tt_profile_count(p) && i < SHOWN; i++)
            row(out, c, tt_profile_line_at(p, i), steps);
        tt_report_table_end(out);
    }
}
