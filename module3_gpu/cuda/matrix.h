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

/* What a launch of matmul gets: layouts for the batches, matrices for what is inside of one, the
 * number of the batch that blockIdx.z = 0 has; and for the fast ones into how many pieces of `piece`
 * cells the inner dimension is cut, how many cells all of out has, and whether four neighbours of an
 * operand can be fetched at once. */
typedef struct ttk_product {
    tt_layout to, al, bl;
    ttk_matrix o, a, b;
    unsigned first, pieces;
    int piece;
    size_t cells;
    bool a_whole, b_whole;
} ttk_product;

static inline ttk_product ttk_product_of(const tt_layout &to, const tt_layout &al,
                                         const tt_layout &bl)
{
    ttk_product p = {to,
                     al,
                     bl,
                     ttk_matrix_of(to),
                     ttk_matrix_of(al),
                     ttk_matrix_of(bl),
                     0,
                     1,
                     al.shape.dim[al.shape.ndim - 1],
                     tt_shape_size(to.shape),
                     false,
                     false};
    return p;
}

/* Calls launch(product, grid) as often as it takes to cover out with tiles of side x side: row
 * tiles on x, column tiles on y, batches and their pieces on z. Mostly once. */
typedef int ttk_launch_product(float *out, const float *a, const float *b,
                               const ttk_product &p, dim3 grid);

static inline int ttk_cover(ttk_launch_product *launch, float *out, const float *a,
                            const float *b, ttk_product p, unsigned side)
{
    size_t batches = ttk_batches(p.to), most = (size_t)TTK_MOST_BLOCKS * side;
    size_t at_once = TTK_MOST_BLOCKS / p.pieces;
    int error = 0;
    for (bool more = true; more && !error;) {
        p.o = ttk_matrix_of(p.to), p.a = ttk_matrix_of(p.al), p.b = ttk_matrix_of(p.bl);
        more = (size_t)p.o.cols > most;
        size_t columns = more ? most : (size_t)p.o.cols;
        for (size_t n = 0; n < batches && !error; n += at_once) {
            size_t z = batches - n < at_once ? batches - n : at_once;
            p.first = (unsigned)n;
            error = launch(out, a, b, p,
                           dim3(tt_blocks((size_t)p.o.rows, side),
                                tt_blocks(columns, side), (unsigned)z * p.pieces));
        }
        if (more) ttk_skip_columns(&p.to, (int)most), ttk_skip_columns(&p.bl, (int)most);
    }
    return error;
}

#endif
