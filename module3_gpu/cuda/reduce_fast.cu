/* reduce, fast: two stages when there are few long lines, warp shuffles, coalesced reading; and
 * fold, which keeps the order and so takes any operator. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"

/* op(x, y) for the three that lines are reduced by, without ttk_binary's long switch. */
static __device__ inline float join(tt_binary_op op, float x, float y)
{
    if (op == TT_OP_ADD) return tt_op_addf(x, y);
    return op == TT_OP_MUL ? tt_op_mulf(x, y) : tt_op_maxf(x, y);
}

/* The 32 numbers of a warp folded without shared memory: lane t takes over the number of lane
 * t + 16, then t + 8, .. 1. The result is lane 0's. */
static __device__ inline float join_warp(tt_binary_op op, float x)
{
    for (int half = TTK_WARP / 2; half > 0; half /= 2)
        x = join(op, __shfl_down_sync(0xffffffffu, x, (unsigned)half), x);
    return x;
}

/* in (lines, n) in order. Block (x, y) folds piece y of line x: cells first .. end of it. Each
 * thread folds every 256th cell, each warp its 32 numbers by shuffles, the first warp the 8 warps'
 * results. out (lines, pieces). */
static __global__ void lines_kernel(tt_binary_op op, float *out, const float *in,
                                    unsigned n, unsigned piece, float start)
{
    __shared__ float of_warp[TTK_BLOCK / TTK_WARP];
    unsigned t = threadIdx.x, lane = t % TTK_WARP, warp = t / TTK_WARP;
    unsigned first = blockIdx.y * piece, end = first + piece < n ? first + piece : n;
    const float *line = in + (size_t)blockIdx.x * n;
    float x = start;
    for (unsigned k = first + t; k < end; k += TTK_BLOCK) x = join(op, line[k], x);
    x = join_warp(op, x);
    if (lane == 0) of_warp[warp] = x;
    __syncthreads();
    if (warp > 0) return;
    x = join_warp(op, lane < TTK_BLOCK / TTK_WARP ? of_warp[lane] : start);
    if (t == 0) out[(size_t)blockIdx.x * gridDim.y + blockIdx.y] = x;
}

/* in (outer, n, inner) in order, inner > 1: neighbouring threads have neighbouring columns, so that
 * every step of the loop reads memory in a row. Thread x of the grid has column x % inner of box
 * x / inner, and folds piece y of it. out (outer, pieces, inner). */
static __global__ void columns_kernel(tt_binary_op op, float *out, const float *in,
                                      unsigned columns, unsigned n, unsigned inner,
                                      unsigned piece, float start)
{
    unsigned x = blockIdx.x * blockDim.x + threadIdx.x;
    if (x >= columns) return;
    unsigned first = blockIdx.y * piece, end = first + piece < n ? first + piece : n;
    unsigned box = x / inner, column = x % inner;
    const float *at = in + (size_t)box * n * inner + column;
    float sum = start;
    for (unsigned k = first; k < end; k++) sum = join(op, at[(size_t)k * inner], sum);
    out[((size_t)box * gridDim.y + blockIdx.y) * inner + column] = sum;
}

/* One stage: (outer, n, inner) to (outer, pieces, inner). */
static int stage(tt_binary_op op, float *out, const float *in, size_t outer, size_t n,
                 size_t inner, size_t pieces, float start)
{
    unsigned piece = (unsigned)((n + pieces - 1) / pieces);
    if (inner == 1)
        return TT_LAUNCH(lines_kernel, dim3((unsigned)outer, (unsigned)pieces), TTK_BLOCK,
                         0, op, out, in, (unsigned)n, piece, start);
    size_t columns = outer * inner;
    return TT_LAUNCH(columns_kernel, dim3(tt_blocks(columns, TTK_BLOCK), (unsigned)pieces),
                     TTK_BLOCK, 0, op, out, in, (unsigned)columns, (unsigned)n,
                     (unsigned)inner, piece, start);
}

extern "C" int TTK(reduce_fast)(tt_binary_op op, float *out, const float *in, size_t outer,
                                size_t n, size_t inner, float start, float *scratch)
{
    size_t pieces = ttk_reduce_pieces(outer, n, inner);
    if (pieces == 1) return stage(op, out, in, outer, n, inner, 1, start);
    int error = stage(op, scratch, in, outer, n, inner, pieces, start);
    return error ? error : stage(op, out, scratch, outer, pieces, inner, 1, start);
}

/* Thread i folds the line of output cell i from its first cell to its last. */
static __global__ void fold_kernel(tt_binary_op op, float *out, tt_layout to,
                                   const float *in, tt_layout from, int dim, float start,
                                   unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= size) return;
    int index[TT_MAX_DIMS];
    ttk_to_index(i, to.shape, index);
    const float *line = in + ttk_position(index, from);
    float sum = start;
    for (int k = 0; k < from.shape.dim[dim]; k++)
        sum = ttk_binary(op, line[(size_t)k * from.stride[dim]], sum);
    out[ttk_position(index, to)] = sum;
}

extern "C" int TTK(fold)(tt_binary_op op, float *out, tt_layout to, const float *in,
                         tt_layout from, int dim, float start)
{
    size_t size = tt_shape_size(to.shape);
    return TT_LAUNCH(fold_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, op, out, to,
                     in, from, dim, start, (unsigned)size);
}
