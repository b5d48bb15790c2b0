/* The corpus compiled plainly: kernels run faster and nobody looks at their accesses. What the scheduler
 * itself sees is found all the same: barriers, warps, launches, stacks, time, faults. */
#include <criterion/criterion.h>
#include <string.h>

#include "module3_gpu/sim/sim.h"
#include "tests/module3_gpu/sim/corpus_check.h"

static bool seen_by_the_scheduler(const char *name)
{
    static const char *const starts[] = {"divergence_", "warp_", "launch_",   "stack",
                                         "forever",     "trap",  "assertion", NULL};
    if (strncmp(name, "launch_static", 13) == 0) return false; /* takes counting */
    for (int i = 0; starts[i]; i++)
        if (strncmp(name, starts[i], strlen(starts[i])) == 0) return true;
    return false;
}

Test(sim_plain, what_the_scheduler_sees_is_found_at_its_lines)
{
    int found = 0;
    for (const sim_case *w = sim_wrong; w->name; w++)
        for (int order = 0; order < CORPUS_ORDERS && seen_by_the_scheduler(w->name);
             order++) {
            corpus_check_wrong(w, order);
            found++;
        }
    cr_expect(found >= 3 * 14, "only %d", found);
}

/* The same on several CPU threads, of which each must give up. */
Test(sim_plain, a_kernel_without_end_ends_on_all_cores)
{
    for (const sim_case *w = sim_wrong; w->name; w++) {
        if (strcmp(w->name, "forever_spread") != 0) continue;
        corpus_set(0, 0.05);
        tt_sim_options o = tt_sim_settings();
        o.diagnose = false;
        o.threads = 3;
        tt_sim_configure(&o);
        w->run();
        cr_assert(tt_sim_finding_count() == 1);
        cr_expect(tt_sim_finding_at(0)->kind == TT_SIM_TIME, "%s",
                  tt_sim_finding_at(0)->text);
        return;
    }
    cr_assert_fail("forever_spread is not there");
}

Test(sim_plain, right_kernels_are_right_on_several_threads)
{
    for (int threads = 1; threads <= 3; threads += 2)
        for (const sim_case *r = sim_right; r->name; r++) {
            corpus_set(threads == 1 ? 2 : 0, 10);
            tt_sim_options o = tt_sim_settings();
            o.diagnose = false;
            o.threads = threads;
            tt_sim_configure(&o);
            for (int k = 0; k < 20; k++)
                cr_expect(r->run(), "%s: wrong numbers", r->name);
            cr_expect(tt_sim_finding_count() == 0, "%s", r->name);
        }
}
