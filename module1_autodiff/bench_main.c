/* bench: nanoseconds a node of the scalar engine, beside PyTorch's where it is installed.
 *
 *   bazel run -c opt //module1_autodiff:bench
 *
 * The work is a chain of n operations, y = y * w and y = y + x in turn, forward and backward: the
 * worst case, since each node waits for the one before it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "module1_autodiff/scalar.h"
#include "support/bench.h"

/* PyTorch's time a node must be at least this many times ours. */
enum { BAR = 200 };

typedef struct chain {
    tt_ctx *c;
    tt_scalar *x, *w;
    int nodes;
} chain;

static void forward_backward(void *user)
{
    const chain *k = user;
    TT_SCOPE (k->c) {
        tt_scalar *y = k->x;
        for (int i = 0; i < k->nodes / 2; i++)
            y = tts_add(k->c, tts_mul(k->c, y, k->w), k->x);
        tts_backward(y);
    }
}

static double nanoseconds_a_node(void *user)
{
    const chain *k = user;
    return tt_bench_measure(forward_backward, user).median / k->nodes * 1e9;
}

/* y_m = w^m x + x (w^(m-1) + ... + 1), so dy/dx is the sum of w^0 to w^m. */
static void verify(const chain *k)
{
    double w = tts_value(k->w), expected = 0, power = 1;
    for (int i = 0; i <= k->nodes / 2; i++, power *= w) expected += power;
    tts_zero_grad(k->x);
    tts_zero_grad(k->w);
    forward_backward((void *)(uintptr_t)k);
    double actual = tts_derivative(k->x);
    if (fabs(actual - expected) <= 1e-9 * expected) return;
    fprintf(stderr, "bench: dy/dx is %.15g, expected %.15g: not worth timing\n", actual,
            expected);
    exit(1);
}

static void run(tt_bench *b, tt_bench_peer *torch, tt_ctx *c, int nodes)
{
    chain k = {.c = c,
               .x = tts_variable(c, 0.731, "x"),
               .w = tts_variable(c, 0.9973, "w"),
               .nodes = nodes};
    char size[32], request[64];
    snprintf(size, sizeof size, "%d", nodes);
    snprintf(request, sizeof request, "scalar_chain %d", nodes);
    verify(&k);
    tt_bench_row row = {.work = "scalar_chain",
                        .size = size,
                        .backend = "scalars",
                        .threads = 1,
                        .unit = "ns",
                        .bar = nodes == 1000 ? BAR : 0};
    tt_bench_duel(b, &row, nanoseconds_a_node, &k, torch, request);
}

int main(int argc, char **argv)
{
    static const char *const works[] = {"scalar_chain", NULL};
    tt_bench *b = tt_bench_begin(
        "Times the scalar engine: forward and backward, nanoseconds a node.", works, argc,
        argv);
    tt_bench_peer *torch = tt_bench_peer_open("module1_autodiff/bench_peer.py", 1);
    tt_ctx *c = tt_ctx_new(NULL);
    if (tt_bench_wants(b, "scalar_chain")) {
        run(b, torch, c, 100);
        run(b, torch, c, 1000);
        run(b, torch, c, 10000);
    }
    tt_bench_peer_close(torch);
    tt_ctx_free(c);
    return tt_bench_end(b);
}
