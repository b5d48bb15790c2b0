#include "module4_nn/optim.h"

#include <math.h>

#include "module2_tensors/slots.h"
#include "module4_nn/ops/nn_backend.h"
#include "support/ctx_struct.h"

/* What is kept for one parameter. */
typedef struct state {
    tt_tensor *p;
    tt_tensor *first, *second; /* velocity; or mean and square of the gradients */
    uint64_t steps;            /* made with a gradient */
} state;

typedef struct optimiser {
    tt_optim base;
    state *states; /* base.parameters.n of them */
    tt_momentum_options momentum;
    tt_adam_options adam;
    bool decoupled; /* AdamW */
} optimiser;

/* ---- making ----------------------------------------------------------------------------------- */

static tt_tensor *zeros_like(tt_ctx *c, tt_tensor *p, const char *who)
{
    tt_tensor *t = tti_new(c, tti_backend(p), tt_shape_of(p), who);
    return t && tti_backend(t)->fill(c, t->data, 0.0f) == TT_OK ? t : NULL;
}

static bool make_states(optimiser *o, const char *who, bool two)
{
    tt_ctx *c = o->base.ctx;
    size_t n = o->base.parameters.n;
    o->states = tt_alloc(c, n * sizeof *o->states);
    for (size_t i = 0; o->states && i < n; i++) {
        state *s = &o->states[i];
        tt_named_parameter *named = &o->base.parameters.at[i];
        if (named->parameter->kind != &tt_tensor_parameter_kind) {
            tti_fail(c, TT_ERR_VALUE, who, "parameter %s is a %s; this works on tensors",
                     named->name, named->parameter->kind->name);
            return false;
        }
        s->p = named->parameter->value;
        s->first = zeros_like(c, s->p, who);
        s->second = two ? zeros_like(c, s->p, who) : NULL;
    }
    return !c->status;
}

static bool in_range(tt_module *m, const char *who, const char *what, float x, float low,
                     float below)
{
    if (x >= low && x < below) return true;
    tti_fail(m->header.ctx, TT_ERR_VALUE, who, "%s is %g; it must be %g or more, below %g",
             what, (double)x, (double)low, (double)below);
    return false;
}

/* Module 1's optimiser, which checks module and rate and lists the parameters, with a state. */
static optimiser *optimiser_new(tt_module *m, const char *who, float lr, bool two)
{
    tt_optim *plain = tt_optim_sgd_with(m, (tt_sgd_options){lr});
    optimiser *o = plain ? tt_alloc(plain->ctx, sizeof *o) : NULL;
    if (!o) return NULL;
    o->base = *plain;
    return make_states(o, who, two) ? o : NULL;
}

/* ---- momentum --------------------------------------------------------------------------------- */

static tt_status no_slot(tt_ctx *c, const char *who, const tt_tensor *p)
{
    return tti_fail_status(c, TT_ERR_BACKEND, who, "backend %s has no such update yet (%s)",
                           tti_backend(p)->name, tt_node_label(&p->node));
}

static tt_status momentum_step(tt_optim *self)
{
    optimiser *o = (optimiser *)self;
    tt_ctx *c = self->ctx;
    tt_momentum_numbers k = {self->lr, o->momentum.momentum, o->momentum.weight_decay,
                             o->momentum.nesterov};
    for (size_t i = 0; i < self->parameters.n && !c->status; i++) {
        state *s = &o->states[i];
        tt_tensor *g = tt_grad(s->p);
        if (!g) continue;
        const tt_nn_backend *backend = tti_nn_backend(tti_backend(s->p));
        if (!backend->momentum) return no_slot(c, "tt_optim_momentum", s->p);
        backend->momentum(c, s->p->data, g->data, s->first->data, &k);
    }
    return c->status;
}

tt_optim *tt_optim_momentum_with(tt_module *m, tt_momentum_options options)
{
    static const char who[] = "tt_optim_momentum";
    if (!m || !m->header.ctx || m->header.ctx->status) return NULL;
    if (!in_range(m, who, "momentum", options.momentum, 0, 1) ||
        !in_range(m, who, "weight_decay", options.weight_decay, 0, INFINITY))
        return NULL;
    optimiser *o = optimiser_new(m, who, options.lr, false);
    if (!o) return NULL;
    o->momentum = options;
    o->base.step = momentum_step;
    return &o->base;
}

/* ---- Adam ------------------------------------------------------------------------------------- */

/* What depends on the number of the step; powers in double, for 0.999^t is near 1. */
static tt_adam_numbers adam_numbers(const optimiser *o, uint64_t t)
{
    const tt_adam_options *a = &o->adam;
    double lr = (double)o->base.lr;
    return (tt_adam_numbers){
        .beta1 = a->beta1,
        .beta2 = a->beta2,
        .eps = a->eps,
        .coupled_decay = o->decoupled ? 0.0f : a->weight_decay,
        .keep = o->decoupled ? (float)(1.0 - lr * (double)a->weight_decay) : 1.0f,
        .step_size = (float)(lr / (1.0 - pow((double)a->beta1, (double)t))),
        .root_correction = (float)sqrt(1.0 - pow((double)a->beta2, (double)t))};
}

static tt_status adam_step(tt_optim *self)
{
    optimiser *o = (optimiser *)self;
    tt_ctx *c = self->ctx;
    for (size_t i = 0; i < self->parameters.n && !c->status; i++) {
        state *s = &o->states[i];
        tt_tensor *g = tt_grad(s->p);
        if (!g) continue;
        const tt_nn_backend *backend = tti_nn_backend(tti_backend(s->p));
        if (!backend->adam) return no_slot(c, "tt_optim_adam", s->p);
        tt_adam_numbers k = adam_numbers(o, ++s->steps);
        backend->adam(c, s->p->data, g->data, s->first->data, s->second->data, &k);
    }
    return c->status;
}

