/* The six data sets (given code): rules, shares, geometry, repeatability, refusals. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module0_operators/datasets.h"
#include "tests/support/expect.h"

TestSuite(datasets, .timeout = 20);

enum { MANY = 20000 };

static tt_ctx *quiet(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

static tt_dataset made(tt_ctx *c, const char *name, size_t n, uint64_t seed)
{
    tt_dataset set;
    cr_assert(tt_dataset_make(c, &set, name, n, seed), "%s", tt_error(c));
    cr_assert(set.n == n, "%s: expected %zu points, got %zu", name, n, set.n);
    cr_assert_str_eq(set.name, name);
    return set;
}

/* The rules again, written down independently of datasets.c. */
static int rule(const char *name, double x1, double x2)
{
    if (strcmp(name, "simple") == 0) return x1 < 0.5;
    if (strcmp(name, "diag") == 0) return x1 + x2 < 0.5;
    if (strcmp(name, "split") == 0) return !(x1 >= 0.2 && x1 <= 0.8);
    if (strcmp(name, "xor") == 0) return (x1 - 0.5) * (x2 - 0.5) < 0;
    return hypot(x1 - 0.5, x2 - 0.5) > sqrt(0.1); /* circle */
}

Test(datasets, there_are_six_names)
{
    static const char *const names[] = {"simple", "diag",   "split",
                                        "xor",    "circle", "spiral"};
    for (int i = 0; i < 6; i++) cr_expect_str_eq(tt_dataset_names[i], names[i]);
    cr_expect(!tt_dataset_names[6]);
}

Test(datasets, labels_follow_the_rule_in_the_unit_square)
{
    tt_ctx *c = quiet();
    for (int k = 0; k < 5; k++) {
        const char *name = tt_dataset_names[k];
        tt_dataset set = made(c, name, MANY, 7);
        for (size_t i = 0; i < set.n; i++) {
            double x1 = set.x[i][0], x2 = set.x[i][1];
            cr_assert(x1 >= 0 && x1 < 1 && x2 >= 0 && x2 < 1, "%s, point %zu (%g, %g)",
                      name, i, x1, x2);
            int expected = rule(name, x1, x2);
            cr_assert(set.y[i] == expected && tt_dataset_label(name, x1, x2) == expected,
                      "%s, point %zu (%.9g, %.9g): expected %d, got %d", name, i, x1, x2,
                      expected, set.y[i]);
        }
    }
    tt_ctx_free(c);
}

/* Points on a border, which random points hardly hit: all rules are strict. */
Test(datasets, borders_belong_to_zero)
{
    static const struct {
        const char *name;
        double x1, x2;
    } borders[] = {{"simple", 0.5, 0.3}, {"diag", 0.25, 0.25}, {"split", 0.2, 0.9},
                   {"split", 0.8, 0.1},  {"xor", 0.5, 0.9},    {"xor", 0.1, 0.5}};
    for (size_t i = 0; i < sizeof borders / sizeof borders[0]; i++)
        cr_expect(tt_dataset_label(borders[i].name, borders[i].x1, borders[i].x2) == 0,
                  "%s (%g, %g): expected 0", borders[i].name, borders[i].x1, borders[i].x2);
}

/* The share of ones is the area of the rule; 20000 points miss it by less than 0.02 but for one
 * time in a million. */
Test(datasets, shares_of_ones)
{
    static const double shares[] = {0.5, 0.125, 0.4, 0.5, 1 - 3.14159265358979 * 0.1,
                                    0.5};
    tt_ctx *c = quiet();
    for (int k = 0; k < 6; k++)
        for (uint64_t seed = 0; seed < 3; seed++) {
            tt_dataset set = made(c, tt_dataset_names[k], MANY, seed);
            size_t ones = 0;
            for (size_t i = 0; i < set.n; i++) ones += (size_t)set.y[i];
            tt_expect_close((double)ones / MANY, shares[k], 0, 0.02, "%s, seed %d",
                            tt_dataset_names[k], (int)seed);
        }
    tt_ctx_free(c);
}

Test(datasets, the_seed_decides)
{
    tt_ctx *c = quiet();
    tt_seed(c, 99); /* the context's own seed has no part in it */
    tt_dataset a = made(c, "xor", 500, 42);
    tt_dataset b = made(c, "xor", 500, 42);
    tt_dataset other = made(c, "xor", 500, 43);
    cr_expect(memcmp(a.x, b.x, 500 * sizeof *a.x) == 0,
              "the same seed must give the same points");
    cr_expect(memcmp(a.y, b.y, 500 * sizeof *a.y) == 0);
    int same = 0;
    for (int i = 0; i < 500; i++) same += a.x[i][0] == other.x[i][0];
    cr_expect(same < 5, "seeds 42 and 43 share %d of 500 points", same);
    tt_dataset more = made(c, "xor", 600, 42);
    cr_expect(memcmp(a.x, more.x, 500 * sizeof *a.x) == 0,
              "more points must keep the first ones");
    tt_ctx_free(c);
}

