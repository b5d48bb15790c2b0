/* A steady training step of tensors asks the system for no memory. */
#include "module1_autodiff/optim.h"
#include "module2_tensors/network.h"
#include "tests/steady/malloc_calls.h"

enum { POINTS = 50 };

static void step(tt_ctx *c, tt_module *net, tt_optim *sgd, tt_tensor *x, tt_tensor *y)
{
    TT_SCOPE (c) {
        tt_tensor *error = tt_sub(c, tt_forward(c, net, x), y);
        tt_tensor *loss = tt_mean_all(c, tt_mul(c, error, error));
        tt_zero_grad(net);
        tt_backward(loss);
        tt_optim_step(sgd);
    }
}

int main(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *net = tt_network(c, 10);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
    tt_tensor *x = tt_rand(c, TT_SHAPE(POINTS, 2)), *y = tt_rand(c, TT_SHAPE(POINTS, 1));
    for (int i = 0; i < STEADY_AFTER; i++) step(c, net, sgd, x, y);
    long before = malloc_calls();
    for (int i = 0; i < STEADY_STEPS; i++) step(c, net, sgd, x, y);
    long during = malloc_calls() - before;
    return tt_exit(c) || malloc_verdict(during);
}
