/* exp and log for vectors: without a branch or a table, so that the compiler can take as many numbers
 * at once as a register holds. (It cannot with libm's, which are calls.)
 *
 * Errors: at most 2 ulp for every float (module3_math_test tries them all); 0, denormal, infinite and
 * nan arguments and results are right. The files that include this are compiled with multiply-add
 * contracted where the processor has it; the bound holds with and without.
 * Ref: Moshier's Cephes library for the polynomials; Cody and Waite, "Software manual for the
 * elementary functions", 1980, for the reduction of the argument.
 */
#ifndef TT_MODULE3_GPU_FAST_MATH_H
#define TT_MODULE3_GPU_FAST_MATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t tti_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float tti_float(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* e^x = 2^n e^r, n the whole number nearest to x / ln 2, |r| <= ln 2 / 2; e^r by a polynomial. */
static inline float tti_expf(float x)
{
    const float to_whole =
        12582912.0f;           /* 1.5 2^23: what is added to it is rounded to a whole */
    x = x > 89.0f ? 89.0f : x; /* beyond: inf, and 0; a nan passes both */
    x = x < -104.0f ? -104.0f : x;
    float shifted = x * 1.44269504088896341f + to_whole;
    float n = shifted - to_whole;
    float r = x - n * 0.693359375f; /* exact: ln 2 with few bits, and the rest of it */
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    /* 2^n in two factors, as 2^-150 is no float */
    int32_t whole = (int32_t)(tti_bits(shifted) - 0x4B400000u), half = whole >> 1;
    float low = tti_float((uint32_t)(half + 127) << 23);
    float high = tti_float((uint32_t)(whole - half + 127) << 23);
    return p * low * high;
}

/* log x = e ln 2 + log m, x = 2^e m, m within a factor sqrt 2 of 1; log m by a polynomial. */
static inline float tti_logf(float x)
{
    const uint32_t root_half = 0x3F3504F3u;                /* sqrt(1/2) */
    float small = x < 1.17549435e-38f ? 8388608.0f : 1.0f; /* denormals: times 2^23 */
    uint32_t bits = tti_bits(x * small);
    int32_t exponent = (int32_t)(bits - root_half) >> 23;
    float f = tti_float(bits - ((uint32_t)exponent << 23)) - 1.0f;
    float e = (float)exponent - (small > 1.0f ? 23.0f : 0.0f);
    float z = f * f;
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    float y = f * z * p - e * 2.12194440e-4f;
    y = y - 0.5f * z;
    float result = f + y + e * 0.693359375f;
    result = x < INFINITY ? result : x; /* inf, nan */
    result = x > 0.0f ? result : x == 0.0f ? -INFINITY : (float)NAN;
    return result;
}

#endif
