#include "course/grade/scenarios/tensors.h"

#include "module2_tensors/slots.h"

enum { GAP = 3 };

/* The position of cell n, counted row-major, in a layout. */
static size_t position(const tt_layout *layout, size_t n)
{
    size_t at = layout->offset;
    for (int d = layout->shape.ndim - 1; d >= 0; d--) {
        size_t size = (size_t)layout->shape.dim[d];
        at += n % size * layout->stride[d];
        n /= size;
    }
    return at;
}

size_t cells_in(tt_shape shape)
{
    size_t n = 1;
    for (int d = 0; d < shape.ndim; d++) n *= (size_t)shape.dim[d];
    return n;
}

/* Row-major, or the first dimension adjacent and behind a gap. */
static tt_layout layout_of(tt_shape shape, bool turned)
{
    tt_layout layout = {.shape = shape, .offset = turned ? GAP : 0};
    size_t step = 1;
    for (int i = 0; i < shape.ndim; i++) {
        int d = turned ? i : shape.ndim - 1 - i;
        layout.stride[d] = step;
        step *= (size_t)shape.dim[d];
    }
    return layout;
}

tt_tensor *tensor_of(scenario *s, tt_ctx *c, const char *name, tt_shape shape,
                     bool turned, const float *cells)
{
    size_t n = cells_in(shape);
    tt_data data = {.layout = layout_of(shape, turned)};
    data.storage = tt_storage_new(c, tt_backend_of(c), n + data.layout.offset);
    float *at = data.storage != NULL ? tt_storage_set(data.storage) : NULL;
    TT_ASSERT(at != NULL);
    for (size_t i = 0; i < data.layout.offset; i++) at[i] = -77;
    for (size_t i = 0; i < n; i++) at[position(&data.layout, i)] = cells[i];
    in_f32_shaped(s, name, cells, shape.ndim, shape.dim);
    return tti_around(c, data);
}

tt_tensor *draw_tensor(scenario *s, tt_ctx *c, const char *name, tt_shape shape,
                       bool turned, float low, float high)
{
    size_t n = cells_in(shape);
    float *cells = tt_alloc(c, (n + 1) * sizeof *cells);
    drawf_all(s, cells, n, low, high);
    return tensor_of(s, c, name, shape, turned, cells);
}

tt_shape draw_shape(scenario *s, int most)
{
    tt_shape shape = {.ndim = draw_int(s, 1, most)};
    for (int d = 0; d < shape.ndim; d++) shape.dim[d] = draw_int(s, 1, 5);
    return shape;
}

float *cells_of(tt_ctx *c, tt_tensor *t)
{
    const tt_layout *layout = &t->data.layout;
    size_t n = cells_in(layout->shape);
    float *cells = tt_alloc(c, (n + 1) * sizeof *cells);
    const float *at = tt_storage_read(t->data.storage);
    for (size_t i = 0; cells != NULL && at != NULL && i < n; i++) {
        size_t p = position(layout, i);
        TT_ASSERT(p < t->data.storage->size);
        cells[i] = at[p];
    }
    return cells;
}

void put_tensor(scenario *s, tt_ctx *c, const char *name, tt_tensor *t)
{
    put_error(s, "NULL or an error", c, t);
    if (t == NULL) return;
    const tt_shape *shape = &t->data.layout.shape;
    TT_ASSERT(shape->ndim >= 0 && shape->ndim <= TT_MAX_DIMS);
    put_f32_shaped(s, name, cells_of(c, t), shape->ndim, shape->dim);
}
