/* swish(x) = x / (1 + e^-x), forward and backward, as CUDA kernels. */
#include "module3_gpu/cuda/launch.h"

/* Thread i has cell i. */
static __global__ void swish_k(float *y, const float *x, size_t n)
{
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] / (1 + expf(-x[i]));
}

static __global__ void swish_back_k(float *dx, const float *x, const float *dy, size_t n)
{
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float s = 1 / (1 + expf(-x[i]));
    dx[i] = dy[i] * (s + x[i] * s * (1 - s));
}

extern "C" int TTK(swish)(float *y, const float *x, size_t n)
{
    return TT_LAUNCH(swish_k, tt_blocks(n, 256), 256, 0, y, x, n);
}

extern "C" int TTK(swish_back)(float *dx, const float *x, const float *dy, size_t n)
{
    return TT_LAUNCH(swish_back_k, tt_blocks(n, 256), 256, 0, dx, x, dy, n);
}
