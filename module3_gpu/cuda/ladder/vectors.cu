/* Step 5: the same, with four numbers a read from global and from shared memory. */
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/cuda/ladder/products.h"

/* A tile of 128 x 128 with 16 x 16 threads. To fetch, each thread takes four neighbours of a row of
 * a and of b; to compute, see products.h. A warp is 4 x 8 threads: it reads 16 different numbers of
 * a and 32 of b, which shared memory hands out in one go each. */
static __global__ void __launch_bounds__(THREADS, 2)
    vectors_kernel(float *out, const float *a, const float *b, int n, int k, int m)
{
    __shared__ __align__(16) float as[DEPTH][LINE]; /* a's tile transposed: [k][row] */
    __shared__ __align__(16) float bs[DEPTH][LINE];
    int t = (int)threadIdx.x, warp = t / 32, lane = t % 32;
    int tx = warp % 2 * 8 + lane % 8, ty = warp / 2 * 4 + lane / 8;
    int row0 = (int)blockIdx.x * SIDE, col0 = (int)blockIdx.y * SIDE;
    int ar = t / 2, ak = t % 2 * 4, bk = t / 32,
        bc = t % 32 * 4; /* what this thread fetches */
    float sum[8][8] = {{0.0f}};
    for (int k0 = 0; k0 < k; k0 += DEPTH) {
        int a_room = row0 + ar < n ? k - k0 - ak : 0;
        int b_room = k0 + bk < k ? m - col0 - bc : 0;
        float4 x = four(a + (size_t)(row0 + ar) * k + k0 + ak, a_room, k % 4 == 0);
        as[ak + 0][ar] = x.x;
        as[ak + 1][ar] = x.y;
        as[ak + 2][ar] = x.z;
        as[ak + 3][ar] = x.w;
        *quad(&bs[bk][bc]) =
            four(b + (size_t)(k0 + bk) * m + col0 + bc, b_room, m % 4 == 0);
        __syncthreads();
        products(sum, as, bs, tx, ty);
        __syncthreads();
    }
    store_products(out, sum, row0, col0, tx, ty, n, m);
}

extern "C" int TTK(ladder_vectors)(float *out, const float *a, const float *b, int n,
                                   int k, int m)
{
    dim3 grid(tt_blocks((size_t)n, SIDE), tt_blocks((size_t)m, SIDE));
    return TT_LAUNCH(vectors_kernel, grid, THREADS, 0, out, a, b, n, k, m);
}
