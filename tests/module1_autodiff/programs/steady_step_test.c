/* A training step in its steady state asks the system for no memory: between the end of step 3 and
 * the end of step 13 no thread calls malloc or one of its relatives. A program of its own, because
 * it stands in malloc's place, and Criterion allocates.
 *
 * Checked builds keep what rewound scopes held for TT_QUARANTINE rewinds more, so that the use of a
 * node that is gone can be named; they reach the steady state so many steps later. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"
#include "support/ctx_struct.h"

#if defined(__SANITIZE_ADDRESS__)
#define COUNTING 0 /* AddressSanitizer has taken malloc's place already */
#else
#define COUNTING 1
#endif

static atomic_long calls;

#if COUNTING
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    calls++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    calls++;
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    calls++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    calls++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size)
{
    calls++;
    *result = __libc_memalign(alignment, size);
    return *result == NULL;
}
#endif

#ifdef TT_CHECK_STALE
enum { WARM_UP = 3 + TT_QUARANTINE };
#else
enum { WARM_UP = 3 };
#endif
enum { STEPS = 10, POINTS = 8 };

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
    for (int i = 0; i < WARM_UP; i++) step(c, net, sgd);
    long before = calls;
    for (int i = 0; i < STEPS; i++) step(c, net, sgd);
    long during = calls - before;
    if (tt_exit(c) != 0) return 1;
    if (COUNTING && before == 0) {
        fprintf(stderr,
                "no allocation was counted even while the network was made: the count is "
                "broken\n");
        return 1;
    }
    if (during == 0) return 0;
    fprintf(stderr, "expected no allocation in steps %d to %d, counted %ld\n",
            WARM_UP + 1, WARM_UP + STEPS, during);
    return 1;
}
