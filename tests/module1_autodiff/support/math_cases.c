#include "tests/module1_autodiff/support/math_cases.h"

#include <math.h>

#include "support/random.h"

/* ---- one argument ---------------------------------------------------------------------------- */

static tt_scalar *plus(tt_ctx *c, tt_scalar *a, double k)
{
    return tts_add(c, a, tts_num(c, k));
}

static tt_scalar *times(tt_ctx *c, tt_scalar *a, double k)
{
    return tts_mul(c, a, tts_num(c, k));
}

static tt_scalar *neg(tt_ctx *c, tt_scalar *a)
{
    return tts_neg(c, a);
}
static double neg_value(double a)
{
    return -a;
}
static double minus_one(double a)
{
    return (void)a, -1.0;
}

static tt_scalar *add_constant(tt_ctx *c, tt_scalar *a)
{
    return tts_add(c, tts_num(c, 5), a);
}
static double add_constant_value(double a)
{
    return 5 + a;
}
static double plus_one(double a)
{
    return (void)a, 1.0;
}

static tt_scalar *square(tt_ctx *c, tt_scalar *a)
{
    return tts_mul(c, a, a);
}
static double square_value(double a)
{
    return a * a;
}
static double square_slope(double a)
{
    return 2 * a;
}

static tt_scalar *cube(tt_ctx *c, tt_scalar *a)
{
    return tts_mul(c, tts_mul(c, a, a), a);
}
static double cube_value(double a)
{
    return a * a * a;
}
static double cube_slope(double a)
{
    return 3 * a * a;
}

static tt_scalar *sub_constant(tt_ctx *c, tt_scalar *a)
{
    return tts_sub(c, a, tts_num(c, 5));
}
static double sub_constant_value(double a)
{
    return a - 5;
}

static tt_scalar *mul_constant(tt_ctx *c, tt_scalar *a)
{
    return tts_mul(c, tts_num(c, 5), a);
}
static double mul_constant_value(double a)
{
    return 5 * a;
}
static double five(double a)
{
    return (void)a, 5.0;
}

static tt_scalar *div_constant(tt_ctx *c, tt_scalar *a)
{
    return tts_div(c, a, tts_num(c, 5));
}
static double div_constant_value(double a)
{
    return a / 5;
}
static double fifth(double a)
{
    return (void)a, 0.2;
}

static tt_scalar *inv(tt_ctx *c, tt_scalar *a)
{
    return tts_inv(c, plus(c, a, 3.5));
}
static double inv_value(double a)
{
    return 1 / (a + 3.5);
}
static double inv_slope(double a)
{
    return -1 / ((a + 3.5) * (a + 3.5));
}

static tt_scalar *sig(tt_ctx *c, tt_scalar *a)
{
    return tts_sigmoid(c, a);
}
static double sig_value(double a)
{
    return a >= 0 ? 1 / (1 + exp(-a)) : exp(a) / (1 + exp(a));
}
static double sig_slope(double a)
{
    return sig_value(a) * sig_value(-a);
}

static tt_scalar *log_far(tt_ctx *c, tt_scalar *a)
{
    return tts_log(c, plus(c, a, 100000));
}
static double log_far_value(double a)
{
    return log(a + 100000);
}
static double log_far_slope(double a)
{
    return 1 / (a + 100000);
}

static tt_scalar *relu(tt_ctx *c, tt_scalar *a)
{
    return tts_relu(c, plus(c, a, 5.5));
}
static double relu_value(double a)
{
    return fmax(a + 5.5, 0);
}
static double relu_slope(double a)
{
    return a + 5.5 > 0 ? 1 : 0;
}

static tt_scalar *exp_small(tt_ctx *c, tt_scalar *a)
{
    return tts_exp(c, tts_sub(c, a, tts_num(c, 200)));
}
static double exp_small_value(double a)
{
    return exp(a - 200);
}

static tt_scalar *explog(tt_ctx *c, tt_scalar *a)
{
    return tts_add(c, log_far(c, a), exp_small(c, a));
}
static double explog_value(double a)
{
    return log(a + 100000) + exp(a - 200);
}
static double explog_slope(double a)
{
    return 1 / (a + 100000) + exp(a - 200);
}

static tt_scalar *complex_one(tt_ctx *c, tt_scalar *a)
{
    tt_scalar *inner = tts_relu(c, plus(c, times(c, a, 10), 7));
    tt_scalar *outer = tts_relu(c, plus(c, times(c, inner, 6), 5));
    tt_scalar *s = tts_sigmoid(c, times(c, outer, 10));
    return tts_div(c, tts_log(c, s), tts_num(c, 50));
}
/* The sigmoid's argument is at least 50, so its logarithm is -exp(-argument) to the last digit. */
static double complex_argument(double a)
{
    return (fmax(10 * a + 7, 0) * 6 + 5) * 10;
}
static double complex_value(double a)
{
    return -exp(-complex_argument(a)) / 50;
}
static double complex_slope(double a)
{
    return 10 * a + 7 > 0 ? exp(-complex_argument(a)) * 600 / 50 : 0;
}

