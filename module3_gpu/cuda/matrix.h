/* For matmul's kernels: what a stack of matrices looks like, and grids larger than a grid may be. */
#ifndef TT_MODULE3_GPU_CUDA_MATRIX_H
#define TT_MODULE3_GPU_CUDA_MATRIX_H

#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"

/* Blocks of a grid in y and z; in x there may be 2^31 - 1. */
static const unsigned TTK_MOST_BLOCKS = 65535;

/* A matrix in memory: cell [i,j] is at[i * row + j * col]. */
typedef struct ttk_matrix {
    int rows, cols;
    size_t row, col;
} ttk_matrix;

static inline ttk_matrix ttk_matrix_of(const tt_layout &l)
{
    int d = l.shape.ndim - 2;
    ttk_matrix m = {l.shape.dim[d], l.shape.dim[d + 1], l.stride[d], l.stride[d + 1]};
    return m;
}

/* How many matrices are in the stack. */
static inline size_t ttk_batches(const tt_layout &l)
{
    tt_shape stack = l.shape;
    stack.ndim -= 2;
    return tt_shape_size(stack);
}

/* Takes columns 0 .. first - 1 away. */
static inline void ttk_skip_columns(tt_layout *l, int first)
{
    int d = l->shape.ndim - 1;
    l->offset += (size_t)first * l->stride[d];
    l->shape.dim[d] -= first;
}

/* What a launch of matmul gets: layouts for the batches, matrices for what is inside of one, and
 * the number of the batch that blockIdx.z = 0 has. */
typedef struct ttk_product {
    tt_layout to, al, bl;
    ttk_matrix o, a, b;
    unsigned first;
} ttk_product;

/* Calls launch(product, grid) as often as it takes to cover out with tiles of side x side: row
 * tiles on x, column tiles on y, batches on z. Mostly once. */
typedef int ttk_launch_product(float *out, const float *a, const float *b,
                               const ttk_product &p, dim3 grid);

static inline int ttk_cover(ttk_launch_product *launch, float *out, const float *a,
                            const float *b, ttk_product p, unsigned side)
{
    size_t batches = ttk_batches(p.to), most = (size_t)TTK_MOST_BLOCKS * side;
    int error = 0;
    for (bool more = true; more && !error;) {
        p.o = ttk_matrix_of(p.to), p.a = ttk_matrix_of(p.al), p.b = ttk_matrix_of(p.bl);
        more = (size_t)p.o.cols > most;
        size_t columns = more ? most : (size_t)p.o.cols;
        for (size_t n = 0; n < batches && !error; n += TTK_MOST_BLOCKS) {
            size_t z = batches - n < TTK_MOST_BLOCKS ? batches - n : TTK_MOST_BLOCKS;
            p.first = (unsigned)n;
            error = launch(out, a, b, p,
                           dim3(tt_blocks((size_t)p.o.rows, side),
                                tt_blocks(columns, side), (unsigned)z));
        }
        if (more) ttk_skip_columns(&p.to, (int)most), ttk_skip_columns(&p.bl, (int)most);
    }
    return error;
}

#endif
