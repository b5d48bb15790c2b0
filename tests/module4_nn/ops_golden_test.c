/* Convolution, pooling, activations, losses, softmax: values and gradients against PyTorch, on every
 * backend. */
#include <criterion/criterion.h>
#include <math.h>

#include "module4_nn/loss.h"
#include "module4_nn/ops/activation.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/embedding.h"
#include "module4_nn/ops/max.h"
#include "module4_nn/ops/norm.h"
#include "module4_nn/ops/pool.h"
#include "module4_nn/ops/softmax.h"
#include "tests/module4_nn/support/golden_ops.h"
#include "tests/module4_nn/support/nn_cases.h"
#include "tests/support/expect.h"

TestSuite(module4_ops_golden, .timeout = 60);

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

static void convolutions(tt_ctx *c)
{
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
}

Test(module4_ops_golden, convolutions_on_every_backend)
{
    nn_on_each_backend(convolutions);
}

static void pooling(tt_ctx *c)
{
    tt_tensor *x = noise(c, 5, TT_SHAPE(2, 2, 4, 6));
    matches(c, tt_maxpool2d(c, x, 2, 3), golden_maxpool2d, "maxpool2d");
    gradient_matches(c, x, golden_maxpool2d_dx, "maxpool2d dx");
    tt_zero_grad_of(x);
    matches(c, tt_avgpool2d(c, x, 2, 3), golden_avgpool2d, "avgpool2d");
    gradient_matches(c, x, golden_avgpool2d_dx, "avgpool2d dx");
}

Test(module4_ops_golden, pooling_on_every_backend)
{
    nn_on_each_backend(pooling);
}

static void activations(tt_ctx *c)
{
    tt_tensor *x = noise(c, 6, TT_SHAPE(12));
    matches(c, tt_tanh(c, x), golden_tanh, "tanh");
    gradient_matches(c, x, golden_tanh_dx, "tanh dx");
    tt_zero_grad_of(x);
    matches(c, tt_leaky_relu(c, x, 0.1f), golden_leaky_relu, "leaky_relu");
    gradient_matches(c, x, golden_leaky_relu_dx, "leaky_relu dx");
    tt_zero_grad_of(x);
    matches(c, tt_gelu(c, x), golden_gelu, "gelu");
    gradient_matches(c, x, golden_gelu_dx, "gelu dx");
    tt_zero_grad_of(x);
    matches(c, tt_gelu_tanh(c, x), golden_gelu_tanh, "gelu_tanh");
    gradient_matches(c, x, golden_gelu_tanh_dx, "gelu_tanh dx");
    x = tt_requires_grad(tt_zeros(c, TT_SHAPE(1)), true);
    cr_assert_eq(tt_backward(tt_leaky_relu(c, x, 0.1f)), TT_OK);
    NN_EXPECT(c, tt_grad(x), TT_SHAPE(1), "4", "leaky_relu at 0", 0.1);
    x = tt_from(c, TT_SHAPE(2), (float[]){-1000, 1000});
    NN_EXPECT(c, tt_tanh(c, x), TT_SHAPE(2), "4", "tanh far out", -1, 1);
    NN_EXPECT(c, tt_gelu(c, x), TT_SHAPE(2), "4", "gelu far out", 0, 1000);
}

Test(module4_ops_golden, activations_on_every_backend)
{
    nn_on_each_backend(activations);
}

static void losses(tt_ctx *c)
{
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
}

Test(module4_ops_golden, losses_on_every_backend)
{
    nn_on_each_backend(losses);
}

