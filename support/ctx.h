/* Contexts: who owns memory, and when it goes.
 *
 * A context owns everything made in it: graph nodes, tensors, modules, optimisers. There is no
 * reference count and no free in user code. Most programs need one context and one scope a step:
 *
 *   Example:
 *     tt_ctx *c = tt_ctx_new(NULL);
 *     tt_scalar *w = tts_variable(c, 0.5, "w");         // lives as long as c
 *     for (int step = 0; step < 100; step++) TT_SCOPE(c) {
 *         tt_scalar *loss = tts_mul(c, w, w);           // lives until the closing brace
 *         tts_backward(loss);
 *     }
 *     tt_ctx_free(c);
 *
 * Rules:
 *  1. What is made inside TT_SCOPE is gone at its end, also when the end is a break or a return.
 *     (`break` leaves the scope, not a loop around it: give the loop a condition instead.)
 *  2. A node may point only into its own context or an ancestor of it. Every operation checks this,
 *     and its message names both.
 *  3. The gradient of a leaf is reserved when the leaf comes to require one, never inside a step;
 *     both live equally long.
 *  4. Memory is kept and used again: a steady training step calls neither malloc nor free.
 *  5. One context belongs to one thread. Different threads use different root contexts.
 *
 * Use after the end: except in optimised builds (`-c opt`), headers of rewound nodes are stamped
 * dead and not reused for the next TT_QUARANTINE rewinds, so that using one is an error that names
 * it. In `-c opt` it is not detected; under AddressSanitizer rewound memory is poisoned.
 *
 * Cost: tt_alloc is a pointer increment; a scope is two assignments and one pass over what must be
 * released. The idea (arena with mark and rewind) is old: obstacks in the GNU C library; Hanson,
 * "Fast allocation and deallocation of memory based on object lifetimes", 1990.
 */
#ifndef TT_SUPPORT_CTX_H
#define TT_SUPPORT_CTX_H

#include <stdint.h>

#include "support/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A new context. With a parent it is a child: it inherits backend and error handler, draws from the
 * parent's random streams until it is seeded itself, its nodes may point into the parent, and it is
 * freed with the parent or when the parent rewinds past this call. Errors do not travel between
 * parent and child. Returns NULL only when memory is out. Owner: the caller, tt_ctx_free. */
tt_ctx *tt_ctx_new(tt_ctx *parent);

/* Frees the context, its children and everything made in them. NULL is allowed. May stand inside a
 * TT_SCOPE of it, so that `return tt_exit(c);` works everywhere. */
void tt_ctx_free(tt_ctx *c);

/* `bytes` zeroed bytes, aligned for any type, owned by c. Errors: TT_ERR_MEMORY -> NULL. */
void *tt_alloc(tt_ctx *c, size_t bytes);

/* The text of printf, in memory owned by c. Errors: TT_ERR_MEMORY -> NULL. */
char *tt_text(tt_ctx *c, const char *format, ...) TT_PRINTF(2, 3);

/* The most bytes that the root of c and all its children together may hold (0: no limit, the
 * default). One more byte is TT_ERR_MEMORY, which a program can survive: memory kept for reuse goes
 * back first, and after a rewind and tt_error_clear there is room again. */
void tt_ctx_limit(tt_ctx *c, size_t bytes);

/* Bytes that the root of c holds from the system now, in use or kept for reuse. */
size_t tt_ctx_bytes(const tt_ctx *c);

/* ---- scopes ---------------------------------------------------------------------------------- */

struct tti_chunk;
struct tti_release;
struct tt_header;

/* A place in a context to which it can be rewound. Plain data; several may be open, innermost
 * last. */
typedef struct tt_mark {
    struct tti_chunk *chunk;     /* where the next byte would have come from */
    size_t used;                 /* bytes used of that chunk */
    struct tti_release *release; /* newest thing to be released */
    struct tt_header *newest;    /* newest header (checked builds) */
    uint32_t level;              /* how many marks were open */
    bool no_grad;                /* whether gradients were off */
} tt_mark;

/* Opens a mark; tt_ctx_rewind frees everything made in c since and restores tt_no_grad. Marks must
 * be rewound innermost first (rewinding an outer one ends the inner ones). TT_SCOPE does both.
 * Errors: TT_ERR_OWNER when the mark has ended. */
tt_mark tt_ctx_mark(tt_ctx *c);
void tt_ctx_rewind(tt_ctx *c, tt_mark mark);

