/* From tensors to backend slots: see slots.h. */
#include "module2_tensors/slots.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "support/ctx_struct.h"

tt_tensor *tti_around(tt_ctx *c, tt_data data)
{
    tt_tensor *t = tti_header_new(c, sizeof *t);
    if (!t) return NULL;
    tt_header header = t->node.header;
    *t = (tt_tensor){.node = {.header = header, .kind = &tti_tensor_kind}, .data = data};
    return t;
}

static bool shape_allowed(tt_ctx *c, const char *who, tt_shape shape)
{
    if (tt_shape_valid(shape)) return true;
    char text[TT_SHAPE_TEXT];
    if (shape.ndim < 0 || shape.ndim > TT_MAX_DIMS)
        tti_fail(c, TT_ERR_SHAPE, who, "%d dimensions; a tensor has 0 to %d", shape.ndim,
                 TT_MAX_DIMS);
    else
        tti_fail(c, TT_ERR_SHAPE, who,
                 "shape %s: sizes are 0 or more and the cells together fewer than 2^31",
                 tt_shape_text(shape, text));
    return false;
}

tt_tensor *tti_new(tt_ctx *c, const tt_backend *backend, tt_shape shape, const char *who)
{
    if (c->status || !shape_allowed(c, who, shape)) return NULL;
    tt_storage *storage = tt_storage_new(c, backend, tt_shape_size(shape));
    return storage ? tti_around(c, (tt_data){storage, tt_layout_of(shape)}) : NULL;
}

tt_tensor *tti_num_like(tt_ctx *c, const tt_tensor *like, float value)
{
    tt_tensor *t = tti_new(c, tti_backend(like), (tt_shape){0, {0}}, "tt_num");
    if (t) tti_backend(t)->fill(c, t->data, value);
    return c->status ? NULL : t;
}

tt_ctx *tti_owner(const tt_tensor *a, const char *who)
{
    const tt_header *h = &a->node.header;
    if (!h->ctx)
        tti_fail(NULL, TT_ERR_OWNER, who,
                 "the tensor made at %s:%d is gone: its TT_SCOPE or step ended; make "
                 "outside of the "
                 "scope what must outlive it",
                 h->file ? h->file : "?", h->line);
    return h->ctx;
}

int tti_axis(tt_ctx *c, const char *who, const tt_tensor *a, int dim)
{
    tt_shape shape = tt_shape_of(a);
    int axis = dim < 0 ? dim + shape.ndim : dim;
    if (axis >= 0 && axis < shape.ndim) return axis;
    char text[TT_SHAPE_TEXT];
    tti_fail(c, TT_ERR_AXIS, who, "dimension %d of %s: it has %d, counted %d to %d (%s)",
             dim, tt_shape_text(shape, text), shape.ndim, -shape.ndim, shape.ndim - 1,
             tt_node_label(&a->node));
    return -1;
}

/* The sentence for operands that do not broadcast: which dimension, which sizes, who they are. */
static void broadcast_fails(tt_ctx *c, const char *who, tt_tensor *a, tt_tensor *b)
{
    char left[TT_SHAPE_TEXT], right[TT_SHAPE_TEXT];
    tt_shape x = tt_shape_of(a), y = tt_shape_of(b);
    int shown = 1; /* the position from the right that does not fit */
    while (shown < x.ndim && shown < y.ndim) {
        int m = x.dim[x.ndim - shown], n = y.dim[y.ndim - shown];
        if (m != n && m != 1 && n != 1) break;
        shown++;
    }
    tti_fail(c, TT_ERR_SHAPE, who,
             "cannot broadcast %s with %s: dimension %d of the left is %d, dimension %d "
             "of the right is "
             "%d, and neither is 1; left operand is %s, right operand is %s",
             tt_shape_text(x, left), tt_shape_text(y, right), x.ndim - shown,
             x.dim[x.ndim - shown], y.ndim - shown, y.dim[y.ndim - shown],
             tt_node_label(&a->node), tt_node_label(&b->node));
}

/* An empty slot is an error that names both. */
static bool has_slot(tt_ctx *c, const char *who, const tt_backend *backend, bool slot,
                     const char *name)
{
    if (!slot)
        tti_fail(c, TT_ERR_BACKEND, who, "backend %s has no %s yet", backend->name, name);
    return slot;
}

