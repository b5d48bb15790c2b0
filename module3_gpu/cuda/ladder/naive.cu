/* Step 1: a thread a cell of out, in the order one thinks of first: x counts rows. */
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/cuda/launch.h"

enum { SIDE = 16 };

/* Thread (x, y) of the grid has cell [x, y] of out. The 16 neighbours in x that run in step read 16
 * different rows of a and write 16 different rows of out: each request of the warp touches 16
 * pieces of memory where 2 would do. Every cell of a is read m times, every cell of b n times. */
static __global__ void naive_kernel(float *out, const float *a, const float *b, int n,
                                    int k, int m)
{
    int row = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    int col = (int)(blockIdx.y * blockDim.y + threadIdx.y);
    if (row >= n || col >= m) return;
    float sum = 0.0f;
    for (int i = 0; i < k; i++) sum += a[(size_t)row * k + i] * b[(size_t)i * m + col];
    out[(size_t)row * m + col] = sum;
}

extern "C" int TTK(ladder_naive)(float *out, const float *a, const float *b, int n, int k,
                                 int m)
{
    dim3 grid(tt_blocks((size_t)n, SIDE), tt_blocks((size_t)m, SIDE));
    return TT_LAUNCH(naive_kernel, grid, dim3(SIDE, SIDE), 0, out, a, b, n, k, m);
}
