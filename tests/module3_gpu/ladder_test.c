/* The ladder of matmul kernels: every step is right at any size, takes less than the one before, and
 * counts what its README says. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "module3_gpu/cuda/ladder/climb.h"
#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(ladder, .timeout = 60);

static void settle(bool diagnose, tt_sim_order order)
{
    tt_sim_options options = tt_sim_settings();
    options.diagnose = diagnose;
    options.quiet = true;
    options.order = order;
    tt_sim_configure(&options);
    tt_sim_forget();
}

/* Step `step` for n x k x m against loops in double. Eleven bits of each factor below 2. */
static void check(const kernel_place *place, const tti_ladder_step *step, int n, int k,
                  int m)
{
    float *x = kernel_numbers(n * k, n), *y = kernel_numbers(k * m, m + 1);
    double want[160 * 160];
    bool tf32 = strcmp(step->name, "tensor_cores") == 0;
    for (int i = 0; i < n * m; i++) {
        want[i] = 0;
        for (int p = 0; p < k; p++)
            want[i] += (double)x[i / m * k + p] * (double)y[p * m + i % m];
    }
    float *a = kernel_device(place, x, (size_t)(n * k));
    float *b = kernel_device(place, y, (size_t)(k * m));
    float *out = kernel_device(place, NULL, (size_t)(n * m));
    int error = (place->simulated ? step->sim : step->cuda)(out, a, b, n, k, m);
    kernel_expect(place, error, out, want, (size_t)(n * m),
                  tf32 ? ldexp(1, -9) * (2 + sqrt(k)) : 1e-4, "3.4",
                  "%s (%d,%d) x (%d,%d)", step->name, n, k, k, m);
    kernel_free(place, a);
    kernel_free(place, b);
    kernel_free(place, out);
    free(x);
    free(y);
}

static void sizes(const kernel_place *place)
{
    static const int nkm[][3] = {{1, 1, 1},    {3, 5, 2},      {32, 32, 32},
                                 {33, 31, 35}, {129, 20, 130}, {5, 130, 12}};
    for (const tti_ladder_step *step = tti_ladder(); step->name; step++)
        for (size_t i = 0; i < sizeof nkm / sizeof nkm[0]; i++) {
            int n = nkm[i][0], k = nkm[i][1], m = nkm[i][2];
            bool slow = place->simulated && strcmp(step->name, "tensor_cores") == 0;
            if (slow && tt_sim_settings().order != TT_SIM_FORWARD) continue;
            kernel_diagnosing(n + k < 100 && !slow);
            check(place, step, n, k, m);
        }
    kernel_diagnosing(true);
}

Test(ladder, every_step_is_right_at_any_size)
{
    kernel_each(sizes);
}

static void count(const tti_ladder_step *step, tti_climb *climb, tt_sim_traffic *t)
{
    tt_sim_forget();
    cr_assert(tti_climb_step(climb, step), "%s: %s", step->name, tt_error(climb->c));
    *t = tt_sim_total();
    cr_expect_eq(tt_sim_finding_count(), 0, "%s: %s", step->name,
                 tt_sim_finding_count() ? tt_sim_finding_at(0)->text : "");
    cr_expect(tti_climb_error(climb) < ldexp(1, -10), "%s is wrong by %g", step->name,
              tti_climb_error(climb));
}

static bool stands_in(const char *text, const char *row)
{
    return strstr(text, row) != NULL;
}

Test(ladder, counts_are_those_of_its_readme)
{
    static char readme[16384];
    FILE *file = fopen("module3_gpu/cuda/ladder/README.md", "r");
    cr_assert(file && fread(readme, 1, sizeof readme - 1, file) > 0, "no README.md");
    fclose(file);
    settle(true, TT_SIM_FORWARD);
    tt_ctx *c = tt_ctx_new(NULL);
    tti_climb climb;
    tt_sim_traffic t[8];
    char row[TTI_LADDER_TEXT];
    int steps = 0;
    cr_assert(tti_climb_begin(&climb, c, tt_backend_sim(), tt_backend_simple(), 128));
    cr_expect(stands_in(readme, tti_ladder_head()),
              "the README's table has another head");
    for (const tti_ladder_step *step = tti_ladder(); step->name; step++, steps++) {
        count(step, &climb, &t[steps]);
        tti_ladder_row(step->name, &t[steps], row);
        cr_expect(
            stands_in(readme, row),
            "module3_gpu/cuda/ladder/README.md lacks this line, which was counted:\n%s",
            row);
    }
    cr_assert_eq(steps, 7);
    cr_expect(t[1].global_load_sectors * 3 < t[0].global_load_sectors, "coalesced");
    cr_expect(t[2].global_loads * 32 == t[1].global_loads, "shared: a 32nd of the loads");
    cr_expect(t[3].shared_requests * 7 < t[2].shared_requests, "registers");
    cr_expect(t[4].global_load_requests * 4 == t[3].global_load_requests, "vectors");
    cr_expect(t[5].barriers < t[4].barriers * 2 / 3, "overlapped");
    for (int i = 0; i < 6; i++) cr_expect_eq(t[i].bank_conflicts, 0, "step %d", i + 1);
    tt_ctx_free(c);
}
