/* Task 4.4: maximum, softmax, dropout. The rules stand in module4_nn/README.md, "Task 4.4".
 * Softmax has a file of its own, softmax_test.c, which no task lists. */
#include <criterion/criterion.h>
#include <math.h>

#include "module2_tensors/function.h"
#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/max.h"
#include "module4_nn/ops/pool.h"
#include "module4_nn/ops/softmax.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(task4_4, .timeout = 60);

/* ---- max --------------------------------------------------------------------------------------- */

static tt_tensor *max_over(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_max(c, in[0], *(const int *)user);
}

/* Cells at least 0.1 apart in a random order, so that a step of the difference changes no maximum. */
static tt_tensor *distinct(tt_ctx *c, tt_shape shape, uint64_t seed)
{
    uint32_t order[256];
    float values[256];
    size_t n = tt_shape_size(shape);
    tt_rng_permutation(tt_rng_of(seed, TT_STREAM_DATA), order, n);
    for (size_t i = 0; i < n; i++) values[i] = 0.1f * (float)order[i] - 2.385f;
    return tt_from(c, shape, values);
}

Test(task4_4, max_along_each_dimension)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_from(c, TT_SHAPE(2, 3), (float[]){-1, -7, -2, -4, -3, -9});
    NN_EXPECT(c, tt_max(c, x, 0), TT_SHAPE(1, 3), "4.4", "over rows", -1, -3, -2);
    NN_EXPECT(c, tt_max(c, x, 1), TT_SHAPE(2, 1), "4.4", "over columns", -1, -3);
    NN_EXPECT(c, tt_max(c, tt_transpose(c, x, 0, 1), -1), TT_SHAPE(3, 1), "4.4",
              "transposed", -1, -3, -2);
    x = tt_full(c, TT_SHAPE(3), -2e30f);
    cr_expect_eq(tt_item(tt_max(c, x, 0)), -2e30f, "below MiniTorch's -1e9");
    tt_ctx_free(c);
}

Test(task4_4, gradients_of_max_agree_with_central_differences)
{
    tt_ctx *c = nn_begin(3);
    for (int dim = 0; dim < 3; dim++) {
        tt_tensor *x = distinct(c, TT_SHAPE(2, 3, 4), 5);
        cr_expect(tt_check_gradient_of(c, max_over, &dim, TT_IN(x), 1),
                  "dimension %d: %s", dim, tt_error(c));
    }
    tt_ctx_free(c);
}

Test(task4_4, among_equals_the_first_gets_the_gradient)
{
    tt_ctx *c = nn_begin(1);
    float values[] = {5, 7, 7, 0, 0, 0, -1, -2, -1};
    tt_tensor *x = tt_requires_grad(tt_from(c, TT_SHAPE(3, 3), values), true);
    tt_backward_from(tt_max(c, x, 1),
                     tt_from(c, TT_SHAPE(3, 1), (float[]){0.5f, 2.25f, -3}));
    NN_EXPECT(c, tt_grad(x), TT_SHAPE(3, 3), "4.4", "gradient by rows", 0, 0.5, 0, 2.25,
              0, 0, -3, 0, 0);
    tt_zero_grad_of(x);
    tt_backward_from(tt_max(c, x, 0), tt_from(c, TT_SHAPE(1, 3), (float[]){1, 10, 100}));
    NN_EXPECT(c, tt_grad(x), TT_SHAPE(3, 3), "4.4", "gradient by columns", 1, 10, 100, 0,
              0, 0, 0, 0, 0);
    tt_ctx_free(c);
}

Test(task4_4, argmax_mask_marks_all_that_are_largest)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_from(c, TT_SHAPE(2, 4), (float[]){1, 3, 2, 3, -5, -5, -6, -7});
    NN_EXPECT(c, tt_argmax_mask(c, x, 1), TT_SHAPE(2, 4), "4.4", "by rows", 0, 1, 0, 1, 1,
              1, 0, 0);
    NN_EXPECT(c, tt_argmax_mask(c, x, 0), TT_SHAPE(2, 4), "4.4", "by columns", 1, 1, 1, 1,
              0, 0, 0, 0);
    tt_ctx_free(c);
}

