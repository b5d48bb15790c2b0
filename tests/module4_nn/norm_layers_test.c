/* Batch norm and embedding as layers: modes, buffers, errors, gradients, a network in a row. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module1_autodiff/optim.h"
#include "module2_tensors/function.h"
#include "module4_nn/conv_layers.h"
#include "module4_nn/layers.h"
#include "module4_nn/loss.h"
#include "module4_nn/norm_layers.h"
#include "module4_nn/ops/activation.h"
#include "module4_nn/ops/embedding.h"
#include "module4_nn/ops/norm.h"
#include "module4_nn/optim.h"
#include "tests/module4_nn/support/nn_cases.h"
#include "tests/support/expect.h"

TestSuite(norm_layers, .timeout = 60);

/* ---- batch norm ----------------------------------------------------------------------------------- */

typedef struct norm_case {
    tt_tensor *mean, *var;
    bool training;
} norm_case;

static tt_tensor *norm(tt_ctx *c, tt_tensor **in, void *user)
{
    const norm_case *k = user;
    return tt_batch_norm(c, in[0], k->mean, k->var, in[1], in[2],
                         (tt_batch_norm_options){.training = k->training});
}

static void gradients(tt_ctx *c)
{
    norm_case k = {tt_zeros(c, TT_SHAPE(2)), tt_full(c, TT_SHAPE(2), 2), true};
    tt_tensor *w = tt_from(c, TT_SHAPE(2), (float[]){1.5f, -0.75f});
    tt_tensor *b = tt_from(c, TT_SHAPE(2), (float[]){0.25f, 2});
    tt_tensor *x = tt_mul_num(c, nn_random(c, TT_SHAPE(3, 2, 2, 2)), 2);
    cr_expect(tt_check_gradient_of(c, norm, &k, TT_IN(x, w, b), 3), "%s", tt_error(c));
    k.training = false;
    cr_expect(tt_check_gradient_of(c, norm, &k, TT_IN(x, w, b), 3), "%s", tt_error(c));
}

Test(norm_layers, gradients_agree_with_central_differences)
{
    nn_on_each_backend(gradients);
}

Test(norm_layers, running_numbers_follow_only_while_training)
{
    tt_ctx *c = nn_begin(1);
    tt_module *m = tt_nn_batch_norm1d(c, NULL, "norm", 2);
    tt_tensor *x = tt_from(c, TT_SHAPE(2, 2), (float[]){1, 10, 3, 30});
    tt_tensor *mean = tt_named_buffers(c, m).at[0].parameter->value;
    tt_tensor *var = tt_named_buffers(c, m).at[1].parameter->value;
    cr_expect_eq(tt_module_count(m), 4, "buffers are not learned");
    for (int i = 0; i < 2; i++)
        TT_SCOPE (c) cr_assert(tt_forward(c, m, x));
    NN_EXPECT(c, mean, TT_SHAPE(2), "4", "0.19 of the batch's mean", 0.38, 3.8);
    NN_EXPECT(c, var, TT_SHAPE(2), "4", "0.81 + 0.19 of 2 and 200", 0.81 + 0.38, 0.81 + 38);
    tt_eval(m);
    tt_tensor *y = tt_forward(c, m, x);
    NN_EXPECT(c, y, TT_SHAPE(2, 2), "4", "evaluation", (1 - 0.38) / sqrt(1.19 + 1e-5),
              (10 - 3.8) / sqrt(38.81 + 1e-5), (3 - 0.38) / sqrt(1.19 + 1e-5),
              (30 - 3.8) / sqrt(38.81 + 1e-5));
    NN_EXPECT(c, mean, TT_SHAPE(2), "4", "and stay in evaluation", 0.38, 3.8);
    cr_expect_null(tt_grad(mean));
    tt_ctx_free(c);
}