static tt_optim *adam_new(tt_module *m, tt_adam_options a, const char *who, bool decoupled)
{
    if (!m || !m->header.ctx || m->header.ctx->status) return NULL;
    if (a.lr == 0) a.lr = 1e-3f;
    if (a.beta1 == 0) a.beta1 = 0.9f;
    if (a.beta2 == 0) a.beta2 = 0.999f;
    if (a.eps == 0) a.eps = 1e-8f;
    if (!in_range(m, who, "beta1", a.beta1, 0, 1) ||
        !in_range(m, who, "beta2", a.beta2, 0, 1) ||
        !in_range(m, who, "eps", a.eps, 0, INFINITY) ||
        !in_range(m, who, "weight_decay", a.weight_decay, 0, INFINITY))
        return NULL;
    optimiser *o = optimiser_new(m, who, a.lr, true);
    if (!o) return NULL;
    o->adam = a;
    o->decoupled = decoupled;
    o->base.step = adam_step;
    return &o->base;
}

tt_optim *tt_optim_adam_with(tt_module *m, tt_adam_options options)
{
    return adam_new(m, options, "tt_optim_adam", false);
}

tt_optim *tt_optim_adamw_with(tt_module *m, tt_adam_options options)
{
    return adam_new(m, options, "tt_optim_adamw", true);
}

/* ---- for checkpoints -------------------------------------------------------------------------- */

const char *tti_optim_kind(const tt_optim *optim)
{
    if (optim->step == momentum_step) return "momentum";
    if (optim->step == adam_step)
        return ((const optimiser *)optim)->decoupled ? "adamw" : "adam";
    return "sgd";
}

tti_optim_kept tti_optim_kept_of(tt_optim *optim, size_t parameter)
{
    bool momentum = optim->step == momentum_step, adam = optim->step == adam_step;
    tti_optim_kept kept = {.tensor_count = 0};
    if (!momentum && !adam) return kept;
    state *s = &((optimiser *)optim)->states[parameter];
    kept.tensors[kept.tensor_count].name = momentum ? "velocity" : "mean";
    kept.tensors[kept.tensor_count++].tensor = s->first;
    if (momentum) return kept;
    kept.tensors[kept.tensor_count].name = "square";
    kept.tensors[kept.tensor_count++].tensor = s->second;
    kept.steps = &s->steps;
    return kept;
}

/* ---- clipping, schedules ---------------------------------------------------------------------- */

/* The gradient of parameter i: NULL when it has none or is no tensor. */
static tt_tensor *gradient_of(const tt_optim *optim, size_t i)
{
    tt_parameter *p = optim->parameters.at[i].parameter;
    return p->kind == &tt_tensor_parameter_kind ? tt_grad(p->value) : NULL;
}

/* The sum of the squares of a gradient in host memory, in double. */
static double squares_on_host(tt_tensor *g)
{
    const float *at = tt_storage_read(g->data.storage);
    double squares = 0.0;
    for (size_t n = 0; at && n < tt_numel(g); n++)
        squares += (double)at[n] * (double)at[n];
    return squares;
}

/* Of all gradients together. What is on a device is added up there: one number comes to the host. */
static double squares_of(tt_ctx *c, const tt_optim *optim)
{
    double squares = 0.0;
    TT_SCOPE (c) {
        tt_no_grad(c);
        tt_tensor *sum = NULL;
        for (size_t i = 0; i < optim->parameters.n; i++) {
            tt_tensor *g = gradient_of(optim, i);
            if (!g) continue;
            if (!tti_backend(g)->device_get) {
                squares += squares_on_host(g);
                continue;
            }
            tt_tensor *own = tt_sum_all(c, tt_mul(c, g, g));
            sum = sum ? tt_add(c, sum, own) : own;
        }
        if (sum) squares += (double)tt_item(sum);
    }
    return squares;
}

/* g <- scale g, in place, where it is. */
static void shrink(tt_ctx *c, tt_tensor *g, float scale)
{
    float *at = tti_backend(g)->device_get ? NULL : tt_storage_change(g->data.storage);
    for (size_t n = 0; at && n < tt_numel(g); n++) at[n] *= scale;
    if (at) return;
    TT_SCOPE (c) {
        tt_tensor *factor = tti_num_like(c, g, scale);
        if (factor) tti_backend(g)->zip(c, TT_OP_MUL, g->data, g->data, factor->data);
    }
}

double tt_optim_clip(tt_optim *optim, double most)
{
    if (!optim || optim->ctx->status) return (double)NAN;
    tt_ctx *c = optim->ctx;
    double length = sqrt(squares_of(c, optim)), scale = most / (length + 1e-6);
    if (!isfinite(length) || !(scale < 1.0)) return length;
    for (size_t i = 0; i < optim->parameters.n; i++) {
        tt_tensor *g = gradient_of(optim, i);
        if (g) shrink(c, g, (float)scale);
    }
    return length;
}

float tt_schedule_step(float lr, float gamma, int every, int step)
{
    return lr * (float)pow((double)gamma, (double)(step / (every < 1 ? 1 : every)));
}

float tt_schedule_cosine(float lr, float least, int steps, int step)
{
    if (steps < 1) steps = 1;
    if (step >= steps) return least;
    double part = 0.5 * (1.0 + cos(3.14159265358979323846 * step / steps));
    return (float)((double)least + ((double)lr - (double)least) * part);
}