const math_case1 math_cases1[MATH_CASES1] = {
    {"neg", "-a", neg, neg_value, minus_one, NAN},
    {"addConstant", "5 + a", add_constant, add_constant_value, plus_one, NAN},
    {"square", "a * a", square, square_value, square_slope, NAN},
    {"cube", "a * a * a", cube, cube_value, cube_slope, NAN},
    {"subConstant", "a - 5", sub_constant, sub_constant_value, plus_one, NAN},
    {"multConstant", "5 * a", mul_constant, mul_constant_value, five, NAN},
    {"div", "a / 5", div_constant, div_constant_value, fifth, NAN},
    {"inv", "inv(a + 3.5)", inv, inv_value, inv_slope, -3.5},
    {"sig", "sigmoid(a)", sig, sig_value, sig_slope, NAN},
    {"log", "log(a + 100000)", log_far, log_far_value, log_far_slope, NAN},
    {"relu", "relu(a + 5.5)", relu, relu_value, relu_slope, -5.5},
    {"exp", "exp(a - 200)", exp_small, exp_small_value, exp_small_value, NAN},
    {"explog", "log(a + 100000) + exp(a - 200)", explog, explog_value, explog_slope, NAN},
    {"complex", "log(sigmoid(relu(relu(10 a + 7) * 6 + 5) * 10)) / 50", complex_one,
     complex_value, complex_slope, -0.7},
};

/* ---- two arguments --------------------------------------------------------------------------- */

static double zero2(double a, double b)
{
    return (void)a, (void)b, 0.0;
}
static double one2(double a, double b)
{
    return (void)a, (void)b, 1.0;
}

static tt_scalar *add2(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return tts_add(c, a, b);
}
static double add2_value(double a, double b)
{
    return a + b;
}

static tt_scalar *mul2(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return tts_mul(c, a, b);
}
static double mul2_value(double a, double b)
{
    return a * b;
}
static double first(double a, double b)
{
    return (void)b, a;
}
static double second(double a, double b)
{
    return (void)a, b;
}

static tt_scalar *div2(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return tts_div(c, a, plus(c, b, 5.5));
}
static double div2_value(double a, double b)
{
    return a / (b + 5.5);
}
static double div2_slope_a(double a, double b)
{
    return (void)a, 1 / (b + 5.5);
}
static double div2_slope_b(double a, double b)
{
    return -a / ((b + 5.5) * (b + 5.5));
}
static double div2_kink(double a, double b)
{
    return (void)a, b + 5.5;
}

static tt_scalar *gt2(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return tts_gt(c, plus(c, a, 1.2), b);
}
static double gt2_value(double a, double b)
{
    return a + 1.2 > b ? 1 : 0;
}

static tt_scalar *lt2(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return tts_lt(c, plus(c, a, 1.2), b);
}
static double lt2_value(double a, double b)
{
    return a + 1.2 < b ? 1 : 0;
}
static double compare_kink(double a, double b)
{
    return a + 1.2 - b;
}

static tt_scalar *eq2(tt_ctx *c, tt_scalar *a, tt_scalar *b)
{
    return tts_eq(c, a, plus(c, b, 5.5));
}
static double eq2_value(double a, double b)
{
    return a >= b + 5.5 && a <= b + 5.5 ? 1 : 0;
}
static double eq2_kink(double a, double b)
{
    return a - b - 5.5;
}

const math_case2 math_cases2[MATH_CASES2] = {
    {"add2", "a + b", add2, add2_value, one2, one2, NULL},
    {"mul2", "a * b", mul2, mul2_value, second, first, NULL},
    {"div2", "a / (b + 5.5)", div2, div2_value, div2_slope_a, div2_slope_b, div2_kink},
    {"gt2", "a + 1.2 > b", gt2, gt2_value, zero2, zero2, compare_kink},
    {"lt2", "a + 1.2 < b", lt2, lt2_value, zero2, zero2, compare_kink},
    {"eq2", "a == b + 5.5", eq2, eq2_value, zero2, zero2, eq2_kink},
};

/* ---- points ---------------------------------------------------------------------------------- */

double math_random(unsigned seed, size_t i, double low, double high)
{
    return low + (high - low) * (double)tt_rng_uniform(tt_rng_of(seed, TT_STREAM_DATA), i);
}

/* Nearer than this the central difference would look across the kink, or be mostly rounding. */
static const double too_near = 0.01;

double math_point1(const math_case1 *m, unsigned seed, size_t i)
{
    double a = math_random(seed, i, -100, 100);
    return fabs(a - m->kink) < too_near ? m->kink + 1 : a;
}

void math_point2(const math_case2 *m, unsigned seed, size_t i, double *a, double *b)
{
    *a = math_random(seed, 2 * i, -100, 100);
    *b = math_random(seed, 2 * i + 1, -100, 100);
    while (m->to_kink != NULL && fabs(m->to_kink(*a, *b)) < too_near) *b += 1;
}

const char *math_diagnosis(double actual, double expected)
{
    double ratio = actual / expected;
    if (!isfinite(ratio)) return "";
    if (fabs(ratio - 2) < 1e-6)
        return "; twice as much: an edge of the graph is counted twice";
    if (fabs(ratio) < 1e-6) return "; nothing arrived: an edge of the graph is missing";
    if (fabs(ratio + 1) < 1e-6) return "; the sign is wrong";
    return "";
}
