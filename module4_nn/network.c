#include "module4_nn/network.h"

#include "module4_nn/conv_layers.h"
#include "module4_nn/layers.h"
#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/pool.h"

enum { TILE = 4, HIDDEN = 64 };

typedef struct cnn {
    tt_module base;
    tt_module *conv1, *conv2, *fc1, *fc2;
    int height, width;
} cnn;

/* x (B,1,H,W) -> (B,classes); dropout only while it trains. */
static tt_tensor *cnn_scores(tt_ctx *c, cnn *m, tt_tensor *x)
{
    // BEGIN SOLUTION 4.5
    x = tt_relu(c, tt_forward(c, m->conv1, x));                    /* (B,4,H,W) */
    x = tt_forward(c, m->conv2, x);                                /* (B,8,H,W) */
    x = tt_flatten(c, tt_relu(c, tt_maxpool2d(c, x, TILE, TILE))); /* ReLU of fewer cells */
    x = tt_relu(c, tt_forward(c, m->fc1, x));                      /* (B,64) */
    return tt_forward(c, m->fc2, tt_dropout(c, x, 0.25f, m->base.training));
    // END SOLUTION
}

static tt_tensor *cnn_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    cnn *m = (cnn *)self;
    tt_shape s = tt_shape_of(x);
    char text[TT_SHAPE_TEXT];
    if (s.ndim < 3 || s.ndim > 4 || (s.ndim == 4 && s.dim[1] != 1) ||
        s.dim[s.ndim - 2] != m->height || s.dim[s.ndim - 1] != m->width)
        return tti_fail(c, TT_ERR_SHAPE, "tt_nn_cnn",
                        "the network takes images (B,%d,%d), but its input is %s",
                        m->height, m->width, tt_shape_text(s, text));
    return cnn_scores(
        c, m, tt_view(c, tt_contiguous(c, x), TT_SHAPE(s.dim[0], 1, m->height, m->width)));
}

tt_module *tt_nn_cnn(tt_ctx *c, int height, int width, int classes)
{
    if (tt_error(c)) return NULL;
    if (height < 1 || width < 1 || height % TILE || width % TILE)
        return tti_fail(c, TT_ERR_VALUE, "tt_nn_cnn",
                        "images of %dx%d: height and width must be multiples of %d",
                        height, width, (int)TILE);
    cnn *m = tt_nn_module(c, cnn, "cnn", cnn_forward);
    if (!m) return NULL;
    int places = height / TILE * (width / TILE);
    m->height = height, m->width = width;
    // BEGIN SOLUTION 4.5
    m->conv1 = tt_nn_conv2d(c, &m->base, "conv1", 1, 4, 3, 3);
    m->conv2 = tt_nn_conv2d(c, &m->base, "conv2", 4, 8, 3, 3);
    m->fc1 = tt_nn_linear(c, &m->base, "fc1", 8 * places, HIDDEN);
    m->fc2 = tt_nn_linear(c, &m->base, "fc2", HIDDEN, classes);
    return m->fc2 ? &m->base : NULL;
    // END SOLUTION
}
