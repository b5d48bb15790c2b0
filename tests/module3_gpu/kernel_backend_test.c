/* Backends made of kernels: where numbers are, what is copied, memory that runs out, operators of
 * one's own. On the simulator, and on a GPU where there is one. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "module1_autodiff/optim.h"
#include "module2_tensors/network.h"
#include "module3_gpu/backends.h"
#include "module3_gpu/cuda/launch.h"
#include "module3_gpu/cuda/launched.h"
#include "module3_gpu/examples/swish.h"
#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(kernel_backend, .timeout = 60);

static tt_ctx *quiet_context(const tt_backend *backend)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_use(c, backend);
    return c;
}

Test(kernel_backend, sim_opens_by_name_and_auto_never_simulates)
{
    tt_ctx *c = quiet_context(tt_backend_simple());
    const tt_backend *sim = NULL;
    cr_expect_eq(tt_backend_open(c, "sim", &sim), TT_OK);
    cr_expect_eq(sim, tt_backend_sim());
    cr_expect_null(strstr(tt_backend_best()->name, "sim"), "auto is %s",
                   tt_backend_best()->name);
    tt_ctx_free(c);
}

Test(kernel_backend, without_a_gpu_cuda_says_why)
{
    tt_ctx *c = quiet_context(tt_backend_simple());
    const tt_backend *cuda = NULL;
    tt_status status = tt_backend_open(c, "cuda", &cuda);
    if (tt_cuda_problem()) {
        cr_expect_eq(status, TT_ERR_DEVICE);
        cr_expect_null(cuda);
        cr_expect(tt_error(c) && strstr(tt_error(c), tt_cuda_problem()), "%s", tt_error(c));
    } else {
        cr_expect_eq(status, TT_OK);
        cr_expect_eq(cuda, tt_backend_best());
    }
    tt_ctx_free(c);
}

/* Without diagnosis large launches run on CPU threads. What these take, 256 guarded stacks each, they must
 * give back: Linux lets a process have 65530 areas of memory, enough for 128 launches that do not. */
Test(kernel_backend, the_simulator_without_diagnosis_runs_for_ever)
{
    tt_sim_options before = tt_sim_settings(), spread = before;
    spread.diagnose = false;
    spread.threads = 2;
    tt_sim_configure(&spread);
    tt_ctx *c = quiet_context(tt_backend_sim());
    const int at[] = {99, 0};
    tt_tensor *x = tt_ones(c, TT_SHAPE(100, 3));
    for (int k = 0; k < 300; k++)
        TT_SCOPE (c) {
            cr_assert_eq(tt_get(tt_sum(c, x, 1), at), 3.0f, "launch %d: %s", k,
                         tt_error(c));
        }
    tt_ctx_free(c);
    tt_sim_configure(&before);
}

/* ---- residency ------------------------------------------------------------------------------------- */

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

Test(kernel_backend, a_training_step_copies_nothing_between_host_and_device)
{
    for (const tt_backend *const *backend = kernel_backends(); *backend; backend++) {
        tt_ctx *c = quiet_context(*backend);
        tt_module *net = tt_network(c, 5);
        tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
        tt_tensor *x = tt_rand(c, TT_SHAPE(10, 2)), *y = tt_rand(c, TT_SHAPE(10, 1));
        step(c, net, sgd, x, y);
        tt_transfers before = tt_transfer_count(c);
        size_t launches = tti_launch_count();
        for (int i = 0; i < 2; i++) step(c, net, sgd, x, y);
        tt_transfers after = tt_transfer_count(c);
        cr_expect_null(tt_error(c), "%s: %s", (*backend)->name, tt_error(c));
        cr_expect_eq(after.to_device, before.to_device, "%s: %d copies to the device",
                     (*backend)->name, (int)(after.to_device - before.to_device));
        cr_expect_eq(after.to_host, before.to_host, "%s: %d copies to the host",
                     (*backend)->name, (int)(after.to_host - before.to_host));
        cr_expect(tti_launch_count() > launches + 40, "a step of %d launches?",
                  (int)(tti_launch_count() - launches) / 2);
        tt_ctx_free(c);
    }
}

Test(kernel_backend, the_first_losses_are_those_of_the_simple_backend)
{
    float losses[2][6];
    const tt_backend *two[] = {tt_backend_simple(), tt_backend_sim_fast()};
    for (int b = 0; b < 2; b++) {
        tt_ctx *c = quiet_context(two[b]);
        tt_seed(c, 3);
        tt_module *net = tt_network(c, 5);
        tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
        tt_tensor *x = tt_rand(c, TT_SHAPE(10, 2)), *y = tt_rand(c, TT_SHAPE(10, 1));
        for (int i = 0; i < 6; i++)
            TT_SCOPE (c) {
                tt_tensor *error = tt_sub(c, tt_forward(c, net, x), y);
                losses[b][i] = tt_item(tt_mean_all(c, tt_mul(c, error, error)));
                step(c, net, sgd, x, y);
            }
        cr_expect_null(tt_error(c), "%s", tt_error(c));
        tt_ctx_free(c);
    }
    for (int i = 0; i < 6; i++)
        cr_expect_float_eq(losses[0][i], losses[1][i], 1e-4 * (double)losses[0][i],
                           "loss %d: simple %g, sim-fast %g", i, (double)losses[0][i],
                           (double)losses[1][i]);
}

/* ---- memory ----------------------------------------------------------------------------------------- */

