/* Kernels: the innermost loops of the fast backend, once for each instruction set.
 *
 * kernels.inc is compiled several times (kernels_base.c, kernels_avx2.c, kernels_avx512.c), each
 * time with other instructions allowed; what comes out is a table of functions. At run time the best
 * table that this processor can execute is taken, so one binary runs everywhere. All work on plain
 * rows of floats: layouts, tiles and threads are the business of passes.c, fold.c and gemm.c.
 */
#ifndef TT_MODULE3_GPU_FAST_KERNELS_H
#define TT_MODULE3_GPU_FAST_KERNELS_H

#include "module0_operators/operators.h"
#include "module3_gpu/fast/tile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which operand of a zip is a row of n numbers; the other one is a single number. */
enum { TTI_BOTH, TTI_LEFT, TTI_RIGHT, TTI_ROW_FORMS };

/* What writes every number of a row: out[i] = op(in[i]); op(a[i], b[i]); in[i]; value */
typedef struct tti_loops {
    void (*map[TT_UNARY_COUNT])(float *out, const float *in, size_t n);
    void (*zip[TT_BINARY_COUNT][TTI_ROW_FORMS])(float *out, const float *a,
                                                const float *b, size_t n);
    void (*copy)(float *out, const float *in, size_t n);
    void (*fill)(float *out, float value, size_t n);
} tti_loops;

typedef struct tti_kernels {
    const char *name; /* "avx512" */
    int lanes;        /* floats in a register */
    int tile_rows;    /* rows of a tile where there are many; its columns are 2 lanes */
    int most_rows;    /* so many and fewer are one tile */

    /* The usual loops; and those that write past the caches what will not be read soon: a fence
     * ends a series of them. */
    tti_loops cached, past;
    void (*fence)(void);

    /* y[i] += alpha x[i] */
    void (*axpy)(float *y, float alpha, const float *x, size_t n);

    /* out[i * out_row + j] = in[j * in_row + i], i < rows, j < columns */
    void (*transpose)(float *out, size_t out_row, const float *in, size_t in_row,
                      size_t rows, size_t columns);

    /* Sum and maximum of a row. Sums: blocks in float, 64 additions deep; blocks in double. */
    double (*sum)(const float *in, size_t n);
    float (*max)(const float *in, size_t n);

    /* acc[j] += the sum over `rows` rows of in[r * row + j]; likewise the maximum */
    void (*sum_rows)(float *acc, const float *in, size_t row, size_t rows, size_t n);
    void (*max_rows)(float *acc, const float *in, size_t row, size_t rows, size_t n);

    /* Does a tile of 1 .. most_rows rows. dot: a[:] . b[:] */
    void (*tile)(int rows, const tti_tile *t);
    float (*dot)(const float *a, const float *b, size_t n);
} tti_kernels;

/* The table in use: the best that this processor runs, or the one that the environment's
 * TT_SIMD=base|avx2|avx512 names (if it can be run). */
const tti_kernels *tti_kernels_best(void);

/* The table of that name; NULL when there is none or this processor cannot run it. */
const tti_kernels *tti_kernels_named(const char *name);

/* For tests: from now on tti_kernels_best gives this one; NULL: the best again. */
void tti_kernels_use(const tti_kernels *kernels);

extern const tti_kernels tti_kernels_base;
#ifdef __x86_64__
extern const tti_kernels tti_kernels_avx2, tti_kernels_avx512;
#endif

#ifdef __cplusplus
}
#endif
#endif
