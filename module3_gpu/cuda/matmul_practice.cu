/* Practice for matmul: small square matrices, one block, through shared memory (Task 3.4). */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"

/* One block of 32 x 32 threads. Thread (x, y) has row y and column x of everything: it brings one
 * cell of a and one of b to shared memory, and computes one cell of out in a register. So each cell
 * of a and b is read from global memory once, and each of out is written once. x is the column
 * because threads that differ in x are neighbours in a warp, as cells that differ in the column are
 * neighbours in memory. n is at most 32: guards for smaller ones. */
static __global__ void matmul_practice_kernel(float *out, const float *a, const float *b,
                                              int n)
{
    __shared__ float as[TTK_TILE][TTK_TILE], bs[TTK_TILE][TTK_TILE];
    // BEGIN SOLUTION 3.4
    int row = (int)threadIdx.y, col = (int)threadIdx.x;
    bool mine = row < n && col < n;
    if (mine) {
        as[row][col] = a[row * n + col];
        bs[row][col] = b[row * n + col];
    }
    __syncthreads(); /* by all threads, also those without a cell */
    if (!mine) return;
    float sum = 0.0f;
    for (int k = 0; k < n; k++) sum += as[row][k] * bs[k][col];
    out[row * n + col] = sum;
    // END SOLUTION
}

extern "C" int TTK(matmul_practice)(float *out, const float *a, const float *b, int n)
{
    return TT_LAUNCH(matmul_practice_kernel, n > 0, dim3(TTK_TILE, TTK_TILE), 0, out, a,
                     b, n);
}
