/* What `bench` prints of a GPU: see bench_gpu.h. */
#include "module3_gpu/bench_gpu.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module2_tensors/bench_work.h"
#include "module3_gpu/cublas.h"
#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/cuda/timer.h"

enum { MOST_ROUNDS = 64 };

/* Of one device: where it runs, and who is compared with. */
typedef struct bench_device {
    tt_bench *b;
    const tt_backend *backend;
    const ttk_table *k;
    tti_cublas *blas; /* NULL: not installed */
} bench_device;

static bool stop(const char *work, const char *message)
{
    fprintf(stderr, "bench: %s on the device: %s\n", work, message);
    return false;
}

/* ---- times ------------------------------------------------------------------------------------ */

typedef struct repeated {
    void (*work)(void *user);
    void *user;
    int times;
} repeated;

static void repeat(void *user)
{
    const repeated *r = user;
    for (int i = 0; i < r->times; i++) r->work(r->user);
}

/* Seconds of one call, of as many in a row as take about 20 ms: the host is then ahead of the device,
 * and launching costs nothing. */
static double seconds_of(const bench_device *d, void (*work)(void *user), void *user)
{
    repeated r = {work, user, 1};
    double once = tt_device_seconds(d->backend, repeat, &r);
    if (once < 0.02) r.times = (int)(0.02 / (once + 1e-5)) + 1;
    return tt_device_seconds(d->backend, repeat, &r) / r.times;
}

/* ---- loops, beside the device's own copy -------------------------------------------------------- */

typedef struct copied {
    const ttk_table *k;
    void *to, *from;
    size_t bytes;
} copied;

static void copy(void *user)
{
    const copied *c = user;
    c->k->device_copy(c->to, c->from, c->bytes);
}

/* GB/s, reading and writing counted. */
static double copy_rate(const bench_device *d, const bench_work *w)
{
    size_t cells = (size_t)w->side * (size_t)w->side;
    copied c = {d->k, tt_storage_device_set(w->b->data.storage),
                (void *)(uintptr_t)tt_storage_device_read(w->a->data.storage),
                cells * sizeof(float)};
    return 2e-9 * (double)c.bytes / seconds_of(d, copy, &c);
}

/* GB/s of one loop and of the copy, alternating. The copy makes b equal to a, after the loop has been
 * verified. */
static bool loop(const bench_device *d, tt_ctx *c, bench_kind kind, const char *name,
                 double bytes, int side)
{
    double own[MOST_ROUNDS], bound[MOST_ROUNDS], cells = (double)side * side;
    size_t rounds = d->b->rounds < MOST_ROUNDS ? (size_t)d->b->rounds : MOST_ROUNDS;
    char size[32], message[160];
    bool turned = kind == BENCH_transpose_copy || kind == BENCH_add_transposed;
    bench_work w = {.kind = kind};
    snprintf(size, sizeof size, "%dx%d", side, side);
    if (!bench_work_make(&w, c, side)) return stop(name, tt_error(c));
    if (!bench_work_right(&w, message)) return stop(name, message);
    for (size_t r = 0; r < rounds; r++) {
        own[r] = 1e-9 * bytes * cells / seconds_of(d, bench_work_do, &w);
        bound[r] = copy_rate(d, &w);
    }
    if (tt_error(c)) return stop(name, tt_error(c));
    tt_bench_row row = {.work = name,
                        .size = size,
                        .backend = d->backend->name,
                        .threads = 1,
                        .unit = "GB/s",
                        .ours = tt_bench_median(own, rounds),
                        .bound = "device copy",
                        .bound_value = tt_bench_median(bound, rounds),
                        .bar_fraction = turned ? 0 : 0.92};
    tt_bench_print(d->b, &row);
    return true;
}

static bool loops(const bench_device *d, tt_ctx *c, int side)
{
    static const struct {
        const char *name;
        double bytes;
    } works[] = {
#define BENCH_WORK(name, bytes) {#name, bytes},
        BENCH_LOOPS(BENCH_WORK)
#undef BENCH_WORK
    };
    bool good = true;
    for (size_t k = 0; good && k < sizeof works / sizeof works[0]; k++) {
        if (!tt_bench_wants(d->b, works[k].name)) continue;
        TT_SCOPE (c)
            good = loop(d, c, (bench_kind)k, works[k].name, works[k].bytes, side);
    }
    return good;
}

/* ---- products, beside cuBLAS --------------------------------------------------------------------- */

typedef struct product {
    const bench_device *d;
    bench_work *w;
    bool tf32;
    bool failed;
} product;

