#include "module4_nn/ops/shortcuts.h"

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"

static const tt_nn_backend *slots_of(const tt_tensor *x)
{
    return tti_nn_backend(tti_backend(x));
}

/* A tensor of x's backend, not yet set. */
static tt_tensor *room(tt_ctx *c, const tt_tensor *x, tt_shape shape, const char *who)
{
    return tti_new(c, tti_backend(x), shape, who);
}

/* ---- pooling ---------------------------------------------------------------------------------- */

typedef struct tile {
    int kh, kw;
} tile;

/* (B,C,H,W) -> (B,C,H/kh,W/kw) */
static tt_shape pooled(const tt_tensor *x, const tile *t)
{
    tt_shape s = tt_shape_of(x);
    s.dim[2] /= t->kh, s.dim[3] /= t->kw;
    return s;
}

static tt_tensor *maxpool2d_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    const tile *t = k->params;
    tt_tensor *y = room(c, in[0], pooled(in[0], t), "tt_maxpool2d");
    tt_tensor *winner = y ? room(c, in[0], tt_shape_of(y), "tt_maxpool2d") : NULL;
    if (!winner) return NULL;
    tt_save_for_backward(k, 0, winner);
    slots_of(y)->maxpool2d(c, y->data, winner->data, in[0]->data, t->kh, t->kw);
    return y;
}

static void maxpool2d_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    const tile *t = k->params;
    din[0] = room(c, dy, tt_shape_of(k->inputs[0]), "tt_maxpool2d");
    if (din[0])
        slots_of(dy)->maxpool2d_back(c, din[0]->data, dy->data, tt_saved(k, 0)->data,
                                     t->kh, t->kw);
}

static const tt_function maxpool2d_fn = {.name = "maxpool2d",
                                         .inputs = 1,
                                         .params_size = sizeof(tile),
                                         .forward = maxpool2d_forward,
                                         .backward = maxpool2d_backward};

static tt_tensor *avgpool2d_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    const tile *t = k->params;
    tt_tensor *y = room(c, in[0], pooled(in[0], t), "tt_avgpool2d");
    if (y) slots_of(y)->avgpool2d(c, y->data, in[0]->data, t->kh, t->kw);
    return y;
}

static void avgpool2d_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    const tile *t = k->params;
    din[0] = room(c, dy, tt_shape_of(k->inputs[0]), "tt_avgpool2d");
    if (din[0]) slots_of(dy)->avgpool2d_back(c, din[0]->data, dy->data, t->kh, t->kw);
}

static const tt_function avgpool2d_fn = {.name = "avgpool2d",
                                         .inputs = 1,
                                         .params_size = sizeof(tile),
                                         .forward = avgpool2d_forward,
                                         .backward = avgpool2d_backward};

tt_tensor *tti_maxpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw)
{
    return tt_apply_with(c, &maxpool2d_fn, &(tile){kh, kw}, TT_IN(x), 1);
}

tt_tensor *tti_avgpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw)
{
    return tt_apply_with(c, &avgpool2d_fn, &(tile){kh, kw}, TT_IN(x), 1);
}

/* ---- softmax, negative log likelihood --------------------------------------------------------- */

typedef struct softmax_params {
    int dim;
    bool log;
} softmax_params;

static tt_tensor *softmax_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    const softmax_params *p = k->params;
    tt_tensor *y = room(c, in[0], tt_shape_of(in[0]), "tt_softmax");
    if (!y) return NULL;
    tt_save_for_backward(k, 0, y);
    slots_of(y)->softmax(c, y->data, in[0]->data, p->dim, p->log);
    return y;
}

static void softmax_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    const softmax_params *p = k->params;
    tt_tensor *y = tt_saved(k, 0);
    din[0] = room(c, y, tt_shape_of(y), "tt_softmax");
    if (din[0])
        slots_of(y)->softmax_back(c, din[0]->data, y->data, dy->data, p->dim, p->log);
}

tt_tensor *tti_softmax(tt_ctx *c, tt_tensor *x, int dim, bool log)
{
    static const tt_function softmax_fn = {.name = "softmax",
                                           .inputs = 1,
                                           .params_size = sizeof(softmax_params),
                                           .forward = softmax_forward,
                                           .backward = softmax_backward};
    static const tt_function log_softmax_fn = {.name = "log_softmax",
                                               .inputs = 1,
                                               .params_size = sizeof(softmax_params),
                                               .forward = softmax_forward,
                                               .backward = softmax_backward};
    softmax_params p = {dim, log};
    return tt_apply_with(c, log ? &log_softmax_fn : &softmax_fn, &p, TT_IN(x), 1);
}

static tt_tensor *nll_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    (void)k;
    tt_tensor *loss = room(c, in[0], TT_SHAPE(1), "tt_nll_loss");
    if (loss) slots_of(loss)->nll(c, loss->data, in[0]->data, in[1]->data);
    return loss;
}

static void nll_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *log_p = k->inputs[0], *y = k->inputs[1];
    din[0] = room(c, log_p, tt_shape_of(log_p), "tt_nll_loss");
    if (din[0]) slots_of(log_p)->nll_back(c, din[0]->data, dy->data, y->data);
}

tt_tensor *tti_nll(tt_ctx *c, tt_tensor *log_p, tt_tensor *y)
{
    static const tt_function nll_fn = {
        .name = "nll_loss", .inputs = 2, .forward = nll_forward, .backward = nll_backward};
    return tt_apply(c, &nll_fn, TT_IN(log_p, y));
}

/* ---- numbers in a row ------------------------------------------------------------------------- */

tt_tensor *tti_arange(tt_ctx *c, const tt_backend *backend, int n)
{
    const tt_nn_backend *slots = tti_nn_backend(backend);
    tt_tensor *t = tti_new(c, backend, TT_SHAPE(n), "tt_arange");
    if (!t) return NULL;
    if (slots->arange) return slots->arange(c, t->data) ? NULL : t;
    float *at = tt_storage_set(t->data.storage);
    for (int i = 0; at && i < n; i++) at[i] = (float)i;
    return at ? t : NULL;
}
