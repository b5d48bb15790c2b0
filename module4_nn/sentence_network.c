#include "module4_nn/sentence_network.h"

#include "module4_nn/conv_layers.h"
#include "module4_nn/layers.h"
#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/max.h"

enum { BRANCHES = 3, FIRST_KERNEL = 3 };

typedef struct sentence_cnn {
    tt_module base;
    tt_module *conv[BRANCHES], *fc[BRANCHES]; /* kernels of 3, 4, 5 words */
    int dim;
    float rate;
} sentence_cnn;

/* x (B,dim,T) -> what the kernels of one size add to the score, (B,1); dropout only while it trains. */
static tt_tensor *branch_score(tt_ctx *c, sentence_cnn *m, int branch, tt_tensor *x)
{
    // BEGIN SOLUTION 4.5
    x = tt_relu(c, tt_forward(c, m->conv[branch], x)); /* (B,maps,T) */
    x = tt_flatten(c, tt_max(c, x, 2));                /* (B,maps) */
    return tt_forward(c, m->fc[branch], tt_dropout(c, x, m->rate, m->base.training));
    // END SOLUTION
}

static tt_tensor *sentence_cnn_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    sentence_cnn *m = (sentence_cnn *)self;
    char text[TT_SHAPE_TEXT];
    tt_shape s = tt_shape_of(x);
    if (s.ndim != 3 || s.dim[1] != m->dim)
        return tti_fail(c, TT_ERR_SHAPE, "tt_nn_sentence_cnn",
                        "the network takes sentences (B,%d,T), but its input is %s",
                        m->dim, tt_shape_text(s, text));
    tt_tensor *score = branch_score(c, m, 0, x);
    for (int i = 1; i < BRANCHES; i++) score = tt_add(c, score, branch_score(c, m, i, x));
    return score;
}

tt_module *tt_nn_sentence_cnn(tt_ctx *c, int dim, int maps, float rate)
{
    static const char *const convs[] = {"conv3", "conv4", "conv5"};
    static const char *const fcs[] = {"fc3", "fc4", "fc5"};
    if (tt_error(c)) return NULL;
    if (!(rate >= 0.0f && rate <= 1.0f))
        return tti_fail(c, TT_ERR_VALUE, "tt_nn_sentence_cnn",
                        "dropout is %g; it is a probability, 0 to 1", (double)rate);
    sentence_cnn *m = tt_nn_module(c, sentence_cnn, "sentence_cnn", sentence_cnn_forward);
    if (!m) return NULL;
    m->dim = dim, m->rate = rate;
    for (int i = 0; i < BRANCHES; i++)
        m->conv[i] = tt_nn_conv1d(c, &m->base, convs[i], dim, maps, FIRST_KERNEL + i);
    for (int i = 0; i < BRANCHES; i++)
        m->fc[i] = tt_nn_linear(c, &m->base, fcs[i], maps, 1);
    return m->fc[BRANCHES - 1] ? &m->base : NULL;
}
