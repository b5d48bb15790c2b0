/* Threads: how a loop is shared among cores.
 *
 *   TT_PARALLEL_FOR(work)
 *   for (size_t i = 0; i < n; i++) out[i] = f(in[i]);
 *
 * The passes of the loop are dealt out in equal pieces to the threads, if the loop is worth it:
 * `work` is the number of cells that it touches, about. Waking the others takes a microsecond or
 * more, in which one core does thousands of cells by itself. Whatever two passes would share is a
 * race, so an index buffer is declared inside the loop's body. OpenMP does it; a compiler without
 * OpenMP ignores the macro, and the loop runs on one thread.
 *
 * The tuned loops call tti_share or tti_parallel instead: what one thread does is then a plain call.
 * A region of one thread is none for GNU's OpenMP: it takes 0.3 microseconds, and calls malloc.
 */
#ifndef TT_MODULE3_GPU_FAST_THREADS_H
#define TT_MODULE3_GPU_FAST_THREADS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many threads the fast backend may use, for the whole program; 0: as many as the machine lends
 * this program (the default, unless OMP_NUM_THREADS says less). Results do not depend on it: each
 * cell is computed in an order that is the same for every number of threads. */
void tt_set_threads(int n);

/* The number that is in force; 1 where the compiler has no OpenMP. */
int tt_threads(void);

/* Threads for a loop over that many cells: 1, or all. Nothing between: OpenMP keeps its threads from
 * loop to loop only while their number stays the same (GNU's ends those that a smaller team leaves
 * over, and makes new ones for a larger). */
int tti_threads_for(size_t work);

/* Calls body(user, thread, team) on `threads` threads at once, thread = 0 .. team - 1, and comes back
 * when all are done. One thread: a call. Inside, TT_BARRIER waits for the whole team. */
typedef void tti_parallel_body(void *user, size_t thread, size_t team);
void tti_parallel(int threads, tti_parallel_body *body, void *user);

/* Calls body(user, from, to) for equal pieces of 0 .. n, one piece a thread, on tti_threads_for(work)
 * threads. Pieces begin at multiples of `grain`: 1, or 16 for floats that are written (whole lines of
 * the cache). */
typedef void tti_share_body(void *user, size_t from, size_t to);
void tti_share(size_t n, size_t grain, size_t work, tti_share_body *body, void *user);

/* This thread's number inside a loop or body that several share, counted from 0. */
int tti_thread(void);

#define TT_PRAGMA(text) _Pragma(#text)
#ifdef _OPENMP
#define TT_PARALLEL_FOR(work)                                                            \
    TT_PRAGMA(omp parallel for schedule(static) num_threads(tti_threads_for(work)))
#define TT_BARRIER TT_PRAGMA(omp barrier)
#else
#define TT_PARALLEL_FOR(work) (void)(work);
#define TT_BARRIER
#endif

#ifdef __cplusplus
}
#endif
#endif
