#include "module4_nn/conv_layers.h"

#include <math.h>

#include "module4_nn/init.h"
#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/pool.h"

typedef struct conv_layer {
    tt_module base;
    tt_tensor *weight; /* (out,in,K) or (out,in,KH,KW) */
    tt_tensor *bias;   /* (out,) */
    tt_conv2d_options options;
    bool with_options;
} conv_layer;

/* A number a channel: (out,) seen as (out,1) or (out,1,1), which broadcasts over places and batch. */
static tt_tensor *a_channel(tt_ctx *c, tt_tensor *bias, int places)
{
    tt_shape shape = {.ndim = 1 + places, .dim = {tt_shape_of(bias).dim[0], 1, 1}};
    return tt_view(c, bias, shape);
}

static tt_tensor *conv1d_values(tt_ctx *c, conv_layer *m, tt_tensor *x)
{
    // BEGIN SOLUTION 4.5
    return tt_add(c, tt_conv1d(c, x, m->weight), a_channel(c, m->bias, 1));
    // END SOLUTION
}

static tt_tensor *conv2d_values(tt_ctx *c, conv_layer *m, tt_tensor *x)
{
    // BEGIN SOLUTION 4.5
    return tt_add(c, tt_conv2d(c, x, m->weight), a_channel(c, m->bias, 2));
    // END SOLUTION
}

static tt_tensor *conv1d_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    return conv1d_values(c, (conv_layer *)self, x);
}

static tt_tensor *conv2d_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    conv_layer *m = (conv_layer *)self;
    if (!m->with_options) return conv2d_values(c, m, x);
    return tt_add(c, tt_conv2d_with(c, x, m->weight, m->options), a_channel(c, m->bias, 2));
}

static conv_layer *conv_new(tt_ctx *c, tt_module *parent, const char *name,
                            tt_shape weight, tt_forward_fn *forward)
{
    char text[TT_SHAPE_TEXT];
    bool two = weight.ndim == 4;
    if (tt_error(c)) return NULL;
    for (int d = 0; d < weight.ndim; d++)
        if (weight.dim[d] < 1)
            return tti_fail(c, TT_ERR_VALUE, two ? "tt_nn_conv2d" : "tt_nn_conv1d",
                            "layer \"%s\" would have weights %s (out, in, kernel); each "
                            "size must be at least 1",
                            name ? name : "", tt_shape_text(weight, text));
    conv_layer *m = tt_nn_module(c, conv_layer, two ? "Conv2d" : "Conv1d", forward);
    if (!m || (parent && !tt_module_add(parent, name, &m->base))) return NULL;
    double reads = (double)tt_shape_size(weight) / weight.dim[0];
    float bound = (float)(1.0 / sqrt(reads));
    m->weight = tt_module_tensor(&m->base, "weight", tti_uniform(c, weight, bound));
    m->bias =
        tt_module_tensor(&m->base, "bias", tti_uniform(c, TT_SHAPE(weight.dim[0]), bound));
    return m->weight && m->bias ? m : NULL;
}

tt_module *tt_nn_conv1d(tt_ctx *c, tt_module *parent, const char *name, int in, int out,
                        int kernel)
{
    conv_layer *m = conv_new(c, parent, name, TT_SHAPE(out, in, kernel), conv1d_forward);
    return m ? &m->base : NULL;
}

tt_module *tt_nn_conv2d(tt_ctx *c, tt_module *parent, const char *name, int in, int out,
                        int kh, int kw)
{
    conv_layer *m = conv_new(c, parent, name, TT_SHAPE(out, in, kh, kw), conv2d_forward);
    return m ? &m->base : NULL;
}

tt_module *tt_nn_conv2d_with(tt_ctx *c, tt_module *parent, const char *name, int in,
                             int out, int kh, int kw, tt_conv2d_options options)
{
    conv_layer *m = conv_new(c, parent, name, TT_SHAPE(out, in, kh, kw), conv2d_forward);
    if (!m) return NULL;
    m->options = options;
    m->with_options = true;
    return &m->base;
}

