/* Matrix products and their peers: see bench_matmul.h. */
#include "module3_gpu/bench_matmul.h"

#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "module3_gpu/fast/fast_backend.h"
#include "module3_gpu/fast/kernels.h"

typedef struct product {
    tt_ctx *c;
    tt_tensor *a, *b, *out;
    int n, k, m;
    float *theirs;
} product;

static void ours(void *user)
{
    product *p = user;
    tt_backend_fast()->matmul(p->c, p->out->data, p->a->data, p->b->data);
}

/* ---- libraries, loaded only if they are installed ------------------------------------------------ */

typedef void sgemm_fn(int order, int turn_a, int turn_b, int n, int m, int k, float alpha,
                      const float *a, int a_row, const float *b, int b_row, float beta,
                      float *out, int out_row);
typedef int dnnl_fn(char turn_a, char turn_b, int64_t n, int64_t m, int64_t k,
                    float alpha, const float *a, int64_t a_row, const float *b,
                    int64_t b_row, float beta, float *out, int64_t out_row);

/* What a library offers; NULL where it is not installed. */
typedef struct libraries {
    sgemm_fn *openblas;
    dnnl_fn *dnnl;
} libraries;

static void *function_of(void *library, const char *name)
{
    return library ? dlsym(library, name) : NULL;
}

/* OpenBLAS has threads of its own; oneDNN takes OpenMP's. */
static libraries open_libraries(int threads)
{
    libraries l = {NULL, NULL};
    void *blas = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    void *dnnl = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!dnnl) dnnl = dlopen("libdnnl.so.3", RTLD_NOW | RTLD_LOCAL);
    void (*set_threads)(int) = NULL;
    *(void **)&set_threads = function_of(blas, "openblas_set_num_threads");
    *(void **)&l.openblas = function_of(blas, "cblas_sgemm");
    *(void **)&l.dnnl = function_of(dnnl, "dnnl_sgemm");
    if (set_threads) set_threads(threads);
#ifdef _OPENMP
    omp_set_num_threads(threads);
#endif
    return l;
}

typedef struct rival {
    product *p;
    libraries l;
} rival;

static void by_openblas(void *user)
{
    const rival *r = user;
    const product *p = r->p;
    const float *a = tt_storage_read(p->a->data.storage);
    const float *b = tt_storage_read(p->b->data.storage);
    r->l.openblas(101, 111, 111, p->n, p->m, p->k, 1, a, p->k, b, p->m, 0, p->theirs, p->m);
}

static void by_dnnl(void *user)
{
    const rival *r = user;
    const product *p = r->p;
    const float *a = tt_storage_read(p->a->data.storage);
    const float *b = tt_storage_read(p->b->data.storage);
    r->l.dnnl('N', 'N', p->n, p->m, p->k, 1, a, p->k, b, p->m, 0, p->theirs, p->m);
}

/* ---- the bound: a tile whose operands stay in the first-level cache ------------------------------ */

enum { TILE_DEPTH = 128, TILE_CALLS = 64, MOST_LANES = 16, MOST_ROWS = 16 };

typedef struct bound {
    int threads;
    float a[TILE_DEPTH * MOST_ROWS], b[TILE_DEPTH * 2 * MOST_LANES];
} bound;

static void some_tiles(void *user, size_t thread, size_t team)
{
    const bound *w = user;
    const tti_kernels *k = tti_kernels_best();
    float out[MOST_ROWS * 2 * MOST_LANES];
    size_t rows = (size_t)k->tile_rows, columns = 2 * (size_t)k->lanes;
    tti_tile t = {TILE_DEPTH, w->a, 1,       rows,         w->b,
                  columns,    out,  columns, (int)columns, false};
    (void)thread, (void)team;
    for (int i = 0; i < TILE_CALLS; i++) k->tile(k->tile_rows, &t);
}

static void all_tiles(void *user)
{
    const bound *w = user;
    tti_parallel(w->threads, some_tiles, user);
}

/* GFLOP/s */
static double tile_rate(int threads)
{
    static bound w;
    const tti_kernels *k = tti_kernels_best();
    for (int i = 0; i < TILE_DEPTH * MOST_ROWS; i++)
        w.a[i] = 0.5f + 0.001f * (float)(i % 71);
    for (int i = 0; i < TILE_DEPTH * 2 * MOST_LANES; i++)
        w.b[i] = 0.5f + 0.001f * (float)(i % 67);
    w.threads = threads;
    double flops = 2e-9 * TILE_DEPTH * TILE_CALLS * k->tile_rows * 2 * k->lanes * threads;
    return flops / tt_bench_measure(all_tiles, &w).median;
}

