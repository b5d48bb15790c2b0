/* The first network of tensors: one broadcast layer, three of them in a row. */
#include "module2_tensors/network.h"

typedef struct broadcast_linear {
    tt_module base;
    tt_tensor *weights; /* (in, out) */
    tt_tensor *bias;    /* (out,) */
} broadcast_linear;

typedef struct network {
    tt_module base;
    tt_module *layer1, *layer2, *layer3;
} network;

/* y[b,j] = bias[j] + sum over i of x[b,i] weights[i,j], without a matrix product: x and weights are
 * seen as boxes that broadcast to (B, in, out), and that box is summed over its middle. */
static tt_tensor *broadcast_linear_values(tt_ctx *c, broadcast_linear *self, tt_tensor *x)
{
    // BEGIN SOLUTION 2.5
    int batch = tt_shape_of(x).dim[0];
    int in = tt_shape_of(self->weights).dim[0], out = tt_shape_of(self->weights).dim[1];
    tt_tensor *tall = tt_view(c, tt_contiguous(c, x), TT_SHAPE(batch, in, 1));
    tt_tensor *wide = tt_view(c, self->weights, TT_SHAPE(1, in, out));
    tt_tensor *sums = tt_sum(c, tt_mul(c, tall, wide), 1); /* (B, 1, out) */
    return tt_add(c, tt_view(c, sums, TT_SHAPE(batch, out)), self->bias);
    // END SOLUTION
}

static tt_tensor *broadcast_linear_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    broadcast_linear *l = (broadcast_linear *)self;
    tt_shape shape = tt_shape_of(x);
    int in = tt_shape_of(l->weights).dim[0];
    if (shape.ndim != 2 || shape.dim[1] != in) {
        char text[TT_SHAPE_TEXT];
        return tti_fail(
            c, TT_ERR_SHAPE, "tt_nn_broadcast_linear",
            "layer %s takes (B,%d), not %s: one row of %d numbers for each example",
            self->name, in, tt_shape_text(shape, text), in);
    }
    return broadcast_linear_values(c, l, x);
}

/* Uniform in [-1, 1): 2 (u - 0.5), as MiniTorch's RParam. */
static tt_tensor *initial(tt_ctx *c, tt_shape shape)
{
    tt_tensor *t = tt_empty(c, shape);
    float *at = t == NULL ? NULL : tt_storage_set(t->data.storage);
    if (at == NULL) return NULL;
    tt_rng rng = tt_ctx_rng(c, TT_STREAM_INIT, tt_numel(t));
    for (size_t i = 0; i < tt_numel(t); i++)
        at[i] = 2.0f * (tt_rng_uniform(rng, i) - 0.5f);
    return t;
}

tt_module *tt_nn_broadcast_linear(tt_ctx *c, tt_module *parent, const char *name, int in,
                                  int out)
{
    if (in < 1 || out < 1)
        return tti_fail(c, TT_ERR_VALUE, "tt_nn_broadcast_linear",
                        "%s: %d inputs and %d outputs; both must be at least 1", name, in,
                        out);
    broadcast_linear *l =
        tt_nn_module(c, broadcast_linear, "Linear", broadcast_linear_forward);
    if (l == NULL) return NULL;
    /* Hung up first: a parameter takes its dotted name ("layer1.weights") when it is added. */
    if (parent != NULL && tt_module_add(parent, name, &l->base) == NULL) return NULL;
    l->weights = tt_module_tensor(&l->base, "weights", initial(c, TT_SHAPE(in, out)));
    l->bias = tt_module_tensor(&l->base, "bias", initial(c, TT_SHAPE(out)));
    return l->bias == NULL ? NULL : &l->base;
}

/* x (B, 2) -> (B, 1): the probability that each example's label is 1. */
static tt_tensor *network_forward(tt_ctx *c, tt_module *self, tt_tensor *x)
{
    network *net = (network *)self;
    // BEGIN SOLUTION 2.5
    x = tt_relu(c, tt_forward(c, net->layer1, x));
    x = tt_relu(c, tt_forward(c, net->layer2, x));
    return tt_sigmoid(c, tt_forward(c, net->layer3, x));
    // END SOLUTION
}

tt_module *tt_network(tt_ctx *c, int hidden)
{
    network *net = tt_nn_module(c, network, "Network", network_forward);
    if (net == NULL) return NULL;
    // BEGIN SOLUTION 2.5
    net->layer1 = tt_nn_broadcast_linear(c, &net->base, "layer1", 2, hidden);
    net->layer2 = tt_nn_broadcast_linear(c, &net->base, "layer2", hidden, hidden);
    net->layer3 = tt_nn_broadcast_linear(c, &net->base, "layer3", hidden, 1);
    return net->layer3 == NULL ? NULL : &net->base;
    // END SOLUTION
}
