/* copy: out[i] = a[i], in one block that has a thread for each of the 8 cells. */
#include "module3_gpu/puzzles/puzzle.h"

static __global__ void copy(float *out, const float *a)
{
    // BEGIN SOLUTION 3.0a
    int i = (int)threadIdx.x;
    out[i] = a[i];
    // END SOLUTION
}

extern "C" int TTK(puzzle_copy)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(copy, 1, 8, 0, out, a);
}
