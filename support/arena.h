/* An arena: memory handed out by moving a pointer, taken back by moving it back.
 *
 *   first -> [chunk: full] -> [chunk: ####....] -> [chunk: free] -> [chunk: free]
 *                              chunk  ^next  ^end
 *
 * Chunks in front of `chunk` are in use, chunks behind it are kept for reuse. A context has one
 * arena; the quarantine and the list of releases have one each, which is never rewound.
 */
#ifndef TT_SUPPORT_ARENA_H
#define TT_SUPPORT_ARENA_H

#include <stddef.h>

#include "support/asan.h"
#include "support/ctx_struct.h"

enum { TTI_ALIGN = 16, TTI_REDZONE = TTI_ASAN ? 16 : 0 };

/* Bytes that a request really takes; less than `bytes` when the sum overflows. */
static inline size_t tti_arena_need(size_t bytes)
{
    size_t whole = bytes + (bytes == 0) + (TTI_ALIGN - 1);
    return (whole & ~(size_t)(TTI_ALIGN - 1)) + TTI_REDZONE;
}

/* The way through a new or kept chunk. Returns NULL, and says nothing, when memory is out. */
void *tti_arena_grow(tti_arena *a, tti_pool *pool, size_t bytes);

/* `bytes` uninitialised bytes, aligned to TTI_ALIGN; NULL, and nothing said, when memory is out. */
static inline void *tti_arena_take(tti_arena *a, tti_pool *pool, size_t bytes)
{
    size_t need = tti_arena_need(bytes);
    if (need > (size_t)(a->end - a->next) || need < bytes)
        return tti_arena_grow(a, pool, bytes);
    void *p = a->next;
    a->next += need;
    tti_unpoison(p, bytes);
    return p;
}

/* Bytes in use of the current chunk: with `chunk` this is a place to rewind to. */
size_t tti_arena_used(const tti_arena *a);

/* Frees what was taken since the place was noted. Keeps the chunks. */
void tti_arena_rewind(tti_arena *a, struct tti_chunk *chunk, size_t used);

/* Gives chunks back to the pool: those not in use, or all of them. */
void tti_arena_trim(tti_arena *a, tti_pool *pool);
void tti_arena_end(tti_arena *a, tti_pool *pool);

#endif