/* x1 and x2 of a point, and neighbouring points, must not move together. */
Test(datasets, coordinates_are_independent)
{
    tt_ctx *c = quiet();
    tt_dataset set = made(c, "simple", MANY, 3);
    double across = 0, along = 0;
    for (size_t i = 1; i < set.n; i++) {
        across += (set.x[i][0] - 0.5) * (set.x[i][1] - 0.5);
        along += (set.x[i][0] - 0.5) * (set.x[i - 1][0] - 0.5);
    }
    tt_expect_close(12 * across / MANY, 0, 0, 0.04, "correlation of x1 and x2");
    tt_expect_close(12 * along / MANY, 0, 0, 0.04, "correlation of a point and the next");
    tt_ctx_free(c);
}

/* ---- spiral ------------------------------------------------------------------------ */

/* MiniTorch's own formula, literally: x(t) = t cos t / 20, y(t) = t sin t / 20. */
static void arm_point(int arm, double t, double point[2])
{
    double x = t * cos(t) / 20, y = t * sin(t) / 20;
    double mirrored_x = -t * cos(-t) / 20, mirrored_y = -t * sin(-t) / 20;
    point[0] = 0.5 + (arm ? mirrored_y : x);
    point[1] = 0.5 + (arm ? mirrored_x : y);
}

Test(datasets, spiral_is_minitorchs)
{
    tt_ctx *c = quiet();
    tt_dataset set = made(c, "spiral", 50, 0);
    for (int i = 0; i < 50; i++) {
        double point[2];
        arm_point(i >= 25, 10.0 * (5 + i % 25) / 25, point);
        tt_expect_close(set.x[i][0], point[0], 0, 1e-12, "point %d, x1", i);
        tt_expect_close(set.x[i][1], point[1], 0, 1e-12, "point %d, x2", i);
        cr_expect(set.y[i] == (i >= 25), "point %d", i);
    }
    tt_ctx_free(c);
}

/* MiniTorch gives n - 1 points for an odd n, and says n: loops then run past the end. */
Test(datasets, spiral_of_an_odd_number_has_that_many_points)
{
    tt_ctx *c = quiet();
    static const size_t sizes[] = {1, 2, 3, 7, 49, 51, 1001};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        size_t n = sizes[k], ones = 0;
        tt_dataset set = made(c, "spiral", n, 0);
        for (size_t i = 0; i < n; i++) {
            double far = hypot(set.x[i][0] - 0.5, set.x[i][1] - 0.5);
            cr_assert(isfinite(far) && far > 0 && far <= 0.5 + 4.0 / (double)n,
                      "n = %zu, point %zu lies %g from the centre", n, i, far);
            ones += (size_t)set.y[i];
            cr_expect(tt_dataset_label("spiral", set.x[i][0], set.x[i][1]) == set.y[i],
                      "n = %zu, point %zu lies on arm %d", n, i, set.y[i]);
        }
        cr_expect(ones == n / 2, "n = %zu: expected %zu ones, got %zu", n, n / 2, ones);
    }
    tt_ctx_free(c);
}

/* ---- what is refused --------------------------------------------------------------- */

static void expect_refused(tt_ctx *c, const char *name, size_t n, tt_status status,
                           const char *word)
{
    tt_dataset set = {.n = 77};
    cr_expect(!tt_dataset_make(c, &set, name, n, 0));
    cr_expect(set.n == 0 && !set.x && !set.y, "a set that failed must be empty");
    cr_assert(tt_error(c), "expected an error");
    cr_expect(tt_error_status(c) == status, "got: %s", tt_error(c));
    cr_expect(strstr(tt_error(c), word), "expected \"%s\" in: %s", word, tt_error(c));
    tt_error_clear(c);
}

Test(datasets, bad_requests_are_errors)
{
    tt_ctx *c = quiet();
    expect_refused(c, "xorr", 50, TT_ERR_NAME,
                   "simple, diag, split, xor, circle and spiral");
    expect_refused(c, "Xor", 50, TT_ERR_NAME, "\"Xor\"");
    expect_refused(c, "", 50, TT_ERR_NAME, "simple");
    expect_refused(c, NULL, 50, TT_ERR_NAME, "simple");
    expect_refused(c, "simple", 0, TT_ERR_VALUE, "1 to 10000000");
    expect_refused(c, "simple", 10000001, TT_ERR_VALUE, "10000001");
    expect_refused(c, "spiral", SIZE_MAX, TT_ERR_VALUE, "1 to 10000000");
    cr_expect(tt_dataset_label("xorr", 0, 0) == -1 && tt_dataset_label(NULL, 0, 0) == -1);
    tt_ctx_free(c);
}

Test(datasets, out_of_memory_is_an_error)
{
    tt_ctx *c = quiet();
    tt_ctx_limit(c, 1 << 20);
    expect_refused(c, "xor", 10000000, TT_ERR_MEMORY, "memory");
    tt_ctx_free(c);
}
