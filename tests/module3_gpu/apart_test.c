/* Two threads of a team are not left on one core. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>

#include "module3_gpu/fast/apart.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module3_gpu/fast/threads.h"

TestSuite(apart, .timeout = 60);

/* The first `n` cores that this program may use; how many of them there are. */
static int some_cores(int *cores, int n)
{
    cpu_set_t all;
    int found = 0;
    cr_assert_eq(sched_getaffinity(0, sizeof all, &all), 0);
    for (int i = 0; i < CPU_SETSIZE && found < n; i++)
        if (CPU_ISSET((size_t)i, &all)) cores[found++] = i;
    return found;
}

static cpu_set_t set_of(const int *cores, int n)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < n; i++) CPU_SET((size_t)cores[i], &set);
    return set;
}

typedef struct meeting {
    int two[2]; /* both threads are on the first; the second is free */
    int *cores;
    int met, left;  /* how often they were on one core, and were not any more */
    bool kept_free; /* the thread may still be on both */
} meeting;

/* The second thread of a team whose first one is on m->two[0]. */
static void *second(void *user)
{
    meeting *m = user;
    cpu_set_t here = set_of(m->two, 1), both = set_of(m->two, 2), after;
    for (int i = 0; i < 100; i++) {
        if (sched_setaffinity(0, sizeof here, &here) != 0) return NULL;
        if (sched_setaffinity(0, sizeof both, &both) != 0) return NULL;
        if (sched_getcpu() != m->two[0]) continue; /* the system was faster */
        m->met++;
        tti_keep_apart(m->cores, 1);
        m->left += m->cores[1] == m->two[1];
    }
    m->kept_free =
        sched_getaffinity(0, sizeof after, &after) == 0 && CPU_EQUAL(&after, &both);
    return NULL;
}

Test(apart, who_is_on_the_core_of_another_thread_of_the_team_moves)
{
    meeting m = {.met = 0};
    if (some_cores(m.two, 2) < 2) cr_skip_test("this program may use one core only");
    cpu_set_t here = set_of(m.two, 1);
    cr_assert_eq(sched_setaffinity(0, sizeof here, &here), 0);
    m.cores = tti_cores();
    cr_expect_eq(m.cores[0], m.two[0]);
    cpu_set_t both = set_of(m.two, 2);
    pthread_t thread;
    cr_assert_eq(sched_setaffinity(0, sizeof both, &both), 0);
    cr_assert_eq(pthread_create(&thread, NULL, second, &m), 0);
    pthread_join(thread, NULL);
    cr_expect_geq(m.met, 10, "met %d times only: nothing was tried", m.met);
    cr_expect_geq(m.left, m.met - 1, "stayed %d times of %d", m.met - m.left, m.met);
    cr_expect(m.kept_free, "the thread may be on both cores afterwards");
}

Test(apart, who_may_use_one_core_stays)
{
    int one[1];
    some_cores(one, 1);
    cpu_set_t here = set_of(one, 1), after;
    cr_assert_eq(sched_setaffinity(0, sizeof here, &here), 0);
    int *cores = tti_cores();
    tti_keep_apart(cores, 1);
    cr_expect_eq(cores[1], one[0]);
    cr_assert_eq(sched_getaffinity(0, sizeof after, &after), 0);
    cr_expect(CPU_EQUAL(&after, &here));
}

Test(apart, threads_without_end_are_not_watched)
{
    int *cores = tti_cores();
    tti_keep_apart(cores, 1u << 20); /* no place is noted for so many */
}

/* Whoever leads a team is noted: the loops of the backend do it by themselves. */
static void nothing(void *user, size_t thread, size_t team)
{
    int *seen = user;
    if (thread == 0) *seen = (int)team;
}

Test(apart, a_team_notes_where_it_is)
{
    int team = 0;
    tt_set_threads(2);
    int *cores = tti_cores();
    cores[0] = cores[1] = -1;
    tti_parallel(2, nothing, &team);
    if (team < 2) cr_skip_test("built without OpenMP");
    cr_expect_geq(cores[0], 0);
    cr_expect_geq(cores[1], 0);
}
