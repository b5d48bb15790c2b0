/* bench: the fast backend beside OpenBLAS and PyTorch, where they are installed.
 *
 *   bazel run -c opt //module3_gpu:bench
 *   bazel run -c opt //module3_gpu:bench -- --only matmul --threads 2 --json
 *   bazel run -c opt //module3_gpu:bench -- --check
 *
 * The bound of loops is memory: what a plain copy reaches in this minute, with as many threads. */
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module2_tensors/bench_work.h"
#include "module3_gpu/bench_gpu.h"
#include "module3_gpu/fast/fast_backend.h"
#include "support/bench.h"

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

/* GB/s, reading and writing counted, of `bytes` copied. */
static double copy_ceiling(size_t bytes, int threads)
{
    block b = {
        .from = malloc(bytes), .to = malloc(bytes), .bytes = bytes, .threads = threads};
    if (b.from == NULL || b.to == NULL) stop("copy ceiling", "out of memory");
    memset(b.from, 1, bytes);
    memset(b.to, 2, bytes);
    double seconds = tt_bench_measure(copy_block, &b).median;
    free(b.from);
    free(b.to);
    return 2e-9 * (double)bytes / seconds;
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
        bool turned = k == BENCH_transpose_copy || k == BENCH_add_transposed;
        bool heavy = k == BENCH_map_exp || k == BENCH_map_log || k == BENCH_map_sigmoid;
        tt_bench_row row = {.work = works[k].name, .unit = "GB/s", .bound = "copy ceiling"};
        row.bound_value = copy_ceiling((size_t)cells * sizeof(float), b->threads);
        if (turned) row.bar = 2;
        else if (!heavy) row.bar_fraction = 0.95;
        else if (b->threads > 1) row.bar_fraction = 0.9;
        run(b, torch, c, (bench_kind)k, side, cells * works[k].bytes, row);
    }
}

/* ---- matrix products, against OpenBLAS ----------------------------------------------------------- */

typedef void sgemm_fn(int order, int turn_a, int turn_b, int n, int m, int k, float alpha,
                      const float *a, int a_row, const float *b, int b_row, float beta,
                      float *out, int out_row);

typedef struct product {
    tt_ctx *c;
    tt_tensor *a, *b, *out;
    int n, k, m;
    float *theirs;
    sgemm_fn *sgemm;
} product;

static void ours(void *user)
{
    product *p = user;
    tt_backend_fast()->matmul(p->c, p->out->data, p->a->data, p->b->data);
}

static void theirs(void *user)
{
    product *p = user;
    const float *a = tt_storage_read(p->a->data.storage);
    const float *b = tt_storage_read(p->b->data.storage);
    p->sgemm(101, 111, 111, p->n, p->m, p->k, 1, a, p->k, b, p->m, 0, p->theirs, p->m);
}

/* OpenBLAS with that many threads; NULL where it is not installed. */
static sgemm_fn *open_blas(int threads)
{
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return NULL;
    void (*set_threads)(int) = NULL;
    sgemm_fn *sgemm = NULL;
    *(void **)&set_threads = dlsym(library, "openblas_set_num_threads");
    *(void **)&sgemm = dlsym(library, "cblas_sgemm");
    if (set_threads != NULL) set_threads(threads);
    return sgemm;
}

static void verify(product *p)
{
    const float *got = tt_storage_read(p->out->data.storage);
    ours(p), theirs(p);
    for (int i = 0; i < p->n * p->m; i++)
        if (!(fabsf(got[i] - p->theirs[i]) <= 1e-6f * (float)p->k))
            stop("matmul", "differs from OpenBLAS: not worth timing");
}

/* GFLOP/s of both, alternating; the row takes the medians. */
static void compare(tt_bench *b, product *p)
{
    enum { MOST = 64 };
    char size[48];
    double flops = 2e-9 * p->n * p->m * p->k, own[MOST], peer[MOST];
    size_t rounds = b->rounds < MOST ? (size_t)b->rounds : MOST;
    snprintf(size, sizeof size, "%dx%dx%d", p->n, p->k, p->m);
    for (size_t r = 0; r < rounds; r++) {
        own[r] = flops / tt_bench_measure(ours, p).median;
        if (p->sgemm != NULL) peer[r] = flops / tt_bench_measure(theirs, p).median;
    }
    tt_bench_row row = {.work = "matmul",
                        .size = size,
                        .backend = "fast",
                        .threads = b->threads,
                        .unit = "GFLOP/s",
                        .ours = tt_bench_median(own, rounds),
                        .bar = p->n == p->m && p->n >= 256 ? 0.95 : 1.0};
    if (p->sgemm != NULL) {
        row.peer = "OpenBLAS";
        row.theirs = tt_bench_median(peer, rounds);
    }
    tt_bench_print(b, &row);
}

static void products(tt_bench *b, tt_ctx *c)
{
    static const int sizes[][3] = {{64, 64, 64},       {64, 400, 120},    {16, 392, 64},
                                   {128, 128, 128},    {256, 256, 256},   {512, 512, 512},
                                   {1024, 1024, 1024}, {2048, 2048, 2048}};
    sgemm_fn *sgemm = open_blas(b->threads);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        TT_SCOPE (c) {
            product p = {.c = c, .n = sizes[i][0], .k = sizes[i][1], .m = sizes[i][2]};
            p.sgemm = sgemm;
            p.a = tt_rand(c, TT_SHAPE(p.n, p.k)), p.b = tt_rand(c, TT_SHAPE(p.k, p.m));
            p.out = tt_zeros(c, TT_SHAPE(p.n, p.m));
            p.theirs = tt_alloc(c, (size_t)p.n * (size_t)p.m * sizeof *p.theirs);
            if (tt_error(c) != NULL) stop("matmul", tt_error(c));
            if (sgemm != NULL) verify(&p);
            compare(b, &p);
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

int main(int argc, char **argv)
{
    static const char *const works[] = {
#define BENCH_NAME(name, bytes) #name,
        BENCH_LOOPS(BENCH_NAME)
#undef BENCH_NAME
            "matmul",
        "matmul_tf32", "train_mlp", NULL};
    static const int sides[] = {1024, 4096};
    unsetenv("OPENBLAS_CORETYPE"); /* it makes OpenBLAS slower than it is */
    tt_bench *b =
        tt_bench_begin("Times the fast backend's loops, its matrix product, and the "
                       "training of a small network.",
                       works, argc, argv);
    tt_set_threads(b->threads);
    tt_bench_peer *torch = tt_bench_peer_open("module2_tensors/bench_peer.py", b->threads);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_fast());
    for (int i = 0; i < 2; i++) loops(b, torch, c, sides[i]);
    if (tt_bench_wants(b, "matmul")) products(b, c);
    if (tt_bench_wants(b, "train_mlp")) train_mlp(b, torch, c);
    tt_bench_peer_close(torch);
    tt_ctx_free(c);
    tt_bench_gpu(b);
    return tt_bench_end(b);
}
