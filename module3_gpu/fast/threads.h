/* Threads: how a loop is shared among cores.
 *
 *   TT_PARALLEL_FOR(work)
 *   for (size_t i = 0; i < n; i++) out[i] = f(in[i]);
 *
 * The passes of the loop are dealt out in equal pieces to as many threads as `work` (the cells it
 * touches, about) is worth: waking a thread takes a few microseconds, in which one core does
 * thousands of cells by itself. Whatever two passes would share is a race, so an index buffer is
 * declared inside the loop's body. OpenMP does it; a compiler without OpenMP ignores the macro, and
 * the loop runs on one thread.
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

/* Threads for a loop over that many cells: 1 for a short one. */
int tti_threads_for(size_t work);

/* Inside a parallel block: this thread's number, counted from 0, and how many there are. */
int tti_thread(void);
int tti_team(void);

#define TT_PRAGMA(text) _Pragma(#text)
#ifdef _OPENMP
#define TT_PARALLEL_FOR(work)                                                            \
    TT_PRAGMA(omp parallel for schedule(static) num_threads(tti_threads_for(work)))
#define TT_PARALLEL(threads) TT_PRAGMA(omp parallel num_threads(threads))
#define TT_BARRIER TT_PRAGMA(omp barrier)
#else
#define TT_PARALLEL_FOR(work) (void)(work);
#define TT_PARALLEL(threads) (void)(threads);
#define TT_BARRIER
#endif

#ifdef __cplusplus
}
#endif
#endif
