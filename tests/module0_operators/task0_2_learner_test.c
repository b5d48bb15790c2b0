/* Task 0.2: properties, written by the learner.
 *
 * A test of values says what happens at a few places; a property says what holds everywhere, and
 * is tried at many places drawn at random. A good property fails for every wrong operator it is
 * about: in grading these tests are run against wrong operators, and should fail for them.
 *
 * drawn(i, low, high) is the i-th of a fixed sequence of random numbers. Floating-point sums are
 * rounded, so compare them by tt_expect_close, with a tolerance, and not by ==. It says whether the
 * numbers were close; `return` after the first that are not: one message is enough. */
#include <criterion/criterion.h>
#include <math.h>

#include "module0_operators/operators.h"
#include "support/random.h"
#include "tests/support/expect.h"

TestSuite(task0_2, .timeout = 20);

enum { SEED = 20240612, ROUNDS = 1000 };

static double drawn(uint64_t i, double low, double high)
{
    return low + (high - low) * (double)tt_rng_uniform(tt_rng_of(SEED, TT_STREAM_DATA), i);
}

/* - it is always between 0 and 1
 * - 1 - sigmoid(x) is sigmoid(-x)
 * - it crosses 0 at 0.5
 * - it is strictly increasing (for |x| below 30: beyond, doubles next to 1 run out) */
Test(task0_2, test_sigmoid)
{
    // BEGIN SOLUTION 0.2
    cr_assert(tt_op_sigmoid(0) == 0.5, "sigmoid(0): expected 0.5, got %g",
              tt_op_sigmoid(0));
    for (uint64_t i = 0; i < ROUNDS; i++) {
        double x = drawn(i, -100, 100), s = tt_op_sigmoid(x);
        cr_assert(s >= 0 && s <= 1, "sigmoid(%g): expected 0 .. 1, got %g", x, s);
        if (!tt_expect_close(tt_op_sigmoid(-x), 1 - s, 0, 1e-12)) return;

        double y = drawn(ROUNDS + i, -30, 30), above = y + drawn(2 * ROUNDS + i, 0.01, 1);
        cr_assert(tt_op_sigmoid(y) < tt_op_sigmoid(above),
                  "expected sigmoid(%g) < sigmoid(%g), got %.17g and %.17g", y, above,
                  tt_op_sigmoid(y), tt_op_sigmoid(above));
    }
    // END SOLUTION
}

/* If a < b and b < c, then a < c: by tt_op_lt. */
Test(task0_2, test_transitive)
{
    // BEGIN SOLUTION 0.2
    for (uint64_t i = 0; i < ROUNDS; i++) {
        double a = drawn(3 * i, -100, 100), b = drawn(3 * i + 1, -100, 100),
               c = drawn(3 * i + 2, -100, 100);
        if (tt_op_lt(a, b) == 1 && tt_op_lt(b, c) == 1)
            cr_assert(tt_op_lt(a, c) == 1, "%g < %g and %g < %g, but not %g < %g", a, b,
                      b, c, a, c);

        /* a "<" that never holds would pass so far: here are some that do and do not */
        double step = drawn(3 * ROUNDS + i, 0.001, 10);
        cr_assert(tt_op_lt(a, a + step) == 1, "expected %g < %g", a, a + step);
        cr_assert(tt_op_lt(a + step, a) == 0, "expected not %g < %g", a + step, a);
        cr_assert(tt_op_lt(a, a + 2 * step) == 1, "expected %g < %g", a, a + 2 * step);
    }
    // END SOLUTION
}

/* x * y = y * x: by tt_op_mul. */
Test(task0_2, test_symmetric)
{
    // BEGIN SOLUTION 0.2
    for (uint64_t i = 0; i < ROUNDS; i++) {
        double x = drawn(2 * i, -100, 100), y = drawn(2 * i + 1, -100, 100);
        if (!tt_expect_close(tt_op_mul(x, y), tt_op_mul(y, x), 0, 0)) return;
        /* symmetric alone also holds for x + y: tie it to the product */
        if (!tt_expect_close(tt_op_mul(x, 1), x, 0, 0)) return;
        if (!tt_expect_close(tt_op_mul(x, -2), -x - x, 0, 0)) return;
    }
    // END SOLUTION
}

/* z * (x + y) = z * x + z * y: by tt_op_mul and tt_op_add. */
Test(task0_2, test_distribute)
{
    // BEGIN SOLUTION 0.2
    for (uint64_t i = 0; i < ROUNDS; i++) {
        double x = drawn(3 * i, -100, 100), y = drawn(3 * i + 1, -100, 100),
               z = drawn(3 * i + 2, -100, 100);
        double left = tt_op_mul(z, tt_op_add(x, y));
        double right = tt_op_add(tt_op_mul(z, x), tt_op_mul(z, y));
        if (!tt_expect_close(left, right, 0, 1e-10)) return;
        if (!tt_expect_close(tt_op_add(x, y) - y, x, 0, 1e-10)) return;
    }
    // END SOLUTION
}

/* Another property, of your choice. Here: log and exp undo each other, neg and inv undo
 * themselves, and max is one of its arguments and at least as large as both. */
Test(task0_2, test_other)
{
    // BEGIN SOLUTION 0.2
    for (uint64_t i = 0; i < ROUNDS; i++) {
        double x = drawn(2 * i, -100, 100), y = drawn(2 * i + 1, -100, 100);
        if (!tt_expect_close(tt_op_log(tt_op_exp(x)), x, 0, 1e-10)) return;
        if (!tt_expect_close(tt_op_add(x, tt_op_neg(x)), 0, 0, 0)) return;
        if (!tt_expect_close(tt_op_mul(x, tt_op_inv(x)), 1, 1e-12, 0)) return;
        double m = tt_op_max(x, y);
        cr_assert((m == x || m == y) && m >= x && m >= y, "max(%g, %g): got %g", x, y, m);
    }
    // END SOLUTION
}
