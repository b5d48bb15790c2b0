/* The door for operations: see function.h. */
#include "module2_tensors/function.h"

#include <string.h>

#include "module2_tensors/profile.h"
#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

/* "tt_add" for the messages about function "add". */
static const char *called(const tt_function *fn, char room[64])
{
    const char prefix[] = "tt_";
    size_t length = strlen(fn->name);
    if (length > 60) length = 60;
    memcpy(room, prefix, 3);
    memcpy(room + 3, fn->name, length);
    room[3 + length] = '\0';
    return room;
}

static const char *role(int i, int n)
{
    if (n == 1) return "operand";
    if (n == 2) return i == 0 ? "left operand" : "right operand";
    return "an operand";
}

/* Whether all operands live, belong here, and are on one backend. */
static bool operands_usable(tt_ctx *c, const tt_function *fn, tt_tensor **in, int n)
{
    char who[64];
    for (int i = 0; i < n; i++) {
        tt_header *h = &in[i]->node.header;
        if (h->ctx != c &&
            !tti_usable(c, h, called(fn, who), role(i, n), tt_node_label(&in[i]->node)))
            return false;
        if (tti_backend(in[i]) == tti_backend(in[0])) continue;
        tti_fail(c, TT_ERR_BACKEND, called(fn, who),
                 "%s (%s) is on backend %s, %s (%s) on %s; move one with tt_to",
                 role(0, n), tt_node_label(&in[0]->node), tti_backend(in[0])->name,
                 role(i, n), tt_node_label(&in[i]->node), tti_backend(in[i])->name);
        return false;
    }
    return true;
}

/* What the call keeps: parameters and inputs are copied behind it. */
static tt_call *call_new(tt_ctx *c, const tt_function *fn, const void *params,
                         tt_tensor **in, int n)
{
    size_t inputs = (size_t)n * sizeof(tt_tensor *);
    tt_call *k = tt_alloc(c, sizeof *k + inputs + fn->params_size);
    if (!k) return NULL;
    k->fn = fn;
    k->n = n;
    k->inputs = (tt_tensor **)(k + 1);
    memcpy(k->inputs, in, inputs);
    if (fn->params_size)
        k->params = memcpy((char *)(k + 1) + inputs, params, fn->params_size);
    return k;
}

static bool wants_history(const tt_ctx *c, const tt_call *k)
{
    if (c->no_grad || !k->fn->backward) return false;
    for (int i = 0; i < k->n; i++)
        if (k->inputs[i]->node.requires_grad) return true;
    return false;
}

static tt_tensor *attach_history(tt_ctx *c, tt_call *k, tt_tensor *out)
{
    for (int i = 0; i < k->n; i++) /* an input passed through is no result of its own */
        if (out == k->inputs[i]) out = tti_around(c, out->data);
    if (!out) return NULL;
    out->call = k;
    out->node.inputs = (tt_node **)k->inputs; /* a tensor begins with its node */
    out->node.n_inputs = (uint8_t)k->n;
    out->node.requires_grad = true;
    return out;
}

tt_tensor *tt_apply_with(tt_ctx *c, const tt_function *fn, const void *params,
                         tt_tensor **in, int n)
{
    char who[64];
    if (c->status) return NULL;
    if (n < 1 || n > TT_MAX_INPUTS)
        return tti_fail(c, TT_ERR_VALUE, called(fn, who),
                        "%d inputs; 1 to %d are allowed", n, TT_MAX_INPUTS);
    for (int i = 0; i < n; i++)
        if (!in[i]) return NULL;
    if (!operands_usable(c, fn, in, n)) return NULL;
    tt_call *k = call_new(c, fn, params, in, n);
    if (!k) return NULL;

    bool no_grad = c->no_grad;
    tt_profile *profile = c->pool->profile;
    double begun = profile ? tti_profile_enter(profile) : 0.0;
    c->no_grad = true; /* operations used inside have no history of their own */
    tt_tensor *out = fn->forward(k, c, k->inputs);
    c->no_grad = no_grad;
    if (profile) tti_profile_leave(profile, k, out, false, begun);
    if (!out || c->status || !tti_check_finite(c, called(fn, who), "the result", out))
        return NULL;
    return wants_history(c, k) ? attach_history(c, k, out) : out;
}

tt_tensor *tt_apply(tt_ctx *c, const tt_function *fn, tt_tensor **in)
{
    return tt_apply_with(c, fn, NULL, in, fn->inputs);
}

void tt_save_for_backward(tt_call *k, int slot, tt_tensor *t)
{
    TT_ASSERT(slot >= 0 && slot < TT_MAX_SAVED);
    k->saved[slot] = t;
}

tt_tensor *tt_saved(tt_call *k, int slot)
{
    TT_ASSERT(slot >= 0 && slot < TT_MAX_SAVED);
    return k->saved[slot];
}

bool tt_wants_grad(const tt_call *k, int i)
{
    return k->inputs[i]->node.requires_grad;
}
