/* Task 0.3: one property of lists, written by the learner. */
#include <criterion/criterion.h>

#include "module0_operators/functional.h"
#include "support/random.h"
#include "tests/support/expect.h"

TestSuite(task0_3, .timeout = 20);

enum { SEED = 20240613, ROUNDS = 200, MOST = 40 };

static double drawn(uint64_t i, double low, double high)
{
    return low + (high - low) * (double)tt_rng_uniform(tt_rng_of(SEED, TT_STREAM_DATA), i);
}

/* sum(l1) + sum(l2) = sum(add(l1, l2)) for lists of the same length: by tt_list_sum and
 * tt_list_add, for lists of several lengths. Sums in another order are rounded differently. */
Test(task0_3, test_sum_distribute)
{
    // BEGIN SOLUTION 0.3
    double x[MOST], y[MOST], both[MOST];
    for (uint64_t round = 0; round < ROUNDS; round++) {
        size_t n = round % (MOST + 1);
        double total = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] = drawn(2 * (round * MOST + i), -100, 100);
            y[i] = drawn(2 * (round * MOST + i) + 1, -100, 100);
            total += x[i] + y[i];
        }
        tt_list_add(both, x, y, n);
        double apart = tt_list_sum(x, n) + tt_list_sum(y, n);
        if (!tt_expect_close(tt_list_sum(both, n), apart, 0, 1e-10)) return;
        /* both sides could be wrong in the same way (always 0): a plain loop is the third */
        if (!tt_expect_close(apart, total, 0, 1e-10)) return;
    }
    // END SOLUTION
}
