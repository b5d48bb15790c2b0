/* XOR by scalars: the smallest program that learns. Every number is a node of the graph.
 *
 *   bazel run //module1_autodiff/examples:xor
 */
#include <stdio.h>

#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"

enum { HIDDEN = 8 };
static const double X[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, Y[4] = {0, 1, 1, 0};

int main(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 1);
    tt_module *net = tt_nn_module(c, tt_module, "xor", NULL);
    tt_module *hidden = tts_nn_linear(c, net, "hidden", 2, HIDDEN);
    tt_module *output = tts_nn_linear(c, net, "output", HIDDEN, 1);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);

    for (int epoch = 1; epoch <= 500; epoch++)
        TT_SCOPE (c) {
            tt_scalar *loss = tts_num(c, 0), *h[HIDDEN], *out[1] = {NULL};
            for (int i = 0; i < 4; i++) {
                tts_forward(c, hidden,
                            (tt_scalar *[]){tts_num(c, X[i][0]), tts_num(c, X[i][1])}, h);
                for (int j = 0; j < HIDDEN; j++) h[j] = tts_relu(c, h[j]);
                tts_forward(c, output, h, out);
                tt_scalar *p = tts_sigmoid(c, out[0]);
                tt_scalar *right = Y[i] > 0 ? p : tts_sub(c, tts_num(c, 1), p);
                loss = tts_sub(c, loss, tts_log(c, right));
            }
            tt_zero_grad(net);
            tts_backward(loss);
            tt_optim_step(sgd);
            if (epoch % 100 == 0)
                printf("epoch %3d  loss %.4f\n", epoch, tts_value(loss));
        }
    return tt_exit(c);
}
