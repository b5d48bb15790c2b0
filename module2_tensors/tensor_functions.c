/* The functions of tensors, forward and backward side by side (Tasks 2.3, 2.4).
 *
 * Each pair is one operation; the formulas of the numbers are module 0's, the loops the backend's.
 * backward may use every operation: gradients are off inside. A gradient may be smaller than the
 * input, or larger by broadcasting: it is fitted afterwards.
 */
#include <string.h>

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

/* ---- neg, inv, add: given as examples --------------------------------------------------------- */

static tt_tensor *neg_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    (void)k;
    return tti_map(c, "tt_neg", TT_OP_NEG, in[0]);
}

static void neg_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    (void)k;
    din[0] = tt_neg(c, dy);
}

static tt_tensor *inv_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_save_for_backward(k, 0, in[0]);
    return tti_map(c, "tt_inv", TT_OP_INV, in[0]);
}

static void inv_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    din[0] = tti_zip(c, "tt_inv", TT_OP_INV_BACK, tt_saved(k, 0), dy);
}

static tt_tensor *add_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    (void)k;
    return tti_zip(c, "tt_add", TT_OP_ADD, in[0], in[1]);
}

static void add_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    (void)k, (void)c;
    din[0] = dy;
    din[1] = dy;
}

/* ---- mul, lt, eq, is_close --------------------------------------------------------------------*/

static tt_tensor *mul_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    tt_save_for_backward(k, 0, in[0]);
    tt_save_for_backward(k, 1, in[1]);
    return tti_zip(c, "tt_mul", TT_OP_MUL, in[0], in[1]);
    // END SOLUTION
}

static void mul_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    if (tt_wants_grad(k, 0)) din[0] = tt_mul(c, dy, tt_saved(k, 1));
    if (tt_wants_grad(k, 1)) din[1] = tt_mul(c, dy, tt_saved(k, 0));
    // END SOLUTION
}

static tt_tensor *lt_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    (void)k;
    return tti_zip(c, "tt_lt", TT_OP_LT, in[0], in[1]);
    // END SOLUTION
}

static void lt_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    (void)k; /* a step: flat wherever it has a derivative */
    din[0] = din[1] = tti_num_like(c, dy, 0.0f);
    // END SOLUTION
}

static tt_tensor *eq_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    (void)k;
    return tti_zip(c, "tt_eq", TT_OP_EQ, in[0], in[1]);
    // END SOLUTION
}

static void eq_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    (void)k;
    din[0] = din[1] = tti_num_like(c, dy, 0.0f);
    // END SOLUTION
}

static tt_tensor *is_close_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    (void)k;
    return tti_zip(c, "tt_is_close", TT_OP_IS_CLOSE, in[0], in[1]);
    // END SOLUTION
}

/* ---- sigmoid, relu, log, exp ------------------------------------------------------------------ */

static tt_tensor *sigmoid_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    tt_tensor *s = tti_map(c, "tt_sigmoid", TT_OP_SIGMOID, in[0]);
    tt_save_for_backward(k, 0, s);
    return s;
    // END SOLUTION
}

static void sigmoid_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    tt_tensor *s = tt_saved(k, 0);
    tt_tensor *slope = tt_mul(c, s, tt_add_num(c, tt_neg(c, s), 1.0f)); /* s (1 - s) */
    din[0] = tt_mul(c, dy, slope);
    // END SOLUTION
}

static tt_tensor *relu_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    tt_save_for_backward(k, 0, in[0]);
    return tti_map(c, "tt_relu", TT_OP_RELU, in[0]);
    // END SOLUTION
}

static void relu_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    din[0] = tti_zip(c, "tt_relu", TT_OP_RELU_BACK, tt_saved(k, 0), dy);
    // END SOLUTION
}

static tt_tensor *log_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    tt_save_for_backward(k, 0, in[0]);
    return tti_map(c, "tt_log", TT_OP_LOG, in[0]);
    // END SOLUTION
}

static void log_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    din[0] = tti_zip(c, "tt_log", TT_OP_LOG_BACK, tt_saved(k, 0), dy);
    // END SOLUTION
}

