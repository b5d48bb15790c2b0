#include "module4_nn/checkpoint/contents.h"

#include "module4_nn/optim.h"

/* A parameter or buffer of the tree. */
static bool add_named(tt_ctx *c, tti_contents *list, const tt_named_parameter *named,
                      const char *who)
{
    tt_parameter *p = named->parameter;
    if (p->kind != &tt_tensor_parameter_kind) {
        tti_fail(c, TT_ERR_VALUE, who, "%s is a %s; checkpoints hold tensors",
                 named->name, p->kind->name);
        return false;
    }
    list->at[list->n++] = (tti_content){named->name, p->value, NULL};
    return true;
}

/* What the optimiser keeps for its parameter i. */
static bool add_kept(tt_ctx *c, tti_contents *list, tt_optim *optim, size_t i)
{
    tti_optim_kept kept = tti_optim_kept_of(optim, i);
    const char *of = optim->parameters.at[i].name;
    for (int k = 0; k < kept.tensor_count; k++) {
        char *name = tt_text(c, "optim.%s.%s", kept.tensors[k].name, of);
        if (!name) return false;
        list->at[list->n++] = (tti_content){name, kept.tensors[k].tensor, NULL};
    }
    if (!kept.steps) return true;
    char *name = tt_text(c, "optim.steps.%s", of);
    if (name) list->at[list->n++] = (tti_content){name, NULL, kept.steps};
    return name != NULL;
}

tti_contents tti_contents_of(tt_ctx *c, tt_module *net, tt_optim *optim, const char *who)
{
    enum { KEPT_MOST = 3 };
    tti_contents list = {0}, none = {0};
    tt_parameter_list parameters = tt_named_parameters(c, net);
    tt_parameter_list buffers = tt_named_buffers(c, net);
    size_t kept = optim ? optim->parameters.n : 0;
    size_t room = parameters.n + buffers.n + KEPT_MOST * kept;
    list.at = tt_alloc(c, (room + 1) * sizeof *list.at);
    if (!list.at) return none;
    for (size_t i = 0; i < parameters.n; i++)
        if (!add_named(c, &list, &parameters.at[i], who)) return none;
    for (size_t i = 0; i < buffers.n; i++)
        if (!add_named(c, &list, &buffers.at[i], who)) return none;
    for (size_t i = 0; i < kept; i++)
        if (!add_kept(c, &list, optim, i)) return none;
    return list;
}
