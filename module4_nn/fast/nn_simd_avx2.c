/* Loops for AVX2 with fused multiply-add: x86-64 since 2013. */
#ifdef __x86_64__
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "support/error.h"
#include "support/random.h"
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define LANES 8
#define TILE_ROWS 6
#define DOT_ROWS 2
#define SIMD(name) name##_avx2
#define SIMD_NAME "avx2"
#include "module4_nn/fast/nn_simd.inc"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
extern int tti_nn_no_avx2; /* an empty file is no C */
#endif
