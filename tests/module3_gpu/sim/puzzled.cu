/* Wrong answers to the puzzles, one kind of mistake each; and a right one. */
#include "module3_gpu/puzzles/puzzle.h"

static __global__ void right(float *out, const float *a)
{
    out[threadIdx.x] = a[threadIdx.x];
}
extern "C" int TTK(puzzled_right)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(right, 1, 8, 0, out, a);
}

static __global__ void shifted(float *out, const float *a)
{
    out[threadIdx.x] = a[7 - threadIdx.x];
}
extern "C" int TTK(puzzled_shifted)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(shifted, 1, 8, 0, out, a);
}

static __global__ void unguarded(float *out, const float *a)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = 2 * a[i];
}
extern "C" int TTK(puzzled_unguarded)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(unguarded, 3, 4, 0, out, a);
}

static __global__ void unshared(float *out, const float *a)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = a[i] + a[blockIdx.x * blockDim.x + 7];
}
extern "C" int TTK(puzzled_unshared)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(unshared, 2, 8, 0, out, a);
}

static __global__ void plain(float *out, const float *a, unsigned n)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[(int)a[i]] += 1;
}
extern "C" int TTK(puzzled_plain)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(plain, 3, 16, 0, out, a, 40u);
}