static tt_tensor *exp_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    tt_tensor *e = tti_map(c, "tt_exp", TT_OP_EXP, in[0]);
    tt_save_for_backward(k, 0, e);
    return e;
    // END SOLUTION
}

static void exp_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    din[0] = tt_mul(c, dy, tt_saved(k, 0));
    // END SOLUTION
}

/* ---- sum, all, permute: parameters are a dimension, an order ---------------------------------- */

static tt_tensor *sum_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    return tti_reduce(c, "tt_sum", TT_OP_ADD, in[0], *(const int *)k->params, 0.0f);
    // END SOLUTION
}

static void sum_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    (void)k, (void)c;
    din[0] = dy; /* size 1 along the dimension: stretched back when it is fitted */
    // END SOLUTION
}

static tt_tensor *all_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    return tti_reduce(c, "tt_all", TT_OP_MUL, in[0], *(const int *)k->params, 1.0f);
}

typedef struct permute_params {
    int order[TT_MAX_DIMS];
} permute_params;

static tt_tensor *order_fails(tt_ctx *c, const int *order, tt_tensor *a)
{
    char text[TT_SHAPE_TEXT], shape[TT_SHAPE_TEXT];
    tt_shape numbers = {.ndim = tt_shape_of(a).ndim}; /* an order is written like a shape */
    memcpy(numbers.dim, order, (size_t)numbers.ndim * sizeof *order);
    return tti_fail(c, TT_ERR_AXIS, "tt_permute",
                    "order %s for shape %s: it must name each of 0 to %d once (%s)",
                    tt_shape_text(numbers, text), tt_shape_text(tt_shape_of(a), shape),
                    numbers.ndim - 1, tt_node_label(&a->node));
}

static tt_tensor *permute_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    // BEGIN SOLUTION 2.3
    const permute_params *p = k->params;
    tt_data data = in[0]->data;
    if (!tt_layout_permute(&in[0]->data.layout, p->order, &data.layout))
        return order_fails(c, p->order, in[0]);
    return tti_around(c, data);
    // END SOLUTION
}

static void permute_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    // BEGIN SOLUTION 2.4
    const permute_params *p = k->params;
    int inverse[TT_MAX_DIMS] = {0};
    for (int d = 0; d < dy->data.layout.shape.ndim; d++) inverse[p->order[d]] = d;
    din[0] = tt_permute(c, dy, inverse);
    // END SOLUTION
}

/* ---- view, contiguous, matmul: given ---------------------------------------------------------- */

static TT_COLD tt_tensor *view_refused(tt_ctx *c, const tt_tensor *x, tt_shape shape)
{
    char have[TT_SHAPE_TEXT], want[TT_SHAPE_TEXT];
    const tt_layout *layout = &x->data.layout;
    tt_shape_text(layout->shape, have), tt_shape_text(shape, want);
    if (!tt_shape_valid(shape) || tt_shape_size(shape) != tt_shape_size(layout->shape))
        return tti_fail(c, TT_ERR_SHAPE, "tt_view",
                        "%s has %zu cells, which %s has not (%s)", have,
                        tt_shape_size(layout->shape), want, tt_node_label(&x->node));
    return tti_fail(
        c, TT_ERR_SHAPE, "tt_view",
        "%s is not contiguous (%s), so no strides make it %s: call tt_contiguous first",
        have, tt_node_label(&x->node), want);
}

static tt_tensor *view_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    const tt_shape *shape = k->params;
    const tt_layout *layout = &in[0]->data.layout;
    if (!tt_shape_valid(*shape) || tt_shape_size(*shape) != tt_shape_size(layout->shape) ||
        !tt_layout_contiguous(layout))
        return view_refused(c, in[0], *shape);
    tt_layout seen = tt_layout_of(*shape);
    seen.offset = layout->offset;
    return tti_around(c, (tt_data){in[0]->data.storage, seen});
}

static void view_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    /* dy may come from a permutation: in order first, else its cells would be mixed up. */
    din[0] = tt_view(c, tt_contiguous(c, dy), k->inputs[0]->data.layout.shape);
}

static tt_tensor *contiguous_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    (void)k;
    tt_tensor *out =
        tti_new(c, tti_backend(in[0]), in[0]->data.layout.shape, "tt_contiguous");
    if (out) tti_backend(out)->copy(c, out->data, in[0]->data);
    return out;
}

