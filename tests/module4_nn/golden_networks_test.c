/* Twenty steps of training MiniTorch's CNN and LeNet-5 against PyTorch, on every backend: the same
 * weights and batches, the same gradients of the first step, weights after five, and losses of all (on
 * the simulator the first step alone). golden_networks.py made the numbers. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module1_autodiff/optim.h"
#include "module3_gpu/sim/sim.h"
#include "module4_nn/loss.h"
#include "module4_nn/models.h"
#include "module4_nn/network.h"
#include "tests/module4_nn/support/golden_networks.h"
#include "tests/module4_nn/support/nn_cases.h"
#include "tests/support/expect.h"

TestSuite(golden_networks, .timeout = 120);

enum { SIDE = 28, PIXELS = SIDE * SIDE };

/* Number i of golden_networks.py's noise(start). */
static double noise(double start, size_t i)
{
    double whole, v = sin(start + 12.9898 * (double)(i + 1)) * 43758.5453;
    return rint(modf(v, &whole) * 1024) / 512;
}

static tt_tensor *parameter(tt_module *net, const char *name)
{
    tt_parameter *p = tt_find_parameter(net, name);
    cr_assert(p, "there is no parameter %s", name);
    return p->value;
}

static void set_weights(tt_module *net, const golden_network *g)
{
    for (int p = 0; p < g->parameters; p++) {
        tt_tensor *t = parameter(net, g->at[p].name);
        float *at = tt_storage_set(t->data.storage);
        for (size_t i = 0; i < tt_numel(t); i++)
            at[i] = (float)(noise(100 + p, i) * g->at[p].scale);
    }
}

/* Length, weighted sum and single cells: each within 1e-4 of the length. */
static void expect_numbers(tt_ctx *c, tt_tensor *t, const double *want, const char *what,
                           const char *name)
{
    double *at = nn_cells(c, t), squares = 0, sum = 0;
    size_t n = tt_numel(t);
    for (size_t i = 0; i < n; i++) squares += at[i] * at[i], sum += at[i] * noise(50, i);
    const char *backend = tt_backend_of(c)->name;
    double most = 1e-4 * want[0];
    tt_expect_close(sqrt(squares), want[0], 0, most, "length of %s of %s on %s", what,
                    name, backend);
    tt_expect_close(sum, want[1], 0, most, "weighted sum of %s of %s on %s", what, name,
                    backend);
    for (size_t k = 0; k < GOLDEN_CELLS; k++) {
        size_t cell = k * (n - 1) / (GOLDEN_CELLS - 1);
        tt_expect_close(at[cell], want[2 + k], 0, most, "cell %zu of %s of %s on %s",
                        cell, what, name, backend);
    }
}

static void make_batch(tt_ctx *c, int step, tt_tensor **x, tt_tensor **y)
{
    *x = tt_empty(c, TT_SHAPE(GOLDEN_BATCH, SIDE, SIDE));
    *y = tt_empty(c, TT_SHAPE(GOLDEN_BATCH));
    float *image = tt_storage_set((*x)->data.storage);
    float *label = tt_storage_set((*y)->data.storage);
    for (size_t i = 0; i < GOLDEN_BATCH * PIXELS; i++)
        image[i] = (float)(noise(200 + step, i) / 4 + 0.5);
    for (int b = 0; b < GOLDEN_BATCH; b++)
        label[b] = (float)((3 * step + 7 * b) % GOLDEN_CLASSES);
}

static void step(tt_ctx *c, tt_module *net, tt_optim *sgd, const golden_network *g, int s)
{
    tt_tensor *x, *y;
    make_batch(c, s, &x, &y);
    tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, x), y);
    tt_zero_grad(net);
    cr_assert_eq(tt_backward(loss), TT_OK, "%s", tt_error(c));
    for (int p = 0; s == 0 && p < g->parameters; p++)
        expect_numbers(c, tt_grad(parameter(net, g->at[p].name)), g->at[p].gradient,
                       "the gradient", g->at[p].name);
    cr_assert_eq(tt_optim_step(sgd), TT_OK);
    tt_expect_close((double)tt_item(loss), g->losses[s], 1e-4, 0, "loss of step %d on %s",
                    s, tt_backend_of(c)->name);
}

static void trains(tt_ctx *c, tt_module *net, const golden_network *g)
{
    tt_sim_options options = tt_sim_settings();
    options.diagnose = false; /* for speed; the kernels are diagnosed one by one elsewhere */
    tt_sim_configure(&options);
    tt_seed(c, GOLDEN_SEED);
    set_weights(net, g);
    tt_optim *sgd = tt_optim_sgd(net, .lr = GOLDEN_LR);
    /* The simulator is slow: on it the first step, with its gradients. */
    bool simulated = strncmp(tt_backend_of(c)->name, "sim", 3) == 0 &&
                     tt_backend_of(c) != tt_backend_simple();
    int steps = simulated ? 1 : GOLDEN_LOSSES;
    for (int s = 0; s < steps; s++) {
        TT_SCOPE (c) step(c, net, sgd, g, s);
        for (int p = 0; s == GOLDEN_STEPS - 1 && p < g->parameters; p++)
            expect_numbers(c, parameter(net, g->at[p].name), g->at[p].end,
                           "the value after five steps", g->at[p].name);
    }
}

static void cnn(tt_ctx *c)
{
    trains(c, tt_nn_cnn(c, SIDE, SIDE, GOLDEN_CLASSES), &golden_cnn);
}

Test(golden_networks, twenty_steps_of_the_cnn_like_pytorch)
{
    nn_on_each_backend(cnn);
}

static void lenet5(tt_ctx *c)
{
    trains(c, tt_nn_lenet5(c, GOLDEN_CLASSES), &golden_lenet5);
}

Test(golden_networks, twenty_steps_of_lenet5_like_pytorch)
{
    nn_on_each_backend(lenet5);
}
