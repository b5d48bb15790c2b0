#include "module4_nn/norm_layers.h"

#include "module4_nn/ops/norm.h"

typedef struct batch_norm {
    tt_module base;
    tt_tensor *weight, *bias;              /* (channels,) */
    tt_tensor *running_mean, *running_var; /* (channels,) */
    bool images;
} batch_norm;

static tt_tensor *batch_norm_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    batch_norm *m = (batch_norm *)self;
    char text[TT_SHAPE_TEXT];
    if ((tt_shape_of(x).ndim == 4) != m->images)
        return tti_fail(c, TT_ERR_SHAPE,
                        m->images ? "tt_nn_batch_norm2d" : "tt_nn_batch_norm1d",
                        "layer \"%s\" takes %s, but its input is %s", self->name,
                        m->images ? "(B,C,H,W)" : "(B,C) or (B,C,L)",
                        tt_shape_text(tt_shape_of(x), text));
    return tt_batch_norm(c, x, m->running_mean, m->running_var, m->weight, m->bias,
                         (tt_batch_norm_options){.training = self->training});
}

static tt_module *batch_norm_new(tt_ctx *c, tt_module *parent, const char *name,
                                 int channels, bool images)
{
    if (tt_error(c)) return NULL;
    if (channels < 1)
        return tti_fail(c, TT_ERR_VALUE,
                        images ? "tt_nn_batch_norm2d" : "tt_nn_batch_norm1d",
                        "layer \"%s\" has %d channels; it must have at least 1",
                        name ? name : "", channels);
    batch_norm *m = tt_nn_module(c, batch_norm, images ? "BatchNorm2d" : "BatchNorm1d",
                                 batch_norm_forward);
    if (!m || (parent && !tt_module_add(parent, name, &m->base))) return NULL;
    tt_shape shape = TT_SHAPE(channels);
    m->images = images;
    m->weight = tt_module_tensor(&m->base, "weight", tt_ones(c, shape));
    m->bias = tt_module_tensor(&m->base, "bias", tt_zeros(c, shape));
    m->running_mean = tt_module_tensor_buffer(&m->base, "running_mean", tt_zeros(c, shape));
    m->running_var = tt_module_tensor_buffer(&m->base, "running_var", tt_ones(c, shape));
    return m->running_var ? &m->base : NULL;
}

tt_module *tt_nn_batch_norm1d(tt_ctx *c, tt_module *parent, const char *name, int channels)
{
    return batch_norm_new(c, parent, name, channels, false);
}

tt_module *tt_nn_batch_norm2d(tt_ctx *c, tt_module *parent, const char *name, int channels)
{
    return batch_norm_new(c, parent, name, channels, true);
}
