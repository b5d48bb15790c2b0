/* Tensor cores: products of small matrices by a whole warp at once, in TF32.
 *
 * TF32 is float with 10 bits behind the point instead of 23: products of two such numbers are exact in
 * float, sums are kept in float. So a dot product loses about 3 decimal digits of 7, relative to the
 * sum of its products' magnitudes. The hardware is there since sm_80.
 *
 * A warp holds the three matrices in its registers. With g = lane / 4 and t = lane % 4 a lane has
 *
 *   a (16,8):  [g, t]  [g + 8, t]  [g, t + 4]  [g + 8, t + 4]
 *   b (8,8):   [t, g]  [t + 4, g]
 *   d (16,8):  [g, 2 t]  [g, 2 t + 1]  [g + 8, 2 t]  [g + 8, 2 t + 1]
 *
 * On the simulator, and on cards before sm_80, the same function gathers the rows and columns it
 * needs from the other lanes by shuffles and multiplies in float: the same numbers up to the order
 * of the sums, which NVIDIA does not say. Ref: PTX ISA, "mma.sync.m16n8k8, .tf32".
 */
#ifndef TT_MODULE3_GPU_CUDA_TENSOR_CORE_H
#define TT_MODULE3_GPU_CUDA_TENSOR_CORE_H

#include "module3_gpu/cuda/launch.h"

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
#define TTK_TENSOR_CORES 1
#else
#define TTK_TENSOR_CORES 0
#endif

/* x rounded to the nearest TF32, ties away from 0. Infinities stay; a NaN stays a NaN. */
static __device__ inline float ttk_round_tf32(float x)
{
#if TTK_TENSOR_CORES
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return __uint_as_float(bits);
#else
    unsigned bits = __float_as_uint(x);
    if ((bits & 0x7f800000u) == 0x7f800000u) return x;
    return __uint_as_float((bits + 0x1000u) & ~0x1fffu);
#endif
}

#if !TTK_TENSOR_CORES
/* d's two cells of row `g` (half 0) or g + 8 (half 1) += a's row times b's columns 2 t, 2 t + 1. */
static __device__ inline void tti_mma_row(float *d, float a_low, float a_high,
                                          const float *b, int lane)
{
    for (int k = 0; k < 8; k++) {
        int t = k % 4, in_row = (lane & ~3) | t, column = 2 * (lane % 4);
        float x = __shfl_sync(0xffffffffu, k < 4 ? a_low : a_high, in_row);
        float left = __shfl_sync(0xffffffffu, b[k / 4], 4 * column + t);
        float right = __shfl_sync(0xffffffffu, b[k / 4], 4 * (column + 1) + t);
        d[0] += x * left;
        d[1] += x * right;
    }
}
#endif

/* d += a b, by all 32 lanes of a warp together. a and b hold TF32 numbers. */
static __device__ inline void ttk_mma(float *d, const float *a, const float *b)
{
#if TTK_TENSOR_CORES
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(__float_as_uint(a[0])), "r"(__float_as_uint(a[1])),
                   "r"(__float_as_uint(a[2])), "r"(__float_as_uint(a[3])),
                   "r"(__float_as_uint(b[0])), "r"(__float_as_uint(b[1])));
#else
    int lane = (int)(threadIdx.x % 32);
    tti_mma_row(d, a[0], a[2], b, lane);
    tti_mma_row(d + 2, a[1], a[3], b, lane);
#endif
}

#endif
