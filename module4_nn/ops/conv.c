/* Convolutions and their gradients, which are convolutions again: see conv.h. */
#include "module4_nn/ops/conv.h"

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"
#include "module4_nn/ops/nn_backend.h"

/* Whether x is (B, C, ..) and weight (O, C, ..), both with ndim dimensions. */
static bool shapes_fit(tt_ctx *c, const char *who, tt_tensor *x, tt_tensor *weight, int ndim)
{
    char have[TT_SHAPE_TEXT], kernel[TT_SHAPE_TEXT];
    tt_shape s = tt_shape_of(x), w = tt_shape_of(weight);
    if (s.ndim == ndim && w.ndim == ndim && s.dim[1] == w.dim[1]) return true;
    tt_shape_text(s, have), tt_shape_text(w, kernel);
    const char *needed = ndim == 3 ? "(B,C,W) and (O,C,K)" : "(B,C,H,W) and (O,C,KH,KW)";
    if (s.ndim != ndim || w.ndim != ndim)
        tti_fail(c, TT_ERR_SHAPE, who, "input %s with weight %s; needed are %s (%s, %s)",
                 have, kernel, needed, tt_node_label(&x->node),
                 tt_node_label(&weight->node));
    else
        tti_fail(c, TT_ERR_SHAPE, who,
                 "input %s has %d channels, weight %s reads %d; needed are %s (%s, %s)",
                 have, s.dim[1], kernel, w.dim[1], needed, tt_node_label(&x->node),
                 tt_node_label(&weight->node));
    return false;
}

/* Batch and channels, or two kinds of channels, exchanged. */
static tt_tensor *exchanged(tt_ctx *c, tt_tensor *a)
{
    return tt_transpose(c, a, 0, 1);
}

/* ---- one dimension ---------------------------------------------------------------------------- */

static tt_tensor *conv1d_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    if (!shapes_fit(c, "tt_conv1d", in[0], in[1], 3)) return NULL;
    tt_save_for_backward(k, 0, in[0]);
    tt_save_for_backward(k, 1, in[1]);
    return tti_conv1d(c, "tt_conv1d", in[0], in[1], tt_shape_of(in[0]).dim[2], false);
}

/* dx[b,c,s] = sum over o, k of weight[o,c,k] dy[b,o,s-k]: reversed, channels exchanged.
 * dweight[o,c,k] = sum over b, t of dy[b,o,t] x[b,c,t+k]: a kernel as wide as x, K cells of output. */
static void conv1d_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *x = tt_saved(k, 0), *weight = tt_saved(k, 1);
    if (tt_wants_grad(k, 0))
        din[0] = tti_conv1d(c, "tt_conv1d", dy, exchanged(c, weight),
                            tt_shape_of(x).dim[2], true);
    if (tt_wants_grad(k, 1))
        din[1] = exchanged(c, tti_conv1d(c, "tt_conv1d", exchanged(c, x), exchanged(c, dy),
                                         tt_shape_of(weight).dim[2], false));
}

tt_tensor *tt_conv1d(tt_ctx *c, tt_tensor *x, tt_tensor *weight)
{
    static const tt_function conv1d_fn = {.name = "conv1d",
                                          .inputs = 2,
                                          .forward = conv1d_forward,
                                          .backward = conv1d_backward};
    return tt_apply(c, &conv1d_fn, TT_IN(x, weight));
}

/* ---- two dimensions --------------------------------------------------------------------------- */

static tt_tensor *conv2d_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    if (!shapes_fit(c, "tt_conv2d", in[0], in[1], 4)) return NULL;
    tt_save_for_backward(k, 0, in[0]);
    tt_save_for_backward(k, 1, in[1]);
    return tti_conv2d(c, "tt_conv2d", in[0], in[1], in[0]->data.layout.shape.dim + 2,
                      false);
}

static void conv2d_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *x = tt_saved(k, 0), *weight = tt_saved(k, 1);
    if (tt_wants_grad(k, 0))
        din[0] = tti_conv2d(c, "tt_conv2d", dy, exchanged(c, weight),
                            x->data.layout.shape.dim + 2, true);
    if (!tt_wants_grad(k, 1)) return;
    if (tti_nn_backend(tti_backend(x))->conv2d_weight)
        din[1] = tti_conv2d_weight(c, "tt_conv2d", x, dy, tt_shape_of(weight),
                                   tti_anchored(false));
    else
        din[1] = exchanged(c, tti_conv2d(c, "tt_conv2d", exchanged(c, x), exchanged(c, dy),
                                         weight->data.layout.shape.dim + 2, false));
}

