/* bench: the loops of the tensor layer, beside PyTorch's where it is installed.
 *
 *   bazel run -c opt //module2_tensors:bench
 *   bazel run -c opt //module2_tensors:bench -- --only matmul --json
 *
 * The simple backend is made to be read, so no bars stand here: what it costs to compute an index
 * for every cell is the figure that modules 3's backends are measured against. The bound of loops is
 * memory: what a plain copy reaches in this minute. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module2_tensors/bench_work.h"
#include "support/bench.h"

static _Noreturn void stop(const char *work, const char *message)
{
    fprintf(stderr, "bench: %s: %s\n", work, message);
    exit(1);
}

/* ---- the bound: what a plain copy of the same size reaches -------------------------------------- */

typedef struct block {
    char *from, *to;
    size_t bytes;
} block;

static void copy_block(void *user)
{
    const block *b = user;
    memcpy(b->to, b->from, b->bytes);
    __asm__ volatile("" : : "r"(b->to) : "memory"); /* the copy must not be left out */
}

/* GB/s, reading and writing counted, of `bytes` copied. */
static double copy_ceiling(size_t bytes)
{
    block b = {.from = malloc(bytes), .to = malloc(bytes), .bytes = bytes};
    if (b.from == NULL || b.to == NULL) stop("copy ceiling", "out of memory");
    memset(b.from, 1, bytes);
    memset(b.to, 2, bytes);
    double seconds = tt_bench_measure(copy_block, &b).median;
    free(b.from);
    free(b.to);
    return 2e-9 * (double)bytes / seconds;
}

/* ---- one row of the table ----------------------------------------------------------------------- */

typedef struct task {
    bench_work work;
    double amount; /* bytes or operations of one call, times 1e-9 */
} task;

static double rate(void *user)
{
    task *t = user;
    return t->amount / tt_bench_measure(bench_work_do, &t->work).median;
}

/* One work at one size: made, verified, timed, and its memory given back. */
static void run(tt_bench *b, tt_bench_peer *torch, tt_ctx *c, bench_kind kind,
                const char *name, int side, double amount, double ceiling)
{
    char size[32], request[64], message[160];
    task t = {.work = {.kind = kind}, .amount = amount * 1e-9};
    snprintf(size, sizeof size, "%dx%d", side, side);
    snprintf(request, sizeof request, "%s %d", name, side);
    TT_SCOPE (c) {
        if (!bench_work_make(&t.work, c, side)) stop(name, tt_error(c));
        if (!bench_work_right(&t.work, message)) stop(name, message);
        tt_bench_row row = {.work = name,
                            .size = size,
                            .backend = tt_backend_of(c)->name,
                            .threads = 1,
                            .unit = kind == BENCH_matmul ? "GFLOP/s" : "GB/s",
                            .bound = ceiling > 0 ? "copy ceiling" : NULL,
                            .bound_value = ceiling};
        tt_bench_duel(b, &row, rate, &t, torch, request);
    }
}

static void loops(tt_bench *b, tt_bench_peer *torch, tt_ctx *c, int side)
{
    static const struct {
        const char *name;
        double bytes;
    } works[] = {
#define BENCH_WORK(name, bytes) {#name, bytes},
        BENCH_LOOPS(BENCH_WORK)
#undef BENCH_WORK
    };
    double cells = (double)side * side, ceiling = 0;
    for (size_t k = 0; k < sizeof works / sizeof works[0]; k++) {
        if (!tt_bench_wants(b, works[k].name)) continue;
        if (ceiling <= 0) ceiling = copy_ceiling((size_t)cells * sizeof(float));
        run(b, torch, c, (bench_kind)k, works[k].name, side, cells * works[k].bytes,
            ceiling);
    }
}

static double mlp_milliseconds(void *mlp)
{
    return 1e3 * tt_bench_measure(bench_mlp_epoch, mlp).median;
}

static void train_mlp(tt_bench *b, tt_bench_peer *torch, tt_ctx *c)
{
    TT_SCOPE (c) {
        bench_mlp *m = bench_mlp_new(c);
        if (m == NULL) stop("train_mlp", tt_error(c));
        bench_mlp_epoch(m);
        double first = bench_mlp_loss(m);
        for (int i = 0; i < 20; i++) bench_mlp_epoch(m);
        if (!(bench_mlp_loss(m) < first))
            stop("train_mlp", "the loss does not fall: not worth timing");
        tt_bench_row row = {.work = "train_mlp",
                            .size = "2-100-100-1",
                            .backend = tt_backend_of(c)->name,
                            .threads = 1,
                            .unit = "ms"};
        tt_bench_duel(b, &row, mlp_milliseconds, m, torch, "train_mlp 100");
    }
}

int main(int argc, char **argv)
{
    static const char *const works[] = {
#define BENCH_NAME(name, bytes) #name,
        BENCH_LOOPS(BENCH_NAME)
#undef BENCH_NAME
            "matmul",
        "train_mlp", NULL};
    static const int sides[] = {32, 256, 1024}, products[] = {16, 64, 256};
    tt_bench *b =
        tt_bench_begin("Times the simple backend's loops, its matrix product, and the "
                       "training of a small network.",
                       works, argc, argv);
    tt_bench_peer *torch = tt_bench_peer_open("module2_tensors/bench_peer.py", b->threads);
    tt_ctx *c = tt_ctx_new(NULL);
    for (int i = 0; i < 3; i++) loops(b, torch, c, sides[i]);
    for (int i = 0; i < 3 && tt_bench_wants(b, "matmul"); i++)
        run(b, torch, c, BENCH_matmul, "matmul", products[i], 2 * pow(products[i], 3), 0);
    if (tt_bench_wants(b, "train_mlp")) train_mlp(b, torch, c);
    tt_bench_peer_close(torch);
    tt_ctx_free(c);
    return tt_bench_end(b);
}
