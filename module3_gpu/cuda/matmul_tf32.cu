/* matmul on tensor cores, in TF32: opt-in by TT_CUDA_TF32=1 (kernel_backend.h). */
#include "module3_gpu/cuda/tile.h"

enum {
    SIDE = TTK_LARGE_TILE,
    DEPTH = 16,
    PAD = 8, /* lanes g and t read banks 8 t + g: 32 different ones */
    CELLS = ttk_tile<SIDE, DEPTH, PAD>::CELLS,
    ROWS = 4, /* a warp has ROWS x COLS products of 16 x 8 cells: 64 x 32 */
    COLS = 4
};

/* sum += the warp's 64 rows of a times its 32 columns of b; g and t as in tensor_core.h */
static __device__ inline void multiply(float (*sum)[COLS][4], const float *as,
                                       const float *bs, int g, int t)
{
    float left[ROWS][4], right[COLS][2];
    TTK_UNROLL
    for (int k = 0; k < DEPTH; k += 8) {
        const int first = ttk_line<SIDE, DEPTH, PAD>(k + t) + g;
        const int second = ttk_line<SIDE, DEPTH, PAD>(k + 4 + t) + g;
        const float *low = as + first, *high = as + second;
        const float *top = bs + first, *bottom = bs + second;
        TTK_UNROLL
        for (int i = 0; i < ROWS; i++) {
            left[i][0] = low[16 * i], left[i][1] = low[16 * i + 8];
            left[i][2] = high[16 * i], left[i][3] = high[16 * i + 8];
        }
        TTK_UNROLL
        for (int j = 0; j < COLS; j++)
            right[j][0] = top[8 * j], right[j][1] = bottom[8 * j];
        TTK_UNROLL
        for (int i = 0; i < ROWS; i++) TTK_UNROLL
        for (int j = 0; j < COLS; j++) ttk_mma(sum[i][j], left[i], right[j]);
    }
}

static __device__ inline void store_two(float *to, float x, float y, int room)
{
    if (room > 0) to[0] = x;
    if (room > 1) to[1] = y;
}

/* A lane's cells: row g and g + 8, columns 2 t and 2 t + 1 of each product. */
static __device__ inline void store(float *out, const ttk_matrix &o, int row, int col,
                                    const float (*sum)[COLS][4])
{
    TTK_UNROLL
    for (int i = 0; i < ROWS; i++) TTK_UNROLL
    for (int j = 0; j < COLS; j++) {
        int r = row + 16 * i, room = o.cols - (col + 8 * j);
        float *to = out + (size_t)r * o.row + (col + 8 * j);
        if (r < o.rows) store_two(to, sum[i][j][0], sum[i][j][1], room);
        if (r + 8 < o.rows) store_two(to + 8 * o.row, sum[i][j][2], sum[i][j][3], room);
    }
}

/* As tiles_kernel in matmul_fast.cu, with warps in the place of threads: 2 x 4 of them, each with 64 x
 * 32 cells of the tile. Numbers are rounded to TF32 once, on their way to shared memory. */
template <bool A_K, bool B_K>
static __global__ void __launch_bounds__(TTK_BLOCK, 2)
    tensor_core_kernel(float *out, const float *a, const float *b, ttk_product p)
{
    __shared__ __align__(16) float as[2][CELLS], bs[2][CELLS];
    int lane = (int)threadIdx.x % 32, warp = (int)threadIdx.x / 32, g = lane / 4,
        t = lane % 4;
    int row = warp / 4 * 64, col = warp % 4 * 32; /* of the warp, in the tile */
    ttk_place at = ttk_place_of<SIDE>(out, a, b, p);
    ttk_feed<SIDE, DEPTH, PAD, A_K> fa;
    ttk_feed<SIDE, DEPTH, PAD, B_K> fb;
    float sum[ROWS][COLS][4] = {{{0.0f}}};
    ttk_feed_begin(fa, at.a), ttk_feed_begin(fb, at.b);
    ttk_feed_take(fa), ttk_feed_take(fb);
    ttk_feed_put<true>(fa, as[0]), ttk_feed_put<true>(fb, bs[0]);
    __syncthreads();
    for (int k = 0, now = 0; k < at.a.k_left; k += DEPTH, now ^= 1) {
        bool more = k + DEPTH < at.a.k_left;
        if (more) ttk_feed_take(fa), ttk_feed_take(fb);
        multiply(sum, as[now] + row, bs[now] + col, g, t);
        if (more)
            ttk_feed_put<true>(fa, as[now ^ 1]), ttk_feed_put<true>(fb, bs[now ^ 1]);
        __syncthreads();
    }
    store(at.out, p.o, at.row + row + g, at.col + col + 2 * t, sum);
}

template <bool A_K, bool B_K>
static int launch(float *out, const float *a, const float *b, const ttk_product &p,
                  dim3 grid)
{
    return TT_LAUNCH((tensor_core_kernel<A_K, B_K>), grid, TTK_BLOCK, 0, out, a, b, p);
}

/* Whether the code that this device runs was compiled for tensor cores; what is translated from
 * older code by the driver is not. */
static bool compiled_for_tensor_cores(void)
{
#ifdef __CUDACC__
    cudaFuncAttributes about;
    if (cudaFuncGetAttributes(&about, tensor_core_kernel<true, false>)) return false;
    return about.ptxVersion >= 80;
#else
    return true;
#endif
}

extern "C" int TTK(matmul_tf32)(float *out, tt_layout to, const float *a, tt_layout al,
                                const float *b, tt_layout bl, float *scratch)
{
    if (!compiled_for_tensor_cores())
        return TTK(matmul_fast)(out, to, a, al, b, bl, scratch);
    ttk_product p = ttk_cut(ttk_product_of(to, al, bl), ttk_sizes_of(to, al), SIDE, a, b);
    bool a_k = p.a.col == 1, b_k = p.b.row == 1;
    ttk_launch_product *go = a_k ? (b_k ? launch<true, true> : launch<true, false>)
                                 : (b_k ? launch<false, true> : launch<false, false>);
    return ttk_in_pieces(go, out, a, b, p, SIDE, scratch);
}
