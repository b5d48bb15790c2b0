/* Softmax and its logarithm, forward and backward, in one kernel each: a warp a line. */
#include <math.h>

#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

/* The numbers of the 32 lanes added up, or the largest of them; every lane gets the result. */
static __device__ inline float warp_sum(float x)
{
    for (int bits = TTK_WARP / 2; bits > 0; bits /= 2)
        x += __shfl_xor_sync(0xffffffffu, x, bits);
    return x;
}

static __device__ inline float warp_max(float x)
{
    for (int bits = TTK_WARP / 2; bits > 0; bits /= 2) {
        float other = __shfl_xor_sync(0xffffffffu, x, bits);
        x = other > x ? other : x; /* NaNs are passed over, as by tti_max */
    }
    return x;
}

/* A line along dimension dim: where it begins in `from` and, in a tensor in order, in memory. */
typedef struct line {
    size_t start, step, ordered, ordered_step;
    int n;
} line;

/* Line number i of from.shape without dimension dim. */
static __device__ inline line line_of(unsigned i, const tt_layout &from, int dim)
{
    tt_shape lines = from.shape;
    int index[TT_MAX_DIMS];
    size_t inner = 1, ordered = 0;
    lines.dim[dim] = 1;
    ttk_to_index(i, lines, index);
    for (int d = from.shape.ndim - 1; d > dim; d--) inner *= (size_t)from.shape.dim[d];
    for (int d = 0; d < from.shape.ndim; d++)
        ordered = ordered * (size_t)from.shape.dim[d] + (size_t)index[d];
    line l = {ttk_position(index, from), from.stride[dim], ordered, inner,
              from.shape.dim[dim]};
    return l;
}

/* The number of this thread's warp in the grid, and of its lane. */
static __device__ inline unsigned warp_of(unsigned *lane)
{
    *lane = threadIdx.x % TTK_WARP;
    return blockIdx.x * (TTK_BLOCK / TTK_WARP) + threadIdx.x / TTK_WARP;
}

/* Warp i has line i: its largest number m, the sum of e^(x - m), then the results. */
static __global__ void softmax_kernel(float *y, const float *x, tt_layout from, int dim,
                                      bool log, unsigned lines)
{
    unsigned lane, i = warp_of(&lane);
    if (i >= lines) return; /* a whole warp */
    line l = line_of(i, from, dim);
    float m = -INFINITY, sum = 0.0f;
    x += l.start, y += l.ordered;
    for (int k = (int)lane; k < l.n; k += TTK_WARP) {
        float value = x[k * l.step];
        m = value > m ? value : m;
    }
    m = warp_max(m);
    for (int k = (int)lane; k < l.n; k += TTK_WARP) sum += expf(x[k * l.step] - m);
    sum = warp_sum(sum);
    float rest = log ? logf(sum) : 1.0f / sum;
    for (int k = (int)lane; k < l.n; k += TTK_WARP) {
        float z = x[k * l.step] - m;
        y[k * l.ordered_step] = log ? z - rest : expf(z) * rest;
    }
}

/* Blocks for a warp a line, and the number of lines. */
static unsigned blocks_for(const tt_layout &from, int dim, unsigned *lines)
{
    tt_shape shape = from.shape;
    shape.dim[dim] = shape.dim[dim] ? 1 : 0;
    *lines = (unsigned)tt_shape_size(shape);
    return tt_blocks(*lines, TTK_BLOCK / TTK_WARP);
}

extern "C" int TTK(nn_softmax)(float *y, const float *x, tt_layout from, int dim, bool log)
{
    unsigned lines, blocks = blocks_for(from, dim, &lines);
    return TT_LAUNCH(softmax_kernel, blocks, TTK_BLOCK, 0, y, x, from, dim, log, lines);
}

/* softmax: dx = y (dy - sum dy y); log: dx = dy - e^y sum dy. from: dy's layout. */
static __global__ void softmax_back_kernel(float *dx, const float *y, const float *dy,
                                           tt_layout from, int dim, bool log,
                                           unsigned lines)
{
    unsigned lane, i = warp_of(&lane);
    if (i >= lines) return;
    line l = line_of(i, from, dim);
    float sum = 0.0f;
    dy += l.start, y += l.ordered, dx += l.ordered;
    for (int k = (int)lane; k < l.n; k += TTK_WARP)
        sum += log ? dy[k * l.step] : dy[k * l.step] * y[k * l.ordered_step];
    sum = warp_sum(sum);
    for (int k = (int)lane; k < l.n; k += TTK_WARP) {
        float d = dy[k * l.step], p = y[k * l.ordered_step];
        dx[k * l.ordered_step] = log ? d - expf(p) * sum : p * (d - sum);
    }
}

extern "C" int TTK(nn_softmax_back)(float *dx, const float *y, const float *dy,
                                    tt_layout from, int dim, bool log)
{
    unsigned lines, blocks = blocks_for(from, dim, &lines);
    return TT_LAUNCH(softmax_back_kernel, blocks, TTK_BLOCK, 0, dx, y, dy, from, dim, log,
                     lines);
}
