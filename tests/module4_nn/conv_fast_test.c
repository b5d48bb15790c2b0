/* The fast backend's convolutions and pooling against the simple backend's loops: every way they can
 * go, on every instruction set, with any number of threads. */
#include <criterion/criterion.h>
#include <math.h>

#include "module2_tensors/function.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module3_gpu/fast/kernels.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/pool.h"
#include "module4_nn/ops/softmax.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(conv_fast, .timeout = 120);

/* B C H W, O KH KW; in `options` stride 0 stands for tt_conv2d, anchored. */
typedef struct sizes {
    int n[7];
    tt_conv2d_options o;
} sizes;

static const sizes cases[] = {
    {{3, 4, 28, 28, 8, 3, 3}, {.padding = {0, 0}}}, /* the CNN's second layer */
    {{5, 1, 28, 28, 4, 3, 3}, {.padding = {0, 0}}}, /* its first */
    {{4, 1, 28, 28, 6, 5, 5}, {.stride = {1, 1}, .padding = {2, 2}}}, /* LeNet-5's */
    {{4, 6, 14, 14, 16, 5, 5}, {.stride = {1, 1}}},
    {{1, 64, 40, 40, 17, 3, 3}, {.stride = {1, 1}, .padding = {1, 1}}}, /* bands of rows */
    {{2, 3, 17, 13, 5, 3, 2}, {.stride = {2, 3}, .padding = {1, 2}, .dilation = {2, 1}}},
    {{19, 2, 9, 7, 3, 1, 7},
     {.stride = {1, 2}, .dilation = {1, 1}}},      /* more images than pieces */
    {{2, 5, 6, 6, 31, 6, 6}, {.stride = {1, 1}}},  /* one place */
    {{2, 3, 4, 5, 2, 6, 7}, {.padding = {0, 0}}},  /* a kernel larger than the image */
    {{1, 1, 3, 90, 1, 1, 80}, {.stride = {1, 1}}}, /* longer than what is read too far */
};
enum { CASES = sizeof cases / sizeof *cases };

typedef struct results {
    tt_tensor *y, *dx, *dw;
} results;

/* One cell of the gradient in sixteen is not 0: what comes through a max-pool of 4x4. */
static void thin_out(tt_tensor *d)
{
    float *at = tt_storage_change(d->data.storage);
    for (size_t i = 0; i < tt_numel(d); i++)
        if ((i * 2654435761u >> 7) % 16) at[i] = 0.0f;
}

static results run(tt_ctx *c, const tt_backend *backend, const sizes *s, bool thin)
{
    const int *n = s->n;
    tt_use(c, backend);
    tt_seed(c, (uint64_t)n[2] * 7 + (uint64_t)n[4]);
    tt_tensor *x = tt_requires_grad(tt_randn(c, TT_SHAPE(n[0], n[1], n[2], n[3])), true);
    tt_tensor *w = tt_requires_grad(tt_randn(c, TT_SHAPE(n[4], n[1], n[5], n[6])), true);
    tt_tensor *y = s->o.stride[0] ? tt_conv2d_with(c, x, w, s->o) : tt_conv2d(c, x, w);
    tt_tensor *d = tt_randn(c, tt_shape_of(y));
    if (thin) thin_out(d);
    cr_assert_eq(tt_backward_from(y, d), TT_OK, "%s", tt_error(c));
    return (results){y, tt_grad(x), tt_grad(w)};
}

/* Errors of float sums grow with their length, at most as its root times some ulp of the terms. */
static void same(const char *what, int which, tt_tensor *got, tt_tensor *want, double terms)
{
    tt_ctx *c = got->node.header.ctx;
    double *a = nn_cells(c, got), *b = nn_cells(c, want), bound = 2e-6 * sqrt(terms) + 1e-6;
    cr_assert_eq(tt_numel(got), tt_numel(want));
    for (size_t i = 0; i < tt_numel(got); i++)
        cr_assert(a[i] == b[i] || fabs(a[i] - b[i]) <= bound * (1 + fabs(b[i])),
                  "case %d, %s[%zu] is %g, the simple backend's %g", which, what, i, a[i],
                  b[i]);
}

static void all_cases(const char *simd)
{
    const tti_kernels *kernels = tti_kernels_named(simd);
    if (!kernels) return; /* this processor has it not */
    tti_kernels_use(kernels);
    for (int k = 0; k < CASES; k++)
        for (int thin = 0; thin < 2; thin++) {
            tt_ctx *c = nn_begin(1);
            const int *n = cases[k].n;
            results want = run(c, tt_backend_simple(), &cases[k], thin);
            results got = run(c, tt_backend_fast(), &cases[k], thin);
            double places = (double)tt_numel(want.y) / n[4];
            same("y", k, got.y, want.y, (double)n[1] * n[5] * n[6]);
            same("dx", k, got.dx, want.dx, (double)n[4] * n[5] * n[6]);
            same("dw", k, got.dw, want.dw, places);
            tt_ctx_free(c);
        }
    tti_kernels_use(NULL);
}

Test(conv_fast, avx512_gives_what_loops_give)
{
    all_cases("avx512");
}

Test(conv_fast, avx2_gives_what_loops_give)
{
    all_cases("avx2");
}

Test(conv_fast, base_gives_what_loops_give)
{
    all_cases("base");
}

static void equal(const char *what, int which, tt_tensor *a, tt_tensor *b)
{
    double *x = nn_cells(a->node.header.ctx, a), *y = nn_cells(a->node.header.ctx, b);
    for (size_t i = 0; i < tt_numel(a); i++)
        cr_assert(x[i] == y[i], "case %d, %s[%zu]: %.9g with one thread, %.9g with three",
                  which, what, i, x[i], y[i]);
}

