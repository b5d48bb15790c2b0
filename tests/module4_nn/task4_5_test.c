/* Task 4.5: the network with convolutions, and that it learns.
 * The rules stand in module4_nn/README.md, "Task 4.5". */
#include <criterion/criterion.h>
#include <math.h>

#include "module1_autodiff/optim.h"
#include "module4_nn/conv_layers.h"
#include "module4_nn/loss.h"
#include "module4_nn/meter.h"
#include "module4_nn/network.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(task4_5, .timeout = 120);

static tt_tensor *parameter(tt_module *m, const char *name)
{
    tt_parameter *p = tt_find_parameter(m, name);
    cr_assert(p, "there is no parameter %s", name);
    return p->value;
}

/* ---- layers ------------------------------------------------------------------------------------ */

Test(task4_5, conv2d_layer_is_convolution_plus_a_bias_a_channel)
{
    tt_ctx *c = nn_begin(3);
    tt_module *m = tt_nn_conv2d(c, NULL, "conv", 2, 3, 2, 3);
    cr_assert(m, "%s", tt_error(c));
    tt_tensor *w = parameter(m, "weight"), *b = parameter(m, "bias");
    tt_tensor *x = nn_random(c, TT_SHAPE(2, 2, 4, 5));
    double out[120] = {0}, *bias = nn_cells(c, b);
    nn_conv k = {TT_SHAPE(2, 2, 4, 5),
                 TT_SHAPE(3, 2, 2, 3),
                 TT_SHAPE(2, 3, 4, 5),
                 {1, 1},
                 {1, 1},
                 {0, 0}};
    nn_conv_by_definition(&k, nn_cells(c, x), nn_cells(c, w), out, NULL, NULL, NULL);
    for (int i = 0; i < 120; i++) out[i] += bias[i / 20 % 3];
    nn_expect(c, tt_forward(c, m, x), k.out, out, "4.5", "Conv2d");
    tt_ctx_free(c);
}

Test(task4_5, conv1d_layer_is_convolution_plus_a_bias_a_channel)
{
    tt_ctx *c = nn_begin(4);
    tt_module *m = tt_nn_conv1d(c, NULL, "conv", 2, 3, 4);
    cr_assert(m, "%s", tt_error(c));
    tt_tensor *w = parameter(m, "weight"), *b = parameter(m, "bias");
    tt_tensor *x = nn_random(c, TT_SHAPE(2, 2, 6));
    double out[36] = {0}, *bias = nn_cells(c, b);
    nn_conv k = {TT_SHAPE(2, 2, 1, 6),
                 TT_SHAPE(3, 2, 1, 4),
                 TT_SHAPE(2, 3, 1, 6),
                 {1, 1},
                 {1, 1},
                 {0, 0}};
    nn_conv_by_definition(&k, nn_cells(c, x), nn_cells(c, w), out, NULL, NULL, NULL);
    for (int i = 0; i < 36; i++) out[i] += bias[i / 6 % 3];
    nn_expect(c, tt_forward(c, m, x), TT_SHAPE(2, 3, 6), out, "4.5", "Conv1d");
    tt_ctx_free(c);
}

/* ---- the network ------------------------------------------------------------------------------- */

Test(task4_5, parameters_have_names_order_and_shapes)
{
    tt_ctx *c = nn_begin(1);
    tt_module *net = tt_nn_cnn(c, 28, 28, 10);
    cr_assert(net, "%s", tt_error(c));
    cr_expect_eq(tt_module_count(net),
                 4 * 9 + 4 + 8 * 36 + 8 + 392 * 64 + 64 + 64 * 10 + 10);
    static const char *const names[] = {"conv1.weight", "conv1.bias", "conv2.weight",
                                        "conv2.bias",   "fc1.weight", "fc1.bias",
                                        "fc2.weight",   "fc2.bias"};
    const tt_shape shapes[] = {
        TT_SHAPE(4, 1, 3, 3), TT_SHAPE(4),  TT_SHAPE(8, 4, 3, 3), TT_SHAPE(8),
        TT_SHAPE(392, 64),    TT_SHAPE(64), TT_SHAPE(64, 10),     TT_SHAPE(10)};
    tt_parameter_list list = tt_named_parameters(c, net);
    cr_assert_eq(list.n, 8, "%zu parameters, expected 8", list.n);
    for (int i = 0; i < 8; i++) {
        cr_expect_str_eq(list.at[i].name, names[i]);
        cr_expect(tt_shape_equal(tt_shape_of(list.at[i].parameter->value), shapes[i]),
                  "shape of %s", names[i]);
    }
    tt_ctx_free(c);
}

/* Images of 8x8 with noise: a bright bar somewhere, upright, lying, or one of the two diagonals. */
enum { SIDE = 8, KINDS = 4, BATCH = 16, BATCHES = 6, STEPS = 150, TEST = 64 };

