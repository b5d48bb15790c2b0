#include "module4_nn/models.h"

#include "module4_nn/layers.h"

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
