/* Loops for AVX-512. */
#ifdef __x86_64__
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "support/error.h"
#include "support/random.h"
#ifdef __clang__
#pragma clang attribute push(                                                            \
    __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))),              \
    apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,prefer-vector-width=512")
#endif
#define LANES 16
#define TILE_ROWS 14
#define DOT_ROWS 4
#define SIMD(name) name##_avx512
#define SIMD_NAME "avx512"
#define LOAD_SOME(from, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1u), from)
#define STORE_SOME(to, x, n)                                                             \
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << (n)) - 1u), (__m512)(x))
#define MASK __mmask16
#define GREATER(x, y) _mm512_cmp_ps_mask((__m512)(x), (__m512)(y), _CMP_GT_OQ)
#define EQUAL(x, y) _mm512_cmp_ps_mask((__m512)(x), (__m512)(y), _CMP_EQ_OQ)
#define NOT_UP_TO(x, y) _mm512_cmp_ps_mask((__m512)(x), (__m512)(y), _CMP_NLE_UQ)
#define CHOOSE(first, x, y)                                                              \
    (SIMD(vec)) _mm512_mask_blend_ps(first, (__m512)(y), (__m512)(x))
#define COMPRESS(place, in, at) tti_nn_compress(place, _mm512_loadu_ps(in), at)

/* The places at, at + 1, .. of the numbers that are not 0, moved together. Returns how many. */
static inline size_t tti_nn_compress(uint32_t *place, __m512 x, uint32_t at)
{
    const __m512i in_order =
        _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __mmask16 m = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    __m512i places = _mm512_add_epi32(in_order, _mm512_set1_epi32((int)at));
    _mm512_storeu_si512(place, _mm512_maskz_compress_epi32(m, places));
    return (size_t)__builtin_popcount(m);
}
#include "module4_nn/fast/nn_simd.inc"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
extern int tti_nn_no_avx512; /* an empty file is no C */
#endif
