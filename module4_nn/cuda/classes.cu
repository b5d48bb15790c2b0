/* By class ids: the negative log likelihood, and rows of a table (embedding). */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

/* The id at place i of ids (N,). */
static __device__ inline int id_at(const float *ids, const tt_layout &at, int i)
{
    return (int)ids[at.offset + (size_t)i * at.stride[0]];
}

/* One block adds up -log_p[b, y[b]] / B: thread t the rows t, t + 256, .., then a tree. */
static __global__ void nll_kernel(float *loss, const float *log_p, tt_layout from,
                                  const float *y, tt_layout ids)
{
    __shared__ float part[TTK_BLOCK];
    unsigned t = threadIdx.x;
    int rows = from.shape.dim[0];
    float sum = 0.0f;
    for (int b = (int)t; b < rows; b += TTK_BLOCK) {
        const int at[] = {b, id_at(y, ids, b)};
        sum += log_p[ttk_position(at, from)];
    }
    part[t] = sum;
    for (unsigned half = TTK_BLOCK / 2; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) part[t] += part[t + half];
    }
    if (t == 0) *loss = part[0] * (-1.0f / (float)rows);
}

extern "C" int TTK(nn_nll)(float *loss, const float *log_p, tt_layout from,
                           const float *y, tt_layout ids)
{
    return TT_LAUNCH(nll_kernel, 1, TTK_BLOCK, 0, loss, log_p, from, y, ids);
}

/* Thread i has cell [b,j] of dlog_p, in order. */
static __global__ void nll_back_kernel(float *dlog_p, int rows, int classes,
                                       const float *dloss, const float *y, tt_layout ids)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= rows * classes) return;
    bool mine = id_at(y, ids, i / classes) == i % classes;
    dlog_p[i] = mine ? *dloss * (-1.0f / (float)rows) : 0.0f;
}

extern "C" int TTK(nn_nll_back)(float *dlog_p, int rows, int classes, const float *dloss,
                                const float *y, tt_layout ids)
{
    size_t size = (size_t)rows * (size_t)classes;
    return TT_LAUNCH(nll_back_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, dlog_p,
                     rows, classes, dloss, y, ids);
}

/* Thread i has cell [n,d] of out (N,D), in order; from: the layout of table (V,D). */
static __global__ void gather_kernel(float *out, unsigned size, const float *table,
                                     tt_layout from, const float *ids, tt_layout at)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x, wide = (unsigned)from.shape.dim[1];
    if (i >= size) return;
    const int cell[] = {id_at(ids, at, (int)(i / wide)), (int)(i % wide)};
    out[i] = table[ttk_position(cell, from)];
}

extern "C" int TTK(nn_gather)(float *out, int n, const float *table, tt_layout from,
                              const float *ids, tt_layout at)
{
    size_t size = (size_t)n * (size_t)from.shape.dim[1];
    return TT_LAUNCH(gather_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, out,
                     (unsigned)size, table, from, ids, at);
}

/* Block n has row n of dout (N,D). If its id occurs for the first time there, it adds up all rows of
 * that id, in order: no atomics, so the sum is the same every time. dtable (V,D) is 0 before. */
static __global__ void gather_back_kernel(float *dtable, const float *dout,
                                          tt_layout from, const float *ids, tt_layout at)
{
    int n = (int)blockIdx.x, id = id_at(ids, at, n), wide = from.shape.dim[1];
    int before = 0;
    for (int i = (int)threadIdx.x; i < n; i += TTK_BLOCK)
        before |= id_at(ids, at, i) == id;
    if (__syncthreads_or(before)) return;
    for (int d = (int)threadIdx.x; d < wide; d += TTK_BLOCK) {
        float sum = 0.0f;
        for (int i = n; i < from.shape.dim[0]; i++) {
            const int cell[] = {i, d};
            if (id_at(ids, at, i) == id) sum += dout[ttk_position(cell, from)];
        }
        dtable[(size_t)id * (size_t)wide + (size_t)d] = sum;
    }
}

extern "C" int TTK(nn_gather_back)(float *dtable, const float *dout, tt_layout from,
                                   const float *ids, tt_layout at)
{
    return TT_LAUNCH(gather_back_kernel, (unsigned)from.shape.dim[0], TTK_BLOCK, 0,
                     dtable, dout, from, ids, at);
}
