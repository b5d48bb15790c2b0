#include "tests/support/expect.h"

#include <criterion/criterion.h>
#include <criterion/event.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static double allowed(double expected, double rtol, double atol)
{
    return atol + rtol * fabs(expected);
}

static bool close_enough(double actual, double expected, double rtol, double atol)
{
    if (isnan(expected)) return isnan(actual);
    if (isinf(expected) || isinf(actual)) return actual == expected;
    return fabs(actual - expected) <= allowed(expected, rtol, atol); /* false for NaN */
}

/* Records a failed assertion; Criterion's macros would record this file and line. */
static void fail(const char *file, unsigned line, const char *message, const char *format,
                 va_list why)
{
    char text[2048];
    int n = snprintf(text, sizeof(text), "%s", message);
    if (format[1] && n >= 0 && (size_t)n < sizeof(text)) { /* " " alone: nothing was said */
        text[n++] = '\n';
        vsnprintf(text + n, sizeof(text) - (size_t)n, format + 1, why);
    }
    criterion_send_assert(
        &(struct criterion_assert_stats){.message = text, .line = line, .file = file});
    criterion_continue_test();
}

bool tti_expect_close(const char *file, unsigned line, const char *name, double actual,
                      double expected, double rtol, double atol, const char *format, ...)
{
    if (close_enough(actual, expected, rtol, atol)) {
        cri_asserts_passed_incr();
        return true;
    }
    if (isnan(actual)) actual = (double)NAN; /* without the sign that some print */
    char message[1024];
    int n = snprintf(message, sizeof(message), "%s: expected %.15g, got %.15g", name,
                     expected, actual);
    if (isfinite(actual - expected) && n >= 0 && (size_t)n < sizeof(message)) {
        snprintf(message + n, sizeof(message) - (size_t)n, " (off by %.3g, allowed %.3g)",
                 fabs(actual - expected), allowed(expected, rtol, atol));
    }
    va_list why;
    va_start(why, format);
    fail(file, line, message, format, why);
    va_end(why);
    return false;
}

/* One function for both types: at(array, i) reads an element. */
static bool all_close(const char *file, unsigned line, const char *name, const void *actual,
                      const void *expected, double (*at)(const void *, size_t), size_t n,
                      double rtol, double atol, const char *format, va_list why)
{
    size_t wrong = 0, first = 0, worst = 0;
    double worst_error = -1;
    for (size_t i = 0; i < n; i++) {
        double a = at(actual, i), e = at(expected, i);
        if (close_enough(a, e, rtol, atol)) continue;
        double error = isfinite(a - e) ? fabs(a - e) : (double)INFINITY;
        if (!wrong++) first = i;
        if (error > worst_error) worst = i, worst_error = error;
    }
    if (!wrong) {
        cri_asserts_passed_incr();
        return true;
    }
    char message[1024];
    double a = at(actual, first), e = at(expected, first);
    int used = snprintf(message, sizeof(message),
                        "%s: %zu of %zu elements differ\n"
                        "[%zu]: expected %.9g, got %.9g (off by %.3g, allowed %.3g)",
                        name, wrong, n, first, e, a, fabs(a - e), allowed(e, rtol, atol));
    if (worst != first && used >= 0 && (size_t)used < sizeof(message)) {
        snprintf(message + used, sizeof(message) - (size_t)used,
                 "\n[%zu]: expected %.9g, got %.9g (the worst)", worst,
                 at(expected, worst), at(actual, worst));
    }
    fail(file, line, message, format, why);
    return false;
}

static double float_at(const void *array, size_t i)
{
    return (double)((const float *)array)[i];
}

static double double_at(const void *array, size_t i)
{
    return ((const double *)array)[i];
}

bool tti_expect_all_close_f(const char *file, unsigned line, const char *name,
                            const float *actual, const float *expected, size_t n,
                            double rtol, double atol, const char *format, ...)
{
    va_list why;
    va_start(why, format);
    bool close = all_close(file, line, name, actual, expected, float_at, n, rtol, atol,
                           format, why);
    va_end(why);
    return close;
}

bool tti_expect_all_close_d(const char *file, unsigned line, const char *name,
                            const double *actual, const double *expected, size_t n,
                            double rtol, double atol, const char *format, ...)
{
    va_list why;
    va_start(why, format);
    bool close = all_close(file, line, name, actual, expected, double_at, n, rtol, atol,
                           format, why);
    va_end(why);
    return close;
}
