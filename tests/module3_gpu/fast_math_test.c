/* exp, log and sigmoid of the fast backend, in units of the last place: a sample of all floats here.
 * All of them: TT_MATH_STEP=1 (some minutes). */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "module3_gpu/fast/kernels.h"
#include "module3_gpu/fast/math.h"

TestSuite(module3_math, .timeout = 900);

enum { ROW = 4096 };

/* |got - want| in ulp of want, which is in double; what must be inf or nan has to be. */
static double ulps(float got, double want)
{
    float nearest = (float)want;
    int exponent;
    if (isnan(want)) return isnan(got) ? 0 : INFINITY;
    if (isinf(nearest) || isinf(got)) return got == nearest ? 0 : INFINITY;
    frexp(fabs(want), &exponent);
    double ulp = ldexp(1, exponent - 24 > -149 ? exponent - 24 : -149);
    return fabs((double)got - want) / ulp;
}

static uint64_t stride(void)
{
    const char *wanted = getenv("TT_MATH_STEP");
    return wanted != NULL && atoi(wanted) > 0 ? (uint64_t)atoi(wanted) : 1009;
}

static void each_float(const tti_kernels *k, tt_unary_op op, double (*exact)(double))
{
    static float in[ROW], out[ROW];
    double worst = 0;
    float at = 0;
    for (uint64_t bits = 0; bits < UINT64_C(1) << 32;) {
        size_t n = 0;
        for (; n < ROW && bits < UINT64_C(1) << 32; n++, bits += stride())
            in[n] = tti_float((uint32_t)bits);
        k->cached.map[op](out, in, n);
        for (size_t i = 0; i < n; i++) {
            double error = ulps(out[i], exact((double)in[i]));
            if (error > worst) worst = error, at = in[i];
        }
    }
    cr_expect(worst <= 2, "%s of %s: %g ulp at %a, expected at most 2", tt_unary_name(op),
              k->name, worst, (double)at);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void all(const char *name)
{
    const tti_kernels *k = tti_kernels_named(name);
    if (k == NULL) return; /* not on this processor */
    each_float(k, TT_OP_EXP, exp);
    each_float(k, TT_OP_LOG, log);
    each_float(k, TT_OP_SIGMOID, sigmoid);
}

Test(module3_math, base)
{
    all("base");
}

Test(module3_math, avx2)
{
    all("avx2");
}

Test(module3_math, avx512)
{
    all("avx512");
}

Test(module3_math, special_values)
{
    cr_expect_eq(tti_expf(-INFINITY), 0.0f);
    cr_expect_eq(tti_expf(INFINITY), INFINITY);
    cr_expect_eq(tti_expf(0.0f), 1.0f);
    cr_expect(isnan(tti_expf(NAN)) && isnan(tti_logf(NAN)) && isnan(tti_logf(-1.0f)));
    cr_expect_eq(tti_expf(-103.0f), 0x1p-149f, "e^-103 is denormal: %g",
                 (double)tti_expf(-103.0f));
    cr_expect_eq(tti_logf(1.0f), 0.0f);
    cr_expect(tti_logf(0.0f) == -INFINITY && tti_logf(-0.0f) == -INFINITY);
    cr_expect_eq(tti_logf(INFINITY), INFINITY);
    cr_expect(fabs((double)tti_logf(0x1p-149f) + 149 * log(2)) < 1e-5);
}

Test(module3_math, an_unknown_set_of_instructions_is_none)
{
    cr_expect_null(tti_kernels_named("mmx"));
    cr_expect_not_null(tti_kernels_named("base"));
    cr_expect_not_null(tti_kernels_best());
}
