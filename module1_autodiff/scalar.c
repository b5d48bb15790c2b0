#include "module1_autodiff/scalar.h"

#include <math.h>
#include <stdio.h>

#include "module1_autodiff/scalar_functions.h"
#include "module1_autodiff/scalar_node.h"
#include "support/ctx_struct.h"

/* ---- making, reading ------------------------------------------------------------------------- */

static tt_scalar *leaf_new(tt_ctx *c, double value, const char *function)
{
    if (c == NULL || c->status != TT_OK) return NULL;
    if (!isfinite(value))
        return tti_fail(c, TT_ERR_DOMAIN, function, "%g is not a finite number", value);
    tt_scalar *s = tti_scalar_new(c);
    if (s != NULL) s->value = value;
    return s;
}

tt_scalar *tts_num(tt_ctx *c, double value)
{
    return leaf_new(c, value, "tts_num");
}

tt_scalar *tts_variable(tt_ctx *c, double value, const char *name)
{
    tt_scalar *s = leaf_new(c, value, "tts_variable");
    if (s == NULL) return NULL;
    s->node.requires_grad = true;
    if (name == NULL) return s;
    s->node.name = tt_text(c, "%s", name);
    return s->node.name != NULL ? s : NULL;
}

double tts_value(const tt_scalar *s)
{
    return s != NULL ? s->value : (double)NAN;
}

double tts_derivative(const tt_scalar *s)
{
    return s != NULL ? s->derivative : (double)NAN;
}

tt_status tts_set(tt_scalar *leaf, double value)
{
    if (leaf == NULL) return TT_ERR_VALUE;
    tt_ctx *c = leaf->node.header.ctx;
    if (!tt_node_is_leaf(&leaf->node))
        return tti_fail_status(
            c, TT_ERR_VALUE, "tts_set",
            "this scalar was made by %s: its value follows from its inputs; "
            "set those, or make a leaf with tts_variable or tts_num",
            tt_node_label(&leaf->node));
    if (!isfinite(value))
        return tti_fail_status(c, TT_ERR_DOMAIN, "tts_set", "%s: %g is not a finite number",
                               tt_node_label(&leaf->node), value);
    leaf->value = value;
    return TT_OK;
}

void tts_zero_grad(tt_scalar *s)
{
    if (s != NULL) s->derivative = 0.0;
}

bool tts_truth(const tt_scalar *s)
{
    return s != NULL && s->value != 0.0;
}

/* ---- arithmetic ------------------------------------------------------------------------------ */

static tt_scalar *apply1(tt_ctx *c, const tts_function *fn, tt_scalar *a)
{
    return tts_apply(c, fn, &a);
}

static tt_scalar *apply2(tt_ctx *c, const tts_function *fn, tt_scalar *a, tt_scalar *b)
{
    tt_scalar *const in[TTS_MAX_INPUTS] = {a, b};
    return tts_apply(c, fn, in);
}

tt_scalar *tts_add(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return apply2(c, &tts_add_fn, a, b);
}

tt_scalar *tts_mul(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return apply2(c, &tts_mul_fn, a, b);
}

tt_scalar *tts_lt(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return apply2(c, &tts_lt_fn, a, b);
}

tt_scalar *tts_eq(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return apply2(c, &tts_eq_fn, a, b);
}

tt_scalar *tts_neg(tt_ctx *c, tt_scalar *a)
{
    return apply1(c, &tts_neg_fn, a);
}

tt_scalar *tts_inv(tt_ctx *c, tt_scalar *a)
{
    return apply1(c, &tts_inv_fn, a);
}

tt_scalar *tts_log(tt_ctx *c, tt_scalar *a)
{
    return apply1(c, &tts_log_fn, a);
}

tt_scalar *tts_exp(tt_ctx *c, tt_scalar *a)
{
    return apply1(c, &tts_exp_fn, a);
}

tt_scalar *tts_sigmoid(tt_ctx *c, tt_scalar *a)
{
    return apply1(c, &tts_sigmoid_fn, a);
}

tt_scalar *tts_relu(tt_ctx *c, tt_scalar *a)
{
    return apply1(c, &tts_relu_fn, a);
}

/* Composed: no function of their own, so no derivative of their own to get wrong. */

