/* histogram: out[k] counts the cells of a that are k, by 3 blocks of 16 threads for n = 40 cells with
 * numbers 0 .. 4. out begins as zeros. */
#include "module3_gpu/puzzles/puzzle.h"

static __global__ void histogram(float *out, const float *a, int n)
{
    // BEGIN SOLUTION 3.0h
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n) atomicAdd(&out[(int)a[i]], 1.0f);
    // END SOLUTION
}

extern "C" int TTK(puzzle_histogram)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(histogram, 3, 16, 0, out, a, 40);
}