Test(conv_fast, results_do_not_depend_on_the_number_of_threads)
{
    for (int k = 0; k < CASES; k++)
        for (int thin = 0; thin < 2; thin++) {
            tt_ctx *c = nn_begin(1);
            tt_set_threads(1);
            results one = run(c, tt_backend_fast(), &cases[k], thin);
            tt_set_threads(3);
            results three = run(c, tt_backend_fast(), &cases[k], thin);
            equal("y", k, one.y, three.y);
            equal("dx", k, one.dx, three.dx);
            equal("dw", k, one.dw, three.dw);
            tt_set_threads(0);
            tt_ctx_free(c);
        }
}

/* A gradient that is not finite must not vanish: 0 times it may, it itself not. */
Test(conv_fast, a_nan_in_the_gradient_arrives)
{
    tt_ctx *c = nn_begin(1);
    tt_use(c, tt_backend_fast());
    tt_tensor *x = tt_requires_grad(tt_randn(c, TT_SHAPE(2, 4, 28, 28)), true);
    tt_tensor *w = tt_requires_grad(tt_randn(c, TT_SHAPE(8, 4, 3, 3)), true);
    tt_tensor *y = tt_conv2d(c, x, w), *d = tt_zeros(c, tt_shape_of(y));
    tt_set(d, (int[]){1, 2, 5, 7}, NAN);
    tt_backward_from(y, d);
    cr_expect(isnan(tt_get(tt_grad(x), (int[]){1, 3, 6, 9})), "input's gradient");
    cr_expect(isnan(tt_get(tt_grad(w), (int[]){2, 0, 1, 1})), "weight's gradient");
    cr_expect_not(isnan(tt_get(tt_grad(w), (int[]){3, 0, 1, 1})), "another channel's");
    tt_ctx_free(c);
}

/* ---- pooling, softmax ------------------------------------------------------------------------------ */

/* B C H W, kh kw; turned: the image is a transposed view. */
static const int pools[][7] = {{2, 3, 28, 28, 4, 4, 0},  {2, 3, 28, 28, 2, 2, 0},
                               {1, 2, 9, 15, 3, 5, 0},   {1, 2, 6, 8, 2, 4, 1},
                               {1, 1, 2, 140, 1, 70, 0}, {1, 1, 4, 200, 2, 4, 0}};

/* With NaNs, if asked for: two alone, and a whole tile (turned, it is some other cells). */
static tt_tensor *image_of(tt_ctx *c, const int *n, bool nans, tt_tensor **leaf)
{
    int h = n[6] ? n[3] : n[2], w = n[6] ? n[2] : n[3];
    tt_tensor *x = tt_randn(c, TT_SHAPE(n[0], n[1], h, w));
    float *at = tt_storage_change(x->data.storage);
    for (size_t i = 0; i < tt_numel(x); i++)
        at[i] = rintf(2 * at[i]); /* many are equal */
    for (int i = 0; nans && i < n[4] * n[5]; i++) at[i / n[5] * w + i % n[5]] = NAN;
    if (nans) at[w + 3] = at[w + n[5] + 1] = NAN;
    *leaf = tt_requires_grad(x, true);
    return n[6] ? tt_transpose(c, x, 2, 3) : x;
}

static void pooled(const tt_backend *backend, tt_ctx *c, const int *n, bool max,
                   tt_tensor **y, tt_tensor **dx)
{
    tt_tensor *leaf;
    tt_use(c, backend);
    tt_seed(c, 3);
    tt_tensor *x = image_of(c, n, max, &leaf);
    *y = max ? tt_maxpool2d(c, x, n[4], n[5]) : tt_avgpool2d(c, x, n[4], n[5]);
    cr_assert_eq(tt_backward_from(*y, tt_randn(c, tt_shape_of(*y))), TT_OK, "%s",
                 tt_error(c));
    *dx = tt_grad(leaf);
}

Test(conv_fast, pooling_gives_what_the_composed_operation_gives)
{
    static const char *const sets[] = {"base", "avx2", "avx512"};
    for (size_t k = 0; k < sizeof pools / sizeof *pools; k++)
        for (int s = 0; s < 6; s++) {
            tt_ctx *c = nn_begin(1);
            tt_tensor *want, *dwant, *got, *dgot;
            if (tti_kernels_named(sets[s / 2]))
                tti_kernels_use(tti_kernels_named(sets[s / 2]));
            pooled(tt_backend_simple(), c, pools[k], s % 2, &want, &dwant);
            pooled(tt_backend_fast(), c, pools[k], s % 2, &got, &dgot);
            same("y", (int)k, got, want, 1);
            same("dx", (int)k, dgot, dwant, 1);
            tti_kernels_use(NULL);
            tt_ctx_free(c);
        }
}

Test(conv_fast, softmax_along_any_dimension)
{
    for (int dim = 0; dim < 3; dim++)
        for (int log = 0; log < 2; log++) {
            tt_tensor *y[2], *dx[2];
            tt_ctx *c = nn_begin(1);
            for (int b = 0; b < 2; b++) {
                tt_use(c, b ? tt_backend_fast() : tt_backend_simple());
                tt_seed(c, 9);
                tt_tensor *x = tt_requires_grad(tt_randn(c, TT_SHAPE(4, 5, 6)), true);
                tt_tensor *t = tt_mul_num(c, tt_transpose(c, x, 0, 2), 40.0f);
                y[b] = log ? tt_log_softmax(c, t, dim) : tt_softmax(c, t, dim);
                tt_backward_from(y[b], tt_randn(c, TT_SHAPE(6, 5, 4)));
                dx[b] = tt_grad(x);
            }
            same("y", dim, y[1], y[0], 10);
            same("dx", dim, dx[1], dx[0], 1000);
            tt_ctx_free(c);
        }
}
