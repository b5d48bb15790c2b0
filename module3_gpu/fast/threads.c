/* Threads: see threads.h. */
#include "module3_gpu/fast/threads.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* Cells that one core does in the time it takes to wake another. */
static const size_t WORTH_A_THREAD = 16384;

static int wanted; /* 0: all */

void tt_set_threads(int n)
{
    __atomic_store_n(&wanted, n > 0 ? n : 0, __ATOMIC_RELAXED);
}

int tt_threads(void)
{
#ifdef _OPENMP
    int n = __atomic_load_n(&wanted, __ATOMIC_RELAXED);
    return n > 0 ? n : omp_get_max_threads();
#else
    return 1;
#endif
}

int tti_threads_for(size_t work)
{
    if (work < 2 * WORTH_A_THREAD) return 1;
    size_t worth = work / WORTH_A_THREAD, have = (size_t)tt_threads();
    return (int)(worth < have ? worth : have);
}

int tti_thread(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

int tti_team(void)
{
#ifdef _OPENMP
    return omp_get_num_threads();
#else
    return 1;
#endif
}
