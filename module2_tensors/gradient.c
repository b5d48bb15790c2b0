/* Gradients of tensors: how they take part in module 1's backpropagation. */
#include <stdio.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module2_tensors/profile.h"
#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

/* A leaf keeps its gradient in memory reserved beforehand: copied the first time, then added to. */
static tt_status give_leaf(tt_ctx *c, tt_tensor *leaf, tt_tensor *g)
{
    const tt_backend *backend = tti_backend(leaf);
    tt_status (*copy)(tt_ctx *, tt_data, tt_data) = backend->copy;
    tt_status status = leaf->grad_set ? backend->axpy(c, leaf->grad->data, 1.0f, g->data)
                                      : copy(c, leaf->grad->data, g->data);
    leaf->grad_set = true;
    return status;
}

/* An inner node takes the first gradient as it is, and only for a second one makes a sum of its
 * own: most nodes have one user, and g may also be the gradient of another node. */
static tt_status give_inner(tt_ctx *c, tt_tensor *t, tt_tensor *g)
{
    if (!t->grad) {
        t->grad = g;
        t->grad_own = false;
        return TT_OK;
    }
    if (t->grad_own) return tti_backend(t)->axpy(c, t->grad->data, 1.0f, g->data);
    t->grad = tti_zip(c, "tt_backward", TT_OP_ADD, t->grad, g);
    t->grad_own = true;
    return t->grad ? TT_OK : c->status;
}

/* Adds g to the gradient of t, after fitting it to t's shape. */
static tt_status give(tt_ctx *c, const char *who, tt_tensor *t, tt_tensor *g)
{
    if (!tti_check_finite(c, who, "a gradient of its backward", g)) return c->status;
    g = tti_fit(c, who, g, t->data.layout.shape);
    if (!g) return c->status;
    return tt_node_is_leaf(&t->node) ? give_leaf(c, t, g) : give_inner(c, t, g);
}

static tt_status give_inputs(tt_ctx *c, tt_call *k, tt_tensor **din)
{
    char who[64];
    snprintf(who, sizeof who, "tt_%s", k->fn->name);
    for (int i = 0; i < k->n && !c->status; i++)
        if (din[i] && k->inputs[i]->node.requires_grad)
            give(c, who, k->inputs[i], din[i]);
    return c->status;
}

static tt_status tensor_propagate(tt_node *node)
{
    tt_tensor *t = (tt_tensor *)node, *dy = t->grad;
    tt_ctx *c = node->header.ctx->pool->backward_in;
    t->grad = NULL; /* inner nodes keep nothing */
    if (!dy) return TT_OK;
    tt_call *k = t->call;
    tt_tensor **din = tt_alloc(c, (size_t)k->n * sizeof *din);
    if (!din) return c->status;
    bool no_grad = c->no_grad;
    tt_profile *profile = c->pool->profile;
    double begun = profile ? tti_profile_enter(profile) : 0.0;
    c->no_grad = true;
    k->fn->backward(k, c, dy, din);
    if (!c->status) give_inputs(c, k, din);
    c->no_grad = no_grad;
    if (profile) tti_profile_leave(profile, k, t, true, begun);
    return c->status;
}

static const char *tensor_function(const tt_node *node)
{
    return ((const tt_tensor *)node)->call->fn->name;
}

static void tensor_describe(const tt_node *node, char *text, size_t room)
{
    char shape[TT_SHAPE_TEXT];
    snprintf(text, room, "%s",
             tt_shape_text(((const tt_tensor *)node)->data.layout.shape, shape));
}

const tt_node_kind tti_tensor_kind = {.name = "tensor",
                                      .propagate = tensor_propagate,
                                      .function = tensor_function,
                                      .describe = tensor_describe};

tt_tensor *tt_requires_grad(tt_tensor *a, bool wanted)
{
    if (!a) return NULL;
    tt_ctx *c = tti_owner(a, "tt_requires_grad");
    if (!tt_node_is_leaf(&a->node))
        return tti_fail(
            c, TT_ERR_VALUE, "tt_requires_grad",
            "%s is the result of an operation and follows its inputs; tt_detach makes a "
            "leaf of it",
            tt_node_label(&a->node));
    if (wanted && !a->grad) {
        if (!tti_outlives(c, &a->node.header, "tt_requires_grad", "the gradient"))
            return NULL;
        a->grad = tti_new(c, tti_backend(a), a->data.layout.shape, "tt_requires_grad");
        if (!a->grad) return NULL;
    }
    a->node.requires_grad = wanted;
    if (!wanted) a->grad_set = false;
    return a;
}

tt_tensor *tt_grad(const tt_tensor *a)
{
    return a && a->grad_set ? a->grad : NULL;
}

void tt_zero_grad_of(tt_tensor *a)
{
    if (a) a->grad_set = false;
}

/* Seeds the result's gradient with d, of its shape or one number, and passes it on. */
static tt_status backward_pass(tt_tensor *result, tt_tensor *d)
{
    tt_ctx *c = result->node.header.ctx;
    if (c->status) return c->status;
    if (!result->node.requires_grad)
        return tti_fail_status(
            c, TT_ERR_VALUE, "tt_backward",
            "%s depends on no tensor that requires a gradient: say "
            "tt_requires_grad(w, true), and check that tt_no_grad is off",
            tt_node_label(&result->node));
    c->pool->backward_in = c;
    tt_status status = give(c, "tt_backward", result, d);
    return status ? status : tt_backpropagate(&result->node);
}

tt_status tt_backward(tt_tensor *result)
{
    if (!result) return TT_OK;
    tt_ctx *c = tti_owner(result, "tt_backward");
    char text[TT_SHAPE_TEXT];
    if (tt_numel(result) != 1)
        return tti_fail_status(
            c, TT_ERR_SHAPE, "tt_backward",
            "%s has shape %s; only one number has a gradient by itself: take "
            "tt_sum_all or tt_mean_all, or say tt_backward_from",
            tt_node_label(&result->node), tt_shape_text(result->data.layout.shape, text));
    tt_tensor *one = tti_num_like(c, result, 1.0f);
    return one ? backward_pass(result, one) : c->status;
}

tt_status tt_backward_from(tt_tensor *result, tt_tensor *d)
{
    if (!result || !d) return TT_OK;
    tt_ctx *c = tti_owner(result, "tt_backward_from");
    char want[TT_SHAPE_TEXT], have[TT_SHAPE_TEXT];
    if (!tti_usable(c, &d->node.header, "tt_backward_from", "the gradient",
                    tt_node_label(&d->node)))
        return c->status;
    if (!tt_shape_equal(result->data.layout.shape, d->data.layout.shape))
        return tti_fail_status(
            c, TT_ERR_SHAPE, "tt_backward_from",
            "the gradient has shape %s, the result (%s) has %s; they must be equal",
            tt_shape_text(d->data.layout.shape, have), tt_node_label(&result->node),
            tt_shape_text(result->data.layout.shape, want));
    return backward_pass(result, d);
}
