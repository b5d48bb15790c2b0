/* Operations composed of others (Task 2.3): their derivatives come by themselves. */
#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

tt_tensor *tt_sub(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    // BEGIN SOLUTION 2.3
    return tt_add(c, a, tt_neg(c, b));
    // END SOLUTION
}

tt_tensor *tt_div(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    // BEGIN SOLUTION 2.3
    return tt_mul(c, a, tt_inv(c, b));
    // END SOLUTION
}

tt_tensor *tt_gt(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    // BEGIN SOLUTION 2.3
    return tt_lt(c, b, a);
    // END SOLUTION
}

tt_tensor *tt_add_num(tt_ctx *c, tt_tensor *a, float b)
{
    return a ? tt_add(c, a, tti_num_like(c, a, b)) : NULL;
}

tt_tensor *tt_mul_num(tt_ctx *c, tt_tensor *a, float b)
{
    return a ? tt_mul(c, a, tti_num_like(c, a, b)) : NULL;
}

tt_tensor *tt_mean(tt_ctx *c, tt_tensor *a, int dim)
{
    if (!a || c->status) return NULL;
    int axis = tti_axis(c, "tt_mean", a, dim);
    if (axis < 0) return NULL;
    int n = tt_shape_of(a).dim[axis];
    char text[TT_SHAPE_TEXT];
    if (n == 0)
        return tti_fail(c, TT_ERR_VALUE, "tt_mean",
                        "dimension %d of %s is empty: nothing to average", dim,
                        tt_shape_text(tt_shape_of(a), text));
    // BEGIN SOLUTION 2.3
    return tt_mul_num(c, tt_sum(c, a, axis), 1.0f / (float)n);
    // END SOLUTION
}

/* All cells in one dimension: (n,). */
static tt_tensor *flat(tt_ctx *c, tt_tensor *a)
{
    if (!a) return NULL;
    return tt_view(c, tt_contiguous(c, a), (tt_shape){1, {(int)tt_numel(a)}});
}

tt_tensor *tt_sum_all(tt_ctx *c, tt_tensor *a)
{
    // BEGIN SOLUTION 2.3
    return tt_sum(c, flat(c, a), 0);
    // END SOLUTION
}

tt_tensor *tt_mean_all(tt_ctx *c, tt_tensor *a)
{
    // BEGIN SOLUTION 2.3
    return tt_mean(c, flat(c, a), 0);
    // END SOLUTION
}

tt_tensor *tt_all_all(tt_ctx *c, tt_tensor *a)
{
    // BEGIN SOLUTION 2.3
    return tt_all(c, flat(c, a), 0);
    // END SOLUTION
}

tt_tensor *tt_transpose(tt_ctx *c, tt_tensor *a, int dim0, int dim1)
{
    if (!a || c->status) return NULL;
    int i = tti_axis(c, "tt_transpose", a, dim0);
    int j = i < 0 ? -1 : tti_axis(c, "tt_transpose", a, dim1);
    if (j < 0) return NULL;
    int order[TT_MAX_DIMS];
    for (int d = 0; d < TT_MAX_DIMS; d++) order[d] = d;
    order[i] = j;
    order[j] = i;
    return tt_permute(c, a, order);
}

tt_tensor *tt_flatten(tt_ctx *c, tt_tensor *a)
{
    if (!a || c->status) return NULL;
    tt_shape shape = tt_shape_of(a);
    if (shape.ndim < 1)
        return tti_fail(c, TT_ERR_SHAPE, "tt_flatten",
                        "() has no dimension to keep as the batch");
    size_t rest = 1;
    for (int d = 1; d < shape.ndim; d++) rest *= (size_t)shape.dim[d];
    return tt_view(c, tt_contiguous(c, a), (tt_shape){2, {shape.dim[0], (int)rest}});
}
