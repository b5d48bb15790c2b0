/* Task 1.1: the central difference. */
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>

#include "module1_autodiff/derivative.h"
#include "tests/support/expect.h"

TestSuite(task1_1, .timeout = 20);

#define SEE "\nsee module1_autodiff/README.md, Task 1.1"

static double identity(const double *x, size_t n, void *user)
{
    (void)n;
    (void)user;
    return x[0];
}

static double sum(const double *x, size_t n, void *user)
{
    (void)user;
    double total = 0;
    for (size_t i = 0; i < n; i++) total += x[i];
    return total;
}

static double product(const double *x, size_t n, void *user)
{
    (void)user;
    double total = 1;
    for (size_t i = 0; i < n; i++) total *= x[i];
    return total;
}

static double exponential(const double *x, size_t n, void *user)
{
    (void)n;
    (void)user;
    return exp(x[0]);
}

/* (i + 1) x_i^2, summed: every argument has a slope of its own. */
static double weighted_squares(const double *x, size_t n, void *user)
{
    (void)user;
    double total = 0;
    for (size_t i = 0; i < n; i++) total += (double)(i + 1) * x[i] * x[i];
    return total;
}

Test(task1_1, identity_has_slope_one)
{
    double x[] = {5.0};
    tt_expect_close(tt_central_difference(identity, NULL, x, 1, 0, TT_EPSILON), 1.0, 1e-6,
                    0, "of f(x) = x at 5" SEE);
}

Test(task1_1, sum_and_product_in_either_argument)
{
    double x[] = {5.0, 10.0};
    tt_expect_close(tt_central_difference(sum, NULL, x, 2, 0, TT_EPSILON), 1.0, 1e-6, 0,
                    "of x0 + x1 in x0" SEE);
    tt_expect_close(tt_central_difference(product, NULL, x, 2, 0, TT_EPSILON), 10.0, 1e-6,
                    0, "of x0 * x1 in x0 at (5, 10): the slope is the other factor" SEE);
    tt_expect_close(tt_central_difference(product, NULL, x, 2, 1, TT_EPSILON), 5.0, 1e-6,
                    0, "of x0 * x1 in x1 at (5, 10): `arg` says which argument moves" SEE);
}

Test(task1_1, exponential_is_its_own_slope)
{
    double x[] = {2.0};
    tt_expect_close(tt_central_difference(exponential, NULL, x, 1, 0, TT_EPSILON),
                    exp(2.0), 1e-6, 0, "of e^x at 2" SEE);
}

Test(task1_1, difference_is_central)
{
    double x[] = {2.0};
    double actual = tt_central_difference(exponential, NULL, x, 1, 0, 1e-2);
    tt_expect_close(
        actual, exp(2.0), 1e-4, 0,
        "of e^x at 2 with epsilon 0.01: the error of the central difference is about "
        "0.0001, of the one-sided one (f(x + e) - f(x)) / e about 0.04" SEE);
}

Test(task1_1, epsilon_is_used)
{
    double x[] = {0.0};
    double actual = tt_central_difference(exponential, NULL, x, 1, 0, 1.0);
    tt_expect_close(
        actual, (exp(1.0) - exp(-1.0)) / 2, 1e-12, 0,
        "of e^x at 0 with epsilon 1: (e - 1/e) / 2; the epsilon given counts, and "
        "the divisor is 2 epsilon" SEE);
}

/* Notes what it was asked. */
typedef struct watch {
    int calls;
    double lowest, highest; /* of the argument that moves */
    int others_moved;
} watch;

static double watched(const double *x, size_t n, void *user)
{
    watch *w = user;
    w->calls++;
    w->lowest = fmin(w->lowest, x[1]);
    w->highest = fmax(w->highest, x[1]);
    if (fabs(x[0] - 3) > 0 || fabs(x[2] - 7) > 0 || n != 3) w->others_moved++;
    return x[0] * x[1] * x[2];
}

Test(task1_1, other_arguments_hold_still)
{
    double x[] = {3.0, 0.5, 7.0};
    watch w = {.lowest = INFINITY, .highest = -INFINITY};
    tt_central_difference(watched, &w, x, 3, 1, 0.25);
    cr_expect(w.others_moved == 0, "f was asked with another x0 or x2 than 3 and 7%s", SEE);
    tt_expect_close(w.lowest, 0.25, 0, 0,
                    "the lowest x1 that f was asked: x1 - epsilon" SEE);
    tt_expect_close(w.highest, 0.75, 0, 0,
                    "the highest x1 that f was asked: x1 + epsilon" SEE);
    cr_expect(w.calls <= 2, "f was called %d times; two are enough%s", w.calls, SEE);
    tt_expect_close(x[1], 0.5, 0, 0, "the caller's x1: it is left as it was" SEE);
}

Test(task1_1, works_with_many_arguments)
{
    enum { N = 40 };
    double x[N];
    for (int i = 0; i < N; i++) x[i] = 0.1 * (i - 20) + 0.05;
    for (size_t i = 0; i < N; i++)
        tt_expect_close(tt_central_difference(weighted_squares, NULL, x, N, i, TT_EPSILON),
                        2.0 * (double)(i + 1) * x[i], 1e-5, 1e-6,
                        "of sum (i+1) x_i^2 in x_%zu" SEE, i);
}