/* A rewind that leaves the mark open, for loops that free the step before (tt_next). */
void tt_ctx_rewind_to(tt_ctx *c, tt_mark mark);

/* Turns gradients off until the enclosing scope ends: what is made carries no history. */
void tt_no_grad(tt_ctx *c);

typedef struct tt_scope {
    tt_ctx *c;
    tt_mark mark;
    uint32_t outer; /* how many scopes of c were open */
    bool done;
} tt_scope;
tt_scope tti_scope_begin(tt_ctx *c);
void tti_scope_end(tt_scope *scope);

/* TT_SCOPE(c) { ... }: mark, run the block once, rewind, however the block is left. */
#define TT_SCOPE(c) TTI_SCOPE(c, TTI_JOIN(tt_scope_, __LINE__))
#define TTI_SCOPE(c, s)                                                                  \
    for (tt_scope s __attribute__((cleanup(tti_scope_end))) = tti_scope_begin(c);        \
         !s.done; s.done = true)
#define TTI_JOIN(a, b) TTI_JOIN2(a, b)
#define TTI_JOIN2(a, b) a##b

/* ---- randomness: see support/random.h -------------------------------------------------------- */

/* Seeds c and starts its streams anew. A root begins with seed 0; a child shares the streams of its
 * parent, so that two models made in two children differ, until it is given a seed of its own. */
void tt_seed(tt_ctx *c, uint64_t seed);

/* ---- for writers of operations --------------------------------------------------------------- */

/* Stamps the caller's place into c, for messages; returns c. tinytorch.h makes every operation a
 * macro that does this: #define tt_add(c, a, b) tt_add(TT_AT(c), a, b) */
#define TT_AT(c) tti_at((c), __FILE__, __LINE__)
tt_ctx *tti_at(tt_ctx *c, const char *file, int line);

/* tt_ctx_new with the caller's place, by which messages name the context. tinytorch.h:
 * #define tt_ctx_new(parent) tti_ctx_new_at((parent), __FILE__, __LINE__) */
tt_ctx *tti_ctx_new_at(tt_ctx *parent, const char *file, int line);

/* First member of everything that operations take (scalars, tensors): enough to say whose it is,
 * where it came from, and whether it still lives. */
typedef struct tt_header {
    tt_ctx *ctx;      /* owner; NULL once dead (checked builds) */
    const char *file; /* where it was made, or NULL */
    int line;
    uint32_t level; /* how many marks of ctx were open when it was made */
} tt_header;

/* Uninitialised memory for an object that begins with a tt_header, which is filled in. NULL, and
 * nothing said, while an error sticks in c or when c is NULL: so every operation returns NULL then.
 * Errors: TT_ERR_MEMORY -> NULL. */
void *tti_header_new(tt_ctx *c, size_t bytes);

/* True when an object of c may point to h: h is alive, and in c or an ancestor of c. Otherwise
 * records an error: `role` says what h is to `function` ("left operand"), `name` what it is called
 * ("fc2.weight" or the operation that made it), or is NULL. The name of a dead object is given only
 * when it is no text in a context's memory, which may have gone with the object. False, and nothing
 * said, when c or h is NULL or an error sticks. */
bool tti_usable(tt_ctx *c, const tt_header *h, const char *function, const char *role,
                const char *name);

/* True when `what` (made in the innermost scope now open) may be attached to something made with
 * header h, which may be older: it must not die before h. Otherwise records TT_ERR_OWNER, which
 * says `what` it is. False, and nothing said, when c or h is NULL or an error sticks. */
bool tti_outlives(tt_ctx *c, const tt_header *h, const char *function, const char *what);

/* Calls release(object) when c rewinds past this point or is freed, newest first.
 * Returns false (and calls release at once) when memory is out or c is NULL. */
bool tti_on_release(tt_ctx *c, void (*release)(void *object), void *object);

/* Forgets a pending release of `object`, which was ended by other means. Linear in what is newer. */
void tti_release_forget(tt_ctx *c, void *object);

/* Large buffers that are used again: `bytes` uninitialised bytes aligned to 64, from the pool of
 * c's root. tti_block_put gives one back, with the same c or another of its tree; NULL is allowed.
 * Under AddressSanitizer every block is a malloc of its own, so that an overflow is seen.
 * Errors: TT_ERR_MEMORY -> NULL. */
void *tti_block_get(tt_ctx *c, size_t bytes);
void tti_block_put(tt_ctx *c, void *block);

#ifdef __cplusplus
}
#endif
#endif
