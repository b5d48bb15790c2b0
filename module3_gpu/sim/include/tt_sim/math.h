/* Arithmetic that CUDA has beyond the C library. */
#ifndef TT_SIM_MATH_H
#define TT_SIM_MATH_H

#include "work.h"

#define TT_SIM_MIN_MAX(A, B, T, least, most)                                             \
    static inline T min(A a, B b)                                                        \
    {                                                                                    \
        return least(static_cast<T>(a), static_cast<T>(b));                              \
    }                                                                                    \
    static inline T max(A a, B b)                                                        \
    {                                                                                    \
        return most(static_cast<T>(a), static_cast<T>(b));                               \
    }
/* A signed and an unsigned number are compared as unsigned, here as with nvcc. */
#define TT_SIM_LEAST(a, b) b < a ? b : a
#define TT_SIM_MOST(a, b) a < b ? b : a
#define TT_SIM_WHOLE_MIN_MAX(T)                                                          \
    TT_SIM_MIN_MAX(T, T, T, TT_SIM_LEAST, TT_SIM_MOST)                                   \
    TT_SIM_MIN_MAX(T, unsigned T, unsigned T, TT_SIM_LEAST, TT_SIM_MOST)                 \
    TT_SIM_MIN_MAX(unsigned T, T, unsigned T, TT_SIM_LEAST, TT_SIM_MOST)                 \
    TT_SIM_MIN_MAX(unsigned T, unsigned T, unsigned T, TT_SIM_LEAST, TT_SIM_MOST)
TT_SIM_WHOLE_MIN_MAX(int)
TT_SIM_WHOLE_MIN_MAX(long)
TT_SIM_WHOLE_MIN_MAX(long long)
/* Of a number and a NaN they take the number. */
TT_SIM_MIN_MAX(float, float, float, fminf, fmaxf)
TT_SIM_MIN_MAX(float, double, double, fmin, fmax)
TT_SIM_MIN_MAX(double, float, double, fmin, fmax)
TT_SIM_MIN_MAX(double, double, double, fmin, fmax)
#undef TT_SIM_WHOLE_MIN_MAX
#undef TT_SIM_MOST
#undef TT_SIM_LEAST
#undef TT_SIM_MIN_MAX

template <class T> static inline T __ldg(const T *p)
{
    return *p;
}
static inline float tti_sim_rsqrtf(float x)
{
    return 1.0f / sqrtf(x);
}
static inline double tti_sim_rsqrt(double x)
{
    return 1.0 / sqrt(x);
}
static inline float __saturatef(float x)
{
    return fminf(fmaxf(x, 0.0f), 1.0f);
}
static inline int __popc(unsigned x)
{
    return __builtin_popcount(x);
}
static inline int __clz(int x)
{
    return x ? __builtin_clz(static_cast<unsigned>(x)) : 32;
}
static inline int __ffs(int x)
{
    return __builtin_ffs(x);
}
static inline int __popcll(unsigned long long x)
{
    return __builtin_popcountll(x);
}
static inline int __clzll(long long x)
{
    return x ? __builtin_clzll(static_cast<unsigned long long>(x)) : 64;
}
static inline int __ffsll(long long x)
{
    return __builtin_ffsll(x);
}
static inline unsigned __brev(unsigned x)
{
    unsigned y = 0;
    for (int i = 0; i < 32; i++) y = y << 1 | (x >> i & 1);
    return y;
}
static inline int __float2int_rn(float x)
{
    return static_cast<int>(rintf(x));
}
static inline int __float2int_rz(float x)
{
    return static_cast<int>(x);
}
static inline int __float2int_rd(float x)
{
    return static_cast<int>(floorf(x));
}
static inline int __float2int_ru(float x)
{
    return static_cast<int>(ceilf(x));
}
static inline float __int2float_rn(int x)
{
    return static_cast<float>(x);
}
static inline int __float_as_int(float x)
{
    int bits;
    __builtin_memcpy(&bits, &x, sizeof x);
    return bits;
}
static inline unsigned __float_as_uint(float x)
{
    return static_cast<unsigned>(__float_as_int(x));
}
static inline float __int_as_float(int bits)
{
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
static inline float __uint_as_float(unsigned bits)
{
    return __int_as_float(static_cast<int>(bits));
}
static inline long long __double_as_longlong(double x)
{
    long long bits;
    __builtin_memcpy(&bits, &x, sizeof x);
    return bits;
}
static inline double __longlong_as_double(long long bits)
{
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
static inline unsigned __umulhi(unsigned a, unsigned b)
{
    return static_cast<unsigned>(static_cast<unsigned long long>(a) * b >> 32);
}
static inline int __mulhi(int a, int b)
{
    return static_cast<int>(static_cast<long long>(a) * b >> 32);
}
/* The normal distribution: up to x. */
static inline float normcdff(float x)
{
    return 0.5f * erfcf(-x * 0.707106781f);
}
static inline double normcdf(double x)
{
    return 0.5 * erfc(-x * 0.70710678118654752);
}
static inline float rcbrtf(float x)
{
    return 1.0f / cbrtf(x);
}
static inline double rcbrt(double x)
{
    return 1.0 / cbrt(x);
}
static inline long long clock64(void)
{
    return static_cast<long long>(tt_sim_now_ms() * 1e6);
}

/* Macros, because the C library has functions of some of these names. */
#define rsqrtf(x) tti_sim_rsqrtf(x)
#define rsqrt(x) tti_sim_rsqrt(x)
#define __expf(x) expf(x)
#define __exp10f(x) exp10f(x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __log10f(x) log10f(x)
#define __powf(x, y) powf(x, y)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
#define __tanf(x) tanf(x)
#define __sincosf(x, s, c) sincosf(x, s, c)
#define __fdividef(x, y) ((x) / (y))
#define __fadd_rn(x, y) ((x) + (y))
#define __fsub_rn(x, y) ((x) - (y))
#define __fmul_rn(x, y) ((x) * (y))
#define __fdiv_rn(x, y) ((x) / (y))
#define __fmaf_rn(x, y, z) fmaf(x, y, z)
#define __mul24(x, y) ((x) * (y))
#define __umul24(x, y) ((x) * (y))
#define __frcp_rn(x) (1.0f / (x))
#define __fsqrt_rn(x) sqrtf(x)

#endif
