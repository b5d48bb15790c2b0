#include "module4_nn/ops/max.h"

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"
#include "module4_nn/ops/classes.h"
#include "module4_nn/ops/shortcuts.h"

/* Shapes, along the dimension: x (.., n, ..), its maximum y and the index of it (.., 1, ..). */
typedef struct params {
    int dim; /* 0 .. ndim-1 */
} params;

static int dim_of(const tt_call *k)
{
    return ((const params *)k->params)->dim;
}

/* 0 .. n-1 along dimension dim, size 1 in all others. */
static tt_tensor *ids(tt_ctx *c, tt_tensor *x, int dim)
{
    tt_shape shape = tt_shape_of(x);
    int n = shape.dim[dim];
    for (int d = 0; d < shape.ndim; d++) shape.dim[d] = d == dim ? n : 1;
    return tt_view(c, tti_arange(c, tti_backend(x), n), shape);
}

/* n - the largest n - i among the places i where x is y: the first of them. */
static tt_tensor *first_index(tt_ctx *c, tt_tensor *x, tt_tensor *y, int dim)
{
    float n = (float)tt_shape_of(x).dim[dim];
    tt_tensor *from_end = tt_add_num(c, tt_neg(c, ids(c, x, dim)), n); /* n .. 1 */
    tt_tensor *there = tti_select(c, tt_eq(c, x, y), from_end);
    return tt_add_num(c, tt_neg(c, there ? tti_max(c, there, dim) : NULL), n);
}

/* 1 at the first of the places where x is y, its maximum. */
static tt_tensor *first_mask(tt_ctx *c, tt_tensor *x, tt_tensor *y, int dim)
{
    return tt_eq(c, ids(c, x, dim), first_index(c, x, y, dim));
}

static tt_tensor *argmax_mask_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    int dim = dim_of(k);
    // BEGIN SOLUTION 4.4
    return tt_eq(c, in[0], tti_max(c, in[0], dim));
    // END SOLUTION
}

static tt_tensor *argmax_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    return first_index(c, in[0], tti_max(c, in[0], dim_of(k)), dim_of(k));
}

static tt_tensor *max_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    int dim = dim_of(k);
    // BEGIN SOLUTION 4.4
    tt_tensor *y = tti_max(c, in[0], dim);
    tt_save_for_backward(k, 0, in[0]);
    tt_save_for_backward(k, 1, y);
    return y;
    // END SOLUTION
}

static void max_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    int dim = dim_of(k);
    // BEGIN SOLUTION 4.4
    tt_tensor *mask = first_mask(c, tt_saved(k, 0), tt_saved(k, 1), dim);
    din[0] = tti_select(c, mask, dy); /* dy (.., 1, ..) stretches */
    // END SOLUTION
}

static const tt_function max_fn = {.name = "max",
                                   .inputs = 1,
                                   .params_size = sizeof(params),
                                   .forward = max_forward,
                                   .backward = max_backward};

static const tt_function argmax_fn = {
    .name = "argmax", .inputs = 1, .params_size = sizeof(params), .forward = argmax_forward};

static const tt_function argmax_mask_fn = {.name = "argmax_mask",
                                           .inputs = 1,
                                           .params_size = sizeof(params),
                                           .forward = argmax_mask_forward};

static tt_tensor *apply(tt_ctx *c, const tt_function *fn, const char *who, tt_tensor *x,
                        int dim)
{
    if (!x || tt_error(c)) return NULL;
    params p = {tti_axis(c, who, x, dim)};
    if (p.dim < 0) return NULL;
    char text[TT_SHAPE_TEXT];
    if (tt_shape_of(x).dim[p.dim] == 0)
        return tti_fail(c, TT_ERR_VALUE, who,
                        "dimension %d of %s is empty: nothing is the largest", dim,
                        tt_shape_text(tt_shape_of(x), text));
    return tt_apply_with(c, fn, &p, TT_IN(x), 1);
}

tt_tensor *tt_max(tt_ctx *c, tt_tensor *x, int dim)
{
    return apply(c, &max_fn, "tt_max", x, dim);
}

tt_tensor *tt_argmax(tt_ctx *c, tt_tensor *x, int dim)
{
    return apply(c, &argmax_fn, "tt_argmax", x, dim);
}

tt_tensor *tt_argmax_mask(tt_ctx *c, tt_tensor *x, int dim)
{
    return apply(c, &argmax_mask_fn, "tt_argmax_mask", x, dim);
}
