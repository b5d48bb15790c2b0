/* Step 2: two words changed: x counts columns. */
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/cuda/launch.h"

enum { SIDE = 32 };

/* Thread (x, y) of the grid has cell [y, x] of out. A warp is 32 neighbours in x: it reads one cell
 * of a (the same for all), 32 neighbours of b, and writes 32 neighbours of out, in 128-byte pieces
 * each. Row tiles stay on the grid's x, where there may be more of them. */
static __global__ void coalesced_kernel(float *out, const float *a, const float *b, int n,
                                        int k, int m)
{
    int row = (int)(blockIdx.x * SIDE + threadIdx.y);
    int col = (int)(blockIdx.y * SIDE + threadIdx.x);
    if (row >= n || col >= m) return;
    float sum = 0.0f;
    for (int i = 0; i < k; i++) sum += a[(size_t)row * k + i] * b[(size_t)i * m + col];
    out[(size_t)row * m + col] = sum;
}

extern "C" int TTK(ladder_coalesced)(float *out, const float *a, const float *b, int n,
                                     int k, int m)
{
    dim3 grid(tt_blocks((size_t)n, SIDE), tt_blocks((size_t)m, SIDE));
    return TT_LAUNCH(coalesced_kernel, grid, dim3(SIDE, SIDE), 0, out, a, b, n, k, m);
}