/* ---- max pooling ------------------------------------------------------------------------------- */

Test(task4_4, maxima_of_tiles)
{
    tt_ctx *c = nn_begin(1);
    float values[16] = {4, -1, 2, 8, 3, 0, 9, 1, -5, -6, 7, 7, -8, -4, 7, 6};
    tt_tensor *x = tt_requires_grad(tt_from(c, TT_SHAPE(1, 1, 4, 4), values), true);
    NN_EXPECT(c, tt_maxpool2d(c, x, 2, 2), TT_SHAPE(1, 1, 2, 2), "4.4", "2x2", 4, 9, -4, 7);
    NN_EXPECT(c, tt_maxpool2d(c, x, 2, 1), TT_SHAPE(1, 1, 2, 4), "4.4", "2x1", 4, 0, 9, 8,
              -5, -4, 7, 7);
    NN_EXPECT(c, tt_maxpool2d(c, x, 1, 2), TT_SHAPE(1, 1, 4, 2), "4.4", "1x2", 4, 8, 3, 9,
              -5, 7, -4, 7);
    tt_backward_from(tt_maxpool2d(c, x, 2, 2),
                     tt_from(c, TT_SHAPE(1, 1, 2, 2), (float[]){1, 10, 100, 1000}));
    NN_EXPECT(c, tt_grad(x), TT_SHAPE(1, 1, 4, 4), "4.4", "gradient of 2x2", 1, 0, 0, 0,
              0, 0, 10, 0, 0, 0, 1000, 0, 0, 100, 0, 0);
    tt_ctx_free(c);
}

static tt_tensor *pooled(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_maxpool2d(c, in[0], 2, 3);
}

Test(task4_4, gradients_of_max_pooling_agree_with_central_differences)
{
    tt_ctx *c = nn_begin(3);
    tt_tensor *x = distinct(c, TT_SHAPE(2, 3, 4, 6), 8);
    cr_expect(tt_check_gradient_of(c, pooled, NULL, TT_IN(x), 1), "%s", tt_error(c));
    tt_ctx_free(c);
}

/* ---- softmax ----------------------------------------------------------------------------------- */

Test(task4_4, softmax_of_worked_numbers)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_log(c, tt_from(c, TT_SHAPE(2, 2), (float[]){1, 3, 2, 2}));
    NN_EXPECT(c, tt_softmax(c, x, 1), TT_SHAPE(2, 2), "4.4", "rows", 0.25, 0.75, 0.5, 0.5);
    NN_EXPECT(c, tt_softmax(c, x, 0), TT_SHAPE(2, 2), "4.4", "columns", 1 / 3.0, 0.6,
              2 / 3.0, 0.4);
    NN_EXPECT(c, tt_log_softmax(c, x, 1), TT_SHAPE(2, 2), "4.4", "logarithms", log(0.25),
              log(0.75), log(0.5), log(0.5));
    tt_ctx_free(c);
}

Test(task4_4, softmax_is_stable_at_a_thousand)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_from(c, TT_SHAPE(1, 3), (float[]){1000, 999, -1000});
    NN_EXPECT(c, tt_softmax(c, x, 1), TT_SHAPE(1, 3), "4.4", "softmax", 0.731058579,
              0.268941421, 0);
    NN_EXPECT(c, tt_log_softmax(c, x, 1), TT_SHAPE(1, 3), "4.4", "log_softmax",
              -0.313261688, -1.313261688, -2000.313261688);
    tt_ctx_free(c);
}

/* ---- dropout ----------------------------------------------------------------------------------- */

enum { MANY = 100000 };

