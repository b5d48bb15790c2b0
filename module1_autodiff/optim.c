#include "module1_autodiff/optim.h"

#include <math.h>

#include "support/ctx_struct.h"

static bool rate_is_usable(double lr)
{
    return isfinite(lr) && lr > 0.0;
}

/* What every optimiser needs. The parameters are listed once, here, so that a step does not have to
 * visit the tree and allocates nothing. */
static tt_optim *optim_new(tt_module *m, float lr, const char *function)
{
    if (m == NULL) return NULL;
    tt_ctx *c = m->header.ctx;
    if (c == NULL)
        return tti_fail(NULL, TT_ERR_OWNER, function, "the module's scope has ended");
    if (c->status != TT_OK) return NULL;
    if (!rate_is_usable((double)lr))
        return tti_fail(c, TT_ERR_VALUE, function,
                        "lr is %g; it must be above 0, for example 0.1", (double)lr);
    tt_parameter_list parameters = tt_named_parameters(c, m);
    if (c->status != TT_OK) return NULL;
    if (parameters.n == 0)
        return tti_fail(
            c, TT_ERR_VALUE, function,
            "module %s has no parameters: add its layers before making the optimiser",
            m->name != NULL && m->name[0] != '\0' ? m->name : m->kind);
    tt_optim *optim = tt_alloc(c, sizeof *optim);
    if (optim == NULL) return NULL;
    optim->ctx = c;
    optim->module = m;
    optim->parameters = parameters;
    optim->lr = lr;
    return optim;
}

static tt_status sgd_step(tt_optim *self)
{
    for (size_t i = 0; i < self->parameters.n; i++) {
        tt_parameter *p = self->parameters.at[i].parameter;
        tt_status status = p->kind->descend(self->ctx, p->value, (double)self->lr);
        if (status != TT_OK) return status;
    }
    return TT_OK;
}

tt_optim *tt_optim_sgd_with(tt_module *m, tt_sgd_options options)
{
    tt_optim *optim = optim_new(m, options.lr, "tt_optim_sgd");
    if (optim != NULL) optim->step = sgd_step;
    return optim;
}

tt_status tt_optim_step(tt_optim *optim)
{
    if (optim == NULL) return TT_ERR_VALUE;
    if (optim->ctx->status != TT_OK) return optim->ctx->status;
    return optim->step(optim);
}

float tt_optim_lr(const tt_optim *optim)
{
    return optim != NULL ? optim->lr : NAN;
}

tt_status tt_optim_set_lr(tt_optim *optim, float lr)
{
    if (optim == NULL) return TT_ERR_VALUE;
    if (!rate_is_usable((double)lr))
        return tti_fail_status(optim->ctx, TT_ERR_VALUE, "tt_optim_set_lr",
                               "lr is %g; it must be above 0, for example 0.1", (double)lr);
    optim->lr = lr;
    return TT_OK;
}
