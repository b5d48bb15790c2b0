/* What OpenMP orders, told to ThreadSanitizer.
 *
 * The compiler turns `#pragma omp parallel` into a call of GOMP_parallel, which runs a function of the
 * region on every thread of the team. GNU's library is not instrumented: ThreadSanitizer sees the
 * accesses inside the regions, but not that a region begins after what stood before it, ends before
 * what stands behind it, and stops at barriers; it would call all of that a race. This test is linked
 * with --wrap=GOMP_parallel,--wrap=GOMP_barrier, so that those calls come here, where exactly these
 * orders are declared, and no others (OpenMP 4.5, 2.5 and 2.13.3). Two threads inside a region stay
 * unordered: what they both touch there is a race, and is reported.
 */
#include <stddef.h>

#if defined(__SANITIZE_THREAD__)
void __tsan_acquire(void *at);
void __tsan_release(void *at);
#else
#define __tsan_acquire(at) (void)(at)
#define __tsan_release(at) (void)(at)
#endif

typedef void region_fn(void *data);

void __real_GOMP_parallel(region_fn *region, void *data, unsigned threads, unsigned flags);
void __real_GOMP_barrier(void);
void __wrap_GOMP_parallel(region_fn *region, void *data, unsigned threads, unsigned flags);
void __wrap_GOMP_barrier(void);

typedef struct team {
    region_fn *region;
    void *data;
    char fork, join; /* their addresses name the two orders */
} team;

static char barrier; /* one region at a time here */

static void member(void *user)
{
    team *t = user;
    __tsan_acquire(&t->fork);
    t->region(t->data);
    __tsan_release(&t->join);
}

void __wrap_GOMP_parallel(region_fn *region, void *data, unsigned threads, unsigned flags)
{
    team t = {region, data, 0, 0};
    __tsan_release(&t.fork);
    __real_GOMP_parallel(member, &t, threads, flags);
    __tsan_acquire(&t.join);
}

void __wrap_GOMP_barrier(void)
{
    __tsan_release(&barrier);
    __real_GOMP_barrier();
    __tsan_acquire(&barrier);
}