static void theirs(void *user)
{
    product *p = user;
    float *out = tt_storage_device_set(p->w->out->data.storage);
    const float *a = tt_storage_device_read(p->w->a->data.storage);
    const float *b = tt_storage_device_read(p->w->b->data.storage);
    if (!tti_cublas_multiply(p->d->blas, p->tf32, out, a, b, p->w->side))
        p->failed = true;
}

/* Whether what TF32 and cuBLAS give is within 1e-3 of what w->out held before, in a sample of cells. */
static bool same(bench_work *w, void (*work)(void *user), void *user)
{
    enum { CELLS = 61 };
    float before[CELLS];
    int side = w->side;
    for (int i = 0; i < CELLS; i++)
        before[i] = tt_get(w->out, (int[]){i * 37 % side, i * 53 % side});
    work(user);
    for (int i = 0; i < CELLS; i++) {
        float now = tt_get(w->out, (int[]){i * 37 % side, i * 53 % side});
        if (!(fabsf(now - before[i]) <= 1e-3f * fabsf(before[i]))) return false;
    }
    return true;
}

/* Correct, before anything is timed. w->out holds the product afterwards. */
static bool verify(product *p, const char *name)
{
    char message[160];
    bench_work *w = p->w;
    unsetenv("TT_CUDA_TF32");
    if (!bench_work_right(w, message)) return stop(name, message);
    if (p->tf32) setenv("TT_CUDA_TF32", "1", 1);
    if (p->tf32 && !same(w, bench_work_do, w))
        return stop(name, "TF32 is not near float");
    if (p->d->blas && (!same(w, theirs, p) || p->failed))
        return stop(name, "cuBLAS gives another product, or none");
    return true;
}

static bool duel(product *p, const char *name)
{
    const bench_device *d = p->d;
    double own[MOST_ROUNDS], peer[MOST_ROUNDS], n = p->w->side, flops = 2e-9 * n * n * n;
    size_t rounds = d->b->rounds < MOST_ROUNDS ? (size_t)d->b->rounds : MOST_ROUNDS;
    char size[48];
    snprintf(size, sizeof size, "%dx%dx%d", p->w->side, p->w->side, p->w->side);
    for (size_t r = 0; r < rounds; r++) {
        own[r] = flops / seconds_of(d, bench_work_do, p->w);
        if (d->blas) peer[r] = flops / seconds_of(d, theirs, p);
    }
    if (tt_error(p->w->c)) return stop(name, tt_error(p->w->c));
    if (p->failed) return stop(name, "cuBLAS failed");
    tt_bench_row row = {.work = name,
                        .size = size,
                        .backend = d->backend->name,
                        .threads = 1,
                        .unit = "GFLOP/s",
                        .ours = tt_bench_median(own, rounds),
                        .bar = p->tf32 ? 0.8 : 0.9};
    if (d->blas) {
        row.peer = tti_cublas_name(d->blas);
        row.theirs = tt_bench_median(peer, rounds);
    }
    tt_bench_print(d->b, &row);
    return true;
}

static bool products(const bench_device *d, tt_ctx *c, const int *sizes, bool tf32)
{
    const char *name = tf32 ? "matmul_tf32" : "matmul", *asked = getenv("TT_CUDA_TF32");
    char before[32];
    bool good = true;
    snprintf(before, sizeof before, "%s", asked ? asked : "");
    for (; *sizes && good && tt_bench_wants(d->b, name); sizes++)
        TT_SCOPE (c) {
            bench_work w = {.kind = BENCH_matmul};
            product p = {d, &w, tf32, false};
            good = bench_work_make(&w, c, *sizes) ? verify(&p, name) && duel(&p, name)
                                                  : stop(name, tt_error(c));
        }
    if (asked) setenv("TT_CUDA_TF32", before, 1);
    else unsetenv("TT_CUDA_TF32");
    return good;
}

bool tt_bench_device(tt_bench *b, const tt_backend *backend, int side, const int *sizes)
{
    bool cuda = strncmp(backend->name, "cuda", 4) == 0;
    bench_device d = {b, backend, ((const tti_kernel_backend *)backend)->k,
                      cuda ? tti_cublas_open() : NULL};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_use(c, backend);
    bool good = loops(&d, c, side) && products(&d, c, sizes, false) &&
                products(&d, c, sizes, true);
    tt_ctx_free(c);
    tti_cublas_close(d.blas);
    return good;
}

void tt_bench_gpu(tt_bench *b)
{
    static const int sizes[] = {1024, 2048, 4096, 8192, 0};
    char text[160];
    const tt_backend *cuda = tt_backend_cuda();
    if (!cuda) return;
    if (!b->json && !b->quiet)
        printf("on the device: %s\n", tt_device_name(cuda, text, sizeof text));
    if (!tt_bench_device(b, cuda, 8192, sizes)) exit(1);
}
