/* The network of tensors with matrix products: see network.h. */
#include "module3_gpu/network.h"

typedef struct matmul_linear {
    tt_module base;
    tt_tensor *weights; /* (in, out) */
    tt_tensor *bias;    /* (out,) */
} matmul_linear;

typedef struct network {
    tt_module base;
    tt_module *layer1, *layer2, *layer3;
} network;

/* y[b,j] = bias[j] + sum over i of x[b,i] weights[i,j] */
static tt_tensor *matmul_linear_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    matmul_linear *l = (matmul_linear *)self;
    // BEGIN SOLUTION 3.5
    return tt_add(c, tt_matmul(c, x, l->weights), l->bias);
    // END SOLUTION
}

/* u - 0.5, the same numbers on every backend. */
static tt_tensor *initial(tt_ctx *c, tt_shape shape)
{
    tt_tensor *t = tt_empty(c, shape);
    float *at = t == NULL ? NULL : tt_storage_set(t->data.storage);
    if (at == NULL) return NULL;
    tt_rng rng = tt_ctx_rng(c, TT_STREAM_INIT, tt_numel(t));
    for (size_t i = 0; i < tt_numel(t); i++) at[i] = tt_rng_uniform(rng, i) - 0.5f;
    return t;
}

tt_module *tt_nn_matmul_linear(tt_ctx *c, tt_module *parent, const char *name, int in,
                               int out)
{
    if (in < 1 || out < 1)
        return tti_fail(c, TT_ERR_VALUE, "tt_nn_matmul_linear",
                        "%s: %d inputs and %d outputs; both must be at least 1", name, in,
                        out);
    matmul_linear *l = tt_nn_module(c, matmul_linear, "Linear", matmul_linear_forward);
    if (l == NULL) return NULL;
    if (parent != NULL && tt_module_add(parent, name, &l->base) == NULL) return NULL;
    l->weights = tt_module_tensor(&l->base, "weights", initial(c, TT_SHAPE(in, out)));
    l->bias = tt_module_tensor(&l->base, "bias", tt_full(c, TT_SHAPE(out), 0.1f));
    return l->bias == NULL ? NULL : &l->base;
}

/* x (B, 2) -> (B, 1): the probability that each example's label is 1. */
static tt_tensor *network_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    network *net = (network *)self;
    // BEGIN SOLUTION 3.5
    x = tt_relu(c, tt_forward(c, net->layer1, x));
    x = tt_relu(c, tt_forward(c, net->layer2, x));
    return tt_sigmoid(c, tt_forward(c, net->layer3, x));
    // END SOLUTION
}

tt_module *tt_matmul_network(tt_ctx *c, int hidden)
{
    network *net = tt_nn_module(c, network, "Network", network_forward);
    if (net == NULL) return NULL;
    net->layer1 = tt_nn_matmul_linear(c, &net->base, "layer1", 2, hidden);
    net->layer2 = tt_nn_matmul_linear(c, &net->base, "layer2", hidden, hidden);
    net->layer3 = tt_nn_matmul_linear(c, &net->base, "layer3", hidden, 1);
    return net->layer3 == NULL ? NULL : &net->base;
}
