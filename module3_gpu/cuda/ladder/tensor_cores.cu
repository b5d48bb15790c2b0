/* Step 7: products by a warp at once, on tensor cores, from numbers of 11 bits (TF32). */
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/cuda/ladder/quads.h"
#include "module3_gpu/cuda/tensor_core.h"

enum { SIDE = 128, DEPTH = 16, THREADS = 256, LINE = SIDE + 8, ROWS = 4, COLS = 4 };

/* Four numbers of a's row into four lines of its transposed tile; rounded to TF32. */
static __device__ inline void put_down(float *to, const float4 &x)
{
    to[0] = ttk_round_tf32(x.x);
    to[LINE] = ttk_round_tf32(x.y);
    to[2 * LINE] = ttk_round_tf32(x.z);
    to[3 * LINE] = ttk_round_tf32(x.w);
}

static __device__ inline void put_across(float *to, const float4 &x)
{
    *quad(to) = make_float4(ttk_round_tf32(x.x), ttk_round_tf32(x.y), ttk_round_tf32(x.z),
                            ttk_round_tf32(x.w));
}

/* The warp's 64 x 32 cells: 4 x 4 products of 16 x 8 x 8. Which lane holds which number stands in
 * tensor_core.h: lane 4 g + t reads [t][g], so that lines 8 banks apart never collide. */
static __device__ inline void products(float sum[ROWS][COLS][4], const float *as,
                                       const float *bs, int g, int t)
{
    TTK_UNROLL
    for (int k = 0; k < DEPTH; k += 8) {
        float left[ROWS][4], right[COLS][2];
        const float *a = as + (k + t) * LINE + g, *b = bs + (k + t) * LINE + g;
        TTK_UNROLL
        for (int i = 0; i < ROWS; i++) {
            left[i][0] = a[16 * i], left[i][1] = a[16 * i + 8];
            left[i][2] = a[16 * i + 4 * LINE], left[i][3] = a[16 * i + 8 + 4 * LINE];
        }
        TTK_UNROLL
        for (int j = 0; j < COLS; j++)
            right[j][0] = b[8 * j], right[j][1] = b[8 * j + 4 * LINE];
        TTK_UNROLL
        for (int i = 0; i < ROWS; i++) TTK_UNROLL
        for (int j = 0; j < COLS; j++) ttk_mma(sum[i][j], left[i], right[j]);
    }
}

/* 8 warps, 2 x 4 of them, each with 64 x 32 cells of the block's 128 x 128. Each thread fetches two
 * quads of row t / 2 of a, and two of b: k = t / 32 and 8 further on. a's stores meet in pairs in their
 * banks; matmul_tf32.cu skews lines against that. */
static __global__ void __launch_bounds__(THREADS, 2)
    tensor_cores_kernel(float *out, const float *a, const float *b, int n, int k, int m)
{
    __shared__ __align__(16) float as[DEPTH * LINE], bs[DEPTH * LINE];
    int t = (int)threadIdx.x, warp = t / 32, lane = t % 32;
    int row0 = (int)blockIdx.x * SIDE, col0 = (int)blockIdx.y * SIDE;
    int ar = t / 2, ak = t % 2 * 4, bk = t / 32, bc = t % 32 * 4;
    float sum[ROWS][COLS][4] = {{{0.0f}}};
    for (int k0 = 0; k0 < k; k0 += DEPTH) {
        for (int h = 0; h < 16; h += 8) {
            int row = row0 + ar, i = k0 + ak + h, j = k0 + bk + h;
            int a_room = row < n ? k - i : 0, b_room = j < k ? m - col0 - bc : 0;
            put_down(as + (ak + h) * LINE + ar,
                     four(a + (size_t)row * k + i, a_room, k % 4 == 0));
            put_across(bs + (bk + h) * LINE + bc,
                       four(b + (size_t)j * m + col0 + bc, b_room, m % 4 == 0));
        }
        __syncthreads();
        products(sum, as + warp / 4 * 64, bs + warp % 4 * 32, lane / 4, lane % 4);
        __syncthreads();
    }
    TTK_UNROLL
    for (int i = 0; i < ROWS; i++) TTK_UNROLL
    for (int j = 0; j < COLS; j++) TTK_UNROLL
    for (int c = 0; c < 4; c++) {
        int row = row0 + warp / 4 * 64 + 16 * i + lane / 4 + c / 2 * 8;
        int col = col0 + warp % 4 * 32 + 8 * j + lane % 4 * 2 + c % 2;
        if (row < n && col < m) out[(size_t)row * m + col] = sum[i][j][c];
    }
}

extern "C" int TTK(ladder_tensor_cores)(float *out, const float *a, const float *b, int n,
                                        int k, int m)
{
    dim3 grid(tt_blocks((size_t)n, SIDE), tt_blocks((size_t)m, SIDE));
    return TT_LAUNCH(tensor_cores_kernel, grid, THREADS, 0, out, a, b, n, k, m);
}
