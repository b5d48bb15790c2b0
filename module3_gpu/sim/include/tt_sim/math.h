/* Arithmetic that CUDA has beyond the C library. */
#ifndef TT_SIM_MATH_H
#define TT_SIM_MATH_H

#include "work.h"

#define TT_SIM_MIN_MAX(T)                                                                \
    static inline T min(T a, T b)                                                        \
    {                                                                                    \
        return b < a ? b : a;                                                            \
    }                                                                                    \
    static inline T max(T a, T b)                                                        \
    {                                                                                    \
        return a < b ? b : a;                                                            \
    }
TT_SIM_MIN_MAX(int)
TT_SIM_MIN_MAX(unsigned)
TT_SIM_MIN_MAX(long)
TT_SIM_MIN_MAX(unsigned long)
TT_SIM_MIN_MAX(long long)
TT_SIM_MIN_MAX(unsigned long long)
#undef TT_SIM_MIN_MAX

/* Of a number and a NaN they take the number. */
static inline float min(float a, float b)
{
    return fminf(a, b);
}
static inline double min(double a, double b)
{
    return fmin(a, b);
}
static inline float max(float a, float b)
{
    return fmaxf(a, b);
}
static inline double max(double a, double b)
{
    return fmax(a, b);
}

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
