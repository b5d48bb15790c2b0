/* Every wrong kernel is found, as what it is and at its lines, and nothing else is; no right kernel is
 * blamed: under all orders of threads. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "module3_gpu/sim/sim.h"
#include "tests/module3_gpu/sim/corpus_check.h"

Test(sim, wrong_kernels_are_found_at_their_lines)
{
    for (const sim_case *w = sim_wrong; w->name; w++)
        for (int order = 0; order < CORPUS_ORDERS; order++) corpus_check_wrong(w, order);
}

Test(sim, right_kernels_are_right_and_not_blamed)
{
    for (const sim_case *r = sim_right; r->name; r++)
        for (int order = 0; order < CORPUS_ORDERS; order++) {
            corpus_set(order, 10);
            cr_expect(r->run(), "%s, %s: wrong numbers", r->name, corpus_orders[order]);
            cr_expect(tt_sim_finding_count() == 0, "%s, %s: %s", r->name,
                      corpus_orders[order],
                      tt_sim_finding_at(0) ? tt_sim_finding_at(0)->text : "");
        }
}

Test(sim, right_kernels_are_right_without_diagnosis_on_several_threads)
{
    for (const sim_case *r = sim_right; r->name; r++) {
        corpus_set(0, 10);
        tt_sim_options o = tt_sim_settings();
        o.diagnose = false;
        o.threads = 3;
        tt_sim_configure(&o);
        for (int k = 0; k < 20; k++) cr_expect(r->run(), "%s: wrong numbers", r->name);
    }
}

static void says(const char *name, const char *text, const char *other)
{
    for (const sim_case *w = sim_wrong; w->name; w++)
        for (int order = 0; order < CORPUS_ORDERS && strcmp(w->name, name) == 0; order++) {
            corpus_set(order, 10);
            w->run();
            const tt_sim_finding *f = tt_sim_finding_at(0);
            cr_expect(f && strstr(f->text, text) && !strstr(f->text, other),
                      "%s, %s: expected is %s, not %s, found was %s", name,
                      corpus_orders[order], text, other, f ? f->text : "nothing");
        }
}

/* One line on both sides of a race: a shift, a loop, a number that all change. */
Test(sim, a_race_at_one_line_is_told_as_what_it_is)
{
    says("race_shift", "with no __syncthreads() between", "loop");
    says("race_passes", "may be a pass of a loop ahead", "atomicAdd");
    says("race_tile", "may be a pass of a loop ahead", "atomicAdd");
    says("race_write_read", "with no __syncthreads() between", "loop");
    says("race_update", "many threads update one number", "__syncthreads");
    says("race_blocks", "many threads update one number", "loop");
    says("race_same_cell", "Has each thread a cell of its own", "update one number");
    says("race_same_cell", "(index, guard)?", "put a __syncthreads() between");
}

static const tt_sim_traffic *traffic_of(const char *name, const sim_case *cases)
{
    corpus_set(0, 10);
    for (; cases->name; cases++)
        if (strcmp(cases->name, name) == 0) cases->run();
    cr_assert(tt_sim_launch_count() == 1);
    return tt_sim_launch_at(0);
}

/* 70 x 70 = 4900 cells; each is loaded and stored once, by way of shared memory whose rows of 33 keep
 * the columns apart. */
Test(sim, a_padded_transpose_has_no_bank_conflict)
{
    const tt_sim_traffic *t = traffic_of("transpose", sim_right);
    cr_expect(t->global_loads == 4900 && t->global_stores == 4900, "%llu and %llu",
              (unsigned long long)t->global_loads, (unsigned long long)t->global_stores);
    cr_expect(t->shared_loads == 4900 && t->shared_stores == 4900);
    cr_expect(t->global_load_bytes == 4 * 4900 && t->shared_load_bytes == 4 * 4900);
    cr_expect(t->bank_conflicts == 0, "%llu conflicts",
              (unsigned long long)t->bank_conflicts);
    cr_expect(t->barriers == 9, "%llu barriers", (unsigned long long)t->barriers);
}

/* 64 threads that load 16 bytes each: 2 warps with one load each, 16 sectors a warp. */
Test(sim, a_wide_load_is_one_request_of_sixteen_sectors)
{
    const tt_sim_traffic *t = traffic_of("wide", sim_right);
    cr_expect(t->global_loads == 64 && t->global_load_bytes == 1024);
    cr_expect(t->global_load_requests == 2 && t->global_load_sectors == 32,
              "%llu and %llu", (unsigned long long)t->global_load_requests,
              (unsigned long long)t->global_load_sectors);
    cr_expect(t->global_store_requests == 2 && t->global_store_sectors == 32);
}

/* 32 threads that load 32 bytes each, in two halves. */
Test(sim, four_doubles_are_two_requests)
{
    const tt_sim_traffic *t = traffic_of("wide_doubles", sim_right);
    cr_expect(t->global_loads == 64 && t->global_load_bytes == 1024);
    cr_expect(t->global_load_requests == 2 && t->global_store_requests == 2);
}

/* The same numbers in every order: what is counted belongs to the kernel. */
Test(sim, traffic_does_not_depend_on_the_order_of_threads)
{
    for (const sim_case *r = sim_right; r->name; r++) {
        tt_sim_traffic first = {.error = 0};
        for (int order = 0; order < CORPUS_ORDERS; order++) {
            corpus_set(order, 10);
            r->run();
            const tt_sim_traffic t = *tt_sim_launch_at(0);
            if (order == 0) first = t;
            cr_expect(memcmp(&first, &t, sizeof t) == 0, "%s, %s: sectors %llu and %llu",
                      r->name, corpus_orders[order],
                      (unsigned long long)first.global_load_sectors,
                      (unsigned long long)t.global_load_sectors);
        }
    }
}

/* CPU seconds for so many launches of so many passes each; the best of three. */
static double seconds_alone(int launches, int passes)
{
    double best = 1e9;
    for (int k = 0; k < 3; k++) {
        const clock_t begin = clock();
        for (int i = 0; i < launches; i++) cr_assert(sim_run_alone(passes));
        const double is = (double)(clock() - begin) / CLOCKS_PER_SEC;
        best = is < best ? is : best;
    }
    return best;
}

/* 160,000 passes in one launch, or in 8: the same work; 8 times as much, were a pass the slower the
 * more there have been. */
Test(sim, a_pass_of_a_loop_costs_the_same_however_many_there_are)
{
    corpus_set(0, 100);
    const double whole = seconds_alone(1, 160000), parts = seconds_alone(8, 20000);
    cr_expect(whole < 3 * parts, "%g s in one launch, %g s in 8", whole, parts);
}

/* After a launch that was given up, others run as if nothing had been. */
Test(sim, a_kernel_that_was_given_up_leaves_nothing_behind)
{
    corpus_set(0, 0.05);
    for (const sim_case *w = sim_wrong; w->name; w++) w->run();
    corpus_set(0, 10);
    for (const sim_case *r = sim_right; r->name; r++) cr_expect(r->run(), "%s", r->name);
    cr_expect(tt_sim_finding_count() == 0);
}