/* ---- dropout, functions, pooling, sequential -------------------------------------------------- */

typedef struct dropout_layer {
    tt_module base;
    float rate;
} dropout_layer;

static tt_tensor *dropout_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    return tt_dropout(c, x, ((dropout_layer *)self)->rate, self->training);
}

tt_module *tt_nn_dropout(tt_ctx *c, tt_module *parent, const char *name, float rate)
{
    if (tt_error(c)) return NULL;
    if (!(rate >= 0.0f && rate <= 1.0f))
        return tti_fail(c, TT_ERR_VALUE, "tt_nn_dropout",
                        "layer \"%s\" has the rate %g; it is a probability, 0 to 1",
                        name ? name : "", (double)rate);
    dropout_layer *m = tt_nn_module(c, dropout_layer, "Dropout", dropout_forward);
    if (!m || (parent && !tt_module_add(parent, name, &m->base))) return NULL;
    m->rate = rate;
    return &m->base;
}

typedef struct function_layer {
    tt_module base;
    tt_nn_function_of *f;
} function_layer;

static tt_tensor *function_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    return ((function_layer *)self)->f(c, x);
}

tt_module *tt_nn_function(tt_ctx *c, tt_module *parent, const char *name,
                          tt_nn_function_of *f)
{
    if (tt_error(c)) return NULL;
    if (!f)
        return tti_fail(c, TT_ERR_VALUE, "tt_nn_function", "layer \"%s\" has no function",
                        name ? name : "");
    function_layer *m = tt_nn_module(c, function_layer, "Function", function_forward);
    if (!m || (parent && !tt_module_add(parent, name, &m->base))) return NULL;
    m->f = f;
    return &m->base;
}

typedef struct pool_layer {
    tt_module base;
    tt_tensor *(*pool)(tt_ctx *c, tt_tensor *x, int kh, int kw);
    int kh, kw;
} pool_layer;

static tt_tensor *pool_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    pool_layer *m = (pool_layer *)self;
    return m->pool(c, x, m->kh, m->kw);
}

static tt_module *pool_new(tt_ctx *c, tt_module *parent, const char *name, bool max,
                           int kh, int kw)
{
    if (tt_error(c)) return NULL;
    if (kh < 1 || kw < 1)
        return tti_fail(c, TT_ERR_VALUE, max ? "tt_nn_maxpool2d" : "tt_nn_avgpool2d",
                        "layer \"%s\" has tiles of %dx%d; each side must be at least 1",
                        name ? name : "", kh, kw);
    pool_layer *m =
        tt_nn_module(c, pool_layer, max ? "MaxPool2d" : "AvgPool2d", pool_forward);
    if (!m || (parent && !tt_module_add(parent, name, &m->base))) return NULL;
    m->pool = max ? tt_maxpool2d : tt_avgpool2d;
    m->kh = kh, m->kw = kw;
    return &m->base;
}

tt_module *tt_nn_maxpool2d(tt_ctx *c, tt_module *parent, const char *name, int kh, int kw)
{
    return pool_new(c, parent, name, true, kh, kw);
}

tt_module *tt_nn_avgpool2d(tt_ctx *c, tt_module *parent, const char *name, int kh, int kw)
{
    return pool_new(c, parent, name, false, kh, kw);
}

static tt_tensor *sequential_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    for (tt_module *m = self->children; m && x; m = m->next) x = tt_forward(c, m, x);
    return x;
}

tt_module *tt_nn_sequential(tt_ctx *c, tt_module *parent, const char *name)
{
    tt_module *m = tt_module_new(c, sizeof *m, "Sequential", sequential_forward);
    if (!m || (parent && !tt_module_add(parent, name, m))) return NULL;
    return m;
}
