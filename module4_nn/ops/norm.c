#include "module4_nn/ops/norm.h"

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"

/* Composed of slots that every backend has. Shapes: x (B,C,..), a number a channel (1,C,1,..). */
typedef struct params {
    tt_tensor *running_mean, *running_var; /* (C,), followed in training */
    float momentum, eps;
} params;

/* How many numbers of x a channel has. */
static size_t numbers_a_channel(const tt_tensor *x)
{
    size_t channels = (size_t)tt_shape_of(x).dim[1];
    return channels ? tt_numel(x) / channels : 0;
}

/* (C,) seen as (1,C,1,..), with as many dimensions as x. */
static tt_tensor *a_channel(tt_ctx *c, tt_tensor *numbers, const tt_tensor *x)
{
    tt_shape shape = {.ndim = tt_shape_of(x).ndim, .dim = {1, tt_shape_of(x).dim[1], 1, 1}};
    return tt_view(c, tt_contiguous(c, numbers), shape);
}

/* The sum of each channel's numbers: (B,C,..) -> (1,C,1,..). */
static tt_tensor *channel_sum(tt_ctx *c, tt_tensor *x)
{
    for (int d = tt_shape_of(x).ndim - 1; x && d >= 0; d--)
        if (d != 1) x = tt_sum(c, x, d);
    return x;
}

static tt_tensor *channel_mean(tt_ctx *c, tt_tensor *x)
{
    if (!x) return NULL;
    return tt_mul_num(c, channel_sum(c, x), 1.0f / (float)numbers_a_channel(x));
}

/* 1 / sqrt(v + eps), as e^(-log(v + eps) / 2) */
static tt_tensor *inverse_root(tt_ctx *c, tt_tensor *v, float eps)
{
    tt_tensor *log = tt_log(c, tt_add_num(c, v, eps));
    return tt_exp(c, tt_mul_num(c, log, -0.5f));
}

/* running += momentum (scale batch - running), in place */
static void follow(tt_ctx *c, tt_tensor *running, tt_tensor *batch, float scale,
                   float momentum)
{
    batch = batch ? tt_view(c, batch, tt_shape_of(running)) : NULL;
    tt_tensor *step = tt_sub(c, tt_mul_num(c, batch, scale), running);
    if (step) tti_backend(running)->axpy(c, running->data, momentum, step->data);
}

static tt_tensor *batch_norm_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    const params *p = k->params;
    float n = (float)numbers_a_channel(in[0]);
    tt_tensor *mean = channel_mean(c, in[0]);
    tt_tensor *centred = tt_sub(c, in[0], mean);
    tt_tensor *var = channel_mean(c, tt_mul(c, centred, centred));
    tt_tensor *inverse = inverse_root(c, var, p->eps);
    tt_tensor *xhat = tt_mul(c, centred, inverse);
    follow(c, p->running_mean, mean, 1.0f, p->momentum);
    follow(c, p->running_var, var, n / (n - 1.0f), p->momentum);
    tt_save_for_backward(k, 0, xhat);
    tt_save_for_backward(k, 1, inverse);
    return tt_add(c, tt_mul(c, xhat, a_channel(c, in[1], in[0])),
                  a_channel(c, in[2], in[0]));
}

static void batch_norm_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *xhat = tt_saved(k, 0), *inverse = tt_saved(k, 1), *weight = k->inputs[1];
    float one_nth = 1.0f / (float)numbers_a_channel(xhat);
    tt_tensor *sum = channel_sum(c, dy), *along = channel_sum(c, tt_mul(c, dy, xhat));
    din[1] = along ? tt_view(c, along, tt_shape_of(weight)) : NULL;
    din[2] = sum ? tt_view(c, sum, tt_shape_of(weight)) : NULL;
    if (!tt_wants_grad(k, 0)) return;
    tt_tensor *inside = tt_add(c, sum, tt_mul(c, xhat, along));
    tt_tensor *rest = tt_sub(c, dy, tt_mul_num(c, inside, one_nth));
    din[0] = tt_mul(c, rest, tt_mul(c, inverse, a_channel(c, weight, xhat)));
}

