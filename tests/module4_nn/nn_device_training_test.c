/* Training on devices: steps in which nothing comes back to the host, and which end where those of the
 * host do. */
#include <criterion/criterion.h>

#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/sim/sim.h"
#include "module4_nn/conv_layers.h"
#include "module4_nn/data/loader.h"
#include "module4_nn/layers.h"
#include "module4_nn/loss.h"
#include "module4_nn/meter.h"
#include "module4_nn/models.h"
#include "module4_nn/network.h"
#include "module4_nn/norm_layers.h"
#include "module4_nn/ops/activation.h"
#include "module4_nn/optim.h"
#include "tests/module4_nn/support/nn_cases.h"
#include "tests/support/expect.h"

TestSuite(nn_device_training, .timeout = 200);

enum { BATCH = 2, CLASSES = 10, TRAINED = 2 };

typedef tt_module *make_net(tt_ctx *c);

static tt_module *mlp(tt_ctx *c)
{
    return tt_nn_mlp(c, 784, 16, CLASSES);
}

static tt_module *cnn(tt_ctx *c)
{
    return tt_nn_cnn(c, 28, 28, CLASSES);
}

static tt_module *lenet5(tt_ctx *c)
{
    return tt_nn_lenet5(c, CLASSES);
}

static tt_tensor *as_channel(tt_ctx *c, tt_tensor *x)
{
    return tt_view(c, x, TT_SHAPE(tt_shape_of(x).dim[0], 1, 28, 28));
}

static tt_tensor *leaky(tt_ctx *c, tt_tensor *x)
{
    return tt_leaky_relu(c, x, 0.1f);
}

/* What no other network here has. */
static tt_module *mixed(tt_ctx *c)
{
    tt_module *net = tt_nn_sequential(c, NULL, "net");
    tt_nn_function(c, net, "channel", as_channel);
    tt_nn_avgpool2d(c, net, "avg", 4, 4);
    tt_nn_conv2d_with(c, net, "conv", 1, 2, 3, 3,
                      (tt_conv2d_options){.stride = {2, 2}, .padding = {1, 1}});
    tt_nn_batch_norm2d(c, net, "norm", 2);
    tt_nn_function(c, net, "leaky", leaky);
    tt_nn_function(c, net, "flatten", tt_flatten); /* 2 x 4 x 4 */
    tt_nn_dropout(c, net, "drop", 0.5f);
    return tt_nn_linear(c, net, "fc", 32, CLASSES) ? net : NULL;
}

/* One step of the main job, with its meters. */
static void step(tt_ctx *c, tt_module *net, tt_optim *optim, tt_meter *mean,
                 tt_meter *right, const tt_batch *b)
{
    tt_tensor *scores = tt_forward(c, net, b->x);
    tt_tensor *loss = tt_cross_entropy(c, scores, b->y);
    tt_zero_grad(net);
    tt_backward(loss);
    tt_optim_step(optim);
    tt_meter_add(mean, loss, b->n);
    tt_meter_add(right, tt_right_share(c, scores, b->y), b->n);
    cr_assert(!tt_error(c), "%s", tt_error(c));
}

/* Trains for a few steps; *copies is what travelled in the last of them. Returns the mean loss. */
static double train(const tt_backend *backend, make_net *make, bool adam,
                    tt_transfers *copies)
{
    tt_ctx *c = nn_begin(3);
    tt_use(c, backend);
    tt_data_set set;
    cr_assert(tt_data_digits(c, "train", BATCH * TRAINED, 1, &set) == TT_OK ||
              !tt_error(c));
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_module *net = make(c);
    tt_optim *optim = adam ? tt_optim_adam(net, .lr = 0.01f)
                           : tt_optim_momentum(net, .lr = 0.05f, .momentum = 0.9f);
    tt_meter *mean = tt_meter_new(c), *right = tt_meter_new(c);
    tt_transfers before = {0};
    int n = 0;
    for (tt_batch b; tt_next(c, loader, BATCH, &b); n++) {
        if (n == TRAINED - 1) before = tt_transfer_count(c);
        step(c, net, optim, mean, right, &b);
    }
    cr_assert_eq(n, TRAINED);
    tt_transfers after = tt_transfer_count(c);
    copies->to_host = after.to_host - before.to_host;
    copies->to_device = after.to_device - before.to_device;
    double loss = tt_meter_mean(mean);
    tt_ctx_free(c);
    return loss;
}

static void only_batches_travel(make_net *make, bool adam, const char *name)
{
    tt_sim_options options = tt_sim_settings();
    options.diagnose = false; /* for speed; the kernels are diagnosed one by one elsewhere */
    tt_sim_configure(&options);
    const tt_backend *const all[] = {tt_backend_sim(), tt_backend_sim_fast(),
                                     tt_backend_cuda(), tt_backend_cuda_course()};
    tt_transfers none;
    double want = train(tt_backend_simple(), make, adam, &none);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i]) continue; /* no GPU */
        tt_transfers copies;
        double loss = train(all[i], make, adam, &copies);
        cr_expect_eq(copies.to_host, 0, "%s on %s: %llu copies to the host in a step",
                     name, all[i]->name, (unsigned long long)copies.to_host);
        cr_expect(
            copies.to_device <= 2,
            "%s on %s: %llu copies to the device in two steps; of each batch there are "
            "two, its images and its labels",
            name, all[i]->name, (unsigned long long)copies.to_device);
        tt_expect_close(loss, want, 1e-4, 1e-5, "loss of %s on %s", name, all[i]->name);
    }
}

Test(nn_device_training, an_mlp_trains_without_a_copy_to_the_host)
{
    only_batches_travel(mlp, false, "mlp");
}

Test(nn_device_training, the_cnn_trains_without_a_copy_to_the_host)
{
    only_batches_travel(cnn, true, "cnn");
}

Test(nn_device_training, lenet5_trains_without_a_copy_to_the_host)
{
    only_batches_travel(lenet5, false, "lenet5");
}

Test(nn_device_training, batch_norm_and_strides_train_without_a_copy_to_the_host)
{
    only_batches_travel(mixed, true, "mixed");
}
