/* Comparisons for tests: they say expected, actual, where, and why it matters.
 *
 *   Example:
 *     double x = 0.5;
 *     tt_expect_close(tt_op_exp(x), exp(x), 1e-12, 0, "x = %g", x);
 *
 *     float sum[2] = {tt_op_addf(1, 2), tt_op_addf(3, 4)}, expected[2] = {3, 7};
 *     tt_expect_all_close(sum, expected, 2, 1e-5, 1e-6, "b is (2,1) over a (2,3)");
 *
 * A value is close when |actual - expected| <= atol + rtol * |expected|. NaN is close to nothing,
 * except where NaN itself is expected; an infinity is close to itself only. The text at the end is
 * printf's and may be left out: say the seed, the case, what the reader should look at.
 *
 * A failure is recorded and the test goes on, as with cr_expect; the value tells whether it was
 * close. Nothing here is the learner's: tt_op_is_close judges nobody.
 */
#ifndef TT_TESTS_SUPPORT_EXPECT_H
#define TT_TESTS_SUPPORT_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

#define tt_expect_close(actual, expected, rtol, atol, ...)                               \
    tti_expect_close(__FILE__, __LINE__, #actual, actual, expected, rtol, atol,          \
                     " " __VA_ARGS__)

/* n elements of arrays of float or of double, both of one type. The message counts those that
 * differ and shows the first and the worst. */
#define tt_expect_all_close(actual, expected, n, rtol, atol, ...)                        \
    _Generic((actual),                                                                             \
        float *: tti_expect_all_close_f,                                                           \
        const float *: tti_expect_all_close_f,                                                     \
        double *: tti_expect_all_close_d,                                                          \
        const double *: tti_expect_all_close_d)(__FILE__, __LINE__, #actual, actual, expected, n,  \
                                                rtol, atol, " " __VA_ARGS__)

/* internal */

bool tti_expect_close(const char *file, unsigned line, const char *name, double actual,
                      double expected, double rtol, double atol, const char *format, ...)
    __attribute__((format(printf, 8, 9)));
bool tti_expect_all_close_f(const char *file, unsigned line, const char *name,
                            const float *actual, const float *expected, size_t n,
                            double rtol, double atol, const char *format, ...)
    __attribute__((format(printf, 9, 10)));
bool tti_expect_all_close_d(const char *file, unsigned line, const char *name,
                            const double *actual, const double *expected, size_t n,
                            double rtol, double atol, const char *format, ...)
    __attribute__((format(printf, 9, 10)));

/* A line for the log of the whole run, printed once however many tests say it, also when they pass:
 * what they ran on, where that is not the same everywhere. */
void tt_test_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
