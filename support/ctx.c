#include "support/ctx.h"

#include <stdlib.h>

#include "support/arena.h"
#include "support/pool.h"
#include "support/quarantine.h"
#include "support/release.h"

/* A root context carries the pool of its tree. */
struct root {
    tt_ctx c; /* first */
    tti_pool pool;
};

/* ---- making and freeing ---------------------------------------------------------------------- */

static tt_ctx *root_new(void)
{
    struct root *root = calloc(1, sizeof *root);
    if (root == NULL) return NULL;
    tt_ctx *c = &root->c;
    c->pool = &root->pool;
    c->pool->bytes = sizeof *root;
    c->root = c;
    c->random = &c->own_random;
    c->check_finite = -1;
    tt_error_handler(c, NULL, NULL);
    if (TTI_CHECK_STALE) c->quarantine = tti_quarantine_new(c->pool);
    if (!TTI_CHECK_STALE || c->quarantine != NULL) return c;
    free(root);
    return NULL;
}

/* Children that were freed are kept for the next one: a step may make and free one. */
static tt_ctx *child_memory(tti_pool *pool)
{
    tt_ctx *c = pool->spare_children;
    if (c != NULL) pool->spare_children = c->parent;
    else c = tti_pool_malloc(pool, sizeof *c);
    if (c != NULL) *c = (tt_ctx){0};
    return c;
}

/* Everything in c. The tree forgets c, but c itself stays. */
static void empty(tt_ctx *c)
{
    tti_release_run(c, NULL);
    if (TTI_CHECK_STALE) tti_quarantine_end(c, NULL);
    tti_arena_end(&c->arena, c->pool);
}

static void free_spare_children(tti_pool *pool)
{
    while (pool->spare_children != NULL) {
        tt_ctx *c = pool->spare_children;
        pool->spare_children = c->parent;
        free(c);
    }
}

/* A scope that is still open will look at c when it ends: `TT_SCOPE(c) { return tt_exit(c); }`. */
static void leave_to_scope(tt_ctx *c)
{
    c->ended = true;
    c->pool = NULL;
    c->status = TT_ERR_OWNER; /* operations in it do nothing */
}

static void root_free(tt_ctx *c)
{
    empty(c);
    free_spare_children(c->pool);
    tti_pool_end(c->pool);
    if (c->open_scopes > 0) leave_to_scope(c);
    else free(c);
}

static void child_free(void *object)
{
    tt_ctx *c = object;
    empty(c);
    tti_pool *pool = c->pool;
    if (c->open_scopes == 0 && !TTI_ASAN) { /* AddressSanitizer then reports its use */
        c->parent = pool->spare_children;
        pool->spare_children = c;
        return;
    }
    pool->bytes -= sizeof *c;
    if (c->open_scopes > 0) leave_to_scope(c);
    else free(c);
}

tt_ctx *tti_ctx_new_at(tt_ctx *parent, const char *file, int line)
{
    tt_ctx *c = parent != NULL ? child_memory(parent->pool) : root_new();
    if (c == NULL)
        return parent != NULL ? tti_pool_fail(parent, "tt_ctx_new", sizeof *c) : NULL;
    c->made_file = file;
    c->made_line = line;
    if (parent == NULL) return c;
    c->parent = parent;
    c->root = parent->root;
    c->born = parent->level;
    c->pool = parent->pool;
    c->quarantine = parent->quarantine;
    c->handler = parent->handler;
    c->handler_user = parent->handler_user;
    c->no_grad = parent->no_grad;
    c->backend = parent->backend;
    c->check_finite = parent->check_finite;
    c->random = parent->random;
    return tti_on_release(parent, child_free, c) ? c : NULL;
}

tt_ctx *tt_ctx_new(tt_ctx *parent)
{
    return tti_ctx_new_at(parent, NULL, 0);
}

void tt_ctx_free(tt_ctx *c)
{
    if (c == NULL || c->ended) return;
    if (c->parent == NULL) {
        root_free(c);
        return;
    }
    tti_release_forget(c->parent, c);
    child_free(c);
}

tt_ctx *tti_at(tt_ctx *c, const char *file, int line)
{
    if (c == NULL) return NULL;
    c->file = file;
    c->line = line;
    return c;
}

/* ---- marks ----------------------------------------------------------------------------------- */

tt_mark tt_ctx_mark(tt_ctx *c)
{
    if (c == NULL) return (tt_mark){0};
    tt_mark mark = {.chunk = c->arena.chunk,
                    .used = tti_arena_used(&c->arena),
                    .release = c->release,
                    .newest = c->newest,
                    .level = c->level,
                    .no_grad = c->no_grad};
    c->level++;
    return mark;
}

void tt_ctx_rewind_to(tt_ctx *c, tt_mark mark)
{
    if (c == NULL) return;
    if (mark.level >= c->level) {
        tti_fail(c, TT_ERR_OWNER, "tt_ctx_rewind",
                 "this mark has ended: it, or one opened before it, was rewound already");
        return;
    }
    tti_release_run(c, mark.release);
    if (TTI_CHECK_STALE) tti_quarantine_end(c, mark.newest);
    tti_arena_rewind(&c->arena, mark.chunk, mark.used);
    c->level = mark.level + 1;
    c->no_grad = mark.no_grad;
}

void tt_ctx_rewind(tt_ctx *c, tt_mark mark)
{
    if (c == NULL) return;
    bool open = mark.level < c->level;
    tt_ctx_rewind_to(c, mark);
    if (open) c->level = mark.level;
}

void tt_no_grad(tt_ctx *c)
{
    if (c != NULL) c->no_grad = true;
}

/* ---- scopes ---------------------------------------------------------------------------------- */

tt_scope tti_scope_begin(tt_ctx *c)
{
    tt_scope scope = {.c = c};
    if (c == NULL) return scope;
    scope.mark = tt_ctx_mark(c);
    scope.outer = c->open_scopes++;
    return scope;
}

void tti_scope_end(tt_scope *scope)
{
    tt_ctx *c = scope->c;
    if (c == NULL) return;
    c->open_scopes = scope->outer;
    if (!c->ended) tt_ctx_rewind(c, scope->mark);
    else if (c->open_scopes == 0) free(c);
}
