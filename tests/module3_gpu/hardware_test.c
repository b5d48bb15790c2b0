/* What only a GPU shows: large tensors, memory that is kept, memory that runs out, training. Tagged gpu:
 * left out unless --config=cuda, which also makes the absence of a GPU a failure. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "module1_autodiff/optim.h"
#include "module2_tensors/network.h"
#include "module3_gpu/backends.h"
#include "module3_gpu/fast/fast_backend.h"
#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(hardware, .timeout = 300);

/* A context on the GPU; without one the test is skipped. */
static tt_ctx *on_gpu(void)
{
    if (!kernel_on_hardware()) cr_skip_test("%s", tt_cuda_problem());
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_cuda());
    tt_seed(c, 11);
    return c;
}

Test(hardware, loops_and_sums_of_many_numbers)
{
    enum { N = (1 << 26) + 3, EVERY = 99991 };
    tt_ctx *c = on_gpu();
    tt_tensor *x = tt_rand(c, TT_SHAPE(N)), *y = tt_add(c, tt_exp(c, x), x);
    const float *from = tt_storage_read(x->data.storage),
                *to = tt_storage_read(y->data.storage);
    double sum = 0;
    for (int i = 0; i < N; i++) sum += (double)from[i];
    for (int i = 0; i < N; i += EVERY) {
        double want = exp((double)from[i]) + (double)from[i];
        cr_assert(fabs((double)to[i] - want) <= 1e-6 * want, "cell %d is %g, expected %g",
                  i, (double)to[i], want);
    }
    double got = (double)tt_item(tt_sum_all(c, x));
    cr_expect(fabs(got - sum) <= 1e-6 * sum, "sum %.9g, expected %.9g", got, sum);
    tt_ctx_free(c);
}

/* |got - want| of two tensors on any backends, relative to the largest cell. */
static double difference(tt_tensor *got, tt_tensor *want)
{
    const float *x = tt_storage_read(got->data.storage);
    const float *y = tt_storage_read(want->data.storage);
    double worst = 0, largest = 0;
    for (size_t i = 0; i < tt_numel(want); i++) {
        double off = fabs((double)x[i] - (double)y[i]);
        largest = fmax(largest, fabs((double)y[i]));
        if (!(off <= worst)) worst = off;
    }
    return worst / largest;
}

Test(hardware, products_are_those_of_the_processor)
{
    static const int nkm[][3] = {{1024, 1024, 1024},
                                 {2048, 513, 2050},
                                 {100, 60000, 10},
                                 {1, 4096, 4096},
                                 {4096, 64, 1}};
    tt_ctx *c = on_gpu();
    for (size_t i = 0; i < sizeof nkm / sizeof nkm[0]; i++)
        TT_SCOPE (c) {
            const int *s = nkm[i];
            tt_tensor *a = tt_randn(c, TT_SHAPE(s[0], s[1]));
            tt_tensor *b = tt_randn(c, TT_SHAPE(s[1], s[2]));
            tt_tensor *want = tt_matmul(c, tt_to(c, a, tt_backend_fast()),
                                        tt_to(c, b, tt_backend_fast()));
            unsetenv("TT_CUDA_TF32");
            double exact = difference(tt_matmul(c, a, b), want);
            setenv("TT_CUDA_TF32", "1", 1);
            double tf32 = difference(tt_matmul(c, a, b), want);
            cr_expect(exact < 1e-5, "(%d,%d) x (%d,%d): off by %g", s[0], s[1], s[1],
                      s[2], exact);
            cr_expect(tf32 < 2e-3, "(%d,%d) x (%d,%d) in TF32: off by %g", s[0], s[1],
                      s[1], s[2], tf32);
        }
    tt_ctx_free(c);
}

static float train(tt_ctx *c, tt_module *net, tt_optim *sgd, tt_tensor *x, tt_tensor *y)
{
    float value = 0;
    TT_SCOPE (c) {
        tt_tensor *error = tt_sub(c, tt_forward(c, net, x), y);
        tt_tensor *loss = tt_mean_all(c, tt_mul(c, error, error));
        tt_zero_grad(net);
        tt_backward(loss);
        tt_optim_step(sgd);
        value = tt_item(loss);
    }
    return value;
}

Test(hardware, the_first_20_losses_are_those_of_the_processor)
{
    float losses[2][20];
    tt_ctx_free(on_gpu());
    const tt_backend *two[] = {tt_backend_fast(), tt_backend_cuda()};
    for (int k = 0; k < 2; k++) {
        tt_ctx *c = tt_ctx_new(NULL);
        tt_use(c, two[k]);
        tt_seed(c, 3);
        tt_module *net = tt_network(c, 100);
        tt_optim *sgd = tt_optim_sgd(net, .lr = 0.05f);
        tt_tensor *x = tt_rand(c, TT_SHAPE(50, 2)), *y = tt_rand(c, TT_SHAPE(50, 1));
        for (int i = 0; i < 20; i++) losses[k][i] = train(c, net, sgd, x, y);
        tt_ctx_free(c);
    }
    for (int i = 0; i < 20; i++)
        cr_expect(fabsf(losses[0][i] - losses[1][i]) <= 1e-4f * losses[0][i],
                  "loss %d: fast %g, cuda %g", i, (double)losses[0][i],
                  (double)losses[1][i]);
}

Test(hardware, a_steady_step_asks_the_device_for_no_memory)
{
    tt_ctx *c = on_gpu();
    tti_memory *memory = ((const tti_kernel_backend *)tt_backend_cuda())->memory;
    tt_module *net = tt_network(c, 100);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.05f);
    tt_tensor *x = tt_rand(c, TT_SHAPE(50, 2)), *y = tt_rand(c, TT_SHAPE(50, 1));
    for (int i = 0; i < 3; i++) train(c, net, sgd, x, y);
    size_t calls = memory->calls;
    for (int i = 0; i < 10; i++) train(c, net, sgd, x, y);
    cr_expect_eq(memory->calls, calls, "%zu calls of cudaMalloc", memory->calls - calls);
    tt_ctx_free(c);
}

/* 4 GiB at a time until there is no more; what was kept for later went back before that. */
Test(hardware, a_full_device_is_survived)
{
    enum { MOST = 256 };
    tt_ctx *c = on_gpu();
    int made = 0;
    tt_error_handler(c, tt_error_quiet, NULL);
    TT_SCOPE (c) {
        while (made < MOST && tt_empty(c, TT_SHAPE(1 << 30))) made++;
        cr_expect_eq(tt_error_status(c), TT_ERR_MEMORY, "after %d times 4 GiB: %s", made,
                     tt_error(c) ? tt_error(c) : "no error");
    }
    tt_error_clear(c);
    tt_tensor *ones = tt_ones(c, TT_SHAPE(1000, 1000));
    cr_expect(tt_item(tt_sum_all(c, ones)) == 1e6f, "%s", tt_error(c));
    tt_ctx_free(c);
}
