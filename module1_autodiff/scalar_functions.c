/* gcc joins the two stores of add_backward into one of 16 bytes, and the processor, which by then
 * expects two, starts over: 16 ns instead of 2 for an addition in a chain (Zen 4, gcc 12). */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-slp-vectorize")
#endif

#include "module1_autodiff/scalar_functions.h"

#include <math.h>
#include <stdio.h>

#include "module0_operators/operators.h"
#include "module1_autodiff/scalar_node.h"
#include "support/ctx_struct.h"

/* ---- the functions --------------------------------------------------------------------------- */

/* add and log are the worked examples. add needs nothing in its backward: the derivative of a + b
 * is 1 for both. log needs its operand, so forward saves it. A backward writes dx[i], d times the
 * derivative by operand i, for every operand; adding up over several uses is the engine's work. */

static double add_forward(tts_call *k, const double *x)
{
    (void)k;
    return tt_op_add(x[0], x[1]);
}

static void add_backward(const tts_call *k, double d, double *dx)
{
    (void)k;
    dx[0] = d;
    dx[1] = d;
}

static double log_forward(tts_call *k, const double *x)
{
    k->saved[0] = x[0];
    return tt_op_log(x[0]);
}

static void log_backward(const tts_call *k, double d, double *dx)
{
    dx[0] = tt_op_log_back(k->saved[0], d);
}

static double mul_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    k->saved[0] = x[0];
    k->saved[1] = x[1];
    return tt_op_mul(x[0], x[1]);
    // END SOLUTION
}

static void mul_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    dx[0] = tt_op_mul(d, k->saved[1]);
    dx[1] = tt_op_mul(d, k->saved[0]);
    // END SOLUTION
}

static double inv_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    k->saved[0] = x[0];
    return tt_op_inv(x[0]);
    // END SOLUTION
}

static void inv_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    dx[0] = tt_op_inv_back(k->saved[0], d);
    // END SOLUTION
}

static double neg_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    (void)k;
    return tt_op_neg(x[0]);
    // END SOLUTION
}

static void neg_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    (void)k;
    dx[0] = tt_op_neg(d);
    // END SOLUTION
}

/* sigmoid and exp save their result: their derivatives are made of it. */

static double sigmoid_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    k->saved[0] = tt_op_sigmoid(x[0]);
    return k->saved[0];
    // END SOLUTION
}

static void sigmoid_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    double s = k->saved[0];
    dx[0] = d * s * (1.0 - s);
    // END SOLUTION
}

static double relu_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    k->saved[0] = x[0];
    return tt_op_relu(x[0]);
    // END SOLUTION
}

static void relu_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    dx[0] = tt_op_relu_back(k->saved[0], d);
    // END SOLUTION
}

static double exp_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    k->saved[0] = tt_op_exp(x[0]);
    return k->saved[0];
    // END SOLUTION
}

static void exp_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    dx[0] = d * k->saved[0];
    // END SOLUTION
}

/* A comparison is flat wherever it has a derivative, so its derivative is 0 for both operands. */

static double lt_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    (void)k;
    return tt_op_lt(x[0], x[1]);
    // END SOLUTION
}

static void lt_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    (void)k;
    (void)d;
    dx[0] = 0.0;
    dx[1] = 0.0;
    // END SOLUTION
}

static double eq_forward(tts_call *k, const double *x)
{
    // BEGIN SOLUTION 1.2
    (void)k;
    return tt_op_eq(x[0], x[1]);
    // END SOLUTION
}

static void eq_backward(const tts_call *k, double d, double *dx)
{
    // BEGIN SOLUTION 1.4
    (void)k;
    (void)d;
    dx[0] = 0.0;
    dx[1] = 0.0;
    // END SOLUTION
}

