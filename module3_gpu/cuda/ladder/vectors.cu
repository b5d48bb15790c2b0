/* Step 5: the same, with four numbers a read from global and from shared memory. */
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/cuda/launch.h"

enum { SIDE = 128, DEPTH = 8, THREADS = 256, LINE = SIDE + 4 };

/* Four neighbours of a row, fetched at once where the row is aligned and long enough (`whole`: rows
 * are multiples of 4 numbers), else one by one; 0 outside. `room` is what is left of the row. */
static __device__ inline float4 four(const float *at, int room, bool whole)
{
    if (whole && room >= 4) return *reinterpret_cast<const float4 *>(at);
    float4 x = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (room > 0) x.x = at[0];
    if (room > 1) x.y = at[1];
    if (room > 2) x.z = at[2];
    if (room > 3) x.w = at[3];
    return x;
}

/* Four neighbours in shared memory as one. */
static __device__ inline float4 *quad(float *at)
{
    return reinterpret_cast<float4 *>(at);
}

/* sum[0..3] += x y[0..3] */
static __device__ inline void row_of_four(float *sum, float x, const float4 &y)
{
    sum[0] += x * y.x;
    sum[1] += x * y.y;
    sum[2] += x * y.z;
    sum[3] += x * y.w;
}

/* A tile of 128 x 128 with 16 x 16 threads. To fetch, each thread takes four neighbours of a row of
 * a and of b. To compute, thread (tx, ty) has rows 4 ty .. + 3 and 64 + 4 ty .. + 3, and columns
 * likewise: its numbers are quads, four reads of shared memory for 64 products. */
static __global__ void __launch_bounds__(THREADS, 2)
    vectors_kernel(float *out, const float *a, const float *b, int n, int k, int m)
{
    __shared__ __align__(16) float as[DEPTH][LINE]; /* a's tile transposed: [k][row] */
    __shared__ __align__(16) float bs[DEPTH][LINE];
    int t = (int)threadIdx.x, tx = t % 16, ty = t / 16;
    int row0 = (int)blockIdx.x * SIDE, col0 = (int)blockIdx.y * SIDE;
    int ar = t / 2, ak = t % 2 * 4, bk = t / 32,
        bc = t % 32 * 4; /* what this thread fetches */
    float sum[8][8] = {{0.0f}};
    for (int k0 = 0; k0 < k; k0 += DEPTH) {
        int a_room = row0 + ar < n ? k - k0 - ak : 0,
            b_room = k0 + bk < k ? m - col0 - bc : 0;
        float4 x = four(a + (size_t)(row0 + ar) * k + k0 + ak, a_room, k % 4 == 0);
        as[ak + 0][ar] = x.x;
        as[ak + 1][ar] = x.y;
        as[ak + 2][ar] = x.z;
        as[ak + 3][ar] = x.w;
        *quad(&bs[bk][bc]) =
            four(b + (size_t)(k0 + bk) * m + col0 + bc, b_room, m % 4 == 0);
        __syncthreads();
        for (int i = 0; i < DEPTH; i++) {
            for (int h = 0; h < 2; h++) {
                float4 left = *quad(&as[i][64 * h + 4 * ty]);
                for (int g = 0; g < 2; g++) {
                    float4 right = *quad(&bs[i][64 * g + 4 * tx]);
                    row_of_four(&sum[4 * h + 0][4 * g], left.x, right);
                    row_of_four(&sum[4 * h + 1][4 * g], left.y, right);
                    row_of_four(&sum[4 * h + 2][4 * g], left.z, right);
                    row_of_four(&sum[4 * h + 3][4 * g], left.w, right);
                }
            }
        }
        __syncthreads();
    }
    for (int r = 0; r < 8; r++)
        for (int c = 0; c < 8; c++) {
            int row = row0 + r / 4 * 64 + 4 * ty + r % 4,
                col = col0 + c / 4 * 64 + 4 * tx + c % 4;
            if (row < n && col < m) out[(size_t)row * m + col] = sum[r][c];
        }
}

extern "C" int TTK(ladder_vectors)(float *out, const float *a, const float *b, int n,
                                   int k, int m)
{
    dim3 grid(tt_blocks((size_t)n, SIDE), tt_blocks((size_t)m, SIDE));
    return TT_LAUNCH(vectors_kernel, grid, THREADS, 0, out, a, b, n, k, m);
}