static void contiguous_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    (void)k, (void)c;
    din[0] = dy;
}

static tt_tensor *matmul_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_save_for_backward(k, 0, in[0]);
    tt_save_for_backward(k, 1, in[1]);
    return tti_matmul(c, "tt_matmul", in[0], in[1]);
}

static void matmul_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *a = tt_saved(k, 0), *b = tt_saved(k, 1); /* dy (.., n, m) */
    if (tt_wants_grad(k, 0))
        din[0] = tt_matmul(c, dy, tt_transpose(c, b, -2, -1)); /* (.., n, k) */
    if (tt_wants_grad(k, 1))
        din[1] = tt_matmul(c, tt_transpose(c, a, -2, -1), dy); /* (.., k, m) */
}

/* ---- the functions by name -------------------------------------------------------------------- */

#define FUNCTION(NAME, INPUTS)                                                           \
    static const tt_function NAME##_fn = {.name = #NAME,                                 \
                                          .inputs = INPUTS,                              \
                                          .forward = NAME##_forward,                     \
                                          .backward = NAME##_backward};
#define ONE(NAME)                                                                        \
    FUNCTION(NAME, 1)                                                                    \
    tt_tensor *tt_##NAME(tt_ctx *c, tt_tensor *a)                                        \
    {                                                                                    \
        return tt_apply(c, &NAME##_fn, TT_IN(a));                                        \
    }
#define TWO(NAME)                                                                        \
    FUNCTION(NAME, 2)                                                                    \
    tt_tensor *tt_##NAME(tt_ctx *c, tt_tensor *a, tt_tensor *b)                          \
    {                                                                                    \
        return tt_apply(c, &NAME##_fn, TT_IN(a, b));                                     \
    }

ONE(neg)
ONE(inv)
ONE(sigmoid)
ONE(relu)
ONE(log)
ONE(exp)
TWO(add)
TWO(mul)
TWO(lt)
TWO(eq)
TWO(matmul)
FUNCTION(contiguous, 1)

tt_tensor *tt_is_close(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    static const tt_function is_close_fn = {
        .name = "is_close", .inputs = 2, .forward = is_close_forward};
    return tt_apply(c, &is_close_fn, TT_IN(a, b));
}

tt_tensor *tt_sum(tt_ctx *c, tt_tensor *a, int dim)
{
    static const tt_function sum_fn = {.name = "sum",
                                       .inputs = 1,
                                       .params_size = sizeof dim,
                                       .forward = sum_forward,
                                       .backward = sum_backward};
    return tt_apply_with(c, &sum_fn, &dim, TT_IN(a), 1);
}

tt_tensor *tt_all(tt_ctx *c, tt_tensor *a, int dim)
{
    static const tt_function all_fn = {
        .name = "all", .inputs = 1, .params_size = sizeof dim, .forward = all_forward};
    return tt_apply_with(c, &all_fn, &dim, TT_IN(a), 1);
}

tt_tensor *tt_permute(tt_ctx *c, tt_tensor *a, const int *order)
{
    static const tt_function permute_fn = {.name = "permute",
                                           .inputs = 1,
                                           .params_size = sizeof(permute_params),
                                           .forward = permute_forward,
                                           .backward = permute_backward};
    if (!a || c->status) return NULL;
    permute_params p = {{0}};
    memcpy(p.order, order, (size_t)tt_shape_of(a).ndim * sizeof *order);
    return tt_apply_with(c, &permute_fn, &p, TT_IN(a), 1);
}

tt_tensor *tt_view(tt_ctx *c, tt_tensor *a, tt_shape shape)
{
    static const tt_function view_fn = {.name = "view",
                                        .inputs = 1,
                                        .params_size = sizeof shape,
                                        .forward = view_forward,
                                        .backward = view_backward};
    return tt_apply_with(c, &view_fn, &shape, TT_IN(a), 1);
}

tt_tensor *tt_contiguous(tt_ctx *c, tt_tensor *a)
{
    if (!a || c->status) return NULL;
    if (tt_layout_contiguous(&a->data.layout)) return a;
    return tt_apply(c, &contiguous_fn, TT_IN(a));
}