static void classes(tt_ctx *c)
{
    tt_tensor *x = noise(c, 9, TT_SHAPE(3, 5, 2));
    matches(c, tt_softmax(c, x, 1), golden_softmax, "softmax");
    gradient_matches(c, x, golden_softmax_dx, "softmax dx");
    tt_zero_grad_of(x);
    matches(c, tt_log_softmax(c, x, 1), golden_log_softmax, "log_softmax");
    gradient_matches(c, x, golden_log_softmax_dx, "log_softmax dx");
    tt_zero_grad_of(x);
    matches(c, tt_max(c, x, 1), golden_max, "max");
    gradient_matches(c, x, golden_max_dx, "max dx");
    x = noise(c, 10, TT_SHAPE(4, 5));
    tt_tensor *y = tt_from(c, TT_SHAPE(4), (float[]){3, 0, 4, 3});
    matches(c, tt_cross_entropy(c, x, y), golden_cross_entropy, "cross_entropy");
    gradient_matches(c, x, golden_cross_entropy_dx, "cross_entropy dx");
}

Test(module4_ops_golden, classes_on_every_backend)
{
    nn_on_each_backend(classes);
}

typedef struct norm_golden {
    const char *name;
    tt_shape shape;
    const double *y, *dx, *dw, *db, *mean, *var, *eval_y, *eval_dx, *eval_dw, *eval_db;
} norm_golden;

#define NORM(name, ...)                                                                  \
    {                                                                                    \
#name, TT_SHAPE(__VA_ARGS__), golden_##name, golden_##name##_dx,                 \
            golden_##name##_dw, golden_##name##_db, golden_##name##_mean,                \
            golden_##name##_var, golden_##name##_eval, golden_##name##_eval_dx,          \
            golden_##name##_eval_dw, golden_##name##_eval_db                             \
    }

static void normalises(tt_ctx *c, const norm_golden *g)
{
    tt_tensor *x = noise(c, 11, g->shape), *w = noise(c, 12, TT_SHAPE(3)),
              *b = noise(c, 13, TT_SHAPE(3));
    tt_tensor *mean = tt_clone(c, noise(c, 14, TT_SHAPE(3)));
    tt_tensor *var = noise(c, 15, TT_SHAPE(3));
    var = tt_clone(
        c, tt_add_num(c, tt_add(c, tt_relu(c, var), tt_relu(c, tt_neg(c, var))), 0.5f));
    tt_batch_norm_options o = {.training = true};
    matches(c, tt_batch_norm(c, x, mean, var, w, b, o), g->y, g->name);
    gradient_matches(c, x, g->dx, "batch_norm dx");
    gradient_matches(c, w, g->dw, "batch_norm dweight");
    gradient_matches(c, b, g->db, "batch_norm dbias");
    nn_expect(c, mean, TT_SHAPE(3), g->mean, "4", "running mean");
    nn_expect(c, var, TT_SHAPE(3), g->var, "4", "running variance");
    tt_zero_grad_of(x), tt_zero_grad_of(w), tt_zero_grad_of(b);
    o.training = false;
    matches(c, tt_batch_norm(c, x, mean, var, w, b, o), g->eval_y, "in evaluation");
    gradient_matches(c, x, g->eval_dx, "batch_norm dx in evaluation");
    gradient_matches(c, w, g->eval_dw, "batch_norm dweight in evaluation");
    gradient_matches(c, b, g->eval_db, "batch_norm dbias in evaluation");
    nn_expect(c, mean, TT_SHAPE(3), g->mean, "4", "running mean, as it was");
}

static void norms(tt_ctx *c)
{
    const norm_golden both[] = {NORM(norm2d, 4, 3, 2, 2), NORM(norm1d, 5, 3)};
    for (int i = 0; i < 2; i++) normalises(c, &both[i]);
}

Test(module4_ops_golden, batch_norm_on_every_backend)
{
    nn_on_each_backend(norms);
}

static void embeddings(tt_ctx *c)
{
    tt_tensor *table = noise(c, 16, TT_SHAPE(5, 3));
    tt_tensor *ids = tt_from(c, TT_SHAPE(3, 2), (float[]){3, 4, 0, 3, 3, 1});
    matches(c, tt_embedding(c, table, tt_transpose(c, ids, 0, 1)), golden_embedding,
            "embedding");
    gradient_matches(c, table, golden_embedding_dtable, "embedding dtable");
}

Test(module4_ops_golden, embedding_on_every_backend)
{
    nn_on_each_backend(embeddings);
}
