#include "module4_nn/layers.h"

#include <math.h>

#include "module4_nn/init.h"
#include "module4_nn/ops/embedding.h"

typedef struct linear {
    tt_module base;
    tt_tensor *weight; /* (in, out) */
    tt_tensor *bias;   /* (out,) */
} linear;

/* x (.., in) times weight (in, out), plus bias (out,). */
static tt_tensor *linear_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    linear *m = (linear *)self;
    char text[TT_SHAPE_TEXT];
    tt_shape shape = tt_shape_of(x);
    int in = tt_shape_of(m->weight).dim[0];
    if (shape.ndim < 1 || shape.dim[shape.ndim - 1] != in)
        return tti_fail(c, TT_ERR_SHAPE, "tt_nn_linear",
                        "layer \"%s\" takes (..,%d), but its input is %s%s", self->name,
                        in, tt_shape_text(shape, text),
                        shape.ndim > 2 ? "; tt_flatten makes a row of each example" : "");
    if (shape.ndim == 1) x = tt_view(c, tt_contiguous(c, x), TT_SHAPE(1, in));
    tt_tensor *y = tt_add(c, tt_matmul(c, x, m->weight), m->bias);
    return shape.ndim == 1 ? tt_view(c, y, TT_SHAPE(tt_shape_of(m->bias).dim[0])) : y;
}

tt_module *tt_nn_linear(tt_ctx *c, tt_module *parent, const char *name, int in, int out)
{
    if (tt_error(c)) return NULL;
    if (in < 1 || out < 1)
        return tti_fail(c, TT_ERR_VALUE, "tt_nn_linear",
                        "layer \"%s\" from %d to %d numbers; both must be at least 1",
                        name ? name : "", in, out);
    linear *m = tt_nn_module(c, linear, "Linear", linear_forward);
    if (!m) return NULL;
    if (parent && !tt_module_add(parent, name, &m->base)) return NULL;
    float bound = 1.0f / sqrtf((float)in);
    m->weight =
        tt_module_tensor(&m->base, "weight", tti_uniform(c, TT_SHAPE(in, out), bound));
    m->bias = tt_module_tensor(&m->base, "bias", tti_uniform(c, TT_SHAPE(out), bound));
    return m->weight && m->bias ? &m->base : NULL;
}

typedef struct embedding {
    tt_module base;
    tt_tensor *weight; /* (count, width) */
} embedding;

static tt_tensor *embedding_forward(tt_ctx *c, tt_module *self, tt_tensor *ids)
{
    return tt_embedding(c, ((embedding *)self)->weight, ids);
}

tt_module *tt_nn_embedding(tt_ctx *c, tt_module *parent, const char *name, int count,
                           int width)
{
    if (tt_error(c)) return NULL;
    if (count < 1 || width < 1)
        return tti_fail(
            c, TT_ERR_VALUE, "tt_nn_embedding",
            "layer \"%s\" of %d vectors of %d numbers; both must be at least 1",
            name ? name : "", count, width);
    embedding *m = tt_nn_module(c, embedding, "Embedding", embedding_forward);
    if (!m || (parent && !tt_module_add(parent, name, &m->base))) return NULL;
    tt_tensor *weight = tt_empty(c, TT_SHAPE(count, width));
    if (tt_init_normal(weight, 1.0f)) return NULL;
    m->weight = tt_module_tensor(&m->base, "weight", weight);
    return m->weight ? &m->base : NULL;
}
