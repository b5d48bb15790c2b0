/* The parallel loops (Task 3.1): see parallel.h.
 *
 * In each, the passes of the loop marked TT_PARALLEL_FOR run on several threads. They write different
 * cells and share nothing else: index buffers are declared inside, one for each pass. */
#include "module3_gpu/fast/parallel.h"

bool tti_aligned(const tt_layout *out, const tt_layout *in)
{
    if (!tt_shape_equal(out->shape, in->shape) || !tt_layout_contiguous(out))
        return false;
    for (int d = 0; d < out->shape.ndim; d++)
        if (out->shape.dim[d] != 1 && out->stride[d] != in->stride[d]) return false;
    return true;
}

void tt_parallel_map(tt_unary_fnf *fn, tt_array out, tt_const_array in)
{
    size_t size = tt_shape_size(out.layout.shape);
    // BEGIN SOLUTION 3.1
    const tt_layout *o = &out.layout, *x = &in.layout;
    if (tti_aligned(o, x)) {
        TT_PARALLEL_FOR(size)
        for (size_t n = 0; n < size; n++)
            out.at[o->offset + n] = fn(in.at[x->offset + n]);
        return;
    }
    TT_PARALLEL_FOR(size)
    for (size_t n = 0; n < size; n++) {
        int to[TT_MAX_DIMS], from[TT_MAX_DIMS];
        tt_to_index(n, o->shape, to);
        tt_broadcast_index(to, o->shape, x->shape, from);
        size_t p = o->offset + tt_index_to_position(to, o->stride, o->shape.ndim);
        out.at[p] =
            fn(in.at[x->offset + tt_index_to_position(from, x->stride, x->shape.ndim)]);
    }
    // END SOLUTION
}

/* The cell of `in` that cell `to` of the shape `big` reads. */
static float cell(const tt_const_array *in, const int *to, tt_shape big)
{
    int from[TT_MAX_DIMS];
    tt_broadcast_index(to, big, in->layout.shape, from);
    return in->at[in->layout.offset +
                  tt_index_to_position(from, in->layout.stride, in->layout.shape.ndim)];
}

void tt_parallel_zip(tt_binary_fnf *fn, tt_array out, tt_const_array a, tt_const_array b)
{
    size_t size = tt_shape_size(out.layout.shape);
    // BEGIN SOLUTION 3.1
    const tt_layout *o = &out.layout;
    if (tti_aligned(o, &a.layout) && tti_aligned(o, &b.layout)) {
        const float *x = a.at + a.layout.offset, *y = b.at + b.layout.offset;
        TT_PARALLEL_FOR(size)
        for (size_t n = 0; n < size; n++) out.at[o->offset + n] = fn(x[n], y[n]);
        return;
    }
    TT_PARALLEL_FOR(size)
    for (size_t n = 0; n < size; n++) {
        int to[TT_MAX_DIMS];
        tt_to_index(n, o->shape, to);
        size_t p = o->offset + tt_index_to_position(to, o->stride, o->shape.ndim);
        out.at[p] = fn(cell(&a, to, o->shape), cell(&b, to, o->shape));
    }
    // END SOLUTION
}

void tt_parallel_reduce(tt_binary_fn *fn, tt_array out, tt_const_array in, int dim)
{
    const tt_layout *o = &out.layout, *x = &in.layout;
    size_t size = tt_shape_size(o->shape), step = x->stride[dim];
    size_t length = (size_t)x->shape.dim[dim];
    // BEGIN SOLUTION 3.1
    TT_PARALLEL_FOR(size * length)
    for (size_t n = 0; n < size; n++) {
        int index[TT_MAX_DIMS]; /* index[dim] is 0: the first cell of this line of `in` */
        tt_to_index(n, o->shape, index);
        size_t p = o->offset + tt_index_to_position(index, o->stride, o->shape.ndim);
        const float *line =
            in.at + x->offset + tt_index_to_position(index, x->stride, x->shape.ndim);
        double sum = (double)out.at[p];
        for (size_t k = 0; k < length; k++) sum = fn((double)line[k * step], sum);
        out.at[p] = (float)sum;
    }
    // END SOLUTION
}
