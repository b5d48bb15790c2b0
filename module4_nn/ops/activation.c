#include "module4_nn/ops/activation.h"

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"

tt_tensor *tt_tanh(tt_ctx *c, tt_tensor *x)
{
    tt_tensor *s = tt_sigmoid(c, tt_mul_num(c, x, 2.0f));
    return tt_add_num(c, tt_mul_num(c, s, 2.0f), -1.0f);
}

/* ---- leaky ReLU ------------------------------------------------------------------------------- */

static float slope_of(const tt_call *k)
{
    return *(const float *)k->params;
}

static tt_tensor *leaky_relu_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_tensor *below = tt_relu(c, tt_neg(c, in[0])); /* -x where x < 0 */
    tt_save_for_backward(k, 0, in[0]);
    return tt_sub(c, tt_relu(c, in[0]), tt_mul_num(c, below, slope_of(k)));
}

/* slope d everywhere, and (1 - slope) d more where x > 0 */
static void leaky_relu_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *above = tti_zip(c, "tt_leaky_relu", TT_OP_RELU_BACK, tt_saved(k, 0), dy);
    din[0] = tt_add(c, tt_mul_num(c, dy, slope_of(k)),
                    tt_mul_num(c, above, 1.0f - slope_of(k)));
}

tt_tensor *tt_leaky_relu(tt_ctx *c, tt_tensor *x, float slope)
{
    static const tt_function leaky_relu_fn = {.name = "leaky_relu",
                                              .inputs = 1,
                                              .params_size = sizeof slope,
                                              .forward = leaky_relu_forward,
                                              .backward = leaky_relu_backward};
    return tt_apply_with(c, &leaky_relu_fn, &slope, TT_IN(x), 1);
}

/* ---- GELU ------------------------------------------------------------------------------------- */

static tt_tensor *size_of(tt_ctx *c, tt_tensor *x)
{
    return tt_add(c, tt_relu(c, x), tt_relu(c, tt_neg(c, x))); /* |x| */
}

/* e^(-x^2 / 2) */
static tt_tensor *bell(tt_ctx *c, tt_tensor *x)
{
    return tt_exp(c, tt_mul_num(c, tt_mul(c, x, x), -0.5f));
}

/* The share of the normal distribution beyond |x|: bell (a1 t + .. + a5 t^5) / 2 with
 * t = 1 / (1 + 0.3275911 |x| / sqrt(2)), right to 8e-8.
 * Ref: Abramowitz and Stegun, "Handbook of mathematical functions", 7.1.26. */
static tt_tensor *tail(tt_ctx *c, tt_tensor *x)
{
    static const float a[] = {1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f,
                              0.254829592f};
    tt_tensor *t = tt_inv(
        c, tt_add_num(c, tt_mul_num(c, size_of(c, x), 0.3275911f * 0.70710678f), 1.0f));
    tt_tensor *sum = tt_mul_num(c, t, a[0]);
    for (int i = 1; i < 5; i++) sum = tt_mul(c, tt_add_num(c, sum, a[i]), t);
    return tt_mul_num(c, tt_mul(c, sum, bell(c, x)), 0.5f);
}

/* x > 0: x (1 - tail); else x tail. No digits are lost where the result is small. */
static tt_tensor *gelu_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_save_for_backward(k, 0, in[0]);
    return tt_sub(c, tt_relu(c, in[0]), tt_mul(c, size_of(c, in[0]), tail(c, in[0])));
}

static void gelu_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    const float one_over_root = 0.3989422804f; /* 1 / sqrt(2 pi) */
    tt_tensor *x = tt_saved(k, 0), *beyond = tail(c, x);
    tt_tensor *above = tt_lt(c, tti_num_like(c, x, 0.0f), x);
    tt_tensor *rest = tt_add_num(c, tt_mul_num(c, beyond, -2.0f), 1.0f);
    tt_tensor *below_x = tt_add(c, beyond, tt_mul(c, above, rest)); /* P(x) */
    tt_tensor *slope = tt_mul_num(c, tt_mul(c, x, bell(c, x)), one_over_root);
    din[0] = tt_mul(c, dy, tt_add(c, below_x, slope));
}

tt_tensor *tt_gelu(tt_ctx *c, tt_tensor *x)
{
    static const tt_function gelu_fn = {
        .name = "gelu", .inputs = 1, .forward = gelu_forward, .backward = gelu_backward};
    return tt_apply(c, &gelu_fn, TT_IN(x));
}

tt_tensor *tt_gelu_tanh(tt_ctx *c, tt_tensor *x)
{
    const float twice_root = 1.5957691216057308f; /* 2 sqrt(2 / pi) */
    tt_tensor *bend = tt_add_num(c, tt_mul_num(c, tt_mul(c, x, x), 0.044715f), 1.0f);
    tt_tensor *inner = tt_mul_num(c, tt_mul(c, x, bend), twice_root);
    return tt_mul(c, x, tt_sigmoid(c, inner));
}
