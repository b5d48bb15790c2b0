/* Which kernels a file has, for a main of our own and for launches. */
#include <string.h>

#include "module3_gpu/sim/program/pass.h"
#include "module3_gpu/sim/program/token.h"

/* The name with the namespaces around it; NULL in one that has no name, where none is needed. */
static const char *full_name(const sim_pass *p, const char *name)
{
    const char *full = "";
    for (int i = 0; i < p->depth; i++)
        if (p->braces[i].name && *p->braces[i].name)
            full = tt_text(p->c, "%s%s::", full, p->braces[i].name);
    return tt_text(p->c, "%s%s", full, name);
}

static bool has_attributes(const char *s, const char *end)
{
    return sim_token_is(s, end, "__launch_bounds__") ||
           sim_token_is(s, end, "__attribute__") || sim_token_is(s, end, "__align__") ||
           sim_token_is(s, end, "__cluster_dims__");
}

static void add(sim_pass *p, sim_kernel k, const char *at)
{
    if (p->if_count > 0 && k.has_body) {
        k.guard = ++p->o->guards;
        sim_put_directive(p, at, tt_text(p->c, "#define TT_SIM_KERNEL_%d", k.guard));
    }
    sim_kernel *added = tt_alloc(p->c, sizeof k);
    if (!added) return;
    *added = k;
    *(p->o->last_kernel ? &p->o->last_kernel->next : &p->o->kernels) = added;
    p->o->last_kernel = added;
}

void sim_kernel_seen(sim_pass *p, const char *s)
{
    const char *name = NULL, *name_end = NULL, *at = s;
    for (s = sim_skip_blank(sim_token_end(s)); *s && *s != '('; s = sim_skip_blank(s)) {
        if (strchr(";{})", *s)) return;
        const char *end = sim_token_end(s);
        if (sim_token_is(s, end, "__global__")) return;
        if (sim_is_name(s) && has_attributes(s, end)) end = sim_skip_parentheses(end);
        else if (sim_is_name(s)) {
            name = s;
            name_end = end;
        }
        s = end;
    }
    const char *close = *s == '(' ? sim_find(s + 1, ")", false) : NULL;
    if (!name || !close) return;
    const char *parameters = tt_text(p->c, "%.*s", (int)(close - s - 1), s + 1);
    sim_kernel k = {.name = tt_text(p->c, "%.*s", (int)(name_end - name), name),
                    .parameters = parameters,
                    .path = p->path,
                    .line = sim_line(p, name),
                    .is_template = p->is_template,
                    .has_body = *sim_skip_blank(close + 1) == '{',
                    .has_defaults = parameters && strchr(parameters, '=')};
    k.full = full_name(p, k.name);
    if (k.name && k.full) add(p, k, at);
}

static bool is_call(const sim_pass *p)
{
    return p->before && (strchr(";{})", *p->before) ||
                         sim_token_is(p->before, p->before_end, "else") ||
                         sim_token_is(p->before, p->before_end, "do"));
}

void sim_kernel_word(sim_pass *p, const char *s, const char *end)
{
    if (p->is_kernel || *sim_skip_blank(end) != '(') return;
    for (sim_kernel *k = p->o->kernels; k; k = k->next) {
        if (!sim_token_is(s, end, k->name)) continue;
        if (!is_call(p) || p->o->uses_namespace) k->is_function_too = true;
        else if (!sim_outside(p) && !k->is_function_too) {
            sim_refuse(p, s,
                       "a __global__ function is not called but launched, "
                       "kernel<<<grid, block>>>(arguments)");
            return;
        }
    }
}

const char *sim_kernel_plain(const sim_pass *p, const char *expression)
{
    const char *colon = strrchr(expression, ':');
    const char *name = colon ? colon + 1 : expression;
    const sim_kernel *found = NULL;
    for (const sim_kernel *k = p->o->kernels; k; k = k->next) {
        if (strcmp(k->name, name) != 0) continue;
        if (k->is_template || k->has_defaults || k->is_function_too) return NULL;
        if (found && strcmp(found->parameters, k->parameters) != 0) return NULL;
        found = k;
    }
    return found ? tt_text(p->c, "::%s", found->full) : NULL;
}