static bool on_bar(int kind, int i, int j, int at)
{
    if (kind == 0) return j == at;
    if (kind == 1) return i == at;
    return (kind == 2 ? i - j : i + j - SIDE + 1) == at / 2 - 2;
}

static void images(tt_ctx *c, int n, uint64_t seed, tt_tensor **x, tt_tensor **y)
{
    tt_rng r = tt_rng_of(seed, TT_STREAM_DATA);
    *x = tt_empty(c, TT_SHAPE(n, SIDE, SIDE)), *y = tt_empty(c, TT_SHAPE(n));
    float *at = tt_storage_set((*x)->data.storage),
          *ids = tt_storage_set((*y)->data.storage);
    uint64_t next = 0;
    for (int b = 0; b < n; b++) {
        int kind = b % KINDS, place = (int)tt_rng_below(r, next++, SIDE);
        ids[b] = (float)kind;
        for (int i = 0; i < SIDE; i++)
            for (int j = 0; j < SIDE; j++)
                *at++ = 0.2f * tt_rng_uniform(r, next++) +
                        (on_bar(kind, i, j, place) ? 0.8f : 0.0f);
    }
}

Test(task4_5, every_parameter_gets_a_gradient)
{
    tt_ctx *c = nn_begin(1);
    tt_tensor *x, *y;
    images(c, 8, 1, &x, &y);
    tt_module *net = tt_nn_cnn(c, SIDE, SIDE, KINDS);
    cr_assert_eq(tt_backward(tt_cross_entropy(c, tt_forward(c, net, x), y)), TT_OK, "%s",
                 tt_error(c));
    tt_parameter_list list = tt_named_parameters(c, net);
    for (size_t i = 0; i < list.n; i++) {
        tt_tensor *g = tt_grad(list.at[i].parameter->value);
        cr_assert(g, "%s has no gradient: is it used by forward?", list.at[i].name);
        double *v = nn_cells(c, g), most = 0;
        for (size_t n = 0; n < tt_numel(g); n++) most = fmax(most, fabs(v[n]));
        cr_expect(most > 0, "the gradient of %s is 0 everywhere", list.at[i].name);
    }
    tt_ctx_free(c);
}

Test(task4_5, dropout_is_off_in_evaluation)
{
    tt_ctx *c = nn_begin(2);
    tt_tensor *x, *y;
    images(c, 4, 1, &x, &y);
    tt_module *net = tt_nn_cnn(c, SIDE, SIDE, KINDS);
    double *one = nn_cells(c, tt_forward(c, net, x)), *two;
    two = nn_cells(c, tt_forward(c, net, x));
    int same = 0;
    for (int i = 0; i < 4 * KINDS; i++) same += one[i] == two[i];
    cr_expect(same < 4 * KINDS, "while it trains each pass draws its own mask");
    tt_eval(net);
    one = nn_cells(c, tt_forward(c, net, x));
    nn_expect(c, tt_forward(c, net, x), TT_SHAPE(4, KINDS), one, "4.5", "evaluation");
    tt_ctx_free(c);
}

/* 150 steps through six batches: the mean loss of the last pass, and how many new images are right. */
static void learns(uint64_t seed)
{
    tt_ctx *c = nn_begin(seed);
    tt_tensor *x[BATCHES], *y[BATCHES], *tx, *ty;
    for (int i = 0; i < BATCHES; i++)
        images(c, BATCH, 100 * seed + (uint64_t)i, &x[i], &y[i]);
    images(c, TEST, 100 * seed + 99, &tx, &ty);
    tt_module *net = tt_nn_cnn(c, SIDE, SIDE, KINDS);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.2f);
    double first = 0, last = 0;
    for (int step = 0; step < STEPS; step++)
        TT_SCOPE (c) {
            int i = step % BATCHES;
            tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, x[i]), y[i]);
            tt_zero_grad(net);
            tt_backward(loss);
            tt_optim_step(sgd);
            if (step < BATCHES) first += (double)tt_item(loss) / BATCHES;
            if (step >= STEPS - BATCHES) last += (double)tt_item(loss) / BATCHES;
        }
    cr_assert(!tt_error(c), "%s", tt_error(c));
    tt_eval(net);
    int right = tt_count_right(c, tt_forward(c, net, tx), ty);
    cr_expect(last <= 0.5 * first, "seed %d: loss went from %.3f to %.3f, expected half",
              (int)seed, first, last);
    cr_expect(right >= TEST * 8 / 10, "seed %d: %d of %d new images right, chance is %d",
              (int)seed, right, (int)TEST, TEST / KINDS);
    tt_ctx_free(c);
}

Test(task4_5, learns_to_tell_bars)
{
    learns(1);
    learns(2);
}
