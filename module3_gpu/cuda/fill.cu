/* fill and axpy: what needs no task. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module3_gpu/cuda/walk.h"

/* Thread i has cell i. */
static __global__ void fill_kernel(float *out, float value, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < size) out[i] = value;
}

/* Thread i has cells 4 i .. 4 i + 3. */
static __global__ void fill_quads_kernel(float *out, float value, unsigned size)
{
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= size)
        *reinterpret_cast<float4 *>(out + i) = make_float4(value, value, value, value);
    else
        for (; i < size; i++) out[i] = value;
}

extern "C" int TTK(fill)(float *out, float value, size_t n)
{
    unsigned size = (unsigned)n;
    if (ttk_aligned(out))
        return TT_LAUNCH(fill_quads_kernel, tt_blocks(ttk_ceil(n, 4), TTK_BLOCK),
                         TTK_BLOCK, 0, out, value, size);
    return TT_LAUNCH(fill_kernel, tt_blocks(n, TTK_BLOCK), TTK_BLOCK, 0, out, value, size);
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

/* The same for cells 4 i .. 4 i + 3. */
static __global__ void axpy_quads_kernel(float *y, float alpha, const float *x,
                                         ttk_walk w, unsigned size)
{
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x), step = ttk_quad_step(w, w.a);
    size_t at, none;
    if (i >= size) return;
    ttk_walk_to(w, i, &at, &none);
    if (i + 4 > size) {
        for (unsigned k = 0; i + k < size; k++) y[i + k] += alpha * x[at + k * step];
        return;
    }
    float4 *to = reinterpret_cast<float4 *>(y + i);
    float4 sum = *to, more = ttk_quad(x + at, step);
    *to = make_float4(sum.x + alpha * more.x, sum.y + alpha * more.y,
                      sum.z + alpha * more.z, sum.w + alpha * more.w);
}

extern "C" int TTK(axpy)(float *y, float alpha, const float *x, tt_layout from)
{
    size_t size = tt_shape_size(from.shape);
    ttk_walk w = ttk_walk_of(from.shape, &from, NULL);
    x += from.offset;
    if (ttk_in_quads(w, y, x, NULL))
        return TT_LAUNCH(axpy_quads_kernel, tt_blocks(ttk_ceil(size, 4), TTK_BLOCK),
                         TTK_BLOCK, 0, y, alpha, x, w, (unsigned)size);
    return TT_LAUNCH(axpy_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, y, alpha, x,
                     w, (unsigned)size);
}
