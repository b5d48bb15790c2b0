/* Linear: its value, its gradients, its initial weights, and inputs that do not fit. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module4_nn/layers.h"
#include "module4_nn/models.h"
#include "tests/support/expect.h"

TestSuite(module4_layers, .timeout = 20);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

static tt_tensor *value(tt_module *m, const char *name)
{
    tt_parameter *p = tt_find_parameter(m, name);
    cr_assert(p, "there is no parameter %s", name);
    return p->value;
}

Test(module4_layers, linear_is_x_w_plus_b)
{
    enum { B = 5, IN = 7, OUT = 3 };
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 3);
    float x[B * IN], w[IN * OUT], b[OUT], y[B * OUT];
    tt_module *m = tt_nn_linear(c, NULL, "fc", IN, OUT);
    tt_tensor *in = tt_randn(c, TT_SHAPE(B, IN));
    tt_read(in, x), tt_read(value(m, "weight"), w), tt_read(value(m, "bias"), b);
    cr_assert_eq(tt_read(tt_forward(c, m, in), y), TT_OK);
    for (int i = 0; i < B; i++)
        for (int j = 0; j < OUT; j++) {
            double want = (double)b[j];
            for (int k = 0; k < IN; k++)
                want += (double)x[i * IN + k] * (double)w[k * OUT + j];
            tt_expect_close((double)y[i * OUT + j], want, 1e-5, 1e-6, "row %d, column %d",
                            i, j);
        }
    tt_ctx_free(c);
}

Test(module4_layers, linear_takes_one_row_and_many_dimensions)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *m = tt_nn_linear(c, NULL, "fc", 4, 3);
    tt_tensor *rows = tt_randn(c, TT_SHAPE(2, 5, 4)), *all = tt_forward(c, m, rows);
    cr_assert(tt_shape_equal(tt_shape_of(all), TT_SHAPE(2, 5, 3)));
    float numbers[40];
    tt_read(rows, numbers);
    tt_tensor *one = tt_forward(c, m, tt_from(c, TT_SHAPE(4), numbers + 36));
    cr_assert(tt_shape_equal(tt_shape_of(one), TT_SHAPE(3)));
    for (int j = 0; j < 3; j++)
        tt_expect_close((double)tt_get(one, &j), (double)tt_get(all, (int[]){1, 4, j}),
                        1e-5, 1e-6);
    tt_ctx_free(c);
}

static tt_tensor *through(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_forward(c, user, in[0]);
}

Test(module4_layers, gradients_reach_input_and_both_parameters)
{
    tt_ctx *c = quiet_ctx();
    tt_seed(c, 8);
    tt_module *m = tt_nn_linear(c, NULL, "fc", 4, 3);
    tt_tensor *x = tt_randn(c, TT_SHAPE(6, 4));
    cr_expect(tt_check_gradient_of(c, through, m, TT_IN(x), 1), "%s", tt_error(c));
    cr_assert_eq(tt_backward(tt_sum_all(c, tt_forward(c, m, x))), TT_OK);
    float column[3];
    tt_zero_grad(m);
    cr_assert_eq(tt_backward(tt_sum_all(c, tt_forward(c, m, x))), TT_OK);
    cr_assert_eq(tt_read(tt_grad(value(m, "bias")), column), TT_OK);
    for (int j = 0; j < 3; j++)
        tt_expect_close((double)column[j], 6.0, 1e-6, 0.0, "the bias counts once a row");
    double sum = 0; /* d/dw[k,j] is the sum of column k of x */
    for (int i = 0; i < 6; i++) sum += (double)tt_get(x, (int[]){i, 2});
    tt_expect_close((double)tt_get(tt_grad(value(m, "weight")), (int[]){2, 1}), sum, 1e-5,
                    1e-6);
    tt_ctx_free(c);
}

/* torch: uniform in (-1/sqrt(in), 1/sqrt(in)), so mean 0 and variance 1 / (3 in). */
Test(module4_layers, initial_values_are_torchs)
{
    enum { IN = 400, OUT = 100 };
    static float w[IN * OUT];
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 77);
    tt_module *m = tt_nn_linear(c, NULL, "fc", IN, OUT);
    cr_assert_eq(tt_read(value(m, "weight"), w), TT_OK);
    double bound = 1 / sqrt(IN), mean = 0, square = 0, most = 0;
    for (int i = 0; i < IN * OUT; i++) {
        mean += (double)w[i] / (IN * OUT);
        square += (double)w[i] * (double)w[i] / (IN * OUT);
        most = fmax(most, fabs((double)w[i]));
    }
    cr_expect(most <= bound && most > 0.99 * bound, "largest %g, bound %g", most, bound);
    tt_expect_close(mean, 0.0, 0.0, 1e-3);
    tt_expect_close(square, bound * bound / 3, 0.03, 0.0);
    tt_ctx_free(c);
}

static float first_weight(uint64_t seed, const char *second)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, seed);
    tt_module *net = tt_nn_mlp(c, 6, 5, 4);
    float w = tt_get(value(net, second), (int[]){0, 0});
    tt_ctx_free(c);
    return w;
}

Test(module4_layers, initial_values_repeat_by_seed)
{
    cr_expect_eq(first_weight(4, "fc1.weight"), first_weight(4, "fc1.weight"));
    cr_expect_neq(first_weight(4, "fc1.weight"), first_weight(5, "fc1.weight"));
    cr_expect_neq(first_weight(4, "fc1.weight"), first_weight(4, "fc2.weight"),
                  "layers must not begin alike");
}

Test(module4_layers, mlp_has_torchs_number_of_parameters)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *net = tt_nn_mlp(c, 784, 64, 10);
    cr_expect_eq(tt_module_count(net), 784 * 64 + 64 + 64 * 10 + 10);
    tt_tensor *y = tt_forward(c, net, tt_zeros(c, TT_SHAPE(3, 28, 28)));
    cr_expect(tt_shape_equal(tt_shape_of(y), TT_SHAPE(3, 10)));
    tt_ctx_free(c);
}

Test(module4_layers, refuses_what_does_not_fit)
{
    tt_ctx *c = quiet_ctx();
    cr_expect_null(tt_nn_linear(c, NULL, "fc", 0, 3));
    cr_expect_eq(tt_error_status(c), TT_ERR_VALUE);
    tt_error_clear(c);
    tt_module *net = tt_nn_mlp(c, 784, 4, 10);
    cr_expect_null(tt_nn_linear(c, net, "fc1", 2, 2));
    cr_expect_eq(tt_error_status(c), TT_ERR_NAME, "fc1 is taken");
    tt_error_clear(c);
    cr_expect_null(tt_forward(c, net, tt_zeros(c, TT_SHAPE(5, 100))));
    cr_expect_eq(tt_error_status(c), TT_ERR_SHAPE);
    cr_expect(strstr(tt_error(c), "fc1") && strstr(tt_error(c), "784") &&
                  strstr(tt_error(c), "(5,100)"),
              "%s", tt_error(c));
    tt_error_clear(c);
    cr_expect(!tt_forward(c, net, NULL) && !tt_error(c), "NULL is quiet");
    tt_ctx_free(c);
}
