#include "support/release.h"

#include "support/arena.h"
#include "support/pool.h"

struct tti_release {
    struct tti_release *older;
    void (*release)(void *object); /* NULL: forgotten, but a mark may still point here */
    void *object;
    uint32_t level; /* open marks when it was registered */
};

/* Entries come from an arena of the pool that is never rewound, and are used again. */
static struct tti_release *entry_new(tti_pool *pool)
{
    struct tti_release *entry = pool->spare_releases;
    if (entry == NULL) return tti_arena_take(&pool->arena, pool, sizeof *entry);
    pool->spare_releases = entry->older;
    return entry;
}

static void entry_free(tti_pool *pool, struct tti_release *entry)
{
    entry->older = pool->spare_releases;
    pool->spare_releases = entry;
}

/* An entry made since the innermost open mark: no open mark points to it. */
static bool is_free_of_marks(const tt_ctx *c, const struct tti_release *entry)
{
    return entry->level == c->level;
}

static void drop_forgotten(tt_ctx *c)
{
    while (c->release != NULL && c->release->release == NULL &&
           is_free_of_marks(c, c->release)) {
        struct tti_release *entry = c->release;
        c->release = entry->older;
        entry_free(c->pool, entry);
    }
}

bool tti_on_release(tt_ctx *c, void (*release)(void *object), void *object)
{
    if (c != NULL) drop_forgotten(c);
    struct tti_release *entry = c != NULL ? entry_new(c->pool) : NULL;
    if (entry == NULL) {
        release(object);
        if (c != NULL) tti_pool_fail(c, "tti_on_release", sizeof *entry);
        return false;
    }
    *entry = (struct tti_release){c->release, release, object, c->level};
    c->release = entry;
    return true;
}

void tti_release_forget(tt_ctx *c, void *object)
{
    struct tti_release *entry = c->release;
    while (entry != NULL && (entry->release == NULL || entry->object != object))
        entry = entry->older;
    if (entry != NULL) entry->release = NULL;
}

void tti_release_run(tt_ctx *c, struct tti_release *until)
{
    while (c->release != until) {
        struct tti_release *entry = c->release;
        TT_ASSERT(entry != NULL); /* `until` is no mark of c */
        struct tti_release copy = *entry;
        c->release = entry->older;
        entry_free(c->pool, entry);
        if (copy.release != NULL) copy.release(copy.object);
    }
}
