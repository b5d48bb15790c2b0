/* fill and axpy: what needs no task. Thread i has cell i. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module3_gpu/cuda/walk.h"

static __global__ void fill_kernel(float *out, float value, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size) out[i] = value;
}

extern "C" int TTK(fill)(float *out, float value, size_t n)
{
    return TT_LAUNCH(fill_kernel, tt_blocks(n, TTK_BLOCK), TTK_BLOCK, 0, out, value,
                     (unsigned)n);
}

/* y in order, x by the walk: y[i] += alpha x[i] */
static __global__ void axpy_kernel(float *y, float alpha, const float *x, ttk_walk w,
                                   unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    size_t at, none;
    if (i >= size) return;
    ttk_walk_to(w, i, &at, &none);
    y[i] += alpha * x[at];
}

extern "C" int TTK(axpy)(float *y, float alpha, const float *x, tt_layout from)
{
    size_t size = tt_shape_size(from.shape);
    return TT_LAUNCH(axpy_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, y, alpha,
                     x + from.offset, ttk_walk_of(from.shape, &from, NULL), (unsigned)size);
}
