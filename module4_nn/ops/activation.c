#include "module4_nn/ops/activation.h"

tt_tensor *tt_tanh(tt_ctx *c, tt_tensor *x)
{
    tt_tensor *s = tt_sigmoid(c, tt_mul_num(c, x, 2.0f));
    return tt_add_num(c, tt_mul_num(c, s, 2.0f), -1.0f);
}

tt_tensor *tt_leaky_relu(tt_ctx *c, tt_tensor *x, float slope)
{
    tt_tensor *below = tt_relu(c, tt_neg(c, x)); /* -x where x < 0 */
    return tt_add(c, tt_relu(c, x), tt_mul_num(c, below, -slope));
}

tt_tensor *tt_gelu(tt_ctx *c, tt_tensor *x)
{
    const float twice_root = 1.5957691216057308f; /* 2 sqrt(2 / pi) */
    tt_tensor *bend = tt_add_num(c, tt_mul_num(c, tt_mul(c, x, x), 0.044715f), 1.0f);
    tt_tensor *inner = tt_mul_num(c, tt_mul(c, x, bend), twice_root);
    return tt_mul(c, x, tt_sigmoid(c, inner));
}
