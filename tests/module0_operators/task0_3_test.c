/* Task 0.3: map, zipWith, reduce and what is built of them. The order of a fold shows only with a
 * function that does not commute, so the folds here are of such functions. */
#include <criterion/criterion.h>
#include <math.h>

#include "module0_operators/functional.h"
#include "support/random.h"
#include "tests/support/expect.h"

TestSuite(task0_3, .timeout = 20);

enum { SEED = 20240614, MOST = 257 };

#define SEE "\nsee module0_operators/README.md, Task 0.3"

/* What stands behind the end of a list and must stay there. */
static const double GUARD = -7.25e77;

static double drawn(uint64_t i)
{
    return 200.0 * (double)tt_rng_uniform(tt_rng_of(SEED, TT_STREAM_DATA), i) - 100.0;
}

static const size_t lengths[] = {0, 1, 2, 5, 31, MOST};
enum { LENGTHS = sizeof lengths / sizeof lengths[0] };

typedef struct lists {
    double x[MOST + 1], y[MOST + 1], out[MOST + 1];
} lists;

static lists lists_of(size_t n)
{
    lists l;
    for (size_t i = 0; i <= MOST; i++) {
        l.x[i] = drawn(1000 * n + 2 * i);
        l.y[i] = drawn(1000 * n + 2 * i + 1);
        l.out[i] = GUARD;
    }
    return l;
}

static void check(const char *function, const double *actual, size_t n, size_t i,
                  double expected)
{
    cr_assert(actual[i] == expected,
              "%s, n = %zu, element %zu: expected %.17g, got %.17g (seed %d)" SEE,
              function, n, i, expected, actual[i], (int)SEED);
}

static void check_guard(const char *function, const double *out, size_t n)
{
    cr_assert(out[n] == GUARD,
              "%s, n = %zu: wrote out[%zu], behind the end of the list" SEE, function, n,
              n);
}

/* Functions of the tests' own, so that Task 0.3 can be judged before 0.1 is done. */
static double thrice_less_one(double x)
{
    return 3 * x - 1;
}
static double x_less_twice_y(double x, double y)
{
    return x - 2 * y;
}

static int calls;
static double counted(double x)
{
    calls++;
    return x;
}

Test(task0_3, map_applies_to_each_element)
{
    for (size_t k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        lists l = lists_of(n);
        tt_list_map(thrice_less_one, l.out, l.x, n);
        for (size_t i = 0; i < n; i++) check("tt_list_map", l.out, n, i, 3 * l.x[i] - 1);
        check_guard("tt_list_map", l.out, n);
    }
}

Test(task0_3, map_calls_the_function_once_an_element)
{
    lists l = lists_of(31);
    tt_list_map(counted, l.out, l.x, 31);
    cr_assert(calls == 31, "tt_list_map, n = 31: expected 31 calls of fn, got %d" SEE,
              calls);
}

Test(task0_3, map_may_write_over_its_input)
{
    lists l = lists_of(31), before = l;
    tt_list_map(thrice_less_one, l.x, l.x, 31);
    for (size_t i = 0; i < 31; i++)
        check("tt_list_map, out = x", l.x, 31, i, 3 * before.x[i] - 1);
}

Test(task0_3, zip_with_pairs_elements_in_order)
{
    for (size_t k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        lists l = lists_of(n);
        tt_list_zip_with(x_less_twice_y, l.out, l.x, l.y, n);
        for (size_t i = 0; i < n; i++)
            check("tt_list_zip_with", l.out, n, i, l.x[i] - 2 * l.y[i]);
        check_guard("tt_list_zip_with", l.out, n);
    }
}

Test(task0_3, zip_with_may_write_over_either_input)
{
    lists l = lists_of(31), m = l, before = l;
    tt_list_zip_with(x_less_twice_y, l.x, l.x, l.y, 31);
    tt_list_zip_with(x_less_twice_y, m.y, m.x, m.y, 31);
    for (size_t i = 0; i < 31; i++) {
        double expected = before.x[i] - 2 * before.y[i];
        check("tt_list_zip_with, out = x", l.x, 31, i, expected);
        check("tt_list_zip_with, out = y", m.y, 31, i, expected);
    }
}

Test(task0_3, reduce_folds_from_the_left_element_first)
{
    static const double x[] = {10, 20, 40};
    double actual = tt_list_reduce(x_less_twice_y, 1, x, 3);
    /* fn(40, fn(20, fn(10, 1))) with fn(x, y) = x - 2 y: 10 - 2 = 8; 20 - 16 = 4; 40 - 8 = 32 */
    cr_assert(
        actual == 32,
        "tt_list_reduce of fn(x, y) = x - 2 y from 1 over 10, 20, 40: expected 32, got "
        "%g\n"
        "why: fn(40, fn(20, fn(10, 1))): from the first element on, the element is fn's "
        "first argument" SEE,
        actual);
}

Test(task0_3, reduce_of_many)
{
    for (size_t k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        lists l = lists_of(n);
        double folded = 0.75;
        for (size_t i = 0; i < n; i++) folded = l.x[i] - 2 * folded;
        double actual = tt_list_reduce(x_less_twice_y, 0.75, l.x, n);
        cr_assert(
            actual == folded,
            "tt_list_reduce of fn(x, y) = x - 2 y from 0.75, n = %zu: expected %.17g, "
            "got %.17g (seed %d)" SEE,
            n, folded, actual, (int)SEED);
    }
}

Test(task0_3, an_empty_list_touches_nothing)
{
    calls = 0;
    tt_list_map(counted, NULL, NULL, 0);
    tt_list_zip_with(x_less_twice_y, NULL, NULL, NULL, 0);
    cr_assert(calls == 0, "tt_list_map, n = 0: expected no call of fn, got %d" SEE, calls);
    cr_assert(tt_list_reduce(x_less_twice_y, 0.3125, NULL, 0) == 0.3125,
              "tt_list_reduce, n = 0: expected start, 0.3125" SEE);
    cr_assert(tt_list_sum(NULL, 0) == 0, "tt_list_sum of the empty list: expected 0" SEE);
    cr_assert(tt_list_prod(NULL, 0) == 1,
              "tt_list_prod of the empty list: expected 1" SEE);
}

Test(task0_3, neg_list)
{
    for (size_t k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        lists l = lists_of(n);
        tt_list_neg(l.out, l.x, n);
        for (size_t i = 0; i < n; i++) check("tt_list_neg", l.out, n, i, -l.x[i]);
        check_guard("tt_list_neg", l.out, n);
    }
}

Test(task0_3, add_lists)
{
    for (size_t k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        lists l = lists_of(n);
        tt_list_add(l.out, l.x, l.y, n);
        for (size_t i = 0; i < n; i++) check("tt_list_add", l.out, n, i, l.x[i] + l.y[i]);
        check_guard("tt_list_add", l.out, n);
    }
}

Test(task0_3, sum_of_a_list)
{
    for (size_t k = 0; k < LENGTHS; k++) {
        size_t n = lengths[k];
        lists l = lists_of(n);
        long double total = 0;
        for (size_t i = 0; i < n; i++) total += (long double)l.x[i];
        tt_expect_close(tt_list_sum(l.x, n), (double)total, 1e-12, 1e-10);
    }
}

Test(task0_3, prod_of_a_list)
{
    for (size_t n = 0; n <= 31; n++) {
        lists l = lists_of(n);
        long double product = 1;
        for (size_t i = 0; i < n; i++) product *= (long double)l.x[i];
        tt_expect_close(tt_list_prod(l.x, n), (double)product, 1e-12, 0);
    }
}
