/* What a tree of contexts has from the system: counted, limited, and kept for reuse. */
#ifndef TT_SUPPORT_POOL_H
#define TT_SUPPORT_POOL_H

#include "support/ctx_struct.h"

enum { TTI_BLOCK_ALIGN = 64 };

/* Size classes: multiples of 64 bytes up to 256, then four to each doubling, so that a block is at
 * most a quarter larger than what was asked. */
unsigned tti_size_class(size_t bytes);
size_t tti_class_bytes(unsigned size_class);

/* A block of at least `bytes`, aligned to TTI_BLOCK_ALIGN; NULL, and nothing said, when memory is
 * out. tti_pool_give keeps it for the next tti_pool_take. */
void *tti_pool_take(tti_pool *pool, size_t bytes);
void tti_pool_give(tti_pool *pool, void *block);

/* True when p points into a block of the pool, in use or free. Slow: for messages. */
bool tti_pool_holds(const tti_pool *pool, const void *p);

/* Records TT_ERR_MEMORY with what was asked, held and allowed; returns NULL. */
TT_COLD void *tti_pool_fail(tt_ctx *c, const char *function, size_t bytes);

/* Memory from malloc that is no block, but counted like one; NULL when over the limit. */
void *tti_pool_malloc(tti_pool *pool, size_t bytes);

/* Gives every block back to the system, in use or not. */
void tti_pool_end(tti_pool *pool);

#endif
