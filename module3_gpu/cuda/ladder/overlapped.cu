/* Step 6: the next tiles are on their way while these are multiplied. */
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/cuda/ladder/products.h"

/* Step 5 with two tiles of a and of b. A read of global memory takes hundreds of clocks; a thread does
 * not wait for it until it needs the number. So it asks for its four numbers of the next tiles, makes
 * 512 products, and only then stores what has come: into the tiles that nobody reads just now. One
 * barrier a step is left. */
static __global__ void __launch_bounds__(THREADS, 2)
    overlapped_kernel(float *out, const float *a, const float *b, int n, int k, int m)
{
    __shared__ __align__(16) float as[2][DEPTH][LINE], bs[2][DEPTH][LINE];
    int t = (int)threadIdx.x, warp = t / 32, lane = t % 32;
    int tx = warp % 2 * 8 + lane % 8, ty = warp / 2 * 4 + lane / 8;
    int row0 = (int)blockIdx.x * SIDE, col0 = (int)blockIdx.y * SIDE;
    int ar = t / 2, ak = t % 2 * 4, bk = t / 32, bc = t % 32 * 4;
    float4 x = make_float4(0.0f, 0.0f, 0.0f, 0.0f), y = x;
    float sum[8][8] = {{0.0f}};
    for (int k0 = -DEPTH, now = 1; k0 < k; k0 += DEPTH, now ^= 1) {
        int next = k0 + DEPTH;
        if (next < k) {
            int a_room = row0 + ar < n ? k - next - ak : 0;
            int b_room = next + bk < k ? m - col0 - bc : 0;
            x = four(a + (size_t)(row0 + ar) * k + next + ak, a_room, k % 4 == 0);
            y = four(b + (size_t)(next + bk) * m + col0 + bc, b_room, m % 4 == 0);
        }
        if (k0 >= 0) products(sum, as[now], bs[now], tx, ty);
        if (next < k) {
            as[now ^ 1][ak + 0][ar] = x.x;
            as[now ^ 1][ak + 1][ar] = x.y;
            as[now ^ 1][ak + 2][ar] = x.z;
            as[now ^ 1][ak + 3][ar] = x.w;
            *quad(&bs[now ^ 1][bk][bc]) = y;
        }
        __syncthreads(); /* the next tiles are whole, and nobody still reads these */
    }
    store_products(out, sum, row0, col0, tx, ty, n, m);
}

extern "C" int TTK(ladder_overlapped)(float *out, const float *a, const float *b, int n,
                                      int k, int m)
{
    dim3 grid(tt_blocks((size_t)n, SIDE), tt_blocks((size_t)m, SIDE));
    return TT_LAUNCH(overlapped_kernel, grid, THREADS, 0, out, a, b, n, k, m);
}
