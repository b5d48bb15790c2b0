/* Making tensors and looking into them: see tensor.h. */
#include "module2_tensors/tensor.h"

#include <math.h>
#include <string.h>

#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

/* ---- making ---------------------------------------------------------------------------------- */

tt_tensor *tt_empty(tt_ctx *c, tt_shape shape)
{
    return tti_new(c, tt_backend_of(c), shape, "tt_empty");
}

static tt_tensor *filled(tt_ctx *c, tt_shape shape, float value, const char *who)
{
    tt_tensor *t = tti_new(c, tt_backend_of(c), shape, who);
    return t && tti_backend(t)->fill(c, t->data, value) == TT_OK ? t : NULL;
}

tt_tensor *tt_zeros(tt_ctx *c, tt_shape shape)
{
    return filled(c, shape, 0.0f, "tt_zeros");
}

tt_tensor *tt_ones(tt_ctx *c, tt_shape shape)
{
    return filled(c, shape, 1.0f, "tt_ones");
}

tt_tensor *tt_full(tt_ctx *c, tt_shape shape, float value)
{
    return filled(c, shape, value, "tt_full");
}

tt_tensor *tt_num(tt_ctx *c, float value)
{
    return filled(c, (tt_shape){1, {1}}, value, "tt_num");
}

/* A new tensor and its cells on the host, all to be set by the caller; *at is NULL after an error. */
static tt_tensor *on_host(tt_ctx *c, tt_shape shape, const char *who, float **at)
{
    tt_tensor *t = tti_new(c, tt_backend_of(c), shape, who);
    *at = t ? tt_storage_set(t->data.storage) : NULL;
    return *at ? t : NULL;
}

tt_tensor *tt_arange(tt_ctx *c, int n)
{
    float *at;
    tt_tensor *t = on_host(c, (tt_shape){1, {n}}, "tt_arange", &at);
    for (int i = 0; t && i < n; i++) at[i] = (float)i;
    return t;
}

tt_tensor *tt_from(tt_ctx *c, tt_shape shape, const float *values)
{
    float *at;
    tt_tensor *t = on_host(c, shape, "tt_from", &at);
    size_t size = tt_numel(t);
    if (size && !values)
        return tti_fail(c, TT_ERR_VALUE, "tt_from",
                        "values is NULL but %zu cells want one", size);
    if (size) memcpy(at, values, size * sizeof *at);
    return t;
}

tt_tensor *tt_rand(tt_ctx *c, tt_shape shape)
{
    float *at;
    tt_tensor *t = on_host(c, shape, "tt_rand", &at);
    size_t size = tt_numel(t);
    tt_rng r = tt_ctx_rng(c, TT_STREAM_DATA, size);
    for (size_t i = 0; i < size; i++) at[i] = tt_rng_uniform(r, i);
    return t;
}

tt_tensor *tt_randn(tt_ctx *c, tt_shape shape)
{
    float *at;
    tt_tensor *t = on_host(c, shape, "tt_randn", &at);
    size_t size = tt_numel(t);
    tt_rng r = tt_ctx_rng(c, TT_STREAM_DATA, size);
    for (size_t i = 0; i < size; i++) at[i] = tt_rng_normal(r, i);
    return t;
}

/* Whether a may be used in c: for the functions that do not come in by the door. */
static bool usable(tt_ctx *c, tt_tensor *a, const char *who)
{
    if (c->status || !a) return false;
    return tti_usable(c, &a->node.header, who, "operand", tt_node_label(&a->node));
}

tt_tensor *tt_empty_like(tt_ctx *c, tt_tensor *a)
{
    if (!usable(c, a, "tt_empty_like")) return NULL;
    return tti_new(c, tti_backend(a), a->data.layout.shape, "tt_empty_like");
}

tt_tensor *tt_clone(tt_ctx *c, tt_tensor *a)
{
    tt_tensor *t = tt_empty_like(c, a);
    return t && tti_backend(t)->copy(c, t->data, a->data) == TT_OK ? t : NULL;
}