Test(norm_layers, one_number_a_channel_has_no_variance)
{
    tt_ctx *c = nn_begin(1);
    tt_module *one = tt_nn_batch_norm1d(c, NULL, "norm", 3);
    cr_expect_null(tt_forward(c, one, tt_ones(c, TT_SHAPE(1, 3))));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_batch_norm", "(1,3)", "two or more");
    tt_eval(one);
    cr_expect(tt_forward(c, one, tt_ones(c, TT_SHAPE(1, 3))), "but it can be evaluated");
    tt_ctx_free(c);
}

Test(norm_layers, norm_errors_name_shapes)
{
    tt_ctx *c = nn_begin(1);
    tt_module *one = tt_nn_batch_norm1d(c, NULL, "norm", 3);
    tt_module *two = tt_nn_batch_norm2d(c, NULL, "norm", 3);
    cr_expect_null(tt_forward(c, two, tt_ones(c, TT_SHAPE(2, 3))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_nn_batch_norm2d", "(2,3)", "(B,C,H,W)");
    cr_expect_null(tt_forward(c, one, tt_ones(c, TT_SHAPE(2, 3, 4, 4))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_nn_batch_norm1d", "(2,3,4,4)", "(B,C,L)");
    cr_expect_null(tt_forward(c, one, tt_ones(c, TT_SHAPE(2, 4))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_batch_norm", "(2,4)", "4 channels", "(3,)");
    cr_expect_null(tt_nn_batch_norm2d(c, NULL, "norm", 0));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_nn_batch_norm2d", "norm", "0 channels");
    tt_tensor *x = tt_ones(c, TT_SHAPE(4, 3)), *k = tt_ones(c, TT_SHAPE(3));
    cr_expect_null(tt_batch_norm(c, x, k, k, k, k, (tt_batch_norm_options){.momentum = 2}));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_batch_norm", "momentum is 2");
    cr_expect_null(tt_batch_norm(c, tt_ones(c, TT_SHAPE(3)), k, k, k, k,
                                 (tt_batch_norm_options){.training = true}));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_batch_norm", "(3,)", "(B,C)");
    cr_expect(!tt_batch_norm(c, NULL, k, k, k, k, (tt_batch_norm_options){0}) &&
              !tt_error(c));
    tt_ctx_free(c);
}

/* ---- embedding ------------------------------------------------------------------------------------ */

static tt_tensor *rows(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    tt_tensor *ids = tt_from(c, TT_SHAPE(5), (float[]){2, 0, 2, 3, 2});
    return tt_embedding(c, tt_transpose(c, in[0], 0, 1), ids);
}

static void embedding_gradient(tt_ctx *c)
{
    tt_tensor *x =
        tt_randn(c, TT_SHAPE(3, 4)); /* the table is its transpose: not in order */
    cr_expect(tt_check_gradient_of(c, rows, NULL, TT_IN(x), 1), "%s", tt_error(c));
}

Test(norm_layers, embeddings_gradient_adds_up_rows)
{
    nn_on_each_backend(embedding_gradient);
}

Test(norm_layers, an_id_without_a_row_is_named)
{
    tt_ctx *c = nn_begin(1);
    tt_module *m = tt_nn_embedding(c, NULL, "words", 10, 4);
    const float wrong[] = {10, -1, 2.5f, NAN, 1e30f};
    for (int i = 0; i < 5; i++) {
        cr_expect_null(tt_forward(c, m, tt_from(c, TT_SHAPE(2), (float[]){9, wrong[i]})));
        NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_embedding", "id number 1", "0 to 9");
    }
    tt_tensor *y = tt_forward(c, m, tt_zeros(c, TT_SHAPE(2, 0)));
    cr_expect(y && tt_shape_equal(tt_shape_of(y), TT_SHAPE(2, 0, 4)), "no ids, no rows");
    cr_expect_null(tt_embedding(c, tt_ones(c, TT_SHAPE(3)), tt_ones(c, TT_SHAPE(2))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_embedding", "(3,)", "(V,D)");
    cr_expect_null(tt_nn_embedding(c, NULL, "words", 0, 4));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_nn_embedding", "words");
    tt_ctx_free(c);
}

Test(norm_layers, an_embedding_starts_normal)
{
    tt_ctx *c = nn_begin(1);
    tt_module *m = tt_nn_embedding(c, NULL, "words", 500, 20);
    double *at = nn_cells(c, tt_find_parameter(m, "weight")->value), sum = 0, squares = 0;
    for (int i = 0; i < 10000; i++) sum += at[i], squares += at[i] * at[i];
    cr_expect(fabs(sum / 10000) < 0.04, "mean %g: 4 deviations of a mean are 0.04",
              sum / 10000);
    cr_expect(fabs(squares / 10000 - 1) < 0.06, "variance %g", squares / 10000);
    tt_ctx_free(c);
}

/* ---- in a row ------------------------------------------------------------------------------------- */

/* Bars: horizontal ones are class 0, vertical ones class 1. */
static void bars(tt_ctx *c, tt_tensor **x, tt_tensor **y)
{
    *x = tt_zeros(c, TT_SHAPE(8, 1, 4, 4)), *y = tt_zeros(c, TT_SHAPE(8));
    for (int b = 0; b < 8; b++)
        for (int i = 0; i < 4; i++)
            tt_set(*x, b < 4 ? (int[]){b, 0, b, i} : (int[]){b, 0, i, b - 4}, 1);
    for (int b = 4; b < 8; b++) tt_set(*y, &b, 1);
}

static void learns(tt_ctx *c)
{
    tt_module *net = tt_nn_sequential(c, NULL, "net");
    tt_nn_conv2d(c, net, "conv", 1, 4, 2, 2);
    tt_nn_batch_norm2d(c, net, "norm", 4);
    tt_nn_function(c, net, "gelu", tt_gelu);
    tt_nn_avgpool2d(c, net, "avg", 1, 2);
    tt_nn_maxpool2d(c, net, "max", 2, 1);
    tt_nn_function(c, net, "flatten", tt_flatten);
    cr_assert(tt_nn_linear(c, net, "fc", 16, 2), "%s", tt_error(c));
    tt_optim *adam = tt_optim_adamw(net, .lr = 0.05f, .weight_decay = 0.01f);
    tt_tensor *x, *y;
    bars(c, &x, &y);
    double loss = 0;
    for (int step = 0; step < 25; step++)
        TT_SCOPE (c) {
            tt_tensor *now = tt_cross_entropy(c, tt_forward(c, net, x), y);
            tt_zero_grad(net);
            tt_backward(now);
            tt_optim_clip(adam, 5);
            cr_assert_eq(tt_optim_step(adam), TT_OK, "%s", tt_error(c));
            loss = (double)tt_item(now);
        }
    cr_expect(loss < 0.1, "loss %g after 25 steps", loss);
}

Test(norm_layers, a_sequence_of_layers_learns)
{
    tt_ctx *c = nn_begin(4);
    learns(c);
    tt_ctx_free(c);
}

Test(norm_layers, layers_refuse_what_cannot_be)
{
    tt_ctx *c = nn_begin(1);
    cr_expect_null(tt_nn_function(c, NULL, "f", NULL));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_nn_function", "\"f\"");
    cr_expect_null(tt_nn_maxpool2d(c, NULL, "pool", 0, 2));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "tt_nn_maxpool2d", "0x2");
    tt_module *pool = tt_nn_avgpool2d(c, NULL, "pool", 3, 2);
    cr_expect_null(tt_forward(c, pool, tt_ones(c, TT_SHAPE(1, 1, 4, 4))));
    NN_EXPECT_ERROR(c, TT_ERR_SHAPE, "tt_avgpool2d", "3x2", "(1,1,4,4)");
    tt_ctx_free(c);
}
