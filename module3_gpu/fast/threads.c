/* Threads: see threads.h. */
#include "module3_gpu/fast/threads.h"

#include "module3_gpu/fast/apart.h"

#ifdef _OPENMP
#include <omp.h>
#endif

/* Cells that one core does while the others wake: to begin with, and for each that has to. */
static const size_t WORTH_WAKING = 16384, WORTH_A_THREAD = 8192;

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
    if (work < WORTH_WAKING + 2 * WORTH_A_THREAD) return 1;
    int all = tt_threads();
    return work < WORTH_WAKING + (size_t)all * WORTH_A_THREAD ? 1 : all;
}

int tti_thread(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

#ifdef _OPENMP
static void region(int threads, tti_parallel_body *body, void *user)
{
    int *cores = tti_cores();
#pragma omp parallel num_threads(threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        if (thread > 0) tti_keep_apart(cores, thread);
        body(user, thread, (size_t)omp_get_num_threads());
    }
}
#endif

void tti_parallel(int threads, tti_parallel_body *body, void *user)
{
#ifdef _OPENMP
    if (threads > 1) {
        region(threads, body, user);
        return;
    }
#endif
    (void)threads;
    body(user, 0, 1);
}

typedef struct share {
    tti_share_body *body;
    void *user;
    size_t n, grain;
} share;

/* Where piece number `piece` of `pieces` begins. */
static size_t begin(const share *s, size_t piece, size_t pieces)
{
    size_t grains = (s->n + s->grain - 1) / s->grain;
    size_t at = grains * piece / pieces * s->grain;
    return at < s->n ? at : s->n;
}

static void one_share(void *user, size_t thread, size_t team)
{
    const share *s = user;
    size_t from = begin(s, thread, team), to = begin(s, thread + 1, team);
    if (from < to) s->body(s->user, from, to);
}

void tti_share(size_t n, size_t grain, size_t work, tti_share_body *body, void *user)
{
    share s = {body, user, n, grain};
    tti_parallel(tti_threads_for(work), one_share, &s);
}
