/* The functions that MiniTorch's tests are made of (MathTest): fourteen of one argument, six of two.
 * Each is here three times, independently: built of scalars, and its value and slopes by libm. */
#ifndef TT_TESTS_MODULE1_AUTODIFF_SUPPORT_MATH_CASES_H
#define TT_TESTS_MODULE1_AUTODIFF_SUPPORT_MATH_CASES_H

#include <stddef.h>

#include "module1_autodiff/scalar.h"

typedef struct math_case1 {
    const char *name;
    const char *formula;
    tt_scalar *(*build)(tt_ctx *c, tt_scalar *a);
    double (*value)(double a);
    double (*slope)(double a);
    double kink; /* has no derivative here: tests stay away from it; NaN: none */
} math_case1;

typedef struct math_case2 {
    const char *name;
    const char *formula;
    tt_scalar *(*build)(tt_ctx *c, tt_scalar *a, tt_scalar *b);
    double (*value)(double a, double b);
    double (*slope_a)(double a, double b);
    double (*slope_b)(double a, double b);
    double (*to_kink)(double a,
                      double b); /* distance to where it has no derivative; NULL: none */
} math_case2;

enum { MATH_CASES1 = 14, MATH_CASES2 = 6 };
extern const math_case1 math_cases1[MATH_CASES1];
extern const math_case2 math_cases2[MATH_CASES2];

/* Number i of a seed, in low .. high. */
double math_random(unsigned seed, size_t i, double low, double high);

/* Numbers 0, 1, ... of a seed in -100 .. 100, those too near to the case's kink left out. */
double math_point1(const math_case1 *m, unsigned seed, size_t i);
void math_point2(const math_case2 *m, unsigned seed, size_t i, double *a, double *b);

/* What a wrong derivative looks like: "; it is twice as large: ...", or "". */
const char *math_diagnosis(double actual, double expected);

#endif
