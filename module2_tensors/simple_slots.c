/* The simple backend's table: from storages and operators to arrays and functions. */
#include <string.h>

#include "module2_tensors/simple_backend.h"
#include "support/ctx_struct.h"

/* The numbers behind a data handle; at is NULL after an error. */
static tt_const_array reading(tt_data data)
{
    return (tt_const_array){tt_storage_read(data.storage), data.layout};
}

static tt_array writing(tt_data data)
{
    return (tt_array){tt_storage_set(data.storage), data.layout};
}

static tt_status simple_map(tt_ctx *c, tt_unary_op op, tt_data out, tt_data in)
{
    tt_const_array from = reading(in);
    tt_array to = writing(out);
    if (from.at && to.at) tt_simple_map(tt_unaryf(op), to, from);
    return c->status;
}

static tt_status simple_zip(tt_ctx *c, tt_binary_op op, tt_data out, tt_data a, tt_data b)
{
    tt_const_array left = reading(a), right = reading(b);
    tt_array to = writing(out);
    if (left.at && right.at && to.at) tt_simple_zip(tt_binaryf(op), to, left, right);
    return c->status;
}

static void fill(tt_array out, float value)
{
    size_t size = tt_shape_size(out.layout.shape);
    float *at = out.at + out.layout.offset;
    for (size_t i = 0; i < size; i++) at[i] = value;
}

static tt_status simple_reduce(tt_ctx *c, tt_binary_op op, tt_data out, tt_data in,
                               int dim, float start)
{
    tt_const_array from = reading(in);
    tt_array to = writing(out);
    if (!from.at || !to.at) return c->status;
    fill(to, start);
    tt_simple_reduce(tt_binary(op), to, from, dim);
    return c->status;
}

static tt_status simple_matmul(tt_ctx *c, tt_data out, tt_data a, tt_data b)
{
    tt_const_array left = reading(a), right = reading(b);
    tt_array to = writing(out);
    tt_shape shape = out.layout.shape;
    size_t bytes = sizeof(double) * (size_t)shape.dim[shape.ndim - 1];
    double *row = tti_block_get(c, bytes);
    if (left.at && right.at && to.at && row) tt_simple_matmul(to, left, right, row);
    tti_block_put(c, row);
    return c->status;
}

/* Copies and the sums of gradients pass over all parameters in every training step. So numbers that
 * lie in order have a loop of their own; all others are walked index by index. */
static const float *in_order(tt_data x, tt_shape shape)
{
    tt_layout stretched = tt_layout_stretch(&x.layout, shape);
    const float *from = tt_storage_read(x.storage);
    return from && tt_layout_contiguous(&stretched) ? from + stretched.offset : NULL;
}

static tt_status simple_copy(tt_ctx *c, tt_data out, tt_data in)
{
    const float *from = in_order(in, out.layout.shape);
    if (!from) return simple_map(c, TT_OP_ID, out, in);
    float *to = tt_storage_set(out.storage);
    size_t size = tt_shape_size(out.layout.shape);
    if (to && size) memcpy(to + out.layout.offset, from, size * sizeof *to);
    return c->status;
}

static tt_status simple_fill(tt_ctx *c, tt_data out, float value)
{
    tt_array to = writing(out);
    if (to.at) fill(to, value);
    return c->status;
}

static tt_status simple_axpy(tt_ctx *c, tt_data y, float alpha, tt_data x)
{
    float *to = tt_storage_change(y.storage);
    const float *from = in_order(x, y.layout.shape);
    size_t size = tt_shape_size(y.layout.shape);
    if (!to || !tt_storage_read(x.storage)) return c->status;
    to += y.layout.offset;
    if (from) {
        for (size_t i = 0; i < size; i++) to[i] += alpha * from[i];
        return c->status;
    }
    tt_layout walk = tt_layout_stretch(&x.layout, y.layout.shape);
    int index[TT_MAX_DIMS];
    from = tt_storage_read(x.storage) + walk.offset;
    for (size_t i = 0; i < size; i++) {
        tt_to_index(i, walk.shape, index);
        to[i] += alpha * from[tt_index_to_position(index, walk.stride, walk.shape.ndim)];
    }
    return c->status;
}

const tt_backend *tt_backend_simple(void)
{
    static const tt_backend simple = {.name = "simple",
                                      .map = simple_map,
                                      .zip = simple_zip,
                                      .reduce = simple_reduce,
                                      .matmul = simple_matmul,
                                      .copy = simple_copy,
                                      .fill = simple_fill,
                                      .axpy = simple_axpy};
    return &simple;
}

void tt_use(tt_ctx *c, const tt_backend *backend)
{
    c->backend = backend;
}

const tt_backend *tt_backend_of(const tt_ctx *c)
{
    return c->backend ? c->backend : tt_backend_simple();
}
