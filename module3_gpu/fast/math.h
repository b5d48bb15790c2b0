/* exp, log and sigmoid for vectors: without a branch or a table, so that the compiler can take as many
 * numbers at once as a register holds. (It cannot with libm's, which are calls.)
 *
 * Errors: at most 2 ulp (fast_math_test tries a sample of all floats, or all); 0, denormal, infinite
 * and nan arguments and results are right. The files that include this are compiled with multiply-add
 * contracted where the processor has it; the bound holds with and without.
 * Ref: Moshier's Cephes library for the polynomials; Cody and Waite, "Software manual for the
 * elementary functions", 1980, for the reduction of the argument. Polynomials are evaluated by pairs
 * of terms (Estrin): as many steps as Horner's, but half as many of them wait for each other.
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
    float z = r * r, p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * z + (8.3334519073e-3f * r + 4.1665795894e-2f);
    p = p * z + (1.6666665459e-1f * r + 5.0000001201e-1f);
    p = p * z + r + 1.0f;
    /* 2^n in two factors, as 2^-150 is no float */
    int32_t whole = (int32_t)(tti_bits(shifted) - 0x4B400000u), half = whole >> 1;
    float low = tti_float((uint32_t)(half + 127) << 23);
    float high = tti_float((uint32_t)(whole - half + 127) << 23);
    return p * low * high;
}

/* 1 / (1 + e^-x) by one quotient and no case: 2^-64 / (2^-64 + e^r 2^(n-64)) stays within the range of
 * floats for every x that is not clamped, and where 1 + e^-x is 1, so is what is clamped. */
static inline float tti_sigmoidf(float x)
{
    const float to_whole = 12582912.0f; /* as above */
    float t = -x;
    t = t > 104.0f ? 104.0f : t;
    t = t < -43.0f ? -43.0f : t;
    float shifted = t * 1.44269504088896341f + to_whole;
    float n = shifted - to_whole;
    float r = t - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float z = r * r, p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * z + (8.3334519073e-3f * r + 4.1665795894e-2f);
    p = p * z + (1.6666665459e-1f * r + 5.0000001201e-1f);
    p = p * z + r; /* and 1, which is added below, where it costs no rounding */
    float scale = tti_float((tti_bits(shifted) << 23) + ((127u - 64u) << 23));
    return 0x1p-64f / ((p * scale + 0x1p-64f) + scale);
}

/* log x = e ln 2 + log m, x = 2^e m, m within a factor sqrt 2 of 1; log m by a polynomial. */
static inline float tti_logf(float x)
{
    const uint32_t root_half = 0x3F3504F3u, one = 0x3F800000u; /* the bits of sqrt(1/2), 1 */
    /* Denormals are taken times 2^23: its exponent, or 0. Without a comparison, which costs more. */
    uint32_t grown = (uint32_t)((int32_t)(tti_bits(x) - 0x00800000u) >> 31) & (23u << 23);
    uint32_t bits = tti_bits(x * tti_float(one + grown)) - root_half - grown;
    float e = (float)((int32_t)bits >> 23);
    float f = tti_float((bits & 0x007FFFFFu) + root_half) - 1.0f;
    float z = f * f;
    float p = 7.0376836292e-2f * f - 1.1514610310e-1f;
    p = p * z + (1.1676998740e-1f * f - 1.2420140846e-1f);
    p = p * z + (1.4249322787e-1f * f - 1.6668057665e-1f);
    p = p * z + (2.0000714765e-1f * f - 2.4999993993e-1f);
    p = p * z + (3.3333331174e-1f * f - 0.5f);
    float result = f + (z * p - e * 2.12194440e-4f) + e * 0.693359375f;
    result = x < INFINITY ? result : x; /* inf, nan */
    result = x == 0.0f ? -INFINITY : result;
    result = x >= 0.0f ? result : (float)NAN;
    return result;
}

#endif
