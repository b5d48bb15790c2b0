/* guard: out[i] = 2 a[i] for n = 10 cells, by 3 blocks of 4 threads: two threads are too many. */
#include "module3_gpu/puzzles/puzzle.h"

static __global__ void guard(float *out, const float *a, int n)
{
    // BEGIN SOLUTION 3.0b
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n) out[i] = 2 * a[i];
    // END SOLUTION
}

extern "C" int TTK(puzzle_guard)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(guard, 3, 4, 0, out, a, 10);
}
