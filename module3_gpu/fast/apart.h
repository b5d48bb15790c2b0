/* Threads of a team on cores of their own.
 *
 * A team waits for its last thread, and waits busily: two of its threads on one core take turns of some
 * milliseconds, one of them doing nothing but wait for the other, while a loop takes microseconds. The
 * system sees two busy threads and has no reason to part them when another program keeps a core busy: a
 * transposed copy of 512 x 512 numbers then took 7 ms instead of 0.03. So a thread that finds itself on the
 * core of another one of its team moves away, to whatever other core the program may use.
 */
#ifndef TT_MODULE3_GPU_FAST_APART_H
#define TT_MODULE3_GPU_FAST_APART_H

#include <stddef.h>

/* Where the threads of the team that this thread leads were last; thread 0 is noted by this call, which
 * comes before the team's loop. NULL where the system does not say. */
int *tti_cores(void);

/* Called by thread `thread` > 0 of the team, in the loop: a comparison, unless it has to move. */
void tti_keep_apart(int *cores, size_t thread);

#endif
