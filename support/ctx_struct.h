/* The inside of a context, for the library's own files: operations read these fields on every
 * call, so they are plain and not behind functions. Users include support/ctx.h. */
#ifndef TT_SUPPORT_CTX_STRUCT_H
#define TT_SUPPORT_CTX_STRUCT_H

#include "support/ctx.h"
#include "support/random.h"

enum { TT_QUARANTINE = 8, TT_MESSAGE_MAX = 1024 };

struct tt_backend; /* module 2 says what it is */

/* What all contexts of one tree share: the memory that came from the system. */
typedef struct tti_pool {
    struct tti_block *free_blocks[4 * 64]; /* by size class, four classes a doubling */
    size_t bytes;                          /* held from the system */
    size_t limit;                          /* 0: none */
} tti_pool;

struct tt_ctx {
    /* what every operation looks at */
    tt_status status; /* TT_OK until an error sticks */
    bool no_grad;     /* nothing made now carries history */
    uint32_t level;   /* open marks */
    uint32_t visit;   /* number of graph walks so far (module 1) */
    struct tti_chunk *chunk;
    const char *file; /* the caller's place, stamped by TT_AT */
    int line;

    /* errors */
    tt_error_fn *handler;
    void *handler_user;
    bool printed; /* the handler has printed the message */
    char message[TT_MESSAGE_MAX];

    /* ownership */
    tt_ctx *parent, *root;
    struct tti_chunk *first_chunk;
    struct tti_release *release;
    tt_header *newest;                 /* checked builds: headers, newest first */
    struct tti_quarantine *quarantine; /* checked builds */
    tti_pool *pool;                    /* the root's */

    /* inherited settings */
    const struct tt_backend *backend; /* NULL: simple */
    uint64_t seed;
    uint64_t drawn[TT_STREAMS]; /* numbers taken from each stream so far */
    int check_finite;           /* TT_CHECK_FINITE: -1 not asked yet, 0 or 1 */
};

#endif
