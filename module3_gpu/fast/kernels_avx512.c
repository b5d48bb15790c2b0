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
#define LANES 16
#define ROWS 8
#define SIMD(name) name##_avx512
#define SIMD_NAME "avx512"
#define STREAM(to, from) _mm512_stream_ps((to), _mm512_loadu_ps(from))
#define FENCE() _mm_sfence()
#define NARROWER tti_kernels_avx2
#define PART(n) ((__mmask16)((1u << (n)) - 1))
#define PART_LOAD(at, n) (SIMD(vec)) _mm512_maskz_loadu_ps(PART(n), (at))
#define PART_STORE(at, v, n) _mm512_mask_storeu_ps((at), PART(n), (__m512)(v))
#include "module3_gpu/fast/kernels.inc"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
extern int tti_no_avx512; /* an empty file is no C */
#endif
