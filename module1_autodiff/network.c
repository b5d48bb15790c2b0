#include "module1_autodiff/network.h"

#include <stdio.h>

#include "support/ctx_struct.h"

/* ---- a parameter that is a scalar ------------------------------------------------------------ */

static size_t one(const void *value)
{
    (void)value;
    return 1;
}

static void zero_grad(void *value)
{
    tts_zero_grad(value);
}

/* The parameter itself moves, so that nothing points to what it was; the graph of the step is of no
 * more use. */
static tt_status descend(tt_ctx *c, void *value, double rate)
{
    tt_scalar *s = value;
    (void)c;
    return tts_set(s, s->value - rate * s->derivative);
}

static void print(FILE *out, const void *value)
{
    fprintf(out, "%g", tts_value(value));
}

const tt_parameter_kind tts_parameter_kind = {.name = "scalar",
                                              .count = one,
                                              .zero_grad = zero_grad,
                                              .descend = descend,
                                              .print = print};

/* ---- Linear ---------------------------------------------------------------------------------- */

typedef struct linear {
    tt_module base;
    size_t in, out;
    tt_scalar **weight; /* weight[i * out + j] goes from input i to output j */
    tt_scalar **bias;   /* bias[j] */
} linear;

static void linear_forward(tt_ctx *c, tt_module *self, tt_scalar *const *x, tt_scalar **y)
{
    // BEGIN SOLUTION 1.5
    const linear *l = (const linear *)self;
    for (size_t j = 0; j < l->out; j++) {
        y[j] = l->bias[j];
        for (size_t i = 0; i < l->in; i++)
            y[j] = tts_add(c, y[j], tts_mul(c, x[i], l->weight[i * l->out + j]));
    }
    // END SOLUTION
}

/* A parameter of l, starting at 2 (u - 0.5) with u uniform in [0, 1). */
static tt_scalar *parameter(tt_ctx *c, linear *l, const char *layer, const char *name,
                            float u)
{
    tt_scalar *s = tts_variable(c, 2.0 * ((double)u - 0.5), tt_dotted(c, layer, name));
    if (s == NULL || !tt_module_parameter(&l->base, name, &tts_parameter_kind, s))
        return NULL;
    return s;
}

static bool draw_parameters(tt_ctx *c, linear *l, const char *layer)
{
    char name[64];
    size_t drawn = 0;
    tt_rng rng = tt_ctx_rng(c, TT_STREAM_INIT, l->in * l->out + l->out);
    for (size_t i = 0; i < l->in; i++)
        for (size_t j = 0; j < l->out; j++) {
            snprintf(name, sizeof name, "weight_%zu_%zu", i, j);
            l->weight[i * l->out + j] =
                parameter(c, l, layer, name, tt_rng_uniform(rng, drawn++));
        }
    for (size_t j = 0; j < l->out; j++) {
        snprintf(name, sizeof name, "bias_%zu", j);
        l->bias[j] = parameter(c, l, layer, name, tt_rng_uniform(rng, drawn++));
    }
    return c->status == TT_OK;
}

tt_module *tts_nn_linear(tt_ctx *c, tt_module *parent, const char *name, int in, int out)
{
    if (c == NULL || c->status != TT_OK) return NULL;
    if (in < 1 || out < 1)
        return tti_fail(c, TT_ERR_VALUE, "tts_nn_linear",
                        "%s: %d inputs and %d outputs; both must be at least 1",
                        name != NULL ? name : "Linear", in, out);
    linear *l = tt_nn_module(c, linear, "Linear", NULL);
    if (l == NULL) return NULL;
    l->in = (size_t)in;
    l->out = (size_t)out;
    l->base.forward_scalars = linear_forward;
    l->weight = tt_alloc(c, l->in * l->out * sizeof(tt_scalar *));
    l->bias = tt_alloc(c, l->out * sizeof(tt_scalar *));
    if (l->weight == NULL || l->bias == NULL) return NULL;
    if (!draw_parameters(c, l, name != NULL ? name : "")) return NULL;
    return parent != NULL ? tt_module_add(parent, name, &l->base) : &l->base;
}

/* ---- Network --------------------------------------------------------------------------------- */

typedef struct network {
    tt_module base;
    int hidden;
    tt_module *layer1, *layer2, *layer3;
} network;

static void relu_all(tt_ctx *c, tt_scalar **x, int n)
{
    for (int i = 0; i < n; i++) x[i] = tts_relu(c, x[i]);
}

static void network_forward(tt_ctx *c, tt_module *self, tt_scalar *const *x, tt_scalar **y)
{
    const network *net = (const network *)self;
    size_t bytes = (size_t)net->hidden * sizeof(tt_scalar *);
    tt_scalar **first = tt_alloc(c, bytes), **second = tt_alloc(c, bytes);
    y[0] = NULL;
    if (first == NULL || second == NULL) return;
    tts_forward(c, net->layer1, x, first);
    relu_all(c, first, net->hidden);
    tts_forward(c, net->layer2, first, second);
    relu_all(c, second, net->hidden);
    tts_forward(c, net->layer3, second, y);
    y[0] = tts_sigmoid(c, y[0]);
}

tt_module *tts_network(tt_ctx *c, int hidden)
{
    network *net = tt_nn_module(c, network, "Network", NULL);
    if (net == NULL) return NULL;
    net->hidden = hidden;
    net->base.forward_scalars = network_forward;
    // BEGIN SOLUTION 1.5
    net->layer1 = tts_nn_linear(c, &net->base, "layer1", 2, hidden);
    net->layer2 = tts_nn_linear(c, &net->base, "layer2", hidden, hidden);
    net->layer3 = tts_nn_linear(c, &net->base, "layer3", hidden, 1);
    // END SOLUTION
    return net->layer3 != NULL ? &net->base : NULL;
}
