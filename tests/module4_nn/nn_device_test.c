/* Module 4 on every backend: the gradients of every operation by central differences, values that need
 * care, the same masks and the same steps of optimisers as on the host. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module4_nn/layers.h"
#include "module4_nn/loss.h"
#include "module4_nn/ops/activation.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/max.h"
#include "module4_nn/ops/pool.h"
#include "module4_nn/ops/softmax.h"
#include "module4_nn/optim.h"
#include "tests/module4_nn/support/nn_cases.h"
#include "tests/support/expect.h"

TestSuite(nn_device, .timeout = 200);

/* ---- gradients, on every backend ------------------------------------------------------------------ */

static tt_tensor *conv1d(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_conv1d(c, in[0], in[1]);
}

static tt_tensor *conv2d(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_conv2d(c, in[0], in[1]);
}

static tt_tensor *conv2d_with(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    tt_conv2d_options o = {.stride = {2, 1}, .padding = {1, 0}, .dilation = {1, 2}};
    return tt_conv2d_with(c, in[0], in[1], o);
}

static void convolutions(tt_ctx *c)
{
    tt_tensor *x = nn_random(c, TT_SHAPE(2, 2, 5)), *w = nn_random(c, TT_SHAPE(3, 2, 3));
    cr_expect(tt_check_gradient_of(c, conv1d, NULL, TT_IN(x, w), 2));
    x = nn_random(c, TT_SHAPE(2, 2, 4, 5)), w = nn_random(c, TT_SHAPE(2, 2, 3, 2));
    cr_expect(tt_check_gradient_of(c, conv2d, NULL, TT_IN(x, w), 2));
    cr_expect(tt_check_gradient_of(c, conv2d_with, NULL, TT_IN(x, w), 2));
}

Test(nn_device, gradients_of_convolutions)
{
    nn_on_each_backend(convolutions);
}

/* 0, 7, 14, .. mod n, times 0.25: no two cells nearer than the check's step; permuted in memory. */
static tt_tensor *apart(tt_ctx *c, tt_shape shape, int n)
{
    float at[128];
    for (int i = 0; i < n; i++) at[i] = 0.25f * (float)(i * 7 % n) - 3;
    tt_shape turned = TT_SHAPE(shape.dim[1], shape.dim[0], shape.dim[2], shape.dim[3]);
    return tt_transpose(c, tt_from(c, turned, at), 0, 1);
}

static tt_tensor *maxpool(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_transpose(c, tt_maxpool2d(c, in[0], 2, 3), 0,
                        2); /* a gradient that is not in order */
}

static tt_tensor *avgpool(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_transpose(c, tt_avgpool2d(c, in[0], 2, 3), 1, 3);
}

static tt_tensor *largest(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_max(c, in[0], 2);
}

static void pooling(tt_ctx *c)
{
    tt_tensor *x = apart(c, TT_SHAPE(2, 2, 4, 6), 96);
    cr_expect(tt_check_gradient_of(c, maxpool, NULL, TT_IN(x), 1));
    cr_expect(tt_check_gradient_of(c, avgpool, NULL, TT_IN(x), 1));
    cr_expect(tt_check_gradient_of(c, largest, NULL, TT_IN(x), 1));
}

Test(nn_device, gradients_of_pooling_and_maximum)
{
    nn_on_each_backend(pooling);
}

static tt_tensor *softmax(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_transpose(c, tt_softmax(c, in[0], *(int *)user), 0, 1);
}

static tt_tensor *log_softmax(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_transpose(c, tt_log_softmax(c, in[0], *(int *)user), 0, 1);
}

static tt_tensor *cross_entropy(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_cross_entropy(c, in[0], tt_from(c, TT_SHAPE(3), (float[]){2, 0, 2}));
}

static void probabilities(tt_ctx *c)
{
    tt_tensor *x = nn_random(c, TT_SHAPE(2, 3, 4));
    for (int dim = 0; dim < 3; dim++) {
        cr_expect(tt_check_gradient_of(c, softmax, &dim, TT_IN(x), 1));
        cr_expect(tt_check_gradient_of(c, log_softmax, &dim, TT_IN(x), 1));
    }
    x = nn_random(c, TT_SHAPE(3, 4));
    cr_expect(tt_check_gradient_of(c, cross_entropy, NULL, TT_IN(x), 1));
}

Test(nn_device, gradients_of_softmax_and_losses)
{
    nn_on_each_backend(probabilities);
}

static tt_tensor *activations(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    tt_tensor *x = in[0];
    tt_tensor *y = tt_add(c, tt_tanh(c, x), tt_leaky_relu(c, x, 0.2f));
    return tt_add(c, y, tt_add(c, tt_gelu(c, x), tt_gelu_tanh(c, tt_mul_num(c, x, 1.5f))));
}

static tt_tensor *losses(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_add(c, tt_mse_loss(c, in[0], in[1]),
                  tt_bce_with_logits(c, in[0], tt_sigmoid(c, in[1])));
}

static void formulas(tt_ctx *c)
{
    tt_tensor *x = tt_from(c, TT_SHAPE(6), (float[]){-2.3f, -1, -0.25f, 0.35f, 1.1f, 2.7f});
    tt_tensor *y = nn_random(c, TT_SHAPE(2, 3));
    cr_expect(tt_check_gradient_of(c, activations, NULL, TT_IN(x), 1));
    cr_expect(tt_check_gradient_of(c, losses, NULL,
                                   TT_IN(tt_view(c, x, TT_SHAPE(2, 3)), y), 2));
}

Test(nn_device, gradients_of_activations_and_losses)
{
    nn_on_each_backend(formulas);
}

