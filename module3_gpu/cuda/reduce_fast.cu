/* reduce, fast: two stages when there are few long lines, warp shuffles, coalesced reading; and
 * fold, which keeps the order and so takes any operator. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module3_gpu/cuda/walk.h"

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

/* The 256 numbers of a block folded, by warps and then the first warp. The result is thread 0's. */
static __device__ inline float join_block(tt_binary_op op, float x, float start)
{
    __shared__ float of_warp[TTK_BLOCK / TTK_WARP];
    unsigned lane = threadIdx.x % TTK_WARP, warp = threadIdx.x / TTK_WARP;
    x = join_warp(op, x);
    if (lane == 0) of_warp[warp] = x;
    __syncthreads();
    if (warp > 0) return start;
    return join_warp(op, lane < TTK_BLOCK / TTK_WARP ? of_warp[lane] : start);
}

/* Cells first, first + 256, .. of a line, below end, four at a time so that their reads are under way
 * together. */
static __device__ inline float join_cells(tt_binary_op op, const float *line,
                                          unsigned first, unsigned end, float start)
{
    float w = start, x = start, y = start, z = start;
    unsigned k = first;
    for (; k + 3 * TTK_BLOCK < end; k += 4 * TTK_BLOCK) {
        w = join(op, line[k], w), x = join(op, line[k + TTK_BLOCK], x);
        y = join(op, line[k + 2 * TTK_BLOCK], y), z = join(op, line[k + 3 * TTK_BLOCK], z);
    }
    for (; k < end; k += TTK_BLOCK) w = join(op, line[k], w);
    return join(op, join(op, w, x), join(op, y, z));
}

/* The same for cells in quads from `line` on, which is aligned: a quarter of the reads. */
static __device__ inline float join_quads(tt_binary_op op, const float *line,
                                          unsigned first, unsigned end, float start)
{
    const float4 *quad = reinterpret_cast<const float4 *>(line);
    float w = start, x = start, y = start, z = start;
    unsigned k = first / 4 + threadIdx.x;
    TTK_UNROLL_BY(4)
    for (; k < end / 4; k += TTK_BLOCK) {
        float4 q = quad[k];
        w = join(op, q.x, w), x = join(op, q.y, x), y = join(op, q.z, y),
        z = join(op, q.w, z);
    }
    if (end / 4 * 4 + threadIdx.x < end) w = join(op, line[end / 4 * 4 + threadIdx.x], w);
    return join(op, join(op, w, x), join(op, y, z));
}

/* in (lines, n) in order. Block (x, y) folds piece y of line x: cells first .. end of it. Each thread
 * folds its cells into four numbers, and these; each warp folds its 32 numbers by shuffles, the
 * first warp the 8 warps' results. out (lines, pieces). */
template <bool QUADS>
static __global__ void lines_kernel(tt_binary_op op, float *out, const float *in,
                                    unsigned n, unsigned piece, float start)
{
    unsigned first = blockIdx.y * piece, end = first + piece < n ? first + piece : n;
    const float *line = in + (size_t)blockIdx.x * n;
    float x = start;
    if (first < end)
        x = QUADS ? join_quads(op, line, first, end, start)
                  : join_cells(op, line, first + threadIdx.x, end, start);
    x = join_block(op, x, start);
    if (threadIdx.x == 0) out[(size_t)blockIdx.x * gridDim.y + blockIdx.y] = x;
}

/* The same for lines of a few hundred cells, which a warp folds, so that a block has 8 of them. */
static __global__ void short_lines_kernel(tt_binary_op op, float *out, const float *in,
                                          unsigned lines, unsigned n, float start)
{
    unsigned lane = threadIdx.x % TTK_WARP;
    unsigned j = blockIdx.x * (TTK_BLOCK / TTK_WARP) + threadIdx.x / TTK_WARP;
    if (j >= lines) return; /* all of a warp or none */
    const float *line = in + (size_t)j * n;
    float x = start;
    TTK_UNROLL_BY(4)
    for (unsigned k = lane; k < n; k += TTK_WARP) x = join(op, line[k], x);
    x = join_warp(op, x);
    if (lane == 0) out[j] = x;
}

enum { COLUMNS = 32, ROWS = TTK_BLOCK / COLUMNS };

/* in (outer, n, inner) in order: neighbouring threads have neighbouring columns, so that
 * a warp reads memory in a row. A block has 32 columns, numbered through all of `outer`, and 8 rows
 * of threads: row y folds cells y, y + 8, .. of the block's piece, and the first row the 8 results.
 * out (outer, pieces, inner). */
static __global__ void columns_kernel(tt_binary_op op, float *out, const float *in,
                                      unsigned columns, unsigned n, unsigned inner,
                                      unsigned piece, float start)
{
    __shared__ float of_row[ROWS][COLUMNS];
    unsigned x = threadIdx.x, y = threadIdx.y, c = blockIdx.x * COLUMNS + x;
    unsigned first = blockIdx.y * piece, end = first + piece < n ? first + piece : n;
    unsigned box = c / inner, column = c % inner;
    float sum = start;
    if (c < columns) {
        const float *at = in + (size_t)box * n * inner + column;
        TTK_UNROLL_BY(8)
        for (unsigned k = first + y; k < end; k += ROWS)
            sum = join(op, at[(size_t)k * inner], sum);
    }
    of_row[y][x] = sum;
    __syncthreads();
    if (y > 0 || c >= columns) return;
    for (unsigned r = 1; r < ROWS; r++) sum = join(op, of_row[r][x], sum);
    out[((size_t)box * gridDim.y + blockIdx.y) * inner + column] = sum;
}

static int fold_lines(tt_binary_op op, float *out, const float *in, size_t lines,
                      size_t n, size_t pieces, unsigned piece, float start)
{
    enum { SHORT = 1024 };
    dim3 grid((unsigned)lines, (unsigned)pieces);
    if (n <= SHORT)
        return TT_LAUNCH(short_lines_kernel, tt_blocks(lines, TTK_BLOCK / TTK_WARP),
                         TTK_BLOCK, 0, op, out, in, (unsigned)lines, (unsigned)n, start);
    if ((n % 4 == 0 || lines == 1) && ttk_aligned(in))
        return TT_LAUNCH(lines_kernel<true>, grid, TTK_BLOCK, 0, op, out, in, (unsigned)n,
                         piece, start);
    return TT_LAUNCH(lines_kernel<false>, grid, TTK_BLOCK, 0, op, out, in, (unsigned)n,
                     piece, start);
}

/* One stage: (outer, n, inner) to (outer, pieces, inner). Lines shorter than a warp go as columns do: a
 * thread each, and what lies beside a number is in the cache for its neighbour. */
static int stage(tt_binary_op op, float *out, const float *in, size_t outer, size_t n,
                 size_t inner, size_t pieces, float start)
{
    unsigned piece = (unsigned)(ttk_ceil(ttk_ceil(n, pieces), 4) * 4);
    size_t columns = outer * inner;
    if (inner == 1 && n >= TTK_WARP)
        return fold_lines(op, out, in, outer, n, pieces, piece, start);
    return TT_LAUNCH(columns_kernel, dim3(tt_blocks(columns, COLUMNS), (unsigned)pieces),
                     dim3(COLUMNS, ROWS), 0, op, out, in, (unsigned)columns, (unsigned)n,
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
