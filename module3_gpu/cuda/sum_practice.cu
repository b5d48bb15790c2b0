/* Practice for reduce: each block sums its 32 numbers in shared memory (Task 3.3). */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"

/* Block j has 32 threads and sums in[32 j .. 32 j + 31] into out[j]. Thread t brings one number to
 * shared memory, 0 where in ends; then half of the threads add the other half's numbers to theirs,
 * until one is left:   0+16 1+17 .. 15+31  |  0+8 .. 7+15  |  0+4 ..  |  0+2 1+3  |  0+1 */
static __global__ void sum_practice_kernel(float *out, const float *in, int n)
{
    __shared__ float part[TTK_SUM];
    // BEGIN SOLUTION 3.3
    int t = (int)threadIdx.x, i = (int)(blockIdx.x * blockDim.x) + t;
    part[t] = i < n ? in[i] : 0.0f;
    for (int half = TTK_SUM / 2; half > 0; half /= 2) {
        __syncthreads(); /* the other half's numbers are there */
        if (t < half) part[t] += part[t + half];
    }
    if (t == 0) out[blockIdx.x] = part[0]; /* which thread 0 wrote itself */
    // END SOLUTION
}

extern "C" int TTK(sum_practice)(float *out, const float *in, int n)
{
    return TT_LAUNCH(sum_practice_kernel, tt_blocks((size_t)n, TTK_SUM), TTK_SUM, 0, out,
                     in, n);
}