tt_tensor *tti_map(tt_ctx *c, const char *who, tt_unary_op op, tt_tensor *a)
{
    const tt_backend *backend = tti_backend(a);
    if (!has_slot(c, who, backend, backend->map, "map")) return NULL;
    tt_tensor *out = tti_new(c, backend, a->data.layout.shape, who);
    return out && backend->map(c, op, out->data, a->data) == TT_OK ? out : NULL;
}

tt_tensor *tti_zip(tt_ctx *c, const char *who, tt_binary_op op, tt_tensor *a, tt_tensor *b)
{
    const tt_backend *backend = tti_backend(a);
    if (!has_slot(c, who, backend, backend->zip, "zip")) return NULL;
    tt_shape shape;
    if (!tt_shape_broadcast(a->data.layout.shape, b->data.layout.shape, &shape)) {
        broadcast_fails(c, who, a, b);
        return NULL;
    }
    tt_tensor *out = tti_new(c, backend, shape, who);
    return out && backend->zip(c, op, out->data, a->data, b->data) == TT_OK ? out : NULL;
}

tt_tensor *tti_reduce(tt_ctx *c, const char *who, tt_binary_op op, tt_tensor *a, int dim,
                      float start)
{
    const tt_backend *backend = tti_backend(a);
    if (!has_slot(c, who, backend, backend->reduce, "reduce")) return NULL;
    int axis = tti_axis(c, who, a, dim);
    if (axis < 0) return NULL;
    tt_shape shape = a->data.layout.shape;
    shape.dim[axis] = 1;
    tt_tensor *out = tti_new(c, backend, shape, who);
    return out && backend->reduce(c, op, out->data, a->data, axis, start) == TT_OK ? out
                                                                                   : NULL;
}

/* Whether shapes x and y can be multiplied; *batch becomes the leading dimensions of the result. */
static bool matmul_fits(tt_shape x, tt_shape y, tt_shape *batch)
{
    if (x.ndim < 2 || y.ndim < 2 || x.dim[x.ndim - 1] != y.dim[y.ndim - 2]) return false;
    x.ndim -= 2, y.ndim -= 2;
    return tt_shape_broadcast(x, y, batch);
}

/* Says why they cannot; the text of shapes is made only here, as it takes longer than a small product. */
static TT_COLD void matmul_misfit(tt_ctx *c, const char *who, tt_tensor *a, tt_tensor *b)
{
    char left[TT_SHAPE_TEXT], right[TT_SHAPE_TEXT];
    tt_shape x = a->data.layout.shape, y = b->data.layout.shape;
    tt_shape_text(x, left), tt_shape_text(y, right);
    if (x.ndim < 2 || y.ndim < 2)
        tti_fail(
            c, TT_ERR_SHAPE,
            who, "%s x %s: both need two dimensions or more; tt_view makes (n,) a (1,n) or (n,1)",
            left, right);
    else if (x.dim[x.ndim - 1] != y.dim[y.ndim - 2])
        tti_fail(
            c, TT_ERR_SHAPE,
            who, "%s x %s: inner dimensions %d and %d differ; left operand is %s, right operand is %s",
            left, right, x.dim[x.ndim - 1], y.dim[y.ndim - 2], tt_node_label(&a->node),
            tt_node_label(&b->node));
    else
        tti_fail(c, TT_ERR_SHAPE, who,
                 "%s x %s: the dimensions before the last two do not broadcast; left "
                 "operand is %s, right operand is %s",
                 left, right, tt_node_label(&a->node), tt_node_label(&b->node));
}

/* x (.., p, q) seen with the batches of the result. */
static tt_data with_batch(tt_tensor *x, tt_shape batch)
{
    tt_shape own = x->data.layout.shape;
    for (int d = 2; d > 0; d--) batch.dim[batch.ndim++] = own.dim[own.ndim - d];
    return (tt_data){x->data.storage, tt_layout_stretch(&x->data.layout, batch)};
}

tt_tensor *tti_matmul(tt_ctx *c, const char *who, tt_tensor *a, tt_tensor *b)
{
    const tt_backend *backend = tti_backend(a);
    tt_shape batch;
    if (!has_slot(c, who, backend, backend->matmul, "matmul")) return NULL;
    if (!matmul_fits(a->data.layout.shape, b->data.layout.shape, &batch)) {
        matmul_misfit(c, who, a, b);
        return NULL;
    }
    tt_data left = with_batch(a, batch), right = with_batch(b, batch);
    tt_shape shape = left.layout.shape;
    shape.dim[shape.ndim - 1] = right.layout.shape.dim[shape.ndim - 1];
    tt_tensor *out = tti_new(c, backend, shape, who);
    return out && backend->matmul(c, out->data, left, right) == TT_OK ? out : NULL;
}

