/* The simple backend's loops (Task 2.3): see simple_backend.h. */
#include "module2_tensors/simple_backend.h"

void tt_simple_map(tt_unary_fnf *fn, tt_array out, tt_const_array in)
{
    // BEGIN SOLUTION 2.3
    int to[TT_MAX_DIMS], from[TT_MAX_DIMS];
    tt_layout *o = &out.layout, *i = &in.layout;
    size_t size = tt_shape_size(o->shape);
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, o->shape, to);
        tt_broadcast_index(to, o->shape, i->shape, from);
        size_t q = i->offset + tt_index_to_position(from, i->stride, i->shape.ndim);
        size_t p = o->offset + tt_index_to_position(to, o->stride, o->shape.ndim);
        out.at[p] = fn(in.at[q]);
    }
    // END SOLUTION
}

void tt_simple_zip(tt_binary_fnf *fn, tt_array out, tt_const_array a, tt_const_array b)
{
    // BEGIN SOLUTION 2.3
    int to[TT_MAX_DIMS], from[TT_MAX_DIMS];
    tt_layout *o = &out.layout, *x = &a.layout, *y = &b.layout;
    size_t size = tt_shape_size(o->shape);
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, o->shape, to);
        tt_broadcast_index(to, o->shape, x->shape, from);
        size_t q = x->offset + tt_index_to_position(from, x->stride, x->shape.ndim);
        tt_broadcast_index(to, o->shape, y->shape, from);
        size_t r = y->offset + tt_index_to_position(from, y->stride, y->shape.ndim);
        size_t p = o->offset + tt_index_to_position(to, o->stride, o->shape.ndim);
        out.at[p] = fn(a.at[q], b.at[r]);
    }
    // END SOLUTION
}

void tt_simple_reduce(tt_binary_fn *fn, tt_array out, tt_const_array in, int dim)
{
    // BEGIN SOLUTION 2.3
    int index[TT_MAX_DIMS];
    tt_layout *o = &out.layout, *i = &in.layout;
    size_t size = tt_shape_size(o->shape), step = i->stride[dim];
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, o->shape,
                    index); /* index[dim] is 0: the first cell of this line of `in` */
        size_t p = o->offset + tt_index_to_position(index, o->stride, o->shape.ndim);
        size_t q = i->offset + tt_index_to_position(index, i->stride, i->shape.ndim);
        double sum = (double)out.at[p];
        for (int k = 0; k < i->shape.dim[dim]; k++)
            sum = fn((double)in.at[q + (size_t)k * step], sum);
        out.at[p] = (float)sum;
    }
    // END SOLUTION
}

/* One batch: out[i,:] = sum over k of a[i,k] b[k,:]. The order i, k, j reads b along its rows, so
 * the inner loop walks through memory and the compiler can take several columns at once. */
static void multiply(float *out, const float *a, const size_t sa[2], const float *b,
                     const size_t sb[2], const int nkm[3], double *row)
{
    for (int i = 0; i < nkm[0]; i++) {
        for (int j = 0; j < nkm[2]; j++) row[j] = 0.0;
        for (int k = 0; k < nkm[1]; k++) {
            double aik = (double)a[(size_t)i * sa[0] + (size_t)k * sa[1]];
            const float *bk = b + (size_t)k * sb[0]; /* b[k,:] */
            for (int j = 0; j < nkm[2]; j++)
                row[j] += aik * (double)bk[(size_t)j * sb[1]];
        }
        for (int j = 0; j < nkm[2]; j++) *out++ = (float)row[j]; /* out[i,:] */
    }
}

void tt_simple_matmul(tt_array out, tt_const_array a, tt_const_array b, double *row)
{
    tt_shape batch = out.layout.shape;
    int d = batch.ndim -= 2; /* the last two dimensions are the matrices' */
    const int nkm[3] = {a.layout.shape.dim[d], a.layout.shape.dim[d + 1],
                        b.layout.shape.dim[d + 1]};
    size_t matrix = (size_t)nkm[0] * (size_t)nkm[2], batches = tt_shape_size(batch);
    int index[TT_MAX_DIMS];
    for (size_t n = 0; n < batches; n++) {
        tt_to_index(n, batch, index);
        const float *an =
            a.at + a.layout.offset + tt_index_to_position(index, a.layout.stride, d);
        const float *bn =
            b.at + b.layout.offset + tt_index_to_position(index, b.layout.stride, d);
        multiply(out.at + out.layout.offset + n * matrix, an, &a.layout.stride[d], bn,
                 &b.layout.stride[d], nkm, row);
    }
}
