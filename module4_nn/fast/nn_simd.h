/* Innermost loops of the networks' operations, once for each instruction set.
 *
 * By the pattern of module 3's kernels.h: nn_simd.inc is compiled several times, each time with other
 * instructions allowed, and at run time the table is taken that goes with the kernels in use. All
 * work on rows of floats; which rows, and on which thread, is decided by conv_fast.c and its
 * neighbours. Internal to module 4.
 */
#ifndef TT_MODULE4_NN_FAST_NN_SIMD_H
#define TT_MODULE4_NN_FAST_NN_SIMD_H

#include <stddef.h>
#include <stdint.h>

#include "support/random.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most registers that one cell of a kernel's rows takes in spread and collect. */
enum { TTI_PATCH_MOST = 12 };

typedef struct tti_nn_simd {
    const char *name;          /* as tti_kernels.name */
    int lanes;                 /* floats in a register */
    int tile_rows;             /* most rows of a conv_tile; it is 1 or 2 lanes wide */
    int dot_rows, dot_columns; /* the same of a dot_tile */

    /* out[i * out_row + q] = sum over p < k of weight[p * rows + i] x[offset[p] + q],
     * i < rows, q < wide lanes, wide 1 or 2: a tile of a matrix product one of whose operands is
     * never formed. */
    void (*conv_tile)(int rows, int wide, size_t k, const float *weight, const float *x,
                      const uint32_t *offset, float *out, size_t out_row);

    /* out[i * columns + j] = in[i * in_row + j]: copies rows that are short. */
    void (*keep)(float *out, const float *in, size_t in_row, size_t rows, size_t columns);

    /* out[i * dot_columns + j] += sum over q < n of d[i * d_row + q] x[offset[j] + q], i < rows,
     * j < columns; n a multiple of lanes. */
    void (*dot_tile)(int rows, int columns, size_t n, const float *d, size_t d_row,
                     const float *x, const uint32_t *offset, float *out);

    /* Where row[i] is not 0, i < n: to place[], which has room for n + lanes. Returns how many. */
    size_t (*nonzeros)(const float *row, size_t n, uint32_t *place);

    /* For each of n numbers d = value[i] and its patch, which is `registers` pieces of lanes floats
     * that begin at at[place[i]] + offset[r]: spread adds d weight[r] to piece r,
     * collect adds d (piece r) to sum[r]. registers <= TTI_PATCH_MOST. */
    void (*spread)(int registers, const uint32_t *offset, size_t n, const uint32_t *place,
                   const float *value, float *at, const float *weight);
    void (*collect)(int registers, const uint32_t *offset, size_t n, const uint32_t *place,
                    const float *value, const float *at, float *sum);

    /* out[x * n + c] = in[c * row + x], c < n, x < columns; and the way back. */
    void (*interleave)(float *out, const float *in, size_t row, size_t n, size_t columns);
    void (*separate)(float *out, size_t row, const float *in, size_t n, size_t columns);

    /* `count` rows of n tiles each, the tiles of a row side by side, the rows of tiles one below the
     * other: out[t * n + j] = the largest of rows[(t * height + i) * row + j * width + l],
     * i < height, l < width, and winner[t * n + j] = i * width + l of the first of them;
     * -INFINITY and height * width when all are NaN. t < count, j < n. */
    void (*largest)(float *out, float *winner, const float *rows, size_t row, int height,
                    int width, size_t count, size_t n);

    /* The way back, for widths 2 and 4: in every tile the cell winner[j] becomes d[j], all others 0.
     * Rows of d lie d_row apart. */
    void (*to_winners)(float *rows, const float *d, size_t d_row, const float *winner,
                       int height, int width, size_t count, size_t n);

    /* mask[i] = 0 where element from + i of r is below rate, else keep. */
    void (*dropout)(float *mask, uint64_t from, size_t n, float rate, float keep, tt_rng r);
} tti_nn_simd;

/* The table that goes with tti_kernels_best(). */
const tti_nn_simd *tti_nn_simd_best(void);

extern const tti_nn_simd tti_nn_simd_base;
#ifdef __x86_64__
extern const tti_nn_simd tti_nn_simd_avx2, tti_nn_simd_avx512;
#endif

#ifdef __cplusplus
}
#endif
#endif
