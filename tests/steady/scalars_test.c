/* A steady training step of scalars asks the system for no memory. */
#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"
#include "tests/steady/malloc_calls.h"

enum { POINTS = 8 };

static void step(tt_ctx *c, tt_module *net, tt_optim *sgd)
{
    TT_SCOPE (c) {
        tt_scalar *loss = tts_num(c, 0);
        for (int i = 0; i < POINTS; i++) {
            tt_scalar *x[] = {tts_num(c, i * 0.1), tts_num(c, i * 0.2 - 0.7)}, *p[1];
            tts_forward(c, net, x, p);
            loss = tts_sub(c, loss, tts_log(c, p[0]));
        }
        tt_zero_grad(net);
        tts_backward(loss);
        tt_optim_step(sgd);
    }
}

int main(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 1);
    tt_module *net = tts_network(c, 10);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.05f);
    for (int i = 0; i < STEADY_AFTER; i++) step(c, net, sgd);
    long before = malloc_calls();
    for (int i = 0; i < STEADY_STEPS; i++) step(c, net, sgd);
    long during = malloc_calls() - before;
    return tt_exit(c) || malloc_verdict(during);
}