Test(kernel_backend, a_full_device_is_survived)
{
    tt_ctx *c = quiet_context(tt_backend_sim());
    tt_sim_memory_limit(1 << 16);
    TT_SCOPE (c) {
        tt_tensor *small = tt_ones(c, TT_SHAPE(100)),
                  *large = tt_ones(c, TT_SHAPE(100, 1000));
        cr_expect(small && !large);
        cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "%s", tt_error(c));
        cr_expect(tt_error(c) && strstr(tt_error(c), "sim"), "%s", tt_error(c));
    }
    tt_error_clear(c);
    tt_tensor *fits = tt_ones(c, TT_SHAPE(100, 100));
    cr_expect_float_eq(tt_item(tt_sum_all(c, fits)), 10000, 1e-3);
    cr_expect_null(tt_error(c), "%s", tt_error(c));
    tt_sim_memory_limit(0);
    tt_ctx_free(c);
}

Test(kernel_backend, device_memory_is_kept_by_size_and_given_back_when_there_is_no_more)
{
    static tti_memory m; /* records stay with it, as with a backend's: no leak */
    m = (tti_memory)TTI_MEMORY(tti_sim_kernels(), true);
    void *a = tti_memory_get(&m, 1000), *b = tti_memory_get(&m, 5000), *none;
    cr_assert(a && b && a != b);
    tti_memory_put(&m, a);
    cr_expect_eq(tti_memory_get(&m, 900), a, "900 bytes fit the block of 1000");
    tti_memory_put(&m, a);
    cr_expect(tti_memory_get(&m, 100) != a, "100 bytes would waste a block of 1024");
    size_t calls = m.calls;
    for (int i = 0; i < 10; i++) {
        void *p = tti_memory_get(&m, 1000), *q = tti_memory_get(&m, 7);
        tti_memory_put(&m, q);
        tti_memory_put(&m, p);
    }
    cr_expect(m.calls <= calls + 1, "%zu calls of the device's malloc", m.calls - calls);
    none = tti_memory_get(&m, 0);
    cr_expect_not_null(none, "an empty tensor has an address, too");

    tti_memory_put(&m, b);
    tt_sim_memory_limit(m.bytes_used + m.bytes_kept);
    void *large = tti_memory_get(&m, 6000);
    cr_expect_not_null(large, "what is kept goes back first");
    cr_expect_eq(m.bytes_kept, 0);
    cr_expect_null(tti_memory_get(&m, 1 << 20));
    cr_expect_null(tti_memory_get(&m, SIZE_MAX - 7));
    tt_sim_memory_limit(0);
    tti_memory_put(&m, large);
    tti_memory_trim(&m);
}

/* ---- operators of one's own --------------------------------------------------------------------------- */

Test(kernel_backend, swish_has_values_and_gradients)
{
    for (const tt_backend *const *backend = kernel_backends(); *backend; backend++) {
        tt_ctx *c = quiet_context(*backend);
        tt_tensor *x = tt_transpose(c, tt_randn(c, TT_SHAPE(7, 5)), 0, 1);
        tt_tensor *y = tt_apply(c, &swish, TT_IN(x));
        tt_tensor *same = tt_mul(c, x, tt_sigmoid(c, x));
        tt_tensor *close = tt_all_all(c, tt_is_close(c, y, same));
        cr_expect_eq(tt_item(close), 1, "%s: swish(x) is x sigmoid(x)", (*backend)->name);
        cr_expect(tt_check_gradient(c, &swish, TT_IN(x)), "%s: %s", (*backend)->name,
                  tt_error(c));
        cr_expect_not_null(tt_apply(c, &swish, TT_IN(tt_zeros(c, TT_SHAPE(0)))),
                           "no cells");
        tt_ctx_free(c);
    }
}

Test(kernel_backend, a_kernel_is_not_launched_on_what_is_not_there)
{
    tt_ctx *c = quiet_context(tt_backend_simple());
    size_t launches = tti_launch_count();
    cr_expect_null(tt_apply(c, &swish, TT_IN(tt_ones(c, TT_SHAPE(3)))));
    cr_expect_eq(tt_error_status(c), TT_ERR_BACKEND);
    cr_expect(strstr(tt_error(c), "simple"), "%s", tt_error(c));
    tt_error_clear(c);

    tt_use(c, tt_backend_sim());
    tt_tensor *turned = tt_transpose(c, tt_rand(c, TT_SHAPE(2, 3)), 0, 1);
    tt_tensor *y = tt_empty(c, TT_SHAPE(3, 2));
    launches = tti_launch_count();
    tt_launched(c, TT_ON(c, swish)(tt_dev_out(y), tt_dev_in(turned), 6));
    cr_expect_eq(tt_error_status(c), TT_ERR_SHAPE);
    cr_expect_eq(tti_launch_count(), launches, "a launch without a pointer");
    tt_error_clear(c);
    tt_launched(c, TT_ON(c, swish)(tt_dev_out(y), tt_dev_in(tt_contiguous(c, turned)), 6));
    cr_expect_null(tt_error(c), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(kernel_backend, a_refused_launch_names_kernel_grid_and_block)
{
    tt_ctx *c = quiet_context(tt_backend_sim());
    const unsigned grid[3] = {3, 1, 1}, block[3] = {2000, 1, 1};
    tti_launched("my_kernel", grid, block, 64, 9);
    cr_expect_eq(tt_launched(c, 9), TT_ERR_DEVICE);
    static const char *const words[] = {"my_kernel",
                                        "(3,1,1)",
                                        "(2000,1,1)",
                                        "64 bytes",
                                        "cudaErrorInvalidConfiguration",
                                        "TT_CUDA_SYNC"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        cr_expect(strstr(tt_error(c), words[i]), "\"%s\" lacks %s", tt_error(c), words[i]);
    tt_error_clear(c);
    tti_launched("my_kernel", grid, block, 64, 2);
    cr_expect_eq(tt_launched(c, 2), TT_ERR_MEMORY);
    tt_ctx_free(c);
}
