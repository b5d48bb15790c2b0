/* A model with its own forward, and its training loop.
 *
 *   mlp           three epochs of Fashion-MNIST (Debian: apt install dataset-fashion-mnist)
 *   mlp 1000      three epochs of 1000 drawn digits
 */
#include "tinytorch.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct mlp {
    tt_module base;
    tt_module *fc1, *fc2;
} mlp;

static tt_tensor *mlp_forward(tt_ctx *c, tt_module *self,
                              tt_tensor *x) /* (B,28,28) -> (B,10) */
{
    mlp *m = (mlp *)self;
    x = tt_relu(c, tt_forward(c, m->fc1, tt_flatten(c, x)));
    return tt_forward(c, m->fc2, x);
}

static tt_module *mlp_new(tt_ctx *c)
{
    mlp *m = tt_nn_module(c, mlp, "mlp", mlp_forward);
    m->fc1 = tt_nn_linear(c, &m->base, "fc1", 784, 128);
    m->fc2 = tt_nn_linear(c, &m->base, "fc2", 128, 10);
    return &m->base;
}

/* Fashion-MNIST, or n drawn digits. */
static tt_loader *images(tt_ctx *c, const char *part, int n)
{
    tt_data_set set;
    if (n == 0) return tt_data_fashion(c, part, NULL);
    return tt_data_digits(c, part, n, 1, &set) ? tt_loader_new(c, &set, true) : NULL;
}

int main(int argc, char **argv)
{
    int digits = argc > 1 ? atoi(argv[1]) : 0;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_best()); /* the fastest one here */
    tt_seed(c, 1);
    tt_module *net = mlp_new(c);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
    tt_loader *train = images(c, "train", digits), *test = images(c, "test", digits);
    tt_meter *mean =
        tt_meter_new(c); /* averages where the tensors are: no host copy a step */

    for (int epoch = 1; epoch <= 3 && !tt_error(c); epoch++) {
        for (tt_batch b; tt_next(c, train, 64, &b);) { /* ends the step before */
            tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, b.x), b.y);
            tt_zero_grad(net);
            tt_backward(loss);
            tt_optim_step(sgd);
            tt_meter_add(mean, loss, b.n);
        }
        printf("epoch %d  loss %.4f  accuracy %.4f\n", epoch, tt_meter_mean(mean),
               tt_accuracy(c, net, test));
    }
    return tt_exit(c); /* prints the error that stuck, if one did, and frees everything */
}
