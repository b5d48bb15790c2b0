/* XOR by the installed library, built without Bazel:
 *
 *   cc xor.c $(pkg-config --cflags --libs tinytorch) -o xor
 */
#include <tinytorch.h>

#include <stdio.h>

int main(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_best());
    tt_seed(c, 1);
    tt_tensor *x = tt_from(c, TT_SHAPE(4, 2), (float[]){0, 0, 0, 1, 1, 0, 1, 1});
    tt_tensor *y = tt_from(c, TT_SHAPE(4, 1), (float[]){0, 1, 1, 0});
    tt_module *net = tt_nn_module(c, tt_module, "xor", NULL);
    tt_module *hidden = tt_nn_linear(c, net, "hidden", 2, 8);
    tt_module *output = tt_nn_linear(c, net, "output", 8, 1);
    tt_optim *adam = tt_optim_adam(net, .lr = 0.05f);

    float last = 1;
    for (int step = 1; step <= 300; step++) {
        TT_SCOPE (c) { /* what a step makes is gone at its end */
            tt_tensor *h = tt_tanh(c, tt_forward(c, hidden, x)); /* (4,8) */
            tt_tensor *p = tt_sigmoid(c, tt_forward(c, output, h));
            tt_tensor *error = tt_sub(c, p, y);
            tt_tensor *loss = tt_mean_all(c, tt_mul(c, error, error));
            tt_zero_grad(net);
            tt_backward(loss);
            tt_optim_step(adam);
            last = tt_item(loss);
            if (step % 100 == 0) printf("step %3d  loss %.4f\n", step, (double)last);
        }
    }
    return tt_exit(c) || !(last < 0.02f); /* where guessing is 0.25 */
}
