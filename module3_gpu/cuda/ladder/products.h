/* The inner loop of steps 5 and 6: 8 x 8 cells a thread, from tiles in shared memory. */
#ifndef TT_MODULE3_GPU_CUDA_LADDER_PRODUCTS_H
#define TT_MODULE3_GPU_CUDA_LADDER_PRODUCTS_H

#include "module3_gpu/cuda/ladder/quads.h"

enum { SIDE = 128, DEPTH = 8, THREADS = 256, LINE = SIDE + 4 };

/* sum[0..3] += x y[0..3] */
static __device__ inline void row_of_four(float *sum, float x, const float4 &y)
{
    sum[0] += x * y.x;
    sum[1] += x * y.y;
    sum[2] += x * y.z;
    sum[3] += x * y.w;
}

/* Thread (tx, ty) of 16 x 16 has rows 4 ty .. + 3 and 64 + 4 ty .. + 3, and columns likewise: its
 * numbers are quads, four reads of shared memory for 64 products. as and bs are [k][row], [k][column]. */
static __device__ inline void products(float sum[8][8], float (*as)[LINE],
                                       float (*bs)[LINE], int tx, int ty)
{
    TTK_UNROLL
    for (int i = 0; i < DEPTH; i++) {
        float4 right[2] = {*quad(&bs[i][4 * tx]), *quad(&bs[i][64 + 4 * tx])};
        TTK_UNROLL
        for (int h = 0; h < 2; h++) {
            float4 left = *quad(&as[i][64 * h + 4 * ty]);
            TTK_UNROLL
            for (int g = 0; g < 2; g++) {
                row_of_four(&sum[4 * h + 0][4 * g], left.x, right[g]);
                row_of_four(&sum[4 * h + 1][4 * g], left.y, right[g]);
                row_of_four(&sum[4 * h + 2][4 * g], left.z, right[g]);
                row_of_four(&sum[4 * h + 3][4 * g], left.w, right[g]);
            }
        }
    }
}

/* What such a thread has, to the tile of out at [row0, col0]. */
static __device__ inline void store_products(float *out, const float sum[8][8], int row0,
                                             int col0, int tx, int ty, int n, int m)
{
    TTK_UNROLL
    for (int r = 0; r < 8; r++) TTK_UNROLL
    for (int c = 0; c < 8; c++) {
        int row = row0 + r / 4 * 64 + 4 * ty + r % 4;
        int col = col0 + c / 4 * 64 + 4 * tx + c % 4;
        if (row < n && col < m) out[(size_t)row * m + col] = sum[r][c];
    }
}

#endif
