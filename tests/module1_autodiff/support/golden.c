/* Made by golden.py with PyTorch 1.13.0a0. Do not edit. */
/* clang-format off */
#include "tests/module1_autodiff/support/golden.h"

static tt_scalar *f0(tt_ctx *c, tt_scalar *x, tt_scalar *y)
{
    return tts_add(c, tts_mul(c, tts_mul(c, x, x), y), tts_mul(c, tts_num(c, 10), x));
}

static tt_scalar *f1(tt_ctx *c, tt_scalar *x, tt_scalar *y)
{
    return tts_add(c, tts_log(c, tts_mul(c, x, y)), tts_exp(c, tts_mul(c, x, y)));
}

static tt_scalar *f2(tt_ctx *c, tt_scalar *x, tt_scalar *y)
{
    return tts_div(c, tts_sigmoid(c, tts_sub(c, x, y)), tts_add(c, x, tts_mul(c, y, y)));
}

static tt_scalar *f3(tt_ctx *c, tt_scalar *x, tt_scalar *y)
{
    return tts_mul(c, tts_relu(c, tts_add(c, tts_mul(c, x, y), tts_num(c, 3))), tts_relu(c, tts_neg(c, x)));
}

static tt_scalar *f4(tt_ctx *c, tt_scalar *x, tt_scalar *y)
{
    return tts_neg(c, tts_log(c, tts_sub(c, tts_num(c, 1), tts_sigmoid(c, tts_add(c, tts_mul(c, x, tts_num(c, 2)), y)))));
}

static tt_scalar *f5(tt_ctx *c, tt_scalar *x, tt_scalar *y)
{
    return tts_add(c, tts_inv(c, tts_mul(c, x, x)), tts_mul(c, tts_exp(c, tts_neg(c, y)), tts_log(c, x)));
}

const golden_case golden_cases[GOLDEN] = {
    {"x * x * y + 10 * x", f0, 1.0, 2.0, 12.0, 14.0, 1.0},
    {"torch.log(x * y) + torch.exp(x * y)", f1, 0.7, 1.9, 4.066222329802442, 8.61255386495211, 3.17304616077183},
    {"torch.sigmoid(x - y) / (x + y * y)", f2, -0.3, 1.1, 0.2173803422433167, -0.06450048873373851, -0.69991390157243},
    {"torch.relu(x * y + 3) * torch.relu(-x)", f3, -1.7, 0.6, 3.366, -0.96, -2.8899999999999997},
    {"-torch.log(1 - torch.sigmoid(x * 2 + y))", f4, 0.4, -2.2, 0.22041740991845085, 0.39563222288283645, 0.19781611144141822},
    {"1 / (x * x) + torch.exp(-y) * torch.log(x)", f5, 2.3, 0.9, 0.5276714955307626, 0.012390359170524307, -0.338635578706566},
};