tt_scalar *tts_sub(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    // BEGIN SOLUTION 1.2
    return tts_add(c, a, tts_neg(c, b));
    // END SOLUTION
}

tt_scalar *tts_div(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    // BEGIN SOLUTION 1.2
    return tts_mul(c, a, tts_inv(c, b));
    // END SOLUTION
}

tt_scalar *tts_gt(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    // BEGIN SOLUTION 1.2
    return tts_lt(c, b, a);
    // END SOLUTION
}

/* ---- derivatives ----------------------------------------------------------------------------- */

int tts_chain_rule(const tt_scalar *s, double d_output, tts_pair pairs[TTS_MAX_INPUTS])
{
    // BEGIN SOLUTION 1.3
    if (s->fn == NULL) return 0;
    double d[TTS_MAX_INPUTS];
    s->fn->backward(&s->call, d_output, d);
    for (int i = 0; i < s->fn->inputs; i++)
        pairs[i] = (tts_pair){(tt_scalar *)s->node.inputs[i], d[i]};
    return s->fn->inputs;
    // END SOLUTION
}

tt_status tts_accumulate(tt_scalar *leaf, double d)
{
    if (leaf == NULL) return TT_ERR_VALUE;
    if (!tt_node_is_leaf(&leaf->node))
        return tti_fail_status(
            leaf->node.header.ctx, TT_ERR_VALUE, "tts_accumulate",
            "this scalar was made by %s; only leaves keep a derivative",
            tt_node_label(&leaf->node));
    leaf->derivative += d;
    return TT_OK;
}

TT_COLD static tt_status derivative_not_finite(const tt_scalar *s, const tts_pair *pair,
                                               double d)
{
    return tti_fail_status(
        s->node.header.ctx, TT_ERR_DOMAIN, "tts_backward",
        "%s passes the derivative %g on to its operand %s = %g, having got %g", s->fn->name,
        pair->derivative, tt_node_label(&pair->input->node), pair->input->value, d);
}

/* Only leaves keep a derivative: that of an inner node is taken out here, once it is complete, so
 * that the next backward pass through the same graph starts from 0. */
static tt_status propagate(tt_node *node)
{
    tt_scalar *s = (tt_scalar *)node;
    double d = s->derivative;
    s->derivative = 0.0;
    tts_pair pairs[TTS_MAX_INPUTS];
    int n = tts_chain_rule(s, d, pairs);
    for (int i = 0; i < n; i++) {
        if (tt_node_is_constant(&pairs[i].input->node)) continue;
        if (!isfinite(pairs[i].derivative)) return derivative_not_finite(s, &pairs[i], d);
        pairs[i].input->derivative += pairs[i].derivative;
    }
    return TT_OK;
}

static const char *function_name(const tt_node *node)
{
    return ((const tt_scalar *)node)->fn->name;
}

static void describe(const tt_node *node, char *text, size_t room)
{
    const tt_scalar *s = (const tt_scalar *)node;
    if (tt_node_is_leaf(node) && node->requires_grad && s->derivative != 0.0)
        snprintf(text, room, "%.6g, d %.6g", s->value, s->derivative);
    else snprintf(text, room, "%.6g", s->value);
}

const tt_node_kind tti_scalar_kind = {.name = "scalar",
                                      .propagate = propagate,
                                      .function = function_name,
                                      .describe = describe};

tt_status tts_backward(tt_scalar *result)
{
    return tts_backward_from(result, 1.0);
}

tt_status tts_backward_from(tt_scalar *result, double d)
{
    if (result == NULL) return TT_ERR_VALUE;
    tt_ctx *c = result->node.header.ctx;
    if (c == NULL)
        return tti_fail_status(NULL, TT_ERR_OWNER, "tts_backward",
                               "the result's scope has ended; call it inside the scope");
    if (c->status != TT_OK) return c->status;
    if (tt_node_is_constant(&result->node))
        return tti_fail_status(c, TT_ERR_VALUE, "tts_backward",
                               "the result (%g) depends on no variable: make one with "
                               "tts_variable, and do not work under tt_no_grad",
                               result->value);
    result->derivative += d;
    return tt_backpropagate(&result->node);
}
