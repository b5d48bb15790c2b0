/* Kernels for AVX-512. */
#ifdef __x86_64__
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
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
#define PART(n) ((__mmask16)((1u << (n)) - 1))
#define ROWS 12

/* Tiles of 256 bits: two of their multiply-adds go at once where 512 bits take two turns (Zen 4). */
#define LANES 8
#define SIMD(name) name##_avx512_half
#define PART_LOAD(at, n) (SIMD(vec)) _mm256_maskz_loadu_ps((__mmask8)PART(n), (at))
#define PART_STORE(at, v, n) _mm256_mask_storeu_ps((at), (__mmask8)PART(n), (__m256)(v))
#include "module3_gpu/fast/tile.inc"
#undef LANES
#undef SIMD
#undef PART_LOAD
#undef PART_STORE

#define LANES 16
#define TILE_ROWS 8
#define SIMD(name) name##_avx512
#define SIMD_NAME "avx512"
#define STREAM(to, from) _mm512_stream_ps((to), _mm512_loadu_ps(from))
#define FENCE() _mm_sfence()
#define HALF(name) name##_avx512_half
#define PART_LOAD(at, n) (SIMD(vec)) _mm512_maskz_loadu_ps(PART(n), (at))
#define PART_STORE(at, v, n) _mm512_mask_storeu_ps((at), PART(n), (__m512)(v))
#include "module3_gpu/fast/kernels.inc"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
extern int tti_no_avx512; /* an empty file is no C */
#endif
