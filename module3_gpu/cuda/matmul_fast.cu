/* matmul, fast: tiles in shared memory, and in registers a piece of a tile for each thread. */
#include "module3_gpu/cuda/tile.h"

enum { PAD = 4 }; /* lines of a tile stay aligned for float4 */

/* left[4 q ..] = four neighbours of a tile's line, for each of the tile's SIDE / 64 halves */
template <int EACH, int SIDE>
static __device__ inline void line_of(float *left, const float *line)
{
    TTK_UNROLL
    for (int q = 0; q < EACH / 4; q++) {
        float4 x = *reinterpret_cast<const float4 *>(line + q * (SIDE * 4 / EACH));
        left[4 * q] = x.x, left[4 * q + 1] = x.y;
        left[4 * q + 2] = x.z, left[4 * q + 3] = x.w;
    }
}

/* sum[i][j] += a[k][row i] b[k][column j], k below DEPTH */
template <int SIDE, int DEPTH, int EACH>
static __device__ inline void multiply(float (*sum)[EACH], const float *as, const float *bs)
{
    float left[EACH], right[EACH];
    TTK_UNROLL
    for (int k = 0; k < DEPTH; k++) {
        line_of<EACH, SIDE>(left, as + ttk_line<SIDE, DEPTH, PAD>(k));
        line_of<EACH, SIDE>(right, bs + ttk_line<SIDE, DEPTH, PAD>(k));
        TTK_UNROLL
        for (int i = 0; i < EACH; i++) TTK_UNROLL
        for (int j = 0; j < EACH; j++) sum[i][j] += left[i] * right[j];
    }
}

/* Four cells of a row of out, of which `room` are there. */
static __device__ inline void store_four(float *to, const float *x, int room)
{
    if (room >= 4 && (size_t)to % 16 == 0) {
        *reinterpret_cast<float4 *>(to) = make_float4(x[0], x[1], x[2], x[3]);
        return;
    }
    TTK_UNROLL
    for (int j = 0; j < 4; j++)
        if (j < room) to[j] = x[j];
}

/* A thread's cells of out: rows row + i, + HALF further on for each further four; columns likewise. */
template <int SIDE, int EACH>
static __device__ inline void store(float *out, const ttk_matrix &o, int row, int col,
                                    const float (*sum)[EACH])
{
    const int HALF = SIDE * 4 / EACH;
    TTK_UNROLL
    for (int i = 0; i < EACH; i++) {
        int r = row + i / 4 * HALF + i % 4;
        if (r >= o.rows) continue;
        TTK_UNROLL
        for (int j = 0; j < EACH; j += 4) {
            int c = col + j / 4 * HALF;
            store_four(out + (size_t)r * o.row + c, sum[i] + j, o.cols - c);
        }
    }
}

/* A block computes a tile of SIDE x SIDE cells of out, 16 x 16 threads with EACH x EACH cells each:
 * rows 4 ty .. + 3 of each half of the tile, columns likewise. For each k a thread reads 2 EACH
 * numbers from shared memory, as float4, and makes EACH^2 products of them in registers: 64 products
 * for 16 reads, where matmul.cu makes 1 for 2. A warp is 4 x 8 of these threads, so that it reads 16
 * different numbers of a and 32 of b: each in one go. There are two tiles of a and of b: while one
 * is multiplied the next is under way to registers, and then stored into the other; so there is one
 * barrier a step, and nobody waits for memory. */
template <int SIDE, int DEPTH, bool A_K, bool B_K>
static __global__ void __launch_bounds__(TTK_BLOCK,
                                         2) /* two blocks fit a processor's registers */
    tiles_kernel(float *out, const float *a, const float *b, ttk_product p)
{
    const int EACH = SIDE / 16, CELLS = ttk_tile<SIDE, DEPTH, PAD>::CELLS;
    __shared__ __align__(16) float as[2][CELLS], bs[2][CELLS];
    int lane = (int)threadIdx.x % 32, warp = (int)threadIdx.x / 32;
    int tx = warp % 2 * 8 + lane % 8, ty = warp / 2 * 4 + lane / 8;
    ttk_place at = ttk_place_of<SIDE>(out, a, b, p);
    ttk_feed<SIDE, DEPTH, PAD, A_K> fa;
    ttk_feed<SIDE, DEPTH, PAD, B_K> fb;
    float sum[EACH][EACH] = {{0.0f}};
    ttk_feed_begin(fa, at.a), ttk_feed_begin(fb, at.b);
    ttk_feed_take(fa), ttk_feed_take(fb);
    ttk_feed_put<false>(fa, as[0]), ttk_feed_put<false>(fb, bs[0]);
    __syncthreads(); /* the first tiles are whole */
    for (int k = 0, now = 0; k < at.a.k_left; k += DEPTH, now ^= 1) {
        bool more = k + DEPTH < at.a.k_left;
        if (more) ttk_feed_take(fa), ttk_feed_take(fb);
        multiply<SIDE, DEPTH, EACH>(sum, as[now] + 4 * ty, bs[now] + 4 * tx);
        if (more)
            ttk_feed_put<false>(fa, as[now ^ 1]), ttk_feed_put<false>(fb, bs[now ^ 1]);
        __syncthreads(); /* the next tiles are whole, and nobody still reads these */
    }
    store<SIDE, EACH>(at.out, p.o, at.row + 4 * ty, at.col + 4 * tx, sum);
}

template <bool A_K, bool B_K>
static int large(float *out, const float *a, const float *b, const ttk_product &p, dim3 grid)
{
    return TT_LAUNCH((tiles_kernel<TTK_LARGE_TILE, 8, A_K, B_K>), grid, TTK_BLOCK, 0, out,
                     a, b, p);
}

template <bool A_K, bool B_K>
static int small(float *out, const float *a, const float *b, const ttk_product &p, dim3 grid)
{
    return TT_LAUNCH((tiles_kernel<TTK_SMALL_TILE, 16, A_K, B_K>), grid, TTK_BLOCK, 0,
                     out, a, b, p);
}

/* The kernel for the order of each operand in memory, by tiles of either size. */
static ttk_launch_product *kernel_for(bool large_tiles, bool a_k, bool b_k)
{
    if (large_tiles && a_k) return b_k ? large<true, true> : large<true, false>;
    if (large_tiles) return b_k ? large<false, true> : large<false, false>;
    if (a_k) return b_k ? small<true, true> : small<true, false>;
    return b_k ? small<false, true> : small<false, false>;
}

extern "C" int TTK(matmul_fast)(float *out, tt_layout to, const float *a, tt_layout al,
                                const float *b, tt_layout bl, float *scratch)
{
    ttk_sizes sizes = ttk_sizes_of(to, al);
    bool large_tiles = ttk_large_tiles(&sizes);
    unsigned side = large_tiles ? TTK_LARGE_TILE : TTK_SMALL_TILE;
    ttk_product p = ttk_cut(ttk_product_of(to, al, bl), sizes, side, a, b);
    return ttk_in_pieces(kernel_for(large_tiles, p.a.col == 1, p.b.row == 1), out, a, b,
                         p, side, scratch);
}
