#include "module4_nn/models.h"

#include "module4_nn/conv_layers.h"
#include "module4_nn/layers.h"
#include "module4_nn/ops/pool.h"

typedef struct mlp {
    tt_module base;
    tt_module *fc1, *fc2;
} mlp;

static tt_tensor *mlp_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    mlp *m = (mlp *)self;
    tt_tensor *h = tt_relu(c, tt_forward(c, m->fc1, tt_flatten(c, x))); /* (B, hidden) */
    return tt_forward(c, m->fc2, h);                                    /* (B, out) */
}

tt_module *tt_nn_mlp(tt_ctx *c, int in, int hidden, int out)
{
    mlp *m = tt_nn_module(c, mlp, "mlp", mlp_forward);
    if (!m) return NULL;
    m->fc1 = tt_nn_linear(c, &m->base, "fc1", in, hidden);
    m->fc2 = tt_nn_linear(c, &m->base, "fc2", hidden, out);
    return m->fc1 && m->fc2 ? &m->base : NULL;
}

/* ---- LeNet-5 ---------------------------------------------------------------------------------- */

typedef struct lenet5 {
    tt_module base;
    tt_module *conv1, *conv2, *fc1, *fc2, *fc3;
} lenet5;

enum { SIDE = 28 };

static tt_tensor *lenet5_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    lenet5 *m = (lenet5 *)self;
    tt_shape s = tt_shape_of(x);
    char text[TT_SHAPE_TEXT];
    if (s.ndim < 3 || s.ndim > 4 || (s.ndim == 4 && s.dim[1] != 1) ||
        s.dim[s.ndim - 2] != SIDE || s.dim[s.ndim - 1] != SIDE)
        return tti_fail(c, TT_ERR_SHAPE, "tt_nn_lenet5",
                        "the network takes images (B,%d,%d), but its input is %s",
                        (int)SIDE, (int)SIDE, tt_shape_text(s, text));
    x = tt_view(c, tt_contiguous(c, x), TT_SHAPE(s.dim[0], 1, SIDE, SIDE));
    /* The largest of ReLUs is the ReLU of the largest, and that is fewer cells to go through. */
    x = tt_forward(c, m->conv1, x); /* (B,6,28,28) */
    x = tt_relu(c, tt_maxpool2d(c, x, 2, 2));
    x = tt_forward(c, m->conv2, x);                          /* (B,16,10,10) */
    x = tt_flatten(c, tt_relu(c, tt_maxpool2d(c, x, 2, 2))); /* (B,400) */
    x = tt_relu(c, tt_forward(c, m->fc1, x));                /* (B,120) */
    x = tt_relu(c, tt_forward(c, m->fc2, x));                /* (B,84) */
    return tt_forward(c, m->fc3, x);
}

tt_module *tt_nn_lenet5(tt_ctx *c, int classes)
{
    lenet5 *m = tt_nn_module(c, lenet5, "lenet5", lenet5_forward);
    if (!m) return NULL;
    m->conv1 = tt_nn_conv2d_with(c, &m->base, "conv1", 1, 6, 5, 5,
                                 (tt_conv2d_options){.padding = {2, 2}});
    m->conv2 = tt_nn_conv2d_with(c, &m->base, "conv2", 6, 16, 5, 5, (tt_conv2d_options){0});
    m->fc1 = tt_nn_linear(c, &m->base, "fc1", 16 * 5 * 5, 120);
    m->fc2 = tt_nn_linear(c, &m->base, "fc2", 120, 84);
    m->fc3 = tt_nn_linear(c, &m->base, "fc3", 84, classes);
    return m->fc3 ? &m->base : NULL;
}
