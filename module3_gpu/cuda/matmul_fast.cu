/* matmul, fast: tiles in shared memory, and in registers a piece of a tile for each thread. */
#include "module3_gpu/cuda/matrix.h"

enum {
    THREADS = 256, /* 16 x 16 */
    DEPTH = 8,     /* inner cells a step */
    PAD = 4 /* rows of a tile begin 4 banks apart: transposed stores do not collide */
};

/* Brings a tile to shared memory: to[k][s] = at[k * along_k + s * along_s], 0 outside. The same for
 * a (s counts rows) and b (s counts columns), in either order in memory: neighbouring threads
 * take the neighbours in memory. */
template <int SIDE>
static __device__ inline void fetch(float *to, const float *at, size_t along_k,
                                    size_t along_s, int k_left, int s_left)
{
    bool k_first = along_k == 1;
    for (int e = (int)threadIdx.x; e < DEPTH * SIDE; e += THREADS) {
        int k = k_first ? e % DEPTH : e / SIDE, s = k_first ? e / DEPTH : e % SIDE;
        bool inside = k < k_left && s < s_left;
        to[k * (SIDE + PAD) + s] = inside ? at[k * along_k + s * along_s] : 0.0f;
    }
}

/* Block (x, y, z) computes a tile of SIDE x SIDE cells of out, 16 x 16 threads with (4 QUADS)^2
 * cells each: rows 4 ty .. + 3 of each of the tile's QUADS halves, columns likewise. For each k a
 * thread reads 8 QUADS numbers from shared memory, as float4, and makes 16 QUADS^2 products of them
 * in registers: with QUADS = 2, 64 products for 16 reads, where matmul.cu makes 1 for 2. */
template <int SIDE, int QUADS>
static __global__ void __launch_bounds__(THREADS,
                                         2) /* two blocks fit a processor's registers */
    tiles_kernel(float *out, const float *a, const float *b, ttk_product p)
{
    __shared__ __align__(16) float as[DEPTH * (SIDE + PAD)], bs[DEPTH * (SIDE + PAD)];
    const float4 *as4 = reinterpret_cast<const float4 *>(as);
    const float4 *bs4 = reinterpret_cast<const float4 *>(bs);
    const int half = SIDE / QUADS, mine = 4 * QUADS, line = (SIDE + PAD) / 4;
    int tx = (int)threadIdx.x % 16, ty = (int)threadIdx.x / 16;
    int row0 = (int)blockIdx.x * SIDE, col0 = (int)blockIdx.y * SIDE, inner = p.a.cols;
    float sum[4 * QUADS][4 * QUADS] = {{0.0f}};
    out += ttk_batch(p.first + blockIdx.z, p.to);
    a += ttk_batch(p.first + blockIdx.z, p.al) + (size_t)row0 * p.a.row;
    b += ttk_batch(p.first + blockIdx.z, p.bl) + (size_t)col0 * p.b.col;

    for (int k0 = 0; k0 < inner; k0 += DEPTH) {
        const float *ak = a + (size_t)k0 * p.a.col, *bk = b + (size_t)k0 * p.b.row;
        fetch<SIDE>(as, ak, p.a.col, p.a.row, inner - k0, p.a.rows - row0);
        fetch<SIDE>(bs, bk, p.b.row, p.b.col, inner - k0, p.b.cols - col0);
        __syncthreads(); /* both tiles are whole */
        for (int k = 0; k < DEPTH; k++) {
            float4 left[QUADS], right[QUADS];
            for (int q = 0; q < QUADS; q++) {
                left[q] = as4[k * line + (q * half) / 4 + ty];
                right[q] = bs4[k * line + (q * half) / 4 + tx];
            }
            const float *x = &left[0].x, *y = &right[0].x;
            for (int i = 0; i < mine; i++)
                for (int j = 0; j < mine; j++) sum[i][j] += x[i] * y[j];
        }
        __syncthreads(); /* nobody still reads them */
    }
    for (int i = 0; i < mine; i++) {
        int row = row0 + (i / 4) * half + 4 * ty + i % 4;
        for (int j = 0; j < mine; j++) {
            int col = col0 + (j / 4) * half + 4 * tx + j % 4;
            if (row < p.o.rows && col < p.o.cols)
                out[(size_t)row * p.o.row + (size_t)col * p.o.col] = sum[i][j];
        }
    }
}

static int large(float *out, const float *a, const float *b, const ttk_product &p, dim3 grid)
{
    return TT_LAUNCH((tiles_kernel<128, 2>), grid, THREADS, 0, out, a, b, p);
}

static int small(float *out, const float *a, const float *b, const ttk_product &p, dim3 grid)
{
    return TT_LAUNCH((tiles_kernel<64, 1>), grid, THREADS, 0, out, a, b, p);
}

/* Large tiles read less memory; but they must be enough to give every processor of a large GPU one. */
extern "C" int TTK(matmul_fast)(float *out, tt_layout to, const float *a, tt_layout al,
                                const float *b, tt_layout bl)
{
    enum { ENOUGH = 132 };
    ttk_product p = {to, al, bl, ttk_matrix_of(to), ttk_matrix_of(al), ttk_matrix_of(bl),
                     0};
    size_t tiles = (size_t)tt_blocks((size_t)p.o.rows, 128) *
                   tt_blocks((size_t)p.o.cols, 128) * ttk_batches(to);
    return tiles >= ENOUGH ? ttk_cover(large, out, a, b, p, 128)
                           : ttk_cover(small, out, a, b, p, 64);
}
