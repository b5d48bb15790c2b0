/* A steady training step takes no memory from the system: between the end of step 3 and the end of
 * step 13 nobody, in no thread, calls malloc or its friends. They are counted by standing in front of
 * the C library's, which is why this is a program of its own and not a Criterion test.
 *
 * In builds that name stale tensors, what a step made is kept for TT_QUARANTINE further steps before
 * it is used again (support/ctx.h), so that a step is steady only after so many more. Under
 * AddressSanitizer each block is a malloc on purpose; there the test has nothing to say. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "module1_autodiff/optim.h"
#include "module4_nn/loss.h"
#include "module4_nn/meter.h"
#include "module4_nn/models.h"
#include "support/asan.h"
#include "support/quarantine.h"

enum { BATCH = 64, WARM = 3 + TTI_CHECK_STALE * TT_QUARANTINE, MEASURED = 10 };

static atomic_long calls;

#if !TTI_ASAN && defined(__GLIBC__)
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);
int posix_memalign(void **block, size_t alignment, size_t bytes);
void *memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
    calls++;
    return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
    calls++;
    return __libc_calloc(n, bytes);
}

void *realloc(void *old, size_t bytes)
{
    calls++;
    return __libc_realloc(old, bytes);
}

void *memalign(size_t alignment, size_t bytes)
{
    calls++;
    return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return memalign(alignment, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    *block = memalign(alignment, bytes);
    return *block ? 0 : 12; /* ENOMEM */
}

void free(void *block)
{
    calls++;
    __libc_free(block);
}
enum { COUNTED = 1 };
#else
enum { COUNTED = 0 };
#endif

/* The loop of the main job; calls in `window` after the warm-up. */
static long train(tt_ctx *c, long *window)
{
    tt_data_set set;
    long step = 0, before = 0;
    if (!tt_data_digits(c, "train", BATCH * (WARM + MEASURED + 1), 1, &set)) return 0;
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_module *net = tt_nn_mlp(c, 784, 64, 10);
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
        if (step == WARM) before = calls;
        if (step == WARM + MEASURED) *window = calls - before;
    }
    return step;
}

int main(void)
{
    long window = -1;
    tt_ctx *c = tt_ctx_new(NULL);
    long steps = train(c, &window);
    int code = tt_exit(c);
    if (!COUNTED) {
        printf("not counted here: under AddressSanitizer every block is a malloc of its "
               "own\n");
        return code;
    }
    printf("%ld steps, %ld calls of malloc and free in all; %ld in steps %d to %d "
           "(expected 0)\n",
           steps, (long)calls, window, WARM + 1, WARM + MEASURED);
    return code || window != 0 || calls == 0;
}