tt_tensor *tt_conv2d(tt_ctx *c, tt_tensor *x, tt_tensor *weight)
{
    static const tt_function conv2d_fn = {.name = "conv2d",
                                          .inputs = 2,
                                          .forward = conv2d_forward,
                                          .backward = conv2d_backward};
    return tt_apply(c, &conv2d_fn, TT_IN(x, weight));
}

/* ---- in torch's terms ------------------------------------------------------------------------- */

/* Rows and columns of the result; false when the kernel does not fit into the padded image. */
static bool output_size(tt_ctx *c, const tt_conv2d_options *o, tt_tensor *x,
                        tt_tensor *weight, int size[2])
{
    char have[TT_SHAPE_TEXT], kernel[TT_SHAPE_TEXT];
    for (int d = 0; d < 2; d++) {
        long image = (long)tt_shape_of(x).dim[2 + d] + 2L * o->padding[d];
        long reach = (long)o->dilation[d] * (tt_shape_of(weight).dim[2 + d] - 1L) + 1;
        if (tt_shape_of(weight).dim[2 + d] < 1 || reach > image) {
            tti_fail(
                c, TT_ERR_SHAPE, "tt_conv2d_with",
                "weight %s on input %s: along dimension %d the kernel reaches over %ld "
                "cells, but image and padding (%d on each side) have %ld",
                tt_shape_text(tt_shape_of(weight), kernel),
                tt_shape_text(tt_shape_of(x), have), 2 + d, reach, o->padding[d], image);
            return false;
        }
        size[d] = (int)((image - reach) / o->stride[d] + 1);
    }
    return true;
}

static tt_window forward_window(const tt_conv2d_options *o)
{
    return (tt_window){{o->stride[0], o->stride[1]},
                       {o->dilation[0], o->dilation[1]},
                       {o->padding[0], o->padding[1]},
                       {1, 1}};
}

static tt_tensor *conv2d_with_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    const tt_conv2d_options *o = k->params;
    int size[2];
    if (!shapes_fit(c, "tt_conv2d_with", in[0], in[1], 4) ||
        !output_size(c, o, in[0], in[1], size))
        return NULL;
    tt_save_for_backward(k, 0, in[0]);
    tt_save_for_backward(k, 1, in[1]);
    return tti_conv2d_window(c, "tt_conv2d_with", in[0], in[1], size, forward_window(o));
}

/* Output cell t reads input cell s = t stride + k dilation - padding. So input cell s was read by
 * t = (s - k dilation + padding) / stride, where that is whole. */
static void conv2d_with_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    const tt_conv2d_options *o = k->params;
    tt_tensor *x = tt_saved(k, 0), *weight = tt_saved(k, 1);
    tt_window back = {{1, 1},
                      {-o->dilation[0], -o->dilation[1]},
                      {-o->padding[0], -o->padding[1]},
                      {o->stride[0], o->stride[1]}};
    if (tt_wants_grad(k, 0))
        din[0] = tti_conv2d_window(c, "tt_conv2d_with", dy, exchanged(c, weight),
                                   x->data.layout.shape.dim + 2, back);
    if (tt_wants_grad(k, 1))
        din[1] = tti_conv2d_weight(c, "tt_conv2d_with", x, dy, tt_shape_of(weight),
                                   forward_window(o));
}

tt_tensor *tt_conv2d_with(tt_ctx *c, tt_tensor *x, tt_tensor *weight,
                          tt_conv2d_options options)
{
    static const tt_function conv2d_with_fn = {.name = "conv2d_with",
                                               .inputs = 2,
                                               .params_size = sizeof options,
                                               .forward = conv2d_with_forward,
                                               .backward = conv2d_with_backward};
    enum { MOST = 1 << 15 };
    if (!x || !weight || tt_error(c)) return NULL;
    for (int d = 0; d < 2; d++) {
        if (options.stride[d] == 0) options.stride[d] = 1;
        if (options.dilation[d] == 0) options.dilation[d] = 1;
        if (options.stride[d] < 1 || options.dilation[d] < 1 || options.padding[d] < 0 ||
            options.stride[d] > MOST || options.dilation[d] > MOST ||
            options.padding[d] > MOST)
            return tti_fail(
                c, TT_ERR_VALUE, "tt_conv2d_with",
                "stride %d, dilation %d, padding %d: stride and dilation are 1 "
                "or more, padding 0 or more, and each is at most %d",
                options.stride[d], options.dilation[d], options.padding[d], (int)MOST);
    }
    return tt_apply_with(c, &conv2d_with_fn, &options, TT_IN(x, weight), 2);
}
