/* extern __shared__ float s[]; */
#include <string.h>

#include "module3_gpu/sim/program/pass.h"
#include "module3_gpu/sim/program/token.h"

enum { MOST_TOKENS = 200 }; /* of a declaration */

/* What a declaration that begins with `extern` or `__shared__` says. */
typedef struct declaration {
    sim_text type;
    const char *name, *name_end;
    const char *bounds; /* of [][4]: what follows the first pair, or NULL */
    const char *end;    /* its ;, or the end of the macro that holds it */
    const char *value;  /* the = or {, or NULL */
    const char *comma;
    bool is_extern, is_shared, is_array, has_body;
} declaration;

/* Reads a name; returns where it ends, with what belongs to it. */
static const char *read_name(declaration *d, const char *s, const char *end)
{
    if (sim_token_is(s, end, "extern")) d->is_extern = true;
    else if (sim_token_is(s, end, "__shared__")) d->is_shared = true;
    else if (sim_token_is(s, end, "__align__") || sim_token_is(s, end, "alignas") ||
             sim_token_is(s, end, "__attribute__"))
        return sim_skip_parentheses(end);
    else {
        d->has_body |= sim_token_is(s, end, "struct") || sim_token_is(s, end, "union");
        if (d->name) {
            sim_put(&d->type, d->name, (size_t)(d->name_end - d->name));
            sim_puts(&d->type, " ");
        }
        d->name = s;
        d->name_end = end;
    }
    return end;
}

/* Reads a sign of the type or behind the name. */
static const char *read_sign(declaration *d, const char *s, int *angle)
{
    if (*s == '[') {
        const char *close = sim_find(s + 1, "]", false);
        if (d->is_array && !d->bounds) d->bounds = s;
        d->is_array = true;
        return close ? close + 1 : s + 1;
    }
    *angle += (*s == '<') - (*s == '>');
    if (*s == '=' && !d->value) d->value = s;
    if (*s == ',' && *angle == 0 && !d->comma) d->comma = s;
    if (d->is_array || d->value) return s + 1;
    if (d->name) sim_put(&d->type, d->name, (size_t)(d->name_end - d->name));
    d->name = NULL;
    sim_put(&d->type, s, 1);
    return s + 1;
}

/* False where it is no declaration of an object after all. */
static bool read_declaration(const sim_pass *p, const char *s, declaration *d)
{
    const char *macro_end = sim_in_macro(p, s) ? p->macro_end : NULL;
    int angle = 0;
    d->type.c = p->c;
    for (int left = MOST_TOKENS; *s && *s != ';'; s = sim_skip_blank(s)) {
        if (left-- == 0 || (d->is_extern && sim_token_is(s, sim_token_end(s), "extern")))
            return false;
        if (macro_end && s >= macro_end) {
            d->end = macro_end;
            return true;
        }
        if (sim_is_name(s)) s = read_name(d, s, sim_token_end(s));
        else if (*s == '{' && d->has_body) {
            s = strchr(s, '}');
            if (!s) return false;
            s++;
        } else if (*s == '{' && d->is_shared && !d->is_extern && !d->value) {
            d->value = s;
            return true;
        } else if (strchr("{}()\"", *s)) return d->value != NULL;
        else if (sim_part_of_name(*s)) s = sim_token_end(s);
        else s = read_sign(d, s, &angle);
    }
    d->end = s;
    return *s != 0;
}

static void put_dynamic(sim_pass *p, const declaration *d, bool outside)
{
    const char *type = d->type.p;
    if (d->bounds)
        type = tt_text(p->c, "std::remove_reference_t<%s (&)%.*s>", type,
                       (int)(d->end - d->bounds), d->bounds);
    sim_puts(&p->out,
             tt_text(p->c, "%s(%s, %.*s)",
                     outside ? "TT_SIM_DYNAMIC_SHARED_OUTSIDE" : "TT_SIM_DYNAMIC_SHARED",
                     type, (int)(d->name_end - d->name), d->name));
}

const char *sim_shared(sim_pass *p, const char *s)
{
    declaration d = {0};
    if (!read_declaration(p, s, &d) || !d.is_shared) return NULL;
    if (d.value)
        return sim_refuse(p, s,
                          "a __shared__ variable has no initial value, and nvcc refuses "
                          "it too: let one thread set it, then __syncthreads()");
    if (!d.is_extern || !d.is_array || !d.name || !d.type.p) return NULL;
    if (d.comma)
        return sim_refuse(
            p, s,
            "dynamic shared memory is declared one array at a time, and all "
            "of them begin at the same byte");
    const bool macro = sim_in_macro(p, s);
    put_dynamic(p, &d, macro || sim_outside(p));
    sim_put_lines(p, s, d.end);
    return d.end;
}
