/* Headers: whose an object is, whether it lives, and what may point to it. */
#include <stdio.h>

#include "support/arena.h"
#include "support/pool.h"
#include "support/quarantine.h"

void *tti_header_new(tt_ctx *c, size_t bytes)
{
    if (c == NULL || c->status != TT_OK) return NULL;
    tt_header *h = TTI_CHECK_STALE ? tti_quarantine_take(c, bytes)
                                   : tti_arena_take(&c->arena, c->pool, bytes);
    if (h == NULL) return tti_pool_fail(c, "tti_header_new", bytes);
    h->ctx = c;
    h->file = c->file;
    h->line = c->line;
    h->level = c->level;
    return h;
}

/* ---- words for messages ---------------------------------------------------------------------- */

typedef struct words {
    char text[256];
} words;

static words place(const char *before, const char *file, int line, const char *after)
{
    words w = {""};
    if (file != NULL)
        snprintf(w.text, sizeof w.text, "%s%s:%d%s", before, file, line, after);
    return w;
}

/* " (made at train.c:57)" or nothing. */
static words made_at(const tt_header *h)
{
    return place(" (made at ", h->file, h->line, ")");
}

/* "the context made at train.c:12", or `otherwise` when that is not known. */
static words context(const tt_ctx *c, const char *otherwise)
{
    words w = place("the context made at ", c->made_file, c->made_line, "");
    if (w.text[0] == '\0') snprintf(w.text, sizeof w.text, "%s", otherwise);
    return w;
}

/* The name of a dead object may have lain in memory that was rewound with it: then it is lost. */
static words name_of_dead(const tt_ctx *c, const char *name)
{
    words w = {""};
    if (name == NULL || tti_is_poisoned(name) || tti_pool_holds(c->pool, name)) return w;
    snprintf(w.text, sizeof w.text, " %s", name);
    return w;
}

/* ---- what may point to what ------------------------------------------------------------------ */

static bool fail_dead(tt_ctx *c, const tt_header *h, const char *function,
                      const char *role, const char *name)
{
    tti_fail(
        c, TT_ERR_OWNER, function,
        "%s%s%s is gone: its TT_SCOPE or step ended; make outside of the scope what must "
        "outlive it",
        role, name_of_dead(c, name).text, made_at(h).text);
    return false;
}

static bool is_ancestor(const tt_ctx *ancestor, const tt_ctx *c)
{
    for (const tt_ctx *p = c->parent; p != NULL; p = p->parent)
        if (p == ancestor) return true;
    return false;
}

static bool usable_from_elsewhere(tt_ctx *c, const tt_header *h, const char *function,
                                  const char *role, const char *name)
{
    if (h->ctx == NULL) return fail_dead(c, h, function, role, name);
    if (is_ancestor(h->ctx, c)) return true;
    bool below = is_ancestor(c, h->ctx);
    tti_fail(c, TT_ERR_OWNER, function, "%s %s%s belongs to %s, which is %s of %s; %s",
             role, name != NULL ? name : "", made_at(h).text,
             context(h->ctx, "another context").text,
             below ? "a child, not an ancestor," : "not an ancestor",
             context(c, "the context given").text,
             below ? "give the child as context" : "use one context, or a child of it");
    return false;
}

bool tti_usable(tt_ctx *c, const tt_header *h, const char *function, const char *role,
                const char *name)
{
    if (c == NULL || h == NULL || c->status != TT_OK) return false;
    if (h->ctx == c) return true;
    return usable_from_elsewhere(c, h, function, role, name);
}

/* Whether what c makes now lives as long as anything in its descendant d: no mark of c has been
 * opened since the child of c that leads to d was made. */
static bool outlives_descendant(const tt_ctx *c, const tt_ctx *d)
{
    while (d->parent != c) d = d->parent;
    return c->level <= d->born;
}

bool tti_outlives(tt_ctx *c, const tt_header *h, const char *function, const char *what)
{
    if (c == NULL || h == NULL || c->status != TT_OK) return false;
    if (h->ctx == c && c->level <= h->level) return true;
    if (h->ctx == NULL) return fail_dead(c, h, function, "the object", NULL);
    bool below = is_ancestor(c, h->ctx);
    if (below && outlives_descendant(c, h->ctx)) return true;
    if (h->ctx == c || below)
        tti_fail(
            c, TT_ERR_OWNER, function,
            "%s would be gone before the object%s that keeps it: it is made inside of a "
            "TT_SCOPE that was opened later; make it outside",
            what, made_at(h).text);
    else
        tti_fail(
            c, TT_ERR_OWNER, function,
            "%s is made in %s, the object%s that keeps it in %s, which may live longer",
            what, context(c, "one context").text, made_at(h).text,
            context(h->ctx, "another context").text);
    return false;
}
