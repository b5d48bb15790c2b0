/* The parallel matrix product (Task 3.2): see parallel.h. */
#include "module3_gpu/fast/parallel.h"

/* Where the matrix of batch `n` begins; `batch` is the shape of the leading dimensions. */
static size_t matrix_at(const tt_layout *layout, size_t n, tt_shape batch)
{
    int index[TT_MAX_DIMS];
    tt_to_index(n, batch, index);
    return layout->offset + tt_index_to_position(index, layout->stride, batch.ndim);
}

void tt_parallel_matmul(tt_array out, tt_const_array a, tt_const_array b)
{
    tt_shape batch = out.layout.shape;
    int d = batch.ndim -= 2; /* the last two dimensions are the matrices' */
    const size_t *so = &out.layout.stride[d], *sa = &a.layout.stride[d],
                 *sb = &b.layout.stride[d];
    size_t rows = (size_t)a.layout.shape.dim[d], inner = (size_t)a.layout.shape.dim[d + 1];
    size_t columns = (size_t)b.layout.shape.dim[d + 1], batches = tt_shape_size(batch);
    // BEGIN SOLUTION 3.2
    TT_PARALLEL_FOR(batches * rows * inner * columns)
    for (size_t line = 0; line < batches * rows; line++) { /* out[batch, i, :] */
        size_t n = line / rows, i = line % rows;
        const float *x = a.at + matrix_at(&a.layout, n, batch) + i * sa[0];
        const float *y = b.at + matrix_at(&b.layout, n, batch);
        float *z = out.at + matrix_at(&out.layout, n, batch) + i * so[0];
        for (size_t j = 0; j < columns; j++) {
            double sum = 0;
            for (size_t k = 0; k < inner; k++)
                sum += (double)x[k * sa[1]] * (double)y[k * sb[0] + j * sb[1]];
            z[j * so[1]] = (float)sum;
        }
    }
    // END SOLUTION
}
