/* Softmax and its logarithm: right where a naive formula overflows, along any dimension. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module4_nn/ops/softmax.h"
#include "tests/support/expect.h"

TestSuite(module4_softmax, .timeout = 20);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* The definition, in double, for a row of n numbers `stride` apart. */
static void reference(const float *x, size_t stride, int n, double *softmax,
                      double *logarithm)
{
    double most = -(double)INFINITY, sum = 0;
    for (int i = 0; i < n; i++) most = fmax(most, (double)x[(size_t)i * stride]);
    for (int i = 0; i < n; i++) sum += exp((double)x[(size_t)i * stride] - most);
    for (int i = 0; i < n; i++) {
        logarithm[(size_t)i * stride] = (double)x[(size_t)i * stride] - most - log(sum);
        softmax[(size_t)i * stride] = exp(logarithm[(size_t)i * stride]);
    }
}

static void expect_cells(tt_tensor *t, const double *expected, double tolerance,
                         const char *what, int dim)
{
    float cells[64];
    cr_assert(t && tt_numel(t) <= 64, "%s over dimension %d failed", what, dim);
    cr_assert_eq(tt_read(t, cells), TT_OK);
    for (size_t i = 0; i < tt_numel(t); i++)
        tt_expect_close((double)cells[i], expected[i], tolerance, 1e-6,
                        "%s, dimension %d, cell %zu", what, dim, i);
}

Test(module4_softmax, agrees_with_the_definition_along_every_dimension)
{
    enum { A = 3, B = 4, C = 5 };
    static const int sizes[3] = {A, B, C}, strides[3] = {B * C, C, 1};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 17);
    float x[A * B * C];
    double softmax[A * B * C], logarithm[A * B * C];
    tt_tensor *t = tt_mul_num(c, tt_randn(c, TT_SHAPE(A, B, C)), 5.0f);
    cr_assert_eq(tt_read(t, x), TT_OK);
    for (int dim = 0; dim < 3; dim++) {
        for (int i = 0; i < A * B * C; i++) /* the first cell of each row along dim */
            if (i / strides[dim] % sizes[dim] == 0)
                reference(x + i, (size_t)strides[dim], sizes[dim], softmax + i,
                          logarithm + i);
        expect_cells(tt_softmax(c, t, dim), softmax, 1e-5, "softmax", dim);
        expect_cells(tt_softmax(c, t, dim - 3), softmax, 1e-5, "softmax", dim - 3);
        expect_cells(tt_log_softmax(c, t, dim), logarithm, 1e-5, "log_softmax", dim);
    }
    tt_ctx_free(c);
}

Test(module4_softmax, a_transposed_input_is_read_by_its_strides)
{
    tt_ctx *c = tt_ctx_new(NULL);
    float x[12], turned[12];
    double want[12], unused[12];
    tt_tensor *t = tt_randn(c, TT_SHAPE(3, 4));
    cr_assert_eq(tt_read(tt_transpose(c, t, 0, 1), x), TT_OK); /* (4,3), row-major */
    for (int row = 0; row < 4; row++)
        reference(x + row * 3, 1, 3, want + row * 3, unused);
    cr_assert_eq(tt_read(tt_softmax(c, tt_transpose(c, t, 0, 1), 1), turned), TT_OK);
    for (int i = 0; i < 12; i++) tt_expect_close((double)turned[i], want[i], 1e-5, 1e-7);
    tt_ctx_free(c);
}

Test(module4_softmax, is_stable_at_a_thousand)
{
    static const float x[3][3] = {
        {1000, 999, -1000}, {-1000, -1000, -1000}, {0, -1000, 1000}};
    static const double probability[9] = {
        0.7310585786, 0.2689414214, 0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0, 0, 1};
    static const double logarithm[9] = {-0.3132616875, -1.3132616875, -2000.3132616875,
                                        -1.0986122887, -1.0986122887, -1.0986122887,
                                        -1000,         -2000,         0};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *t = tt_from(c, TT_SHAPE(3, 3), x[0]);
    expect_cells(tt_softmax(c, t, 1), probability, 1e-5, "softmax", 1);
    expect_cells(tt_log_softmax(c, t, 1), logarithm, 1e-6, "log_softmax", 1);
    tt_ctx_free(c);
}

