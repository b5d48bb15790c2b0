/* A steady training step calls neither malloc nor free.
 *
 * This program has a malloc of its own that counts and hands on to the C library's, so that calls
 * of every thread and from inside the C library are seen. It trains a network for 3 steps, in which
 * buffers come into being, and counts the calls of the next 10. In checked builds, headers of ended
 * steps stay in quarantine for TT_QUARANTINE rewinds before they are used again, so that many more
 * steps go before. A plain program: Criterion allocates as it pleases. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "module1_autodiff/optim.h"
#include "module2_tensors/network.h"
#include "support/ctx_struct.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#ifndef SANITIZED

static atomic_int calls;

/* The C library's own, under their other names. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);

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

void *realloc(void *block, size_t bytes)
{
    calls++;
    return __libc_realloc(block, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    calls++;
    return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    calls++;
    *block = __libc_memalign(alignment, bytes);
    return *block != NULL ? 0 : ENOMEM;
}

void free(void *block)
{
    calls++;
    __libc_free(block);
}

#ifdef TT_CHECK_STALE
enum { WARM_UP = 3 + TT_QUARANTINE };
#else
enum { WARM_UP = 3 };
#endif

enum { POINTS = 50, STEADY = 10 };

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

/* Calls during `STEADY` steps after the first ones, or -1 after an error. */
static int count_calls(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *net = tt_network(c, 10);
    tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
    tt_tensor *x = tt_rand(c, TT_SHAPE(POINTS, 2)), *y = tt_rand(c, TT_SHAPE(POINTS, 1));
    for (int i = 0; i < WARM_UP; i++) step(c, net, sgd, x, y);
    int before = calls;
    for (int i = 0; i < STEADY; i++) step(c, net, sgd, x, y);
    int counted = calls - before;
    return tt_exit(c) == 0 ? counted : -1;
}

int main(void)
{
    void *volatile block = malloc(1); /* volatile: a compiler may leave out an unused pair */
    free(block);
    if (calls != 2) {
        fprintf(stderr,
                "this malloc is not the one that is called: nothing would be counted\n");
        return 1;
    }
    int counted = count_calls();
    printf("%d calls of malloc, free and the like in steps %d to %d, expected 0\n",
           counted, WARM_UP + 1, WARM_UP + STEADY);
    return counted == 0 ? 0 : 1;
}

#else

int main(void)
{
    printf("not counted here: under a sanitizer every buffer is a malloc of its own\n");
    return 0;
}

#endif
