#include "tests/module4_nn/support/nn_cases.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module3_gpu/backends.h"
#include "module3_gpu/sim/sim.h"

tt_ctx *nn_begin(uint64_t seed)
{
    tt_ctx *c = tt_ctx_new(NULL);
    cr_assert_not_null(c);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_use(c, tt_backend_simple());
    tt_seed(c, seed);
    return c;
}

static void simulate(bool diagnose)
{
    tt_sim_options options = tt_sim_settings();
    options.quiet = true;
    options.diagnose = diagnose;
    tt_sim_configure(&options);
    tt_sim_forget();
}

void nn_on_each_backend(void (*body)(tt_ctx *c))
{
    static const char *const names[] = {"simple",   "fast", "sim",
                                        "sim-fast", "cuda", "cuda-course"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const tt_backend *backend = NULL;
        tt_ctx *c = nn_begin(1);
        tt_status status = tt_backend_open(c, names[i], &backend);
        if (status == TT_ERR_DEVICE) tt_error_clear(c); /* no GPU */
        cr_assert(status == TT_OK || status == TT_ERR_DEVICE, "%s", tt_error(c));
        tt_use(c, backend);
        simulate(true);
        if (backend) body(c);
        cr_assert(!tt_error(c), "on %s: %s", names[i], tt_error(c));
        cr_assert_eq(tt_sim_finding_count(), 0, "on %s: %s", names[i],
                     tt_sim_finding_count() ? tt_sim_finding_at(0)->text : "");
        tt_ctx_free(c);
    }
}

tt_tensor *nn_random(tt_ctx *c, tt_shape shape)
{
    tt_shape turned = {.ndim = shape.ndim};
    int order[TT_MAX_DIMS]; /* dimension d of the result is dimension order[d] of memory */
    for (int d = 0; d < shape.ndim; d++) {
        order[d] = (d + 1) % shape.ndim;
        turned.dim[order[d]] = shape.dim[d];
    }
    return tt_permute(c, tt_randn(c, turned), order);
}

double *nn_cells(tt_ctx *c, tt_tensor *t)
{
    cr_assert(t && !tt_error(c), "no tensor; error: %s",
              tt_error(c) ? tt_error(c) : "none");
    size_t n = tt_numel(t);
    float *at = tt_alloc(c, (n + 1) * sizeof *at);
    double *cells = tt_alloc(c, (n + 1) * sizeof *cells);
    cr_assert(at && cells && tt_read(t, at) == TT_OK);
    for (size_t i = 0; i < n; i++) cells[i] = (double)at[i];
    return cells;
}

void nn_expect(tt_ctx *c, tt_tensor *actual, tt_shape shape, const double *want,
               const char *task, const char *what)
{
    char have[TT_SHAPE_TEXT], needed[TT_SHAPE_TEXT];
    const char *backend = tt_backend_of(c)->name;
    cr_assert(actual && !tt_error(c), "%s, on %s: NULL instead of a tensor; error: %s",
              what, backend, tt_error(c) ? tt_error(c) : "none");
    cr_assert(tt_shape_equal(tt_shape_of(actual), shape),
              "%s, on %s: shape %s, expected %s\n  Task %s: module4_nn/README.md", what,
              backend, tt_shape_text(tt_shape_of(actual), have),
              tt_shape_text(shape, needed), task);
    double *cells = nn_cells(c, actual);
    size_t n = tt_numel(actual), first = n, wrong = 0;
    for (size_t i = n; i-- > 0;)
        if (!(fabs(cells[i] - want[i]) <= 2e-5 * (1 + fabs(want[i])))) first = i, wrong++;
    if (wrong)
        cr_assert_fail(
            "%s, on %s: cell %zu (row-major) of %s is %.9g, expected %.9g; %zu of %zu "
            "cells differ\n  Task %s: module4_nn/README.md",
            what, backend, first, tt_shape_text(shape, have), cells[first], want[first],
            wrong, n, task);
}

void nn_expect_error(tt_ctx *c, tt_status status, const char *const *words)
{
    cr_assert(tt_error(c), "expected an error (%s) about %s, but none sticks",
              tt_status_text(status), words[0]);
    cr_expect_eq(tt_error_status(c), status, "%s", tt_error(c));
    for (int i = 0; words[i]; i++)
        cr_expect(strstr(tt_error(c), words[i]), "the message should name \"%s\": %s",
                  words[i], tt_error(c));
    tt_error_clear(c);
}

/* ---- convolution by definition ---------------------------------------------------------------- */

static size_t cell(tt_shape s, int i, int j, int k, int l)
{
    return (size_t)(((i * s.dim[1] + j) * s.dim[2] + k) * s.dim[3] + l);
}

/* All terms of one output cell. */
static void terms(const nn_conv *k, const int *at, const double *x, const double *w,
                  double *out, const double *d, double *dx, double *dw)
{
    const int *kernel = k->weight.dim;
    size_t o = cell(k->out, at[0], at[1], at[2], at[3]);
    for (int c = 0; c < kernel[1]; c++)
        for (int di = 0; di < kernel[2]; di++)
            for (int dj = 0; dj < kernel[3]; dj++) {
                int i = at[2] * k->stride[0] + di * k->dilation[0] - k->padding[0];
                int j = at[3] * k->stride[1] + dj * k->dilation[1] - k->padding[1];
                if (i < 0 || i >= k->in.dim[2] || j < 0 || j >= k->in.dim[3]) continue;
                size_t xi = cell(k->in, at[0], c, i, j);
                size_t wi = cell(k->weight, at[1], c, di, dj);
                if (out) out[o] += x[xi] * w[wi];
                if (dx) dx[xi] += d[o] * w[wi];
                if (dw) dw[wi] += d[o] * x[xi];
            }
}

void nn_conv_by_definition(const nn_conv *k, const double *x, const double *w,
                           double *out, const double *d, double *dx, double *dw)
{
    int at[4];
    for (at[0] = 0; at[0] < k->out.dim[0]; at[0]++)
        for (at[1] = 0; at[1] < k->out.dim[1]; at[1]++)
            for (at[2] = 0; at[2] < k->out.dim[2]; at[2]++)
                for (at[3] = 0; at[3] < k->out.dim[3]; at[3]++)
                    terms(k, at, x, w, out, d, dx, dw);
}
