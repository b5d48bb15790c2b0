/* Four neighbours at once, for steps 5 to 7. */
#ifndef TT_MODULE3_GPU_CUDA_LADDER_QUADS_H
#define TT_MODULE3_GPU_CUDA_LADDER_QUADS_H

#include "module3_gpu/cuda/launch.h"

/* Four neighbours of a row, fetched at once where the row is aligned and long enough (`whole`: rows
 * are multiples of 4 numbers), else one by one; 0 outside. `room` is what is left of the row. */
static __device__ inline float4 four(const float *at, int room, bool whole)
{
    if (whole && room >= 4) return *reinterpret_cast<const float4 *>(at);
    float4 x = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (room > 0) x.x = at[0];
    if (room > 1) x.y = at[1];
    if (room > 2) x.z = at[2];
    if (room > 3) x.w = at[3];
    return x;
}

/* Four neighbours in shared memory as one. */
static __device__ inline float4 *quad(float *at)
{
    return reinterpret_cast<float4 *>(at);
}

#endif