tt_tensor *tt_detach(tt_ctx *c, tt_tensor *a)
{
    return usable(c, a, "tt_detach") ? tti_around(c, a->data) : NULL;
}

tt_tensor *tt_to(tt_ctx *c, tt_tensor *a, const tt_backend *backend)
{
    if (!usable(c, a, "tt_to")) return NULL;
    if (tti_backend(a) == backend) return a;
    tt_tensor *t = tti_new(c, backend, a->data.layout.shape, "tt_to");
    float *at = t ? tt_storage_set(t->data.storage) : NULL;
    return at && tt_read(a, at) == TT_OK ? t : NULL;
}

tt_tensor *tt_name(tt_tensor *a, const char *name)
{
    if (!a) return NULL;
    tt_ctx *c = tti_owner(a, "tt_name");
    if (!tti_outlives(c, &a->node.header, "tt_name", "the name")) return NULL;
    a->node.name = tt_text(c, "%s", name);
    return a;
}

/* ---- looking --------------------------------------------------------------------------------- */

tt_shape tt_shape_of(const tt_tensor *a)
{
    return a ? a->data.layout.shape : (tt_shape){0, {0}};
}

size_t tt_numel(const tt_tensor *a)
{
    return a ? tt_shape_size(a->data.layout.shape) : 0;
}

float tt_item(tt_tensor *a)
{
    char text[TT_SHAPE_TEXT];
    if (!a) return NAN;
    tt_ctx *c = tti_owner(a, "tt_item");
    if (tt_numel(a) == 1) return tt_get(a, (int[TT_MAX_DIMS]){0});
    tti_fail(c, TT_ERR_SHAPE, "tt_item", "%s has shape %s; one cell is wanted: use tt_get",
             tt_node_label(&a->node), tt_shape_text(a->data.layout.shape, text));
    return NAN;
}

/* Where a cell is in the storage, or SIZE_MAX and TT_ERR_INDEX. */
static size_t position_of(tt_tensor *a, const int *index, const char *who)
{
    const tt_layout *layout = &a->data.layout;
    for (int d = 0; d < layout->shape.ndim; d++) {
        if (index[d] >= 0 && index[d] < layout->shape.dim[d]) continue;
        char text[TT_SHAPE_TEXT];
        tti_fail(
            a->node.header.ctx, TT_ERR_INDEX, who,
            "index %d in dimension %d of %s: it has size %d, so 0 to %d are allowed (%s)",
            index[d], d, tt_shape_text(layout->shape, text), layout->shape.dim[d],
            layout->shape.dim[d] - 1, tt_node_label(&a->node));
        return SIZE_MAX;
    }
    return layout->offset + tt_index_to_position(index, layout->stride, layout->shape.ndim);
}

float tt_get(tt_tensor *a, const int *index)
{
    size_t p = a && tti_owner(a, "tt_get") ? position_of(a, index, "tt_get") : SIZE_MAX;
    const float *at = p != SIZE_MAX ? tt_storage_read(a->data.storage) : NULL;
    return at ? at[p] : NAN;
}

tt_status tt_set(tt_tensor *a, const int *index, float value)
{
    if (!a) return TT_OK;
    tt_ctx *c = tti_owner(a, "tt_set");
    size_t p = position_of(a, index, "tt_set");
    float *at = p != SIZE_MAX ? tt_storage_change(a->data.storage) : NULL;
    if (at) at[p] = value;
    return c->status;
}

tt_status tt_read(tt_tensor *a, float *out)
{
    if (!a) return TT_OK;
    tt_ctx *c = tti_owner(a, "tt_read");
    const tt_layout *layout = &a->data.layout;
    const float *at = tt_storage_read(a->data.storage);
    size_t size = at ? tt_numel(a) : 0;
    int index[TT_MAX_DIMS];
    for (size_t i = 0; i < size; i++) {
        tt_to_index(i, layout->shape, index);
        out[i] = at[layout->offset +
                    tt_index_to_position(index, layout->stride, layout->shape.ndim)];
    }
    return c->status;
}
