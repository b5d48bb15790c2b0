/* Five steps of training against PyTorch: the same weights and batches, the same losses, gradients
 * and final weights. golden_mlp.py made the numbers. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "module1_autodiff/optim.h"
#include "module4_nn/loss.h"
#include "module4_nn/models.h"
#include "tests/module4_nn/support/golden_mlp.h"
#include "tests/support/expect.h"

TestSuite(module4_golden, .timeout = 10);

enum {
    IN = GOLDEN_INPUTS,
    HIDDEN = GOLDEN_HIDDEN,
    OUT = GOLDEN_CLASSES,
    BATCH = GOLDEN_BATCH
};

typedef struct golden {
    const char *name;
    size_t n;
    const float *start, *grad, *end;
} golden;

static const golden goldens[] = {
    {"fc1.weight", IN *HIDDEN, golden_fc1_weight, golden_grad_fc1_weight,
     golden_end_fc1_weight},
    {"fc1.bias", HIDDEN, golden_fc1_bias, golden_grad_fc1_bias, golden_end_fc1_bias},
    {"fc2.weight", HIDDEN *OUT, golden_fc2_weight, golden_grad_fc2_weight,
     golden_end_fc2_weight},
    {"fc2.bias", OUT, golden_fc2_bias, golden_grad_fc2_bias, golden_end_fc2_bias},
};
enum { PARAMETERS = sizeof goldens / sizeof goldens[0] };

static tt_tensor *parameter(tt_module *net, const golden *g)
{
    tt_parameter *p = tt_find_parameter(net, g->name);
    cr_assert(p, "there is no parameter %s", g->name);
    cr_assert_eq(tt_numel(p->value), g->n, "%s has another size", g->name);
    return p->value;
}

static void expect_numbers(tt_tensor *t, const float *expected, size_t n,
                           const char *what, const char *name)
{
    float actual[IN * HIDDEN];
    cr_assert(t, "%s of %s is missing", what, name);
    cr_assert_eq(tt_read(t, actual), TT_OK);
    tt_expect_all_close(actual, expected, n, 1e-4, 1e-5, "%s of %s against PyTorch", what,
                        name);
}

static double step(tt_ctx *c, tt_module *net, tt_optim *sgd, int i)
{
    tt_tensor *x = tt_from(c, TT_SHAPE(BATCH, IN), golden_x + i * BATCH * IN);
    tt_tensor *y = tt_from(c, TT_SHAPE(BATCH), golden_y + i * BATCH);
    tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, x), y);
    tt_zero_grad(net);
    cr_assert_eq(tt_backward(loss), TT_OK);
    for (int p = 0; i == 0 && p < PARAMETERS; p++)
        expect_numbers(tt_grad(parameter(net, &goldens[p])), goldens[p].grad,
                       goldens[p].n, "the gradient", goldens[p].name);
    cr_assert_eq(tt_optim_step(sgd), TT_OK);
    return (double)tt_item(loss);
}

Test(module4_golden, five_steps_like_pytorch)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *net = tt_nn_mlp(c, IN, HIDDEN, OUT);
    for (int p = 0; p < PARAMETERS; p++) {
        float *at = tt_storage_set(parameter(net, &goldens[p])->data.storage);
        for (size_t i = 0; i < goldens[p].n; i++) at[i] = goldens[p].start[i];
    }
    tt_optim *sgd = tt_optim_sgd(net, .lr = GOLDEN_LR);
    for (int i = 0; i < GOLDEN_STEPS; i++)
        TT_SCOPE (c)
            tt_expect_close(step(c, net, sgd, i), (double)golden_losses[i], 1e-4, 1e-6,
                            "loss of step %d", i);
    for (int p = 0; p < PARAMETERS; p++)
        expect_numbers(parameter(net, &goldens[p]), goldens[p].end, goldens[p].n,
                       "the value after five steps", goldens[p].name);
    tt_ctx_free(c);
}
