#include "support/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "support/pool.h"

struct tti_chunk {
    struct tti_chunk *next;
    size_t bytes; /* behind this struct; a multiple of TTI_ALIGN */
};

enum { CHUNK_FIRST = 64 << 10, CHUNK_MOST = 8 << 20 }; /* with the struct */

_Static_assert(sizeof(struct tti_chunk) % TTI_ALIGN == 0,
               "what follows a chunk is aligned");

static char *chunk_bytes(struct tti_chunk *chunk)
{
    return (char *)(chunk + 1);
}

/* Each chunk is twice as large as the one before, so that there are few of them. A request that is
 * larger gets a chunk that fits it, and so does one near the limit. */
static struct tti_chunk *chunk_new(const tti_arena *a, tti_pool *pool, size_t need)
{
    size_t least = need + sizeof(struct tti_chunk);
    size_t size = CHUNK_FIRST;
    if (a->chunk != NULL) size = 2 * (a->chunk->bytes + sizeof(struct tti_chunk));
    if (size > CHUNK_MOST) size = CHUNK_MOST;
    if (size < least) size = least;
    struct tti_chunk *chunk = tti_pool_take(pool, size);
    if (chunk == NULL && size > least) {
        size = least;
        chunk = tti_pool_take(pool, size);
    }
    if (chunk == NULL) return NULL;
    chunk->bytes = (size - sizeof *chunk) & ~(size_t)(TTI_ALIGN - 1);
    tti_poison(chunk_bytes(chunk), chunk->bytes);
    return chunk;
}

/* Takes the first chunk of at least `need` bytes out of a list; NULL when there is none. */
static struct tti_chunk *unlink_fitting(struct tti_chunk **list, size_t need)
{
    for (struct tti_chunk **link = list; *link != NULL; link = &(*link)->next) {
        struct tti_chunk *chunk = *link;
        if (chunk->bytes < need) continue;
        *link = chunk->next;
        return chunk;
    }
    return NULL;
}

/* Where the chunks that are not in use begin. */
static struct tti_chunk **unused_chunks(tti_arena *a)
{
    return a->chunk != NULL ? &a->chunk->next : &a->first;
}

void *tti_arena_grow(tti_arena *a, tti_pool *pool, size_t bytes)
{
    if (bytes > PTRDIFF_MAX / 2) return NULL; /* so that no sum below overflows */
    size_t need = tti_arena_need(bytes);
    struct tti_chunk *chunk = unlink_fitting(unused_chunks(a), need);
    if (chunk == NULL) chunk = chunk_new(a, pool, need);
    if (chunk == NULL) { /* chunks too small for this request may stand in its way */
        tti_arena_trim(a, pool);
        chunk = chunk_new(a, pool, need);
    }
    if (chunk == NULL) return NULL;
    struct tti_chunk **place = unused_chunks(a);
    chunk->next = *place;
    *place = chunk;
    a->chunk = chunk;
    a->next = chunk_bytes(chunk);
    a->end = a->next + chunk->bytes;
    return tti_arena_take(a, pool, bytes);
}

size_t tti_arena_used(const tti_arena *a)
{
    return a->chunk != NULL ? (size_t)(a->next - chunk_bytes(a->chunk)) : 0;
}

static void poison_from(struct tti_chunk *from, size_t used, const struct tti_chunk *last)
{
    for (struct tti_chunk *chunk = from; chunk != NULL; chunk = chunk->next, used = 0) {
        tti_poison(chunk_bytes(chunk) + used, chunk->bytes - used);
        if (chunk == last) break;
    }
}

void tti_arena_rewind(tti_arena *a, struct tti_chunk *chunk, size_t used)
{
    if (TTI_ASAN && a->chunk != NULL)
        poison_from(chunk != NULL ? chunk : a->first, used, a->chunk);
    a->chunk = chunk;
    a->next = chunk != NULL ? chunk_bytes(chunk) + used : NULL;
    a->end = chunk != NULL ? chunk_bytes(chunk) + chunk->bytes : NULL;
}

void tti_arena_trim(tti_arena *a, tti_pool *pool)
{
    struct tti_chunk **list = unused_chunks(a);
    while (*list != NULL) {
        struct tti_chunk *chunk = *list;
        *list = chunk->next;
        tti_pool_give(pool, chunk);
    }
}

void tti_arena_end(tti_arena *a, tti_pool *pool)
{
    tti_arena_rewind(a, NULL, 0);
    tti_arena_trim(a, pool);
}

/* ---- the public face ------------------------------------------------------------------------- */

void *tt_alloc(tt_ctx *c, size_t bytes)
{
    if (c == NULL) return NULL;
    void *p = tti_arena_take(&c->arena, c->pool, bytes);
    if (p == NULL) return tti_pool_fail(c, "tt_alloc", bytes);
    return memset(p, 0, bytes);
}

char *tt_text(tt_ctx *c, const char *format, ...)
{
    if (c == NULL) return NULL;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    size_t bytes = (size_t)(length > 0 ? length : 0) + 1;
    char *text = tti_arena_take(&c->arena, c->pool, bytes);
    if (text != NULL && vsnprintf(text, bytes, format, again) < 0) text[0] = '\0';
    va_end(again);
    va_end(args);
    return text != NULL ? text : tti_pool_fail(c, "tt_text", bytes);
}