/* ---- one row ------------------------------------------------------------------------------------- */

static bool same(const product *p)
{
    const float *got = tt_storage_read(p->out->data.storage);
    for (size_t i = 0; i < (size_t)p->n * (size_t)p->m; i++)
        if (!(fabsf(got[i] - p->theirs[i]) <= 1e-6f * (float)p->k)) return false;
    return true;
}

/* Both libraries must agree with us before anybody is timed. */
static const char *verify(rival *r)
{
    ours(r->p);
    if (r->l.openblas) {
        by_openblas(r);
        if (!same(r->p)) return "differs from OpenBLAS: not worth timing";
    }
    if (r->l.dnnl) {
        by_dnnl(r);
        if (!same(r->p)) return "differs from oneDNN: not worth timing";
    }
    return NULL;
}

enum { US, OPENBLAS, DNNL, TORCH, CONTESTANTS, MOST_ROUNDS = 64 };

/* One round: everybody once. Who is not there stays 0. */
static void round_of(rival *r, double flops, tt_bench_peer *torch,
                     const char **torch_name, double *rate)
{
    char request[64];
    const product *p = r->p;
    snprintf(request, sizeof request, "matmul %d %d %d", p->n, p->k, p->m);
    rate[US] = flops / tt_bench_measure(ours, r->p).median;
    rate[OPENBLAS] = r->l.openblas ? flops / tt_bench_measure(by_openblas, r).median : 0;
    rate[DNNL] = r->l.dnnl ? flops / tt_bench_measure(by_dnnl, r).median : 0;
    if (!tt_bench_peer_ask(torch, request, &rate[TORCH], torch_name)) rate[TORCH] = 0;
}

/* The medians of all rounds, in the row; the best peer is the row's. */
static void compare(tt_bench *b, tt_bench_peer *torch, rival *r, tt_bench_row *row)
{
    const char *names[CONTESTANTS] = {"ours", "OpenBLAS", "oneDNN", "PyTorch"};
    const product *p = r->p;
    double flops = 2e-9 * p->n * p->m * p->k, rates[CONTESTANTS][MOST_ROUNDS];
    size_t rounds = b->rounds < MOST_ROUNDS ? (size_t)b->rounds : MOST_ROUNDS;
    for (size_t i = 0; i < rounds; i++) {
        double rate[CONTESTANTS];
        round_of(r, flops, torch, &names[TORCH], rate);
        for (int who = 0; who < CONTESTANTS; who++) rates[who][i] = rate[who];
    }
    row->ours = tt_bench_median(rates[US], rounds);
    for (int who = US + 1; who < CONTESTANTS; who++) {
        double rate = tt_bench_median(rates[who], rounds);
        if (rate <= row->theirs) continue;
        row->theirs = rate;
        row->peer = names[who];
    }
    tt_bench_print(b, row);
}

const char *bench_matmul(tt_bench *b, tt_bench_peer *torch, tt_ctx *c, const int nkm[3],
                         double bar)
{
    char size[48];
    product p = {.c = c, .n = nkm[0], .k = nkm[1], .m = nkm[2]};
    rival r = {&p, open_libraries(b->threads)};
    p.a = tt_rand(c, TT_SHAPE(p.n, p.k)), p.b = tt_rand(c, TT_SHAPE(p.k, p.m));
    p.out = tt_zeros(c, TT_SHAPE(p.n, p.m));
    p.theirs = tt_alloc(c, (size_t)p.n * (size_t)p.m * sizeof *p.theirs);
    if (tt_error(c) != NULL) return tt_error(c);
    const char *wrong = verify(&r);
    if (wrong) return wrong;
    snprintf(size, sizeof size, "%dx%dx%d", p.n, p.k, p.m);
    tt_bench_row row = {.work = "matmul",
                        .size = size,
                        .backend = "fast",
                        .threads = b->threads,
                        .unit = "GFLOP/s",
                        .bound = "tile in the first-level cache",
                        .bound_value = tile_rate(b->threads),
                        .bar = bar,
                        .roof = 0.97};
    compare(b, torch, &r, &row);
    return NULL;
}
