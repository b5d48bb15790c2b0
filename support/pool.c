#include "support/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/asan.h"

/* Stands in front of the bytes that are handed out. */
struct tti_block {
    struct tti_block *next, *previous; /* all blocks of the pool */
    struct tti_block *next_free;       /* free blocks of the same class */
    tti_pool *pool;
    size_t bytes; /* handed out */
    bool free;
};

enum { HEAD = TTI_BLOCK_ALIGN };

_Static_assert(sizeof(struct tti_block) <= HEAD, "a block's head fits in front of it");

static void *block_bytes(const struct tti_block *block)
{
    return (char *)block + HEAD;
}

static struct tti_block *block_of(void *bytes)
{
    return (struct tti_block *)((char *)bytes - HEAD);
}

/* ---- size classes ---------------------------------------------------------------------------- */

unsigned tti_size_class(size_t bytes)
{
    if (bytes <= 64) return 0;
    size_t units = (bytes - 1) / 64; /* 1 for 65..128 bytes */
    if (units < 4) return (unsigned)units;
    unsigned doubling = 63u - (unsigned)__builtin_clzll((unsigned long long)units);
    return 4 * (doubling - 1) + (unsigned)((units >> (doubling - 2)) & 3);
}

size_t tti_class_bytes(unsigned size_class)
{
    if (size_class < 4) return ((size_t)size_class + 1) * 64;
    unsigned doubling = size_class / 4 + 1;
    return ((size_t)(size_class % 4) + 5) << (doubling - 2 + 6);
}

/* ---- memory from the system ------------------------------------------------------------------ */

static void block_free(struct tti_block *block)
{
    tti_pool *pool = block->pool;
    if (block->previous != NULL) block->previous->next = block->next;
    if (block->next != NULL) block->next->previous = block->previous;
    if (pool->blocks == block) pool->blocks = block->next;
    pool->bytes -= block->bytes + HEAD;
    free(block);
}

/* Gives all free blocks back to the system; false when there were none. */
static bool trim(tti_pool *pool)
{
    size_t before = pool->bytes;
    for (size_t i = 0; i < TTI_SIZE_CLASSES; i++) {
        while (pool->free_blocks[i] != NULL) {
            struct tti_block *block = pool->free_blocks[i];
            pool->free_blocks[i] = block->next_free;
            block_free(block);
        }
    }
    return pool->bytes < before;
}

static bool fits(const tti_pool *pool, size_t bytes)
{
    if (pool->limit == 0) return true;
    return pool->bytes <= pool->limit && bytes <= pool->limit - pool->bytes;
}

/* Large blocks ask Linux for pages of 2 MiB, where it has some to spare: a processor remembers where a
 * few thousand pages lie, and reads ahead within a page. Passes over such a block gain a third. */
static void ask_for_large_pages(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const size_t worth_it = (size_t)8 << 20, page = (size_t)sysconf(_SC_PAGESIZE);
    if (bytes < worth_it) return;
    size_t before = (page - (uintptr_t)p % page) % page; /* the advice is for whole pages */
    int refused = madvise((char *)p + before, bytes - before, MADV_HUGEPAGE);
    (void)refused; /* then they are small ones */
#else
    (void)p, (void)bytes;
#endif
}

/* What is kept for reuse must not be why a request fails: it goes back first. */
static void *from_system(tti_pool *pool, size_t bytes)
{
    if (!fits(pool, bytes) && !(trim(pool) && fits(pool, bytes))) return NULL;
    void *p = NULL;
    while (posix_memalign(&p, TTI_BLOCK_ALIGN, bytes) != 0)
        if (!trim(pool)) return NULL;
    ask_for_large_pages(p, bytes);
    pool->bytes += bytes;
    return p;
}

void *tti_pool_malloc(tti_pool *pool, size_t bytes)
{
    return from_system(pool, bytes);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static struct tti_block *block_new(tti_pool *pool, size_t bytes)
{
    struct tti_block *block = from_system(pool, bytes + HEAD);
    if (block == NULL) return NULL;
    *block = (struct tti_block){.next = pool->blocks, .pool = pool, .bytes = bytes};
    if (pool->blocks != NULL) pool->blocks->previous = block;
    pool->blocks = block;
    return block;
}

void *tti_pool_take(tti_pool *pool, size_t bytes)
{
    if (bytes > PTRDIFF_MAX / 2) return NULL; /* so that no sum below overflows */
    unsigned size_class = tti_size_class(bytes);
    struct tti_block *block = pool->free_blocks[size_class];
    if (block != NULL) {
        pool->free_blocks[size_class] = block->next_free;
        block->free = false;
    } else {
        block = block_new(pool, TTI_ASAN ? bytes : tti_class_bytes(size_class));
    }
    return block != NULL ? block_bytes(block) : NULL;
}

void tti_pool_give(tti_pool *pool, void *bytes)
{
    struct tti_block *block = block_of(bytes);
    TT_ASSERT(block->pool == pool);
    TT_ASSERT(!block->free);
    if (TTI_ASAN) { /* AddressSanitizer then reports its use */
        block_free(block);
        return;
    }
    unsigned size_class = tti_size_class(block->bytes);
    block->free = true;
    block->next_free = pool->free_blocks[size_class];
    pool->free_blocks[size_class] = block;
}

bool tti_pool_holds(const tti_pool *pool, const void *p)
{
    uintptr_t address = (uintptr_t)p;
    for (const struct tti_block *block = pool->blocks; block != NULL; block = block->next) {
        uintptr_t first = (uintptr_t)block_bytes(block);
        if (address >= first && address - first < block->bytes) return true;
    }
    return false;
}

void tti_pool_end(tti_pool *pool)
{
    while (pool->blocks != NULL) block_free(pool->blocks);
    for (size_t i = 0; i < TTI_SIZE_CLASSES; i++) pool->free_blocks[i] = NULL;
}