/* ---- values that need care ------------------------------------------------------------------------ */

static void far_out(tt_ctx *c)
{
    tt_tensor *x =
        tt_from(c, TT_SHAPE(2, 3), (float[]){1000, 0, -1000, -1000, -1000, -1000});
    const double third = 1 / 3.0, log3 = log(3);
    NN_EXPECT(c, tt_softmax(c, x, 1), TT_SHAPE(2, 3), "4.4", "softmax", 1, 0, 0, third,
              third, third);
    NN_EXPECT(c, tt_log_softmax(c, x, 1), TT_SHAPE(2, 3), "4.4", "log_softmax", 0, -1000,
              -2000, -log3, -log3, -log3);
    x = tt_from(c, TT_SHAPE(1, 40), (float[40]){[33] = 1000});
    tt_tensor *y = tt_log_softmax(c, x, 1);
    cr_expect(tt_get(y, (int[]){0, 33}) == 0 && tt_get(y, (int[]){0, 39}) == -1000);
}

Test(nn_device, softmax_survives_a_thousand)
{
    nn_on_each_backend(far_out);
}

static void ties(tt_ctx *c)
{
    const float cells[] = {5, 5, 1, NAN, 5, 2, -INFINITY, -INFINITY};
    tt_tensor *x = tt_requires_grad(tt_from(c, TT_SHAPE(1, 1, 2, 4), cells), true);
    tt_tensor *y = tt_maxpool2d(c, x, 2, 2); /* tiles 5 5 5 2 and 1 NaN -inf -inf */
    NN_EXPECT(c, y, TT_SHAPE(1, 1, 1, 2), "4.4", "maxima", 5, 1);
    cr_assert_eq(tt_backward(tt_sum_all(c, y)), TT_OK);
    NN_EXPECT(c, tt_grad(x), TT_SHAPE(1, 1, 2, 4), "4.4", "the first of equals wins", 1,
              0, 1, 0, 0, 0, 0, 0);
}

Test(nn_device, ties_and_nans_in_pooling)
{
    nn_on_each_backend(ties);
}

static float masks[6][1000];
static int masks_seen;

static void mask(tt_ctx *c)
{
    tt_seed(c, 77);
    tt_tensor *x = tt_ones(c, TT_SHAPE(1000));
    tt_dropout(c, x, 0.5f, true); /* the second mask of a stream is another one */
    cr_assert_eq(tt_read(tt_dropout(c, x, 0.3f, true), masks[masks_seen++]), TT_OK);
}

Test(nn_device, dropout_has_one_mask_on_every_backend)
{
    nn_on_each_backend(mask);
    for (int i = 1; i < masks_seen; i++)
        cr_expect(memcmp(masks[0], masks[i], sizeof masks[0]) == 0, "mask %d differs", i);
}

/* ---- optimisers ------------------------------------------------------------------------------------ */

enum { STEPS = 4, NUMBERS = 7 };
static float trained[6][NUMBERS];
static int trained_seen;

/* A few steps of every optimiser on one parameter, one after the other. */
static void updates(tt_ctx *c)
{
    const float start[NUMBERS] = {0.5f, -1.25f, 2.385f, 0, 1, -3, 0.125f};
    tt_module *m = tt_module_new(c, sizeof *m, "numbers", NULL);
    tt_tensor *p = tt_module_tensor(m, "p", tt_from(c, TT_SHAPE(NUMBERS), start));
    tt_optim *all[] = {
        tt_optim_sgd(m, .lr = 0.1f),
        tt_optim_momentum(m, .lr = 0.1f, .momentum = 0.9f, .weight_decay = 0.05f),
        tt_optim_momentum(m, .lr = 0.1f, .momentum = 0.8f, .nesterov = true),
        tt_optim_adam(m, .lr = 0.05f, .weight_decay = 0.1f),
        tt_optim_adamw(m, .lr = 0.05f, .weight_decay = 0.1f)};
    for (size_t o = 0; o < sizeof all / sizeof *all; o++)
        for (int t = 0; t < STEPS; t++)
            TT_SCOPE (c) {
                tt_zero_grad(m);
                tt_backward(tt_sum_all(c, tt_mul(c, p, tt_mul(c, p, p))));
                tt_optim_clip(all[o], 2.0);
                tt_optim_step(all[o]);
            }
    cr_assert_eq(tt_read(p, trained[trained_seen++]), TT_OK, "%s", tt_error(c));
}

Test(nn_device, optimisers_go_the_same_way_on_every_backend)
{
    nn_on_each_backend(updates);
    for (int i = 1; i < trained_seen; i++)
        tt_expect_all_close(trained[i], trained[0], NUMBERS, 1e-5, 1e-5, "backend %d", i);
}

static void clip(tt_ctx *c)
{
    tt_module *net = tt_nn_linear(c, NULL, "fc", 3, 2);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
    tt_tensor *x = tt_full(c, TT_SHAPE(4, 3), 2);
    tt_backward(tt_sum_all(c, tt_forward(c, net, x)));
    uint64_t before = tt_transfer_count(c).to_host;
    double length = tt_optim_clip(sgd, 1.0);
    cr_expect(tt_transfer_count(c).to_host - before <= 1,
              "all that travels is the length");
    tt_expect_close(length, sqrt(6 * 64 + 2 * 16), 1e-5, 0, "6 cells of 8, 2 of 4");
    NN_EXPECT(c, tt_grad(tt_find_parameter(net, "bias")->value), TT_SHAPE(2), "4",
              "shortened", 4 / length, 4 / length);
}

Test(nn_device, clipping_brings_one_number_to_the_host)
{
    nn_on_each_backend(clip);
}