Test(task4_4, dropout_at_rates_0_and_1)
{
    tt_ctx *c = nn_begin(1);
    float x[4] = {0.1f, -2.385f, 1e-30f, 3e30f}, y[4];
    tt_tensor *t = tt_from(c, TT_SHAPE(4), x);
    cr_assert_eq(tt_read(tt_dropout(c, t, 0.0f, true), y), TT_OK);
    for (int i = 0; i < 4; i++) cr_expect_eq(y[i], x[i], "rate 0 changes cell %d", i);
    cr_assert_eq(tt_read(tt_dropout(c, t, 1.0f, true), y), TT_OK);
    for (int i = 0; i < 4; i++) cr_expect_eq(y[i], 0.0f, "rate 1 leaves cell %d", i);
    tt_ctx_free(c);
}

/* The share of zeros of n independent draws: 5 standard deviations are missed once in 2 million. */
Test(task4_4, dropout_zeroes_its_share_and_scales_the_rest)
{
    tt_ctx *c = nn_begin(1);
    static float y[MANY];
    for (int r = 1; r < 10; r += 2) {
        float rate = (float)r / 10;
        cr_assert_eq(tt_read(tt_dropout(c, tt_full(c, TT_SHAPE(MANY), 3), rate, true), y),
                     TT_OK);
        int zeros = 0, pairs = 0;
        for (int i = 0; i < MANY; i++) {
            zeros += y[i] == 0;
            pairs += i > 0 && y[i] == 0 && y[i - 1] == 0;
            double kept = 3 / (1 - (double)rate);
            cr_assert(y[i] == 0 || fabs((double)y[i] - kept) < 1e-5 * kept,
                      "kept cells are x / (1 - rate): %g, not %g", (double)y[i], kept);
        }
        double p = (double)rate, five = 5 * sqrt(p * (1 - p) * MANY);
        cr_expect(fabs(zeros - p * MANY) < five, "rate %g: %d of %d are zero", p, zeros,
                  MANY);
        cr_expect(fabs(pairs - p * p * MANY) < 2 * five, "neighbours go together: %d",
                  pairs);
    }
    tt_ctx_free(c);
}

Test(task4_4, dropout_repeats_by_seed_and_differs_by_call)
{
    float first[64], second[64], again[64];
    for (int pass = 0; pass < 2; pass++) {
        tt_ctx *c = nn_begin(17);
        tt_randn(c, TT_SHAPE(5 + pass)); /* another stream: the masks stay */
        tt_tensor *x = tt_ones(c, TT_SHAPE(64));
        tt_read(tt_dropout(c, x, 0.5f, true), pass ? again : first);
        if (!pass) tt_read(tt_dropout(c, x, 0.5f, true), second);
        tt_ctx_free(c);
    }
    int same = 0;
    for (int i = 0; i < 64; i++) {
        cr_assert_eq(first[i], again[i], "cell %d: the same seed is the same mask", i);
        same += first[i] == second[i];
    }
    cr_expect(same < 60, "each call draws a new mask: %d of 64 cells are the same", same);
}

Test(task4_4, the_gradient_of_dropout_has_the_same_mask)
{
    tt_ctx *c = nn_begin(2);
    float y[50], g[50];
    tt_tensor *x = tt_requires_grad(tt_ones(c, TT_SHAPE(50)), true), *d = tt_arange(c, 50);
    tt_tensor *out = tt_dropout(c, x, 0.25f, true);
    cr_assert(tt_backward_from(out, d) == TT_OK && tt_read(out, y) == TT_OK);
    cr_assert_eq(tt_read(tt_grad(x), g), TT_OK);
    for (int i = 0; i < 50; i++)
        cr_assert_float_eq(g[i], y[i] * (float)i, 1e-4, "cell %d: %g, mask %g", i,
                           (double)g[i], (double)y[i]);
    tt_ctx_free(c);
}
