/* matmul: stacks of matrices of any size and layout, by tiles in shared memory (Task 3.4). */
#include "module3_gpu/cuda/matrix.h"

/* A block computes a 32 x 32 tile of out for one batch, blockIdx.z, a thread a cell: row
 * 32 blockIdx.x + threadIdx.y, column 32 blockIdx.y + threadIdx.x. It marches along the inner
 * dimension in steps of 32: all threads bring a tile of a and one of b to shared memory, wait, add
 * the products up in a register, and wait again before the tiles are overwritten. Cells outside
 * of a or b count as 0. A cell of a is read once by each of out's m / 32 tiles beside it, and
 * not m times. Leading dimensions that broadcast have stride 0: ttk_batch deals with them. */
static __global__ void matmul_kernel(float *out, const float *a, const float *b,
                                     ttk_product p)
{
    __shared__ float as[TTK_TILE][TTK_TILE], bs[TTK_TILE][TTK_TILE];
    ttk_matrix o = p.o, am = p.a, bm = p.b;
    a += ttk_batch(p.first + blockIdx.z, p.al);
    b += ttk_batch(p.first + blockIdx.z, p.bl);
    out += ttk_batch(p.first + blockIdx.z, p.to);
    // BEGIN SOLUTION 3.4
    int x = (int)threadIdx.x, y = (int)threadIdx.y, inner = am.cols;
    int row = (int)blockIdx.x * TTK_TILE + y, col = (int)blockIdx.y * TTK_TILE + x;
    float sum = 0.0f;
    for (int k0 = 0; k0 < inner; k0 += TTK_TILE) {
        bool in_a = row < am.rows && k0 + x < inner, in_b = k0 + y < inner && col < bm.cols;
        as[y][x] = in_a ? a[(size_t)row * am.row + (size_t)(k0 + x) * am.col] : 0.0f;
        bs[y][x] = in_b ? b[(size_t)(k0 + y) * bm.row + (size_t)col * bm.col] : 0.0f;
        __syncthreads(); /* both tiles are whole */
        for (int k = 0; k < TTK_TILE; k++) sum += as[y][k] * bs[k][x];
        __syncthreads(); /* nobody still reads them */
    }
    if (row < o.rows && col < o.cols)
        out[(size_t)row * o.row + (size_t)col * o.col] = sum;
    // END SOLUTION
}

static int launch(float *out, const float *a, const float *b, const ttk_product &p,
                  dim3 grid)
{
    return TT_LAUNCH(matmul_kernel, grid, dim3(TTK_TILE, TTK_TILE), 0, out, a, b, p);
}

extern "C" int TTK(matmul)(float *out, tt_layout to, const float *a, tt_layout al,
                           const float *b, tt_layout bl)
{
    return ttk_cover(launch, out, a, b, ttk_product_of(to, al, bl), TTK_TILE);
}
