/* Cell by cell: optimisers' updates, numbers in a row, dropout's mask. Thread i has cell i. The
 * formulas are those of ops/update.c and ops/dropout.c. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

static __device__ inline size_t cell(void)
{
    return (size_t)blockIdx.x * blockDim.x + threadIdx.x;
}

static __global__ void momentum_kernel(float *p, const float *g, float *velocity,
                                       size_t n, tt_momentum_numbers k)
{
    size_t i = cell();
    if (i >= n) return;
    float d = g[i] + k.weight_decay * p[i], v = k.momentum * velocity[i] + d;
    velocity[i] = v;
    p[i] -= k.lr * (k.nesterov ? d + k.momentum * v : v);
}

extern "C" int TTK(nn_momentum)(float *p, const float *g, float *velocity, size_t n,
                                tt_momentum_numbers k)
{
    return TT_LAUNCH(momentum_kernel, tt_blocks(n, TTK_BLOCK), TTK_BLOCK, 0, p, g,
                     velocity, n, k);
}

static __global__ void adam_kernel(float *p, const float *g, float *mean, float *square,
                                   size_t n, tt_adam_numbers k)
{
    size_t i = cell();
    if (i >= n) return;
    float d = g[i] + k.coupled_decay * p[i];
    float m = mean[i] + (1.0f - k.beta1) * (d - mean[i]);
    float s = k.beta2 * square[i] + (1.0f - k.beta2) * d * d;
    mean[i] = m;
    square[i] = s;
    p[i] = p[i] * k.keep - k.step_size * m / (sqrtf(s) / k.root_correction + k.eps);
}

extern "C" int TTK(nn_adam)(float *p, const float *g, float *mean, float *square,
                            size_t n, tt_adam_numbers k)
{
    return TT_LAUNCH(adam_kernel, tt_blocks(n, TTK_BLOCK), TTK_BLOCK, 0, p, g, mean,
                     square, n, k);
}

static __global__ void arange_kernel(float *out, size_t n)
{
    size_t i = cell();
    if (i < n) out[i] = (float)i;
}

extern "C" int TTK(nn_arange)(float *out, size_t n)
{
    return TT_LAUNCH(arange_kernel, tt_blocks(n, TTK_BLOCK), TTK_BLOCK, 0, out, n);
}

/* The generator is counter-based: element i is worked out from i alone, here as on the host. */
static __global__ void dropout_mask_kernel(float *mask, size_t n, float rate, tt_rng r)
{
    size_t i = cell();
    if (i < n) mask[i] = tt_rng_uniform(r, i) < rate ? 0.0f : 1.0f / (1.0f - rate);
}

extern "C" int TTK(nn_dropout_mask)(float *mask, size_t n, float rate, tt_rng r)
{
    return TT_LAUNCH(dropout_mask_kernel, tt_blocks(n, TTK_BLOCK), TTK_BLOCK, 0, mask, n,
                     rate, r);
}