static tt_tensor *in_training(tt_ctx *c, tt_tensor *x, tt_tensor *weight, tt_tensor *bias,
                              const params *p)
{
    static const tt_function batch_norm_fn = {.name = "batch_norm",
                                              .inputs = 3,
                                              .params_size = sizeof(params),
                                              .forward = batch_norm_forward,
                                              .backward = batch_norm_backward};
    char text[TT_SHAPE_TEXT];
    if (numbers_a_channel(x) < 2)
        return tti_fail(
            c, TT_ERR_VALUE, "tt_batch_norm",
            "input %s has %zu numbers a channel; training needs two or more, for "
            "one has no variance",
            tt_shape_text(tt_shape_of(x), text), numbers_a_channel(x));
    return tt_apply_with(c, &batch_norm_fn, p, TT_IN(x, weight, bias), 3);
}

/* A straight line a channel; x, weight and bias have their derivatives by themselves. */
static tt_tensor *in_evaluation(tt_ctx *c, tt_tensor *x, tt_tensor *weight,
                                tt_tensor *bias, const params *p)
{
    tt_tensor *inverse = inverse_root(c, p->running_var, p->eps);
    tt_tensor *centred = tt_sub(c, x, a_channel(c, p->running_mean, x));
    tt_tensor *xhat = inverse ? tt_mul(c, centred, a_channel(c, inverse, x)) : NULL;
    return tt_add(c, tt_mul(c, xhat, a_channel(c, weight, x)), a_channel(c, bias, x));
}

static bool fits(tt_ctx *c, tt_tensor *x, const tt_tensor *const *numbers)
{
    static const char *const names[] = {"running_mean", "running_var", "weight", "bias"};
    char have[TT_SHAPE_TEXT], text[TT_SHAPE_TEXT];
    tt_shape s = tt_shape_of(x);
    if (s.ndim < 2 || s.ndim > 4) {
        tti_fail(c, TT_ERR_SHAPE, "tt_batch_norm",
                 "input is %s; needed is (B,C), (B,C,L) or (B,C,H,W) (%s)",
                 tt_shape_text(s, have), tt_node_label(&x->node));
        return false;
    }
    for (int i = 0; i < 4; i++) {
        if (tt_shape_equal(tt_shape_of(numbers[i]), TT_SHAPE(s.dim[1]))) continue;
        tti_fail(c, TT_ERR_SHAPE, "tt_batch_norm",
                 "input %s has %d channels, but %s is %s; needed is (%d,)",
                 tt_shape_text(s, have), s.dim[1], names[i],
                 tt_shape_text(tt_shape_of(numbers[i]), text), s.dim[1]);
        return false;
    }
    return true;
}

tt_tensor *tt_batch_norm(tt_ctx *c, tt_tensor *x, tt_tensor *running_mean,
                         tt_tensor *running_var, tt_tensor *weight, tt_tensor *bias,
                         tt_batch_norm_options o)
{
    const tt_tensor *const numbers[] = {running_mean, running_var, weight, bias};
    if (!x || !running_mean || !running_var || !weight || !bias || tt_error(c))
        return NULL;
    if (!fits(c, x, numbers)) return NULL;
    if (!(o.momentum >= 0.0f && o.momentum <= 1.0f && o.eps >= 0.0f))
        return tti_fail(c, TT_ERR_VALUE, "tt_batch_norm",
                        "momentum is %g, eps %g; momentum is 0 to 1, eps 0 or more",
                        (double)o.momentum, (double)o.eps);
    params p = {running_mean, running_var, o.momentum == 0 ? 0.1f : o.momentum,
                o.eps == 0 ? 1e-5f : o.eps};
    return (o.training ? in_training : in_evaluation)(c, x, weight, bias, &p);
}
