/* shared: out[i] = a[i] + (the last cell of i's block), by 2 blocks of 8 threads for 16 cells. Each cell of
 * a is to be read once. */
#include "module3_gpu/puzzles/puzzle.h"

static __global__ void shared(float *out, const float *a)
{
    __shared__ float s[8];
    // BEGIN SOLUTION 3.0d
    int t = (int)threadIdx.x, i = (int)(blockIdx.x * blockDim.x) + t;
    s[t] = a[i];
    __syncthreads();
    out[i] = s[t] + s[7];
    // END SOLUTION
}

extern "C" int TTK(puzzle_shared)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(shared, 2, 8, 0, out, a);
}
