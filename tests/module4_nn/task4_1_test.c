/* Task 4.1: convolution in one dimension. The rules stand in module4_nn/README.md, "Task 4.1". */
#include <criterion/criterion.h>

#include "module2_tensors/function.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/conv_simple.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(task4_1, .timeout = 60);

Test(task4_1, worked_numbers)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_arange(c, 4), *w = tt_from(c, TT_SHAPE(1, 1, 3), (float[]){1, 2, 3});
    NN_EXPECT(c, tt_conv1d(c, tt_view(c, x, TT_SHAPE(1, 1, 4)), w), TT_SHAPE(1, 1, 4),
              "4.1", "0 1 2 3 by 1 2 3", 8, 14, 8, 3);
    x = tt_from(c, TT_SHAPE(1, 1, 6), (float[]){1, 2, 3, 4, 5, 6});
    w = tt_from(c, TT_SHAPE(1, 1, 3), (float[]){5, 2, 3});
    NN_EXPECT(c, tt_conv1d(c, x, w), TT_SHAPE(1, 1, 6), "4.1", "1 .. 6 by 5 2 3", 18, 28,
              38, 48, 37, 30);
    x = tt_from(c, TT_SHAPE(1, 2, 4), (float[]){0, 1, 2, 3, 0, 1, 2, 3});
    w = tt_from(c, TT_SHAPE(1, 2, 3), (float[]){1, 2, 3, 1, 2, 3});
    NN_EXPECT(c, tt_conv1d(c, x, w), TT_SHAPE(1, 1, 4), "4.1", "two channels add up", 16,
              28, 16, 6);
    tt_ctx_free(c);
}

/* The loop itself: arrays with gaps and an offset, more and fewer outputs than inputs. */
Test(task4_1, reads_and_writes_through_strides_and_offset)
{
    enum { ROOM = 24 };
    float in[ROOM], out[ROOM];
    const float weight[] = {3, -77, 2, -77, 1}; /* 3 2 1, two apart */
    for (int i = 0; i < ROOM; i++) in[i] = -1000, out[i] = -77;
    for (int i = 0; i < 4; i++) in[5 + 3 * i] = (float)(i + 1); /* 1 2 3 4, three apart */
    tt_const_array x = {in, {TT_SHAPE(1, 1, 4), {0, 0, 3}, 5}};
    tt_const_array w = {weight, {TT_SHAPE(1, 1, 3), {0, 0, 2}, 0}};
    tt_simple_conv1d((tt_array){out, {TT_SHAPE(1, 1, 6), {0, 0, 2}, 1}}, x, w, false);
    const double want[6] = {10, 16, 17, 12, 0, 0}; /* 3 + 4 + 3, 6 + 6 + 4, 9 + 8, 12 */
    for (int i = 0; i < ROOM; i++)
        cr_assert_eq((double)out[i], i % 2 && i < 12 ? want[i / 2] : -77.0,
                     "memory position %d holds %g", i, (double)out[i]);
    tt_simple_conv1d((tt_array){out, tt_layout_of(TT_SHAPE(1, 1, 2))}, x, w, false);
    cr_assert(out[0] == 10 && out[1] == 16, "two of the outputs: %g %g", (double)out[0],
              (double)out[1]);
}

Test(task4_1, reversed_reads_backwards_from_the_output_cell)
{
    const float in[] = {1, 2, 3, 4}, weight[] = {3, 2, 1};
    const double want[6] = {3, 8, 14, 20, 11, 4}; /* 3 2 1 on 1; on 2 1; on 3 2 1 .. */
    float out[6];
    tt_simple_conv1d((tt_array){out, tt_layout_of(TT_SHAPE(1, 1, 6))},
                     (tt_const_array){in, tt_layout_of(TT_SHAPE(1, 1, 4))},
                     (tt_const_array){weight, tt_layout_of(TT_SHAPE(1, 1, 3))}, true);
    for (int i = 0; i < 6; i++)
        cr_assert_eq((double)out[i], want[i], "cell %d is %g, expected %g", i,
                     (double)out[i], want[i]);
}

/* (B, C, W), (O, C, K): one by one, channels and batches, one cell, kernels wider than the input. */
static const int sizes[][5] = {{1, 1, 6, 1, 4}, {2, 2, 6, 3, 2}, {3, 1, 5, 2, 1},
                               {1, 3, 1, 2, 1}, {2, 2, 3, 2, 7}, {1, 2, 4, 1, 4}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static tt_shape four(tt_shape s)
{
    return TT_SHAPE(s.dim[0], s.dim[1], 1, s.dim[2]);
}

static void agrees(const int *n)
{
    tt_ctx *c = nn_begin((uint64_t)n[2] * 10 + (uint64_t)n[4]);
    tt_shape xs = TT_SHAPE(n[0], n[1], n[2]), ws = TT_SHAPE(n[3], n[1], n[4]);
    tt_shape ys = TT_SHAPE(n[0], n[3], n[2]);
    tt_tensor *x = nn_random(c, xs), *w = nn_random(c, ws), *d = nn_random(c, ys);
    tt_tensor *xg = tt_clone(c, x), *wg = tt_clone(c, w);
    tt_requires_grad(xg, true), tt_requires_grad(wg, true);
    double out[64] = {0}, dx[64] = {0}, dw[64] = {0};
    nn_conv k = {four(xs), four(ws), four(ys), {1, 1}, {1, 1}, {0, 0}};
    nn_conv_by_definition(&k, nn_cells(c, x), nn_cells(c, w), out, nn_cells(c, d), dx, dw);
    nn_expect(c, tt_conv1d(c, x, w), ys, out, "4.1", "inputs in any layout");
    cr_assert_eq(tt_backward_from(tt_conv1d(c, xg, wg), d), TT_OK, "%s", tt_error(c));
    nn_expect(c, tt_grad(xg), xs, dx, "4.1", "gradient of the input");
    nn_expect(c, tt_grad(wg), ws, dw, "4.1", "gradient of the weight");
    tt_ctx_free(c);
}

Test(task4_1, values_and_gradients_are_those_of_the_definition)
{
    for (int i = 0; i < SIZES; i++) agrees(sizes[i]);
}

static tt_tensor *conv(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_conv1d(c, in[0], in[1]);
}

Test(task4_1, gradients_agree_with_central_differences)
{
    for (int i = 0; i < SIZES; i++) {
        const int *n = sizes[i];
        tt_ctx *c = nn_begin(40 + (uint64_t)i);
        tt_tensor *x = tt_randn(c, TT_SHAPE(n[0], n[1], n[2]));
        tt_tensor *w = tt_randn(c, TT_SHAPE(n[3], n[1], n[4]));
        cr_expect(tt_check_gradient_of(c, conv, NULL, TT_IN(x, w), 2), "case %d: %s", i,
                  tt_error(c));
        tt_ctx_free(c);
    }
}
