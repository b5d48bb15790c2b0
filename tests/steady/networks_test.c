/* A steady step of the main job asks the system for no memory and copies nothing between host and
 * device: the perceptron on the simple backend, and all networks on the fast one with one thread, with
 * two and with three. */
#include <stdio.h>
#include <string.h>

#include "module1_autodiff/optim.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module4_nn/loss.h"
#include "module4_nn/meter.h"
#include "module4_nn/models.h"
#include "module4_nn/network.h"
#include "tests/steady/malloc_calls.h"

enum { BATCH = 64 };

static tt_module *network(tt_ctx *c, const char *model)
{
    if (strcmp(model, "cnn") == 0) return tt_nn_cnn(c, 28, 28, 10);
    if (strcmp(model, "lenet5") == 0) return tt_nn_lenet5(c, 10);
    return tt_nn_mlp(c, 784, 64, 10);
}

/* The loop of the main job. Returns the calls in its steady steps; -1 when it did not get there. */
static long train(tt_ctx *c, const char *model)
{
    tt_data_set set;
    long step = 0, before = 0, during = -1;
    if (!tt_data_digits(c, "train", BATCH * (STEADY_AFTER + STEADY_STEPS + 1), 1, &set))
        return -1;
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_module *net = network(c, model);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.2f);
    tt_meter *mean = tt_meter_new(c), *right = tt_meter_new(c);
    for (tt_batch b; tt_next(c, loader, BATCH, &b);) {
        tt_tensor *scores = tt_forward(c, net, b.x);
        tt_tensor *loss = tt_cross_entropy(c, scores, b.y);
        tt_zero_grad(net);
        tt_backward(loss);
        tt_optim_step(sgd);
        tt_meter_add(mean, loss, b.n);
        tt_meter_add(right, tt_right_share(c, scores, b.y), b.n);
        step++;
        if (step == STEADY_AFTER) before = malloc_calls();
        if (step == STEADY_AFTER + STEADY_STEPS) during = malloc_calls() - before;
    }
    return during;
}

static bool steady(const tt_backend *backend, const char *model, int threads)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_set_threads(threads);
    tt_use(c, backend);
    printf("%s on %s, %d thread%s: ", model, backend->name, threads,
           threads == 1 ? "" : "s");
    long during = train(c, model);
    tt_transfers copies = tt_transfer_count(c);
    if (copies.to_host + copies.to_device > 0) printf("numbers travelled\n");
    bool still = copies.to_host + copies.to_device == 0;
    return tt_exit(c) == 0 && malloc_verdict(during) == 0 && still;
}

int main(void)
{
    static const char *const models[] = {"mlp", "cnn", "lenet5"};
    bool right = steady(tt_backend_simple(), "mlp", 1);
    for (int m = 0; m < 3; m++)
        for (int threads = 1; threads <= 3; threads++)
            right = steady(tt_backend_fast(), models[m], threads) && right;
    return right ? 0 : 1;
}
