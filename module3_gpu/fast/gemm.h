/* Matrix products, tuned: out (n, m) = a (n, k) x b (k, m).
 *
 * The product is cut into tiles of out that stay in registers (tile.inc). Large operands are copied
 * ("packed") a block at a time, into the order in which tiles read them: a's block stays in the
 * second-level cache, b's panels pass through the first. Packing turns transposed operands around on
 * the way, so they cost nothing extra. Where packing would cost more than it saves, tiles read a, b,
 * or both where they lie. Every cell adds up its k products in one order, whatever the way.
 */
#ifndef TT_MODULE3_GPU_FAST_GEMM_H
#define TT_MODULE3_GPU_FAST_GEMM_H

#include "module2_tensors/simple_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A matrix anywhere in memory: cell (i, j) at at[i * row + j * column]. */
typedef struct tti_matrix {
    const float *at;
    size_t row, column;
} tti_matrix;

/* How a product goes. */
typedef struct tti_gemm_way {
    bool dots;             /* out is one column: a dot product a row */
    bool turned;           /* computed as out^T = b^T a^T */
    bool packs_a, packs_b; /* copies its blocks, else reads them where they lie */
    int threads;
} tti_gemm_way;
tti_gemm_way tti_gemm_way_of(size_t n, size_t m, size_t k, tti_matrix a, tti_matrix b);

/* The matmul slot: batches, and which of the ways; all three are on the host, and come by their
 * addresses, since a small product takes no longer than copying them. False, and nothing is done,
 * where the products are so small that Task 3.2's loops are as good. */
bool tti_gemm_batches(tt_ctx *c, const tt_data *out, const tt_data *a, const tt_data *b);

#ifdef __cplusplus
}
#endif
#endif
