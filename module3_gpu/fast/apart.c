/* Threads on cores of their own: see apart.h. */
#ifdef __linux__
#include <sched.h>
#endif

#include "module3_gpu/fast/apart.h"

#ifdef __linux__
enum { MOST = 64 }; /* threads beyond that are not watched */

/* Written when a thread has moved, so that its line is in every core's cache otherwise. */
static void note(int *cores, size_t thread, int core)
{
    if (__atomic_load_n(&cores[thread], __ATOMIC_RELAXED) != core)
        __atomic_store_n(&cores[thread], core, __ATOMIC_RELAXED);
}

int *tti_cores(void)
{
    static _Thread_local int cores[MOST];
    note(cores, 0, sched_getcpu());
    return cores;
}

static int core_of(const int *cores, size_t thread)
{
    return __atomic_load_n(&cores[thread], __ATOMIC_RELAXED);
}

/* To a core that no thread before this one is on. The system moves who may not be where it is; then
 * this thread may be everywhere again. */
static void move(int *cores, size_t thread)
{
    cpu_set_t all, others;
    if (sched_getaffinity(0, sizeof all, &all) != 0) return;
    others = all;
    for (size_t t = 0; t < thread; t++) CPU_CLR((size_t)core_of(cores, t), &others);
    if (CPU_COUNT(&others) == 0) return;
    if (sched_setaffinity(0, sizeof others, &others) == 0)
        sched_setaffinity(0, sizeof all, &all);
    note(cores, thread, sched_getcpu());
}

void tti_keep_apart(int *cores, size_t thread)
{
    if (thread >= MOST) return;
    int own = sched_getcpu();
    note(cores, thread, own);
    for (size_t t = 0; t < thread; t++)
        if (core_of(cores, t) == own) {
            move(cores, thread);
            return;
        }
}
#else
int *tti_cores(void)
{
    return NULL;
}

void tti_keep_apart(int *cores, size_t thread)
{
    (void)cores, (void)thread;
}
#endif
