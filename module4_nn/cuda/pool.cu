/* Pooling in one pass: maximum and mean of tiles, and their gradients. */
#include <math.h>

#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

/* Where the first cell of the tile of output cell `index` (b, c, i, j) is in memory. */
static __device__ inline size_t tile_start(const int *index, const tt_layout &from,
                                           int kh, int kw)
{
    const int at[] = {index[0], index[1], index[2] * kh, index[3] * kw};
    return ttk_position(at, from);
}

/* Thread i has output cell i and walks over its tile row by row. The first of the largest wins; a
 * NaN is never the largest. */
static __global__ void maxpool2d_kernel(float *out, float *winner, tt_shape small,
                                        const float *in, tt_layout from, int kh, int kw,
                                        unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    int index[TT_MAX_DIMS];
    if (i >= size) return;
    ttk_to_index(i, small, index);
    const float *tile = in + tile_start(index, from, kh, kw);
    float most = -INFINITY;
    int at = kh * kw;
    for (int k = 0; k < kh * kw; k++) {
        float x =
            tile[(size_t)(k / kw) * from.stride[2] + (size_t)(k % kw) * from.stride[3]];
        bool first = at == kh * kw && x == most; /* -inf */
        if (x > most || first) most = x, at = k;
    }
    out[i] = most;
    winner[i] = (float)at;
}

extern "C" int TTK(nn_maxpool2d)(float *out, float *winner, tt_shape small,
                                 const float *in, tt_layout from, int kh, int kw)
{
    size_t size = tt_shape_size(small);
    return TT_LAUNCH(maxpool2d_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, out,
                     winner, small, in, from, kh, kw, (unsigned)size);
}

/* The output cell whose tile has input cell `index`; *k becomes the place in the tile. */
static __device__ inline void to_tile(int *index, int kh, int kw, int *k)
{
    *k = index[2] % kh * kw + index[3] % kw;
    index[2] /= kh, index[3] /= kw;
}

/* Thread i has input cell i of (B,C,H,W): so every cell is written, once, and no two threads add to
 * one cell. from: dout's layout; winner is in order. */
static __global__ void maxpool2d_back_kernel(float *din, tt_shape big, const float *dout,
                                             tt_layout from, const float *winner, int kh,
                                             int kw, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    int index[TT_MAX_DIMS], k;
    if (i >= size) return;
    ttk_to_index(i, big, index);
    to_tile(index, kh, kw, &k);
    const int *small = from.shape.dim;
    size_t out =
        (((size_t)index[0] * small[1] + index[1]) * small[2] + index[2]) * small[3] +
        index[3];
    din[i] = winner[out] == (float)k ? dout[ttk_position(index, from)] : 0.0f;
}

extern "C" int TTK(nn_maxpool2d_back)(float *din, tt_shape big, const float *dout,
                                      tt_layout from, const float *winner, int kh, int kw)
{
    size_t size = tt_shape_size(big);
    return TT_LAUNCH(maxpool2d_back_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, din,
                     big, dout, from, winner, kh, kw, (unsigned)size);
}

static __global__ void avgpool2d_kernel(float *out, tt_shape small, const float *in,
                                        tt_layout from, int kh, int kw, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    int index[TT_MAX_DIMS];
    if (i >= size) return;
    ttk_to_index(i, small, index);
    const float *tile = in + tile_start(index, from, kh, kw);
    float sum = 0.0f;
    for (int di = 0; di < kh; di++)
        for (int dj = 0; dj < kw; dj++)
            sum += tile[(size_t)di * from.stride[2] + (size_t)dj * from.stride[3]];
    out[i] = sum / (float)(kh * kw);
}

extern "C" int TTK(nn_avgpool2d)(float *out, tt_shape small, const float *in,
                                 tt_layout from, int kh, int kw)
{
    size_t size = tt_shape_size(small);
    return TT_LAUNCH(avgpool2d_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, out,
                     small, in, from, kh, kw, (unsigned)size);
}

static __global__ void avgpool2d_back_kernel(float *din, tt_shape big, const float *dout,
                                             tt_layout from, int kh, int kw, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    int index[TT_MAX_DIMS], k;
    if (i >= size) return;
    ttk_to_index(i, big, index);
    to_tile(index, kh, kw, &k);
    din[i] = dout[ttk_position(index, from)] / (float)(kh * kw);
}

extern "C" int TTK(nn_avgpool2d_back)(float *din, tt_shape big, const float *dout,
                                      tt_layout from, int kh, int kw)
{
    size_t size = tt_shape_size(big);
    return TT_LAUNCH(avgpool2d_back_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, din,
                     big, dout, from, kh, kw, (unsigned)size);
}
