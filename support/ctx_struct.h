/* The inside of a context, for the library's own files: operations read these fields on every
 * call, so they are plain and not behind functions. Users include support/ctx.h. */
#ifndef TT_SUPPORT_CTX_STRUCT_H
#define TT_SUPPORT_CTX_STRUCT_H

#include "support/ctx.h"
#include "support/random.h"

enum { TT_QUARANTINE = 8, TT_MESSAGE_MAX = 1024 };

struct tt_backend; /* module 2 says what it is */

/* Memory handed out by moving a pointer: support/arena.h. */
typedef struct tti_arena {
    char *next, *end; /* of the current chunk: the next byte, and behind the last */
    struct tti_chunk *chunk, *first;
} tti_arena;

enum { TTI_SIZE_CLASSES = 4 * 64 }; /* four classes a doubling: support/pool.h */

/* What all contexts of one tree share: the memory that came from the system. */
typedef struct tti_pool {
    size_t bytes;                                    /* held from the system */
    size_t limit;                                    /* 0: none */
    struct tti_block *blocks;                        /* all, in use or free */
    struct tti_block *free_blocks[TTI_SIZE_CLASSES]; /* kept for reuse */
    tti_arena arena; /* for entries of lists of releases */
    struct tti_release *spare_releases;
    tt_ctx *spare_children; /* linked by `parent` */

    uint64_t transfers[2]; /* copies to the device, to the host (module 2, storage.c) */
    uint64_t transfer_bytes[2];
    tt_ctx *backward_in; /* where the pass under way makes its gradients (module 2, gradient.c) */
    struct tt_profile *profile; /* NULL: functions are not timed (module 2, profile.h) */
} tti_pool;

/* Where the streams of random numbers stand. */
typedef struct tti_random {
    uint64_t seed;
    uint64_t drawn[TT_STREAMS]; /* numbers taken from each stream so far */
} tti_random;

struct tt_ctx {
    /* what every operation looks at */
    tt_status status; /* TT_OK until an error sticks */
    bool no_grad;     /* nothing made now carries history */
    bool ended;       /* freed, but a TT_SCOPE is still open */
    uint32_t level;   /* open marks */
    uint32_t visit;   /* number of graph walks so far (module 1) */
    tti_arena arena;
    const char *file; /* the caller's place, stamped by TT_AT */
    int line;

    /* ownership */
    uint32_t born;        /* level of the parent when c was made */
    uint32_t open_scopes; /* how many TT_SCOPE are open */
    tt_ctx *parent, *root;
    struct tti_release *release;       /* what to release, newest first */
    tt_header *newest;                 /* checked builds: headers, newest first */
    struct tti_quarantine *quarantine; /* checked builds; the root's */
    tti_pool *pool;                    /* the root's */
    const char *made_file;             /* where c was made, or NULL */
    int made_line;

    /* inherited settings */
    int check_finite;                 /* TT_CHECK_FINITE: -1 not asked yet, 0 or 1 */
    const struct tt_backend *backend; /* NULL: simple */
    tti_random *random; /* own_random, or the parent's while c has no seed */
    tti_random own_random;

    /* errors */
    tt_error_fn *handler;
    void *handler_user;
    char message[TT_MESSAGE_MAX];
};

#endif
