/* A scalar fresh from the arena. Internal to module 1. */
#ifndef TT_MODULE1_AUTODIFF_SCALAR_NODE_H
#define TT_MODULE1_AUTODIFF_SCALAR_NODE_H

#include "module1_autodiff/scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the engine asks of a scalar. */
extern const tt_node_kind tti_scalar_kind;

/* A constant of c whose value, call and inputs are yet to be written: the arena hands out memory as
 * it is, and what no one reads need not be cleared. Errors: TT_ERR_MEMORY -> NULL. */
static inline tt_scalar *tti_scalar_new(tt_ctx *c)
{
    tt_scalar *s = (tt_scalar *)tti_header_new(c, sizeof *s);
    if (s == NULL) return NULL;
    s->node.kind = &tti_scalar_kind;
    s->node.name = NULL;
    s->node.inputs = NULL;
    s->node.next = NULL;
    s->node.visit = 0;
    s->node.n_inputs = 0;
    s->node.cursor = 0;
    s->node.requires_grad = false;
    s->node.spare = false;
    s->derivative = 0.0;
    s->fn = NULL;
    return s;
}

#ifdef __cplusplus
}
#endif
#endif