Test(module4_softmax, what_is_not_finite_shows)
{
    static const float x[3][2] = {{NAN, 1}, {INFINITY, 1}, {-INFINITY, 1}};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *y = tt_softmax(c, tt_from(c, TT_SHAPE(3, 2), x[0]), 1);
    cr_expect(isnan(tt_get(y, (int[]){0, 0})) && isnan(tt_get(y, (int[]){0, 1})),
              "a NaN must not be hidden by the maximum");
    cr_expect(isnan(tt_get(y, (int[]){1, 0})), "inf - inf is NaN, as in torch");
    cr_expect_eq(tt_get(y, (int[]){2, 0}), 0.0f, "e^-inf is 0");
    cr_expect_eq(tt_get(y, (int[]){2, 1}), 1.0f);
    tt_ctx_free(c);
}

Test(module4_softmax, rows_of_one_and_of_none)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *one = tt_softmax(c, tt_full(c, TT_SHAPE(2, 1), -7.0f), 1);
    cr_expect_eq(tt_get(one, (int[]){1, 0}), 1.0f);
    tt_tensor *none = tt_log_softmax(c, tt_zeros(c, TT_SHAPE(0, 3)), 1);
    cr_expect(none && tt_shape_equal(tt_shape_of(none), TT_SHAPE(0, 3)));
    tt_ctx_free(c);
}

/* ---- gradients -------------------------------------------------------------------------------- */

static tt_tensor *softmax_over(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_softmax(c, in[0], *(int *)user);
}

static tt_tensor *log_softmax_over(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_log_softmax(c, in[0], *(int *)user);
}

Test(module4_softmax, gradients_agree_with_central_differences)
{
    tt_ctx *c = quiet_ctx();
    tt_seed(c, 23);
    for (int dim = -1; dim < 3; dim++) {
        tt_tensor *x = tt_randn(c, TT_SHAPE(2, 3, 4));
        cr_expect(tt_check_gradient_of(c, softmax_over, &dim, TT_IN(x), 1),
                  "dimension %d: %s", dim, tt_error(c));
        tt_error_clear(c);
        cr_expect(tt_check_gradient_of(c, log_softmax_over, &dim, TT_IN(x), 1),
                  "dimension %d: %s", dim, tt_error(c));
        tt_error_clear(c);
    }
    tt_ctx_free(c);
}

/* The sum of a row of softmax is 1 whatever the scores, so its gradient is 0. */
Test(module4_softmax, the_gradient_of_a_row_sum_is_zero)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *x = tt_requires_grad(tt_randn(c, TT_SHAPE(2, 5)), true);
    float grad[10];
    cr_assert_eq(tt_backward(tt_sum_all(c, tt_softmax(c, x, 1))), TT_OK);
    cr_assert_eq(tt_read(tt_grad(x), grad), TT_OK);
    for (int i = 0; i < 10; i++)
        tt_expect_close((double)grad[i], 0.0, 0.0, 1e-6, "cell %d", i);
    tt_ctx_free(c);
}

Test(module4_softmax, refuses_a_dimension_that_is_not_there)
{
    static const int wrong[] = {2, -3, 100};
    tt_ctx *c = quiet_ctx();
    tt_tensor *x = tt_zeros(c, TT_SHAPE(2, 3));
    for (int i = 0; i < 3; i++) {
        cr_expect_null(tt_softmax(c, x, wrong[i]));
        cr_expect_eq(tt_error_status(c), TT_ERR_AXIS);
        cr_expect(strstr(tt_error(c), "tt_softmax") && strstr(tt_error(c), "(2,3)"), "%s",
                  tt_error(c));
        tt_error_clear(c);
    }
    cr_expect_null(tt_log_softmax(c, tt_num(c, 1), 1));
    cr_expect(strstr(tt_error(c), "tt_log_softmax"), "%s", tt_error(c));
    tt_error_clear(c);
    cr_expect(!tt_softmax(c, NULL, 0) && !tt_error(c), "NULL is quiet");
    tt_ctx_free(c);
}
