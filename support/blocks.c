/* Memory as contexts see it: large buffers, the limit, and the message when there is no more. */
#include "support/arena.h"
#include "support/pool.h"

void *tti_pool_fail(tt_ctx *c, const char *function, size_t bytes)
{
    if (c->pool->limit == 0)
        return tti_fail(
            c, TT_ERR_MEMORY, function,
            "out of memory: %zu bytes asked, %zu held; the system has no more", bytes,
            c->pool->bytes);
    return tti_fail(
        c, TT_ERR_MEMORY, function,
        "out of memory: %zu bytes asked, %zu held, %zu allowed by tt_ctx_limit", bytes,
        c->pool->bytes, c->pool->limit);
}

void tt_ctx_limit(tt_ctx *c, size_t bytes)
{
    if (c != NULL) c->pool->limit = bytes;
}

size_t tt_ctx_bytes(const tt_ctx *c)
{
    return c != NULL ? c->pool->bytes : 0;
}

void *tti_block_get(tt_ctx *c, size_t bytes)
{
    if (c == NULL) return NULL;
    void *block = tti_pool_take(c->pool, bytes);
    if (block != NULL) return block;
    tti_arena_trim(&c->arena, c->pool); /* what c keeps for later must not be the reason */
    block = tti_pool_take(c->pool, bytes);
    return block != NULL ? block : tti_pool_fail(c, "tti_block_get", bytes);
}

void tti_block_put(tt_ctx *c, void *block)
{
    if (block != NULL) tti_pool_give(c->pool, block);
}
