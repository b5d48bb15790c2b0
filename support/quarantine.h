/* Quarantine: in checked builds, headers of rewound nodes stay readable and dead for a while.
 *
 * A pointer to a node of the step before is the commonest mistake with arenas, and usually it
 * still seems to work. So a header does not come from its context's arena but from here:
 *
 *   alive --rewind--> dead, ctx == NULL --TT_QUARANTINE rewinds--> used again
 *
 * While it is dead, tti_usable sees that and says what it was and where it was made. Under
 * AddressSanitizer it is poisoned for TT_QUARANTINE further rewinds before it is used again.
 * Only rewinds that end something count. All contexts of a tree share one quarantine, so that what
 * was made in a child that has been freed is named too. Cost: the memory of nine steps, not one.
 */
#ifndef TT_SUPPORT_QUARANTINE_H
#define TT_SUPPORT_QUARANTINE_H

#include "support/ctx_struct.h"

#ifdef TT_CHECK_STALE /* defined by the build in all modes but -c opt */
enum { TTI_CHECK_STALE = 1 };
#else
enum { TTI_CHECK_STALE = 0 };
#endif

/* A new quarantine in memory of the pool, which also frees it. NULL when memory is out. */
struct tti_quarantine *tti_quarantine_new(tti_pool *pool);

/* Uninitialised memory for a header of c and what follows it; NULL when memory is out. */
tt_header *tti_quarantine_take(tt_ctx *c, size_t bytes);

/* Stamps the headers of c that are newer than `until` dead. */
void tti_quarantine_end(tt_ctx *c, tt_header *until);

#endif
