/* Convolution, pooling, activations, losses: values and gradients against PyTorch. */
#include <criterion/criterion.h>
#include <math.h>

#include "module4_nn/loss.h"
#include "module4_nn/ops/activation.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/pool.h"
#include "tests/module4_nn/support/golden_ops.h"
#include "tests/module4_nn/support/nn_cases.h"
#include "tests/support/expect.h"

TestSuite(module4_ops_golden, .timeout = 20);

/* The numbers of golden_ops.py, as a leaf that requires a gradient. */
static tt_tensor *noise(tt_ctx *c, double start, tt_shape shape)
{
    tt_tensor *t = tt_empty(c, shape);
    float *at = tt_storage_set(t->data.storage);
    for (size_t i = 0; i < tt_numel(t); i++) {
        double whole, v = sin(start + 12.9898 * (double)(i + 1)) * 43758.5453;
        at[i] = (float)(rint(modf(v, &whole) * 1024) / 512);
    }
    return tt_requires_grad(t, true);
}

/* The result y, and after backward from noise(99) the gradient of each input. */
static void matches(tt_ctx *c, tt_tensor *y, const double *want, const char *name)
{
    nn_expect(c, y, tt_shape_of(y), want, "4", name);
    bool number = tt_numel(y) == 1;
    tt_tensor *d = number ? tt_ones(c, tt_shape_of(y)) : noise(c, 99, tt_shape_of(y));
    cr_assert_eq(tt_backward_from(y, d), TT_OK, "%s", tt_error(c));
}

static void gradient_matches(tt_ctx *c, tt_tensor *x, const double *want, const char *name)
{
    nn_expect(c, tt_grad(x), tt_shape_of(x), want, "4", name);
}

Test(module4_ops_golden, convolutions)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = noise(c, 1, TT_SHAPE(2, 2, 5, 6)),
              *w = noise(c, 2, TT_SHAPE(3, 2, 2, 3));
    tt_conv2d_options o = {.stride = {2, 1}, .padding = {1, 2}, .dilation = {2, 1}};
    tt_tensor *y = tt_conv2d_with(c, x, w, o);
    cr_assert(y && tt_shape_equal(tt_shape_of(y), TT_SHAPE(2, 3, 3, 8)));
    matches(c, y, golden_conv2d_with, "conv2d_with");
    gradient_matches(c, x, golden_conv2d_with_dx, "conv2d_with dx");
    gradient_matches(c, w, golden_conv2d_with_dw, "conv2d_with dw");
    tt_zero_grad_of(x), tt_zero_grad_of(w);
    matches(c, tt_conv2d(c, x, w), golden_conv2d, "conv2d");
    gradient_matches(c, x, golden_conv2d_dx, "conv2d dx");
    gradient_matches(c, w, golden_conv2d_dw, "conv2d dw");
    x = noise(c, 3, TT_SHAPE(2, 2, 7)), w = noise(c, 4, TT_SHAPE(3, 2, 3));
    matches(c, tt_conv1d(c, x, w), golden_conv1d, "conv1d");
    gradient_matches(c, x, golden_conv1d_dx, "conv1d dx");
    gradient_matches(c, w, golden_conv1d_dw, "conv1d dw");
    tt_ctx_free(c);
}

Test(module4_ops_golden, pooling)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = noise(c, 5, TT_SHAPE(2, 2, 4, 6));
    matches(c, tt_maxpool2d(c, x, 2, 3), golden_maxpool2d, "maxpool2d");
    gradient_matches(c, x, golden_maxpool2d_dx, "maxpool2d dx");
    tt_zero_grad_of(x);
    matches(c, tt_avgpool2d(c, x, 2, 3), golden_avgpool2d, "avgpool2d");
    gradient_matches(c, x, golden_avgpool2d_dx, "avgpool2d dx");
    tt_ctx_free(c);
}

Test(module4_ops_golden, activations)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = noise(c, 6, TT_SHAPE(12));
    matches(c, tt_tanh(c, x), golden_tanh, "tanh");
    gradient_matches(c, x, golden_tanh_dx, "tanh dx");
    tt_zero_grad_of(x);
    matches(c, tt_leaky_relu(c, x, 0.1f), golden_leaky_relu, "leaky_relu");
    gradient_matches(c, x, golden_leaky_relu_dx, "leaky_relu dx");
    tt_zero_grad_of(x);
    matches(c, tt_gelu(c, x), golden_gelu, "gelu");
    gradient_matches(c, x, golden_gelu_dx, "gelu dx");
    x = tt_from(c, TT_SHAPE(2), (float[]){-1000, 1000});
    NN_EXPECT(c, tt_tanh(c, x), TT_SHAPE(2), "4", "tanh far out", -1, 1);
    NN_EXPECT(c, tt_gelu(c, x), TT_SHAPE(2), "4", "gelu far out", 0, 1000);
    tt_ctx_free(c);
}

Test(module4_ops_golden, losses)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = noise(c, 7, TT_SHAPE(3, 4));
    tt_tensor *y = tt_detach(c, noise(c, 8, TT_SHAPE(3, 4)));
    matches(c, tt_mse_loss(c, x, y), golden_mse, "mse_loss");
    gradient_matches(c, x, golden_mse_dx, "mse_loss dx");
    tt_zero_grad_of(x);
    y = tt_add_num(c, tt_mul_num(c, y, 0.25f), 0.5f);
    matches(c, tt_bce_with_logits(c, x, y), golden_bce, "bce_with_logits");
    gradient_matches(c, x, golden_bce_dx, "bce_with_logits dx");
    x = tt_from(c, TT_SHAPE(3), (float[]){1000, -1000, 1000});
    y = tt_from(c, TT_SHAPE(3), (float[]){1, 0, 0});
    tt_expect_close((double)tt_item(tt_bce_with_logits(c, x, y)), 1000 / 3.0, 1e-6, 0);
    cr_expect_null(tt_mse_loss(c, tt_zeros(c, TT_SHAPE(4, 1)), tt_zeros(c, TT_SHAPE(4))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_mse_loss", "(4,1)", "(4,)");
    cr_expect_null(tt_bce_with_logits(c, x, tt_zeros(c, TT_SHAPE(2))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_bce_with_logits", "(3,)", "(2,)");
    cr_expect(!tt_mse_loss(c, NULL, x) && !tt_gelu(c, NULL) &&
                  !tt_leaky_relu(c, NULL, 1) && !tt_error(c),
              "NULL is quiet");
    tt_ctx_free(c);
}
