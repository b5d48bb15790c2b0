/* bench: the fast backend beside OpenBLAS, oneDNN and PyTorch, where they are installed.
 *
 *   bazel run -c opt //module3_gpu:bench
 *   bazel run -c opt //module3_gpu:bench -- --only matmul --threads 2 --json
 *   bazel run -c opt //module3_gpu:bench -- --check
 *   bazel run -c opt //module3_gpu:bench -- --only copy --grow
 *
 * The bound of loops is memory: what a plain copy reaches in this minute, with as many threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module2_tensors/bench_work.h"
#include "module3_gpu/bench_gpu.h"
#include "module3_gpu/bench_matmul.h"
#include "module3_gpu/fast/fast_backend.h"
#include "support/bench.h"
#include "support/cli.h"

static _Noreturn void stop(const char *work, const char *message)
{
    fprintf(stderr, "bench: %s: %s\n", work, message);
    exit(1);
}

/* ---- the bound ---------------------------------------------------------------------------------- */

typedef struct block {
    char *from, *to;
    size_t bytes;
    int threads;
} block;

static void copy_block(void *user)
{
    const block *b = user;
    size_t part = b->bytes / (size_t)b->threads;
    TT_PARALLEL_FOR(b->bytes)
    for (int t = 0; t < b->threads; t++)
        memcpy(b->to + (size_t)t * part, b->from + (size_t)t * part, part);
    __asm__ volatile("" : : "r"(b->to) : "memory"); /* the copy must not be left out */
}

/* GB/s, reading and writing counted, of a copy of the same size: once a round, as memory drifts. */
static double copy_ceiling(void *user)
{
    block *b = user;
    return 2e-9 * (double)b->bytes / tt_bench_measure(copy_block, b).median;
}

static block block_of(size_t bytes, int threads)
{
    block b = {
        .from = malloc(bytes), .to = malloc(bytes), .bytes = bytes, .threads = threads};
    if (b.from == NULL || b.to == NULL) stop("copy ceiling", "out of memory");
    memset(b.from, 1, bytes);
    memset(b.to, 2, bytes);
    return b;
}

/* ---- loops, against PyTorch ---------------------------------------------------------------------- */

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
static void run(tt_bench *b, tt_bench_peer *torch, tt_ctx *c, bench_kind kind, int side,
                double amount, tt_bench_row row)
{
    char size[32], request[64], message[160];
    task t = {.work = {.kind = kind}, .amount = amount * 1e-9};
    snprintf(size, sizeof size, "%dx%d", side, side);
    snprintf(request, sizeof request, "%s %d", row.work, side);
    TT_SCOPE (c) {
        if (!bench_work_make(&t.work, c, side)) stop(row.work, tt_error(c));
        if (!bench_work_right(&t.work, message)) stop(row.work, message);
        row.size = size, row.backend = "fast", row.threads = b->threads;
        tt_bench_duel(b, &row, rate, &t, torch, request);
    }
}

/* The bars are about memory: matrices of SMALL lie in the caches, where a copy is no ceiling. */
enum { SMALL = 1024, LARGE = 4096 };

static void bars(const tt_bench *b, bench_kind kind, int side, tt_bench_row *row)
{
    bool turned = kind == BENCH_transpose_copy || kind == BENCH_add_transposed;
    bool heavy =
        kind == BENCH_map_exp || kind == BENCH_map_log || kind == BENCH_map_sigmoid;
    if (turned && side >= SMALL) row->bar = 2;
    if (turned || side != LARGE) return;
    if (!heavy) row->bar_fraction = 0.95;
    else if (b->threads > 1) row->bar_fraction = 0.9;
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
    double cells = (double)side * side;
    for (size_t k = 0; k < sizeof works / sizeof works[0]; k++) {
        if (!tt_bench_wants(b, works[k].name)) continue;
        block memory = block_of((size_t)cells * sizeof(float), b->threads);
        tt_bench_row row = {.work = works[k].name,
                            .unit = "GB/s",
                            .bound = "copy ceiling",
                            .measure_bound = copy_ceiling,
                            .bound_user = &memory};
        bars(b, (bench_kind)k, side, &row);
        run(b, torch, c, (bench_kind)k, side, cells * works[k].bytes, row);
        free(memory.from);
        free(memory.to);
    }
}

