/* grid: out[i][j] = a[i][j] + 10 i, in a grid of 2 x 2 blocks with 4 x 4 threads for 5 rows and 7 columns.
 * The rows of both stand behind each other in memory. */
#include "module3_gpu/puzzles/puzzle.h"

static __global__ void grid(float *out, const float *a, int rows, int columns)
{
    // BEGIN SOLUTION 3.0c
    int i = (int)(blockIdx.y * blockDim.y + threadIdx.y);
    int j = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < rows && j < columns)
        out[i * columns + j] = a[i * columns + j] + 10 * (float)i;
    // END SOLUTION
}

extern "C" int TTK(puzzle_grid)(float *out, const float *a, const float *)
{
    return TT_LAUNCH(grid, dim3(2, 2), dim3(4, 4), 0, out, a, 5, 7);
}
