/* sum: out[b] is the sum of the cells of block b, by 3 blocks of 8 threads for n = 20 cells. Each cell of a
 * is to be read once, and each block writes once. */
#include "module3_gpu/puzzles/puzzle.h"

static __global__ void sum(float *out, const float *a, int n)
{
    __shared__ float s[8];
    // BEGIN SOLUTION 3.0e
    int t = (int)threadIdx.x, i = (int)(blockIdx.x * blockDim.x) + t;
    s[t] = i < n ? a[i] : 0;
    for (int half = 4; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) s[t] += s[t + half];
    }
    if (t == 0) out[blockIdx.x] = s[0];
    // END SOLUTION
}

extern "C" int TTK(puzzle_sum)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(sum, 3, 8, 0, out, a, 20);
}