const tts_function tts_add_fn = {"add", 2, add_forward, add_backward};
const tts_function tts_mul_fn = {"mul", 2, mul_forward, mul_backward};
const tts_function tts_lt_fn = {"lt", 2, lt_forward, lt_backward};
const tts_function tts_eq_fn = {"eq", 2, eq_forward, eq_backward};
const tts_function tts_neg_fn = {"neg", 1, neg_forward, neg_backward};
const tts_function tts_inv_fn = {"inv", 1, inv_forward, inv_backward};
const tts_function tts_log_fn = {"log", 1, log_forward, log_backward};
const tts_function tts_exp_fn = {"exp", 1, exp_forward, exp_backward};
const tts_function tts_sigmoid_fn = {"sigmoid", 1, sigmoid_forward, sigmoid_backward};
const tts_function tts_relu_fn = {"relu", 1, relu_forward, relu_backward};

/* ---- applying one ---------------------------------------------------------------------------- */

/* Why a function has no finite result, in words that say what to do. */
static const char *domain_hint(const tts_function *fn)
{
    if (fn == &tts_log_fn) return "the logarithm needs a positive number";
    if (fn == &tts_inv_fn)
        return "0 has no inverse, and that of a number below 5e-309 overflows";
    if (fn == &tts_exp_fn) return "above e^709.78 there are no doubles";
    return "the result is beyond the largest double (1.8e308)";
}

/* An operand in words: "x", "the result of mul", "a constant". */
static const char *words(const tt_scalar *s, char *text, size_t room)
{
    const char *label = tt_node_label(&s->node);
    if (s->node.name != NULL) return label;
    snprintf(text, room, "%s %s", tt_node_is_leaf(&s->node) ? "a" : "the result of", label);
    return text;
}

/* Says which function got which numbers from which operands, and why that cannot be. */
TT_COLD static tt_scalar *not_finite(tt_ctx *c, const tts_function *fn,
                                     tt_scalar *const *in, double value)
{
    char name[64], first[80], second[80];
    snprintf(name, sizeof name, "tts_%s", fn->name);
    if (isnan(value)) value = (double)NAN; /* without the sign that some print */
    if (fn->inputs == 1)
        return tti_fail(c, TT_ERR_DOMAIN, name, "%s(%g) is %g: %s; the operand is %s",
                        fn->name, in[0]->value, value, domain_hint(fn),
                        words(in[0], first, sizeof first));
    return tti_fail(c, TT_ERR_DOMAIN, name,
                    "%s(%g, %g) is %g: %s; the operands are %s and %s", fn->name,
                    in[0]->value, in[1]->value, value, domain_hint(fn),
                    words(in[0], first, sizeof first), words(in[1], second, sizeof second));
}

/* The slow way to ask whether c may use an operand: it belongs to another context, or is dead. */
TT_COLD static bool usable(tt_ctx *c, const tts_function *fn, const tt_scalar *s,
                           int position)
{
    static const char *const roles[TTS_MAX_INPUTS] = {"left operand", "right operand"};
    char name[64];
    snprintf(name, sizeof name, "tts_%s", fn->name);
    const char *role = fn->inputs == 1 ? "operand" : roles[position];
    /* A dead operand's own words may be gone with it, so it is not asked for its label. */
    const char *label = s->node.header.ctx != NULL ? tt_node_label(&s->node) : NULL;
    return tti_usable(c, &s->node.header, name, role, label);
}

tt_scalar *tts_apply(tt_ctx *c, const tts_function *fn, tt_scalar *const *in)
{
    if (c == NULL || c->status != TT_OK) return NULL;
    double x[TTS_MAX_INPUTS];
    bool wanted = false;
    for (int i = 0; i < fn->inputs; i++) {
        if (in[i] == NULL) return NULL;
        if (in[i]->node.header.ctx != c && !usable(c, fn, in[i], i)) return NULL;
        x[i] = in[i]->value;
        wanted = wanted || in[i]->node.requires_grad;
    }
    tt_scalar *s = tti_scalar_new(c);
    if (s == NULL) return NULL;
    s->value = fn->forward(&s->call, x);
    if (!isfinite(s->value)) return not_finite(c, fn, in, s->value);
    if (wanted && !c->no_grad) {
        s->fn = fn;
        s->node.requires_grad = true;
        s->node.n_inputs = (uint8_t)fn->inputs;
        s->node.inputs = s->inputs;
        for (int i = 0; i < fn->inputs; i++) s->inputs[i] = &in[i]->node;
    }
    return s;
}
