/* Task 4.2: convolution in two dimensions. The rules stand in module4_nn/README.md, "Task 4.2". */
#include <criterion/criterion.h>

#include "module2_tensors/function.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/conv_simple.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(task4_2, .timeout = 60);

static const float ninth[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const float ones[4] = {1, 1, 1, 1};

Test(task4_2, worked_numbers)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_from(c, TT_SHAPE(1, 1, 3, 3), ninth);
    tt_tensor *w = tt_ones(c, TT_SHAPE(1, 1, 2, 2));
    NN_EXPECT(c, tt_conv2d(c, x, w), TT_SHAPE(1, 1, 3, 3), "4.2", "1 .. 9 by 2x2 ones",
              12, 16, 9, 24, 28, 15, 15, 17, 9);
    w = tt_from(c, TT_SHAPE(1, 1, 1, 2), (float[]){1, 10}); /* a row: no turning */
    NN_EXPECT(c, tt_conv2d(c, x, w), TT_SHAPE(1, 1, 3, 3), "4.2", "1 .. 9 by a row", 21,
              32, 3, 54, 65, 6, 87, 98, 9);
    w = tt_from(c, TT_SHAPE(1, 1, 2, 1), (float[]){1, 10});
    NN_EXPECT(c, tt_conv2d(c, x, w), TT_SHAPE(1, 1, 3, 3), "4.2", "1 .. 9 by a column",
              41, 52, 63, 74, 85, 96, 7, 8, 9);
    tt_ctx_free(c);
}

Test(task4_2, reversed_is_anchored_at_the_bottom_right)
{
    const double want[9] = {1, 3, 5, 5, 12, 16, 11, 24, 28};
    float out[9];
    tt_simple_conv2d((tt_array){out, tt_layout_of(TT_SHAPE(1, 1, 3, 3))},
                     (tt_const_array){ninth, tt_layout_of(TT_SHAPE(1, 1, 3, 3))},
                     (tt_const_array){ones, tt_layout_of(TT_SHAPE(1, 1, 2, 2))}, true);
    for (int i = 0; i < 9; i++)
        cr_assert_eq((double)out[i], want[i], "cell %d is %g, expected %g", i,
                     (double)out[i], want[i]);
}

/* 1 .. 9 lie three columns apart and turned; the output has one row more and one column less. */
Test(task4_2, reads_and_writes_through_strides_and_offset)
{
    float in[64], out[64];
    for (int i = 0; i < 64; i++) in[i] = -1000, out[i] = -77;
    for (int i = 0; i < 9; i++) in[2 + i % 3 * 9 + i / 3 * 2] = ninth[i];
    tt_layout x = {TT_SHAPE(1, 1, 3, 3), {0, 0, 2, 9}, 2};
    tt_layout y = {TT_SHAPE(1, 1, 4, 2), {0, 0, 3, 20}, 7};
    tt_simple_conv2d((tt_array){out, y}, (tt_const_array){in, x},
                     (tt_const_array){ones, tt_layout_of(TT_SHAPE(1, 1, 2, 2))}, false);
    const double want[4][2] = {{12, 16}, {24, 28}, {15, 17}, {0, 0}};
    int written = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 2; j++)
            cr_assert_eq((double)out[7 + 3 * i + 20 * j], want[i][j], "[%d,%d] is %g", i,
                         j, (double)out[7 + 3 * i + 20 * j]);
    for (int i = 0; i < 64; i++) written += out[i] != -77;
    cr_assert_eq(written, 8, "%d cells of memory were written, 8 are the output's",
                 written);
}

/* (B, C, H, W), (O, KH, KW): batches, channels, single rows, kernels higher or wider than the image. */
static const int sizes[][7] = {{1, 1, 6, 6, 1, 2, 4}, {2, 1, 6, 6, 1, 2, 4},
                               {2, 2, 5, 6, 3, 2, 4}, {1, 3, 4, 1, 2, 3, 1},
                               {2, 1, 3, 3, 2, 5, 2}, {1, 2, 2, 3, 1, 1, 6},
                               {1, 1, 4, 4, 1, 4, 4}, {3, 2, 1, 1, 2, 1, 1}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void agrees(const int *n)
{
    tt_ctx *c = nn_begin((uint64_t)n[2] * 10 + (uint64_t)n[5]);
    tt_shape xs = TT_SHAPE(n[0], n[1], n[2], n[3]), ws = TT_SHAPE(n[4], n[1], n[5], n[6]);
    tt_shape ys = TT_SHAPE(n[0], n[4], n[2], n[3]);
    tt_tensor *x = nn_random(c, xs), *w = nn_random(c, ws), *d = nn_random(c, ys);
    tt_tensor *xg = tt_clone(c, x), *wg = tt_clone(c, w);
    tt_requires_grad(xg, true), tt_requires_grad(wg, true);
    double out[256] = {0}, dx[256] = {0}, dw[256] = {0};
    nn_conv k = {xs, ws, ys, {1, 1}, {1, 1}, {0, 0}};
    nn_conv_by_definition(&k, nn_cells(c, x), nn_cells(c, w), out, nn_cells(c, d), dx, dw);
    nn_expect(c, tt_conv2d(c, x, w), ys, out, "4.2", "inputs in any layout");
    cr_assert_eq(tt_backward_from(tt_conv2d(c, xg, wg), d), TT_OK, "%s", tt_error(c));
    nn_expect(c, tt_grad(xg), xs, dx, "4.2", "gradient of the input");
    nn_expect(c, tt_grad(wg), ws, dw, "4.2", "gradient of the weight");
    tt_ctx_free(c);
}

Test(task4_2, values_and_gradients_are_those_of_the_definition)
{
    for (int i = 0; i < SIZES; i++) agrees(sizes[i]);
}

static tt_tensor *conv(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_conv2d(c, in[0], in[1]);
}

Test(task4_2, gradients_agree_with_central_differences)
{
    for (int i = 0; i < SIZES; i++) {
        const int *n = sizes[i];
        tt_ctx *c = nn_begin(60 + (uint64_t)i);
        tt_tensor *x = tt_randn(c, TT_SHAPE(n[0], n[1], n[2], n[3]));
        tt_tensor *w = tt_randn(c, TT_SHAPE(n[4], n[1], n[5], n[6]));
        cr_expect(tt_check_gradient_of(c, conv, NULL, TT_IN(x, w), 2), "case %d: %s", i,
                  tt_error(c));
        tt_ctx_free(c);
    }
}

/* A ramp under ones: what the original's test_conv2 runs, with values. */
Test(task4_2, ramp_under_ones)
{
    tt_ctx *c = nn_begin(2);
    tt_tensor *x = tt_view(c, tt_arange(c, 16), TT_SHAPE(1, 1, 4, 4));
    NN_EXPECT(c, tt_conv2d(c, x, tt_ones(c, TT_SHAPE(1, 1, 2, 2))), TT_SHAPE(1, 1, 4, 4),
              "4.2", "0 .. 15 by 2x2 ones", 10, 14, 18, 10, 26, 30, 34, 18, 42, 46, 50,
              26, 25, 27, 29, 15);
    tt_ctx_free(c);
}
