/* What is given with convolution: errors, torch's options, and the way by matrix products. */
#include <criterion/criterion.h>

#include "module2_tensors/function.h"
#include "module3_gpu/backends.h"
#include "module4_nn/ops/conv.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(conv_given, .timeout = 60);

/* A backend in host memory that is not simple: convolves by its matmul. */
static tt_backend other;

static const tt_backend *other_backend(void)
{
    other = *tt_backend_simple();
    other.name = "other";
    return &other;
}

/* Module 3's, whose matmul is what makes it fast. */
static const tt_backend *fast_backend(void)
{
    const tt_backend *fast = NULL;
    tt_ctx *c = nn_begin(0);
    cr_assert_eq(tt_backend_open(c, "fast", &fast), TT_OK, "%s", tt_error(c));
    tt_ctx_free(c);
    return fast;
}

Test(conv_given, errors_name_both_shapes)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_zeros(c, TT_SHAPE(2, 3, 8)),
              *image = tt_zeros(c, TT_SHAPE(2, 3, 8, 8));
    cr_expect_null(tt_conv1d(c, x, tt_zeros(c, TT_SHAPE(4, 2, 3))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_conv1d", "(2,3,8)", "(4,2,3)", "3 channels");
    cr_expect_null(tt_conv1d(c, x, tt_zeros(c, TT_SHAPE(4, 3))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_conv1d", "(2,3,8)", "(4,3)", "(O,C,K)");
    cr_expect_null(tt_conv2d(c, image, tt_zeros(c, TT_SHAPE(4, 1, 3, 3))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_conv2d", "(2,3,8,8)", "(4,1,3,3)");
    cr_expect_null(tt_conv2d(c, x, tt_zeros(c, TT_SHAPE(4, 3, 3, 3))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_conv2d", "(2,3,8)", "(4,3,3,3)");
    tt_conv2d_options plain = {.stride = {1, 1}};
    cr_expect_null(tt_conv2d_with(c, image, tt_zeros(c, TT_SHAPE(4, 3, 3, 9)), plain));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_conv2d_with", "(2,3,8,8)", "(4,3,3,9)", "9 cells");
    tt_conv2d_options wrong = {.stride = {-1, 1}};
    cr_expect_null(tt_conv2d_with(c, image, tt_zeros(c, TT_SHAPE(4, 3, 3, 3)), wrong));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_conv2d_with", "stride -1");
    cr_expect(!tt_conv2d(c, NULL, image) && !tt_conv2d_with(c, image, NULL, plain) &&
                  !tt_error(c),
              "NULL is quiet");
    tt_ctx_free(c);
}

static void *no_memory(size_t bytes)
{
    (void)bytes;
    return NULL;
}

Test(conv_given, an_empty_slot_names_backend_and_slot)
{
    static tt_backend device;
    device = *tt_backend_simple();
    device.name = "a device", device.device_get = no_memory;
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_zeros(c, TT_SHAPE(1, 1, 8)), *w = tt_zeros(c, TT_SHAPE(1, 1, 3));
    x->data.storage->backend = w->data.storage->backend = &device;
    cr_expect_null(tt_conv1d(c, x, w));
    NN_EXPECT_ERROR(c, TT_ERR_BACKEND, "tt_conv1d", "a device", "conv1d");
    x->data.storage->backend = w->data.storage->backend = tt_backend_simple();
    tt_ctx_free(c);
}

/* B C H W, O KH KW, stride, padding, dilation */
typedef struct config {
    int n[7];
    tt_conv2d_options o;
} config;

static const config configs[] = {
    {{2, 2, 6, 5, 3, 3, 2}, {{1, 1}, {0, 0}, {1, 1}}},
    {{1, 2, 7, 6, 2, 3, 3}, {{2, 2}, {1, 1}, {1, 1}}},
    {{2, 1, 8, 7, 2, 3, 2}, {{3, 1}, {2, 0}, {2, 3}}},
    {{1, 1, 5, 5, 1, 5, 5}, {{1, 1}, {2, 2}, {1, 1}}},
    {{1, 2, 4, 9, 1, 2, 3}, {{2, 4}, {0, 3}, {3, 2}}},
    {{1, 1, 2, 2, 2, 4, 4}, {{1, 1}, {1, 1}, {1, 1}}},
};
enum { CONFIGS = sizeof configs / sizeof *configs };

static int reach(const config *k, int d)
{
    int image = k->n[2 + d] + 2 * k->o.padding[d];
    return (image - k->o.dilation[d] * (k->n[5 + d] - 1) - 1) / k->o.stride[d] + 1;
}

static tt_tensor *with_options(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_conv2d_with(c, in[0], in[1], ((const config *)user)->o);
}

static void agrees(const tt_backend *backend, const config *g)
{
    tt_ctx *c = nn_begin((uint64_t)g->n[2]);
    tt_use(c, backend);
    const int *n = g->n;
    tt_shape xs = TT_SHAPE(n[0], n[1], n[2], n[3]), ws = TT_SHAPE(n[4], n[1], n[5], n[6]);
    tt_shape ys = TT_SHAPE(n[0], n[4], reach(g, 0), reach(g, 1));
    nn_conv k = {xs,
                 ws,
                 ys,
                 {g->o.stride[0], g->o.stride[1]},
                 {g->o.dilation[0], g->o.dilation[1]},
                 {g->o.padding[0], g->o.padding[1]}};
    tt_tensor *x = nn_random(c, xs), *w = nn_random(c, ws), *d = nn_random(c, ys);
    tt_tensor *xg = tt_clone(c, x), *wg = tt_clone(c, w);
    tt_requires_grad(xg, true), tt_requires_grad(wg, true);
    double out[512] = {0}, dx[512] = {0}, dw[512] = {0};
    nn_conv_by_definition(&k, nn_cells(c, x), nn_cells(c, w), out, nn_cells(c, d), dx, dw);
    nn_expect(c, tt_conv2d_with(c, x, w, g->o), ys, out, "4.2", backend->name);
    cr_assert_eq(tt_backward_from(tt_conv2d_with(c, xg, wg, g->o), d), TT_OK, "%s",
                 tt_error(c));
    nn_expect(c, tt_grad(xg), xs, dx, "4.2", "gradient of the input");
    nn_expect(c, tt_grad(wg), ws, dw, "4.2", "gradient of the weight");
    cr_expect(tt_check_gradient_of(c, with_options, (void *)g, TT_IN(x, w), 2), "%s",
              tt_error(c));
    tt_ctx_free(c);
}

Test(conv_given, stride_padding_dilation_are_torchs)
{
    for (int i = 0; i < CONFIGS; i++) {
        agrees(tt_backend_simple(), &configs[i]);
        agrees(other_backend(), &configs[i]);
        agrees(fast_backend(), &configs[i]);
    }
}

/* tt_conv2d is tt_conv2d_with of an image padded below and on the right: the same numbers by another
 * road, and by matrix products. */
Test(conv_given, by_matrix_products_as_by_loops)
{
    tt_ctx *c = nn_begin(5), *p = nn_begin(5);
    tt_use(p, other_backend());
    tt_ctx *both[2] = {c, p};
    double *y[2], *dx[2], *dw[2];
    for (int i = 0; i < 2; i++) {
        tt_tensor *x = tt_requires_grad(tt_randn(both[i], TT_SHAPE(3, 2, 5, 4)), true);
        tt_tensor *w = tt_requires_grad(tt_randn(both[i], TT_SHAPE(4, 2, 3, 5)), true);
        tt_tensor *out = tt_conv2d(both[i], x, w);
        y[i] = nn_cells(both[i], out);
        cr_assert_eq(tt_backward_from(out, nn_random(both[i], tt_shape_of(out))), TT_OK);
        dx[i] = nn_cells(both[i], tt_grad(x)), dw[i] = nn_cells(both[i], tt_grad(w));
    }
    for (int i = 0; i < 240; i++) cr_assert_float_eq(y[0][i], y[1][i], 1e-5, "out %d", i);
    for (int i = 0; i < 120; i++)
        cr_assert_float_eq(dx[0][i], dx[1][i], 1e-5, "dx %d", i);
    for (int i = 0; i < 120; i++)
        cr_assert_float_eq(dw[0][i], dw[1][i], 2e-5, "dw %d", i);
    tt_tensor *x = nn_random(c, TT_SHAPE(2, 3, 6)), *w = nn_random(c, TT_SHAPE(2, 3, 8));
    tt_tensor *xp = nn_random(p, TT_SHAPE(2, 3, 6)), *wp = nn_random(p, TT_SHAPE(2, 3, 8));
    nn_expect(p, tt_conv1d(p, xp, wp), TT_SHAPE(2, 2, 6), nn_cells(c, tt_conv1d(c, x, w)),
              "4.1", "one dimension");
    tt_ctx_free(p), tt_ctx_free(c);
}

Test(conv_given, nothing_is_a_size_too)
{
    tt_ctx *c = nn_begin(1);
    for (int i = 0; i < 2; i++) {
        tt_use(c, i ? other_backend() : tt_backend_simple());
        tt_tensor *w = tt_ones(c, TT_SHAPE(3, 2, 2, 2));
        tt_tensor *y = tt_conv2d(c, tt_ones(c, TT_SHAPE(0, 2, 4, 4)), w);
        cr_expect(y && tt_shape_equal(tt_shape_of(y), TT_SHAPE(0, 3, 4, 4)));
        y = tt_conv2d(c, tt_ones(c, TT_SHAPE(1, 0, 1, 2)),
                      tt_ones(c, TT_SHAPE(1, 0, 2, 2)));
        NN_EXPECT(c, y, TT_SHAPE(1, 1, 1, 2), "4.2", "no channels add up to 0", 0, 0);
    }
    tt_ctx_free(c);
}
