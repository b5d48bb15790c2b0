/* Step 4: each thread computes 8 x 8 cells from numbers it holds in registers. */
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/cuda/launch.h"

enum { SIDE = 128, DEPTH = 8, EACH = 8, THREADS = 256, PAD = 4 };

/* A block has a 128 x 128 tile of out, 16 x 16 threads. Thread (tx, ty) has the cells [ty + 16 i,
 * tx + 16 j], i and j below 8: for each k it reads 8 numbers of a and 8 of b from shared memory and
 * makes 64 products. Neighbours in tx read neighbouring numbers, so banks never collide. a's tile is
 * stored transposed, with 4 numbers of padding that keep those stores from colliding. */
static __global__ void __launch_bounds__(THREADS, 2)
    registers_kernel(float *out, const float *a, const float *b, int n, int k, int m)
{
    __shared__ float as[DEPTH][SIDE + PAD], bs[DEPTH][SIDE];
    int t = (int)threadIdx.x, tx = t % 16, ty = t / 16;
    int row0 = (int)blockIdx.x * SIDE, col0 = (int)blockIdx.y * SIDE;
    float sum[EACH][EACH] = {{0.0f}};
    for (int k0 = 0; k0 < k; k0 += DEPTH) {
        for (int e = t; e < SIDE * DEPTH; e += THREADS) {
            int r = e / DEPTH, i = e % DEPTH; /* a[row0 + r, k0 + i] */
            bool inside = row0 + r < n && k0 + i < k;
            as[i][r] = inside ? a[(size_t)(row0 + r) * k + k0 + i] : 0.0f;
        }
        for (int e = t; e < SIDE * DEPTH; e += THREADS) {
            int i = e / SIDE, c = e % SIDE; /* b[k0 + i, col0 + c] */
            bool inside = k0 + i < k && col0 + c < m;
            bs[i][c] = inside ? b[(size_t)(k0 + i) * m + col0 + c] : 0.0f;
        }
        __syncthreads();
        for (int i = 0; i < DEPTH; i++) {
            float left[EACH], right[EACH];
            for (int r = 0; r < EACH; r++) left[r] = as[i][ty + 16 * r];
            for (int c = 0; c < EACH; c++) right[c] = bs[i][tx + 16 * c];
            for (int r = 0; r < EACH; r++)
                for (int c = 0; c < EACH; c++) sum[r][c] += left[r] * right[c];
        }
        __syncthreads();
    }
    for (int r = 0; r < EACH; r++)
        for (int c = 0; c < EACH; c++) {
            int row = row0 + ty + 16 * r, col = col0 + tx + 16 * c;
            if (row < n && col < m) out[(size_t)row * m + col] = sum[r][c];
        }
}

extern "C" int TTK(ladder_registers)(float *out, const float *a, const float *b, int n,
                                     int k, int m)
{
    dim3 grid(tt_blocks((size_t)n, SIDE), tt_blocks((size_t)m, SIDE));
    return TT_LAUNCH(registers_kernel, grid, THREADS, 0, out, a, b, n, k, m);
}
