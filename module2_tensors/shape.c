/* Shapes, strides, indices (Tasks 2.1, 2.2): see shape.h. */
#include "module2_tensors/shape.h"

#include <stdint.h>
#include <stdio.h>

#include "support/error.h"

size_t tt_shape_size(tt_shape shape)
{
    size_t size = 1;
    for (int d = 0; d < shape.ndim; d++) size *= (size_t)shape.dim[d];
    return size;
}

bool tt_shape_equal(tt_shape a, tt_shape b)
{
    if (a.ndim != b.ndim) return false;
    for (int d = 0; d < a.ndim; d++)
        if (a.dim[d] != b.dim[d]) return false;
    return true;
}

bool tt_shape_valid(tt_shape shape)
{
    if (shape.ndim < 0 || shape.ndim > TT_MAX_DIMS) return false;
    uint64_t cells =
        1; /* of the sizes that are not 0: an empty shape must have sane sizes too */
    for (int d = 0; d < shape.ndim; d++) {
        if (shape.dim[d] < 0) return false;
        if (shape.dim[d] > 0) cells *= (uint64_t)shape.dim[d];
        if (cells > INT32_MAX) return false; /* before the next product can overflow */
    }
    return true;
}

char *tt_shape_text(tt_shape shape, char text[TT_SHAPE_TEXT])
{
    size_t used = 0;
    int ndim = shape.ndim < 0 ? 0 : shape.ndim > TT_MAX_DIMS ? TT_MAX_DIMS : shape.ndim;
    text[used++] = '(';
    for (int d = 0; d < ndim; d++)
        used += (size_t)snprintf(text + used, TT_SHAPE_TEXT - used, "%s%d", d ? "," : "",
                                 shape.dim[d]);
    snprintf(text + used, TT_SHAPE_TEXT - used, ndim == 1 ? ",)" : ")");
    return text;
}

tt_layout tt_layout_of(tt_shape shape)
{
    tt_layout layout = {.shape = shape};
    size_t step = 1;
    for (int d = shape.ndim - 1; d >= 0; d--) {
        layout.stride[d] = step;
        step *= (size_t)shape.dim[d];
    }
    return layout;
}

bool tt_layout_contiguous(const tt_layout *layout)
{
    if (tt_shape_size(layout->shape) == 0) return true;
    size_t step = 1;
    for (int d = layout->shape.ndim - 1; d >= 0; d--) {
        if (layout->shape.dim[d] != 1 && layout->stride[d] != step) return false;
        step *= (size_t)layout->shape.dim[d];
    }
    return true;
}

size_t tt_index_to_position(const int *index, const size_t *stride, int ndim)
{
    // BEGIN SOLUTION 2.1
    size_t position = 0;
    for (int d = 0; d < ndim; d++) position += (size_t)index[d] * stride[d];
    return position;
    // END SOLUTION
}

void tt_to_index(size_t ordinal, tt_shape shape, int *index)
{
    // BEGIN SOLUTION 2.1
    /* The digits of a number whose d-th digit has base dim[d]; the last one is the units. */
    for (int d = shape.ndim - 1; d >= 0; d--) {
        size_t base = (size_t)shape.dim[d];
        index[d] = (int)(ordinal % base);
        ordinal /= base;
    }
    // END SOLUTION
}

static bool is_permutation(const int *order, int ndim)
{
    unsigned seen = 0;
    for (int d = 0; d < ndim; d++) {
        if (order[d] < 0 || order[d] >= ndim) return false;
        seen |= 1u << order[d];
    }
    return seen == (1u << ndim) - 1;
}

bool tt_layout_permute(const tt_layout *in, const int *order, tt_layout *out)
{
    if (!is_permutation(order, in->shape.ndim)) return false;
    tt_layout result = *in;
    // BEGIN SOLUTION 2.1
    for (int d = 0; d < in->shape.ndim; d++) {
        result.shape.dim[d] = in->shape.dim[order[d]];
        result.stride[d] = in->stride[order[d]];
    }
    // END SOLUTION
    *out = result;
    return true;
}

bool tt_shape_broadcast(tt_shape a, tt_shape b, tt_shape *out)
{
    // BEGIN SOLUTION 2.2
    tt_shape big = {.ndim = a.ndim > b.ndim ? a.ndim : b.ndim};
    for (int right = 1; right <= big.ndim;
         right++) { /* 1: the last dimension, 2: the one before */
        int m = right <= a.ndim ? a.dim[a.ndim - right] : 1;
        int n = right <= b.ndim ? b.dim[b.ndim - right] : 1;
        if (m != n && m != 1 && n != 1) return false;
        big.dim[big.ndim - right] = m == 1 ? n : m;
    }
    *out = big;
    return true;
    // END SOLUTION
}

void tt_broadcast_index(const int *big_index, tt_shape big, tt_shape shape, int *index)
{
    // BEGIN SOLUTION 2.2
    int extra = big.ndim - shape.ndim; /* dimensions that only `big` has, on the left */
    for (int d = 0; d < shape.ndim; d++)
        index[d] = shape.dim[d] == 1 ? 0 : big_index[d + extra];
    // END SOLUTION
}

tt_layout tt_layout_stretch(const tt_layout *in, tt_shape big)
{
    tt_layout out = {.shape = big, .offset = in->offset};
    int extra = big.ndim - in->shape.ndim;
    for (int d = 0; d < in->shape.ndim; d++) {
        bool stretched = in->shape.dim[d] == 1 && big.dim[d + extra] != 1;
        out.stride[d + extra] = stretched ? 0 : in->stride[d];
    }
    return out;
}