/* g summed over its dimensions first .. last, whose cells lie behind each other: as one long dimension.
 * (B,C,H,W) over 2 .. 3 is summed over the last of (B,C,1,H W), which gives (B,C,1,1). */
static tt_tensor *sum_over(tt_ctx *c, const char *who, tt_tensor *g, int first, int last)
{
    tt_data a = g->data;
    for (int d = first; d < last; d++) {
        a.layout.shape.dim[last] *= a.layout.shape.dim[d];
        a.layout.shape.dim[d] = 1;
    }
    g = tti_around(c, a);
    return g ? tti_reduce(c, who, TT_OP_ADD, g, last, 0.0f) : NULL;
}

/* The first of the dimensions before `last` that are to be summed and whose cells lie behind each
 * other, so that all can be counted as one. */
static int first_of_run(const tt_layout *l, const bool *summed, int last)
{
    int first = last;
    for (int64_t cells = l->shape.dim[last]; first > 0; first--) {
        int before = first - 1;
        cells *= l->shape.dim[before];
        if (!summed[before] || cells > INT_MAX ||
            l->stride[before] != l->stride[first] * (size_t)l->shape.dim[first])
            break;
    }
    return first;
}

tt_tensor *tti_fit(tt_ctx *c, const char *who, tt_tensor *g, tt_shape shape)
{
    tt_shape big;
    if (tt_shape_equal(g->data.layout.shape, shape)) return g;
    if (!tt_shape_broadcast(g->data.layout.shape, shape, &big)) {
        char have[TT_SHAPE_TEXT], want[TT_SHAPE_TEXT];
        return tti_fail(c, TT_ERR_SHAPE, who,
                        "backward gave a gradient of shape %s for an input of shape %s",
                        tt_shape_text(g->data.layout.shape, have),
                        tt_shape_text(shape, want));
    }
    g = tti_around(c, (tt_data){g->data.storage, tt_layout_stretch(&g->data.layout, big)});
    int extra = big.ndim - shape.ndim; /* dimensions that only the gradient has */
    bool summed[TT_MAX_DIMS];
    for (int d = 0; d < big.ndim; d++)
        summed[d] = d < extra || (shape.dim[d - extra] == 1 && big.dim[d] != 1);
    /* From the last on: rows in order are summed fastest, and leave the least for the next sum. */
    for (int d = big.ndim - 1; g && d >= 0; d--) {
        if (!summed[d]) continue;
        int first = first_of_run(&g->data.layout, summed, d);
        g = sum_over(c, who, g, first, d);
        d = first;
    }
    if (!g || extra == 0) return g;
    tt_layout kept = {.shape = shape, .offset = g->data.layout.offset};
    for (int d = 0; d < shape.ndim; d++)
        kept.stride[d] = g->data.layout.stride[d + extra];
    return tti_around(c, (tt_data){g->data.storage, kept});
}

bool tti_check_finite(tt_ctx *c, const char *who, const char *what, tt_tensor *t)
{
    if (c->check_finite < 0) {
        const char *wanted = getenv("TT_CHECK_FINITE");
        c->check_finite = wanted && wanted[0] && wanted[0] != '0';
    }
    if (!c->check_finite || !t) return true;
    tt_layout *layout = &t->data.layout;
    const float *at = tt_storage_read(t->data.storage);
    size_t size = at ? tt_shape_size(layout->shape) : 0;
    int index[TT_MAX_DIMS];
    for (size_t i = 0; i < size; i++) {
        tt_to_index(i, layout->shape, index);
        float x = at[layout->offset +
                     tt_index_to_position(index, layout->stride, layout->shape.ndim)];
        if (isfinite(x)) continue;
        char text[TT_SHAPE_TEXT];
        tti_fail(c, TT_ERR_DOMAIN, who,
                 "%s is %g at cell %zu of %s; TT_CHECK_FINITE=1 stops here", what,
                 (double)x, i, tt_shape_text(layout->shape, text));
        return false;
    }
    return at != NULL;
}
