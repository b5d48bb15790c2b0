/* Kernels for AVX2 with fused multiply-add: x86-64 since 2013. */
#ifdef __x86_64__
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"
#include "support/random.h"
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define LANES 8
#define ROWS 6
#define TILE_ROWS ROWS
#define SIMD(name) name##_avx2
#define SIMD_NAME "avx2"
#define STREAM(to, from) _mm256_stream_ps((to), _mm256_loadu_ps(from))
#define FENCE() _mm_sfence()
#define PART(n)                                                                          \
    _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#define PART_LOAD(at, n) (SIMD(vec)) _mm256_maskload_ps((at), PART(n))
#define PART_STORE(at, v, n) _mm256_maskstore_ps((at), PART(n), (__m256)(v))
#include "module3_gpu/fast/kernels.inc"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
extern int tti_no_avx2; /* an empty file is no C */
#endif