/* ---- matrix products ----------------------------------------------------------------------------- */

static void products(tt_bench *b, tt_bench_peer *torch, tt_ctx *c)
{
    static const struct {
        int nkm[3];
        double bar;
    } works[] = {
        /* small and skinny: ahead of everybody, or under the roof */
        {{64, 64, 64}, 1},       {{64, 400, 120}, 1},        {{16, 392, 64}, 1},
        {{10, 100, 100}, 1},     {{128, 128, 128}, 0},       {{256, 256, 256}, 0.95},
        {{512, 512, 512}, 0.95}, {{1024, 1024, 1024}, 0.95}, {{2048, 2048, 2048}, 0.95},
    };
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
        TT_SCOPE (c) {
            const char *wrong = bench_matmul(b, torch, c, works[i].nkm, works[i].bar);
            if (wrong) stop("matmul", wrong);
        }
}

/* ---- a small network ----------------------------------------------------------------------------- */

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
                            .backend = "fast",
                            .threads = b->threads,
                            .unit = "ms",
                            .bar = 5};
        tt_bench_duel(b, &row, mlp_milliseconds, m, torch, "train_mlp 100");
    }
}

/* ---- the program --------------------------------------------------------------------------------- */

/* Everything with bars, on b->threads threads. */
static void bench(tt_bench *b, tt_bench_peer *torch, tt_ctx *c)
{
    loops(b, torch, c, SMALL);
    loops(b, torch, c, LARGE);
    if (tt_bench_wants(b, "matmul")) products(b, torch, c);
    if (tt_bench_wants(b, "train_mlp")) train_mlp(b, torch, c);
}

/* Costs that grow: loops over 2^10 .. 2^26 cells, products of 16 .. 4096. No bars. */
static void growth(tt_bench *b, tt_bench_peer *torch, tt_ctx *c)
{
    for (int side = 32; side <= 8192; side *= 2)
        if (side != SMALL && side != LARGE) loops(b, torch, c, side);
    for (int n = 16; n <= 4096 && tt_bench_wants(b, "matmul"); n *= 2)
        TT_SCOPE (c) {
            const char *wrong = bench_matmul(b, torch, c, (const int[]){n, n, n}, 0);
            if (wrong) stop("matmul", wrong);
        }
}

static void on_threads(tt_bench *b, int threads, bool grow)
{
    tt_set_threads(threads);
    b->threads = threads = tt_threads();
    tt_bench_peer *torch = tt_bench_peer_open("module2_tensors/bench_peer.py", threads);
    double ignored;
    const char *name;
    tt_bench_peer_ask(torch, "matmul 16", &ignored, &name); /* until then it is starting up */
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_fast());
    if (grow) growth(b, torch, c);
    else bench(b, torch, c);
    tt_bench_peer_close(torch);
    tt_ctx_free(c);
}

int main(int argc, char **argv)
{
    static const char *const works[] = {
#define BENCH_NAME(name, bytes) #name,
        BENCH_LOOPS(BENCH_NAME)
#undef BENCH_NAME
            "matmul",
        "matmul_tf32", "train_mlp", NULL};
    bool grow = false;
    const tt_cli_option own[] = {
        {.name = "grow",
         .kind = TT_CLI_FLAG,
         .value = &grow,
         .help = "how costs grow, at many sizes and without bars"},
        {0}};
    unsetenv("OPENBLAS_CORETYPE"); /* it makes OpenBLAS slower than it is */
    tt_bench *b =
        tt_bench_begin_with("Times the fast backend's loops, its matrix product, "
                            "and the training of a small network. --check takes "
                            "one thread and then two.",
                            works, own, argc, argv);
    bool both = b->check && !b->threads_given;
    on_threads(b, both ? 1 : b->threads, grow);
    if (both) on_threads(b, 2, grow);
    tt_bench_gpu(b);
    return tt_bench_end(b);
}
