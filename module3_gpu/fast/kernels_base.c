/* Kernels for every processor: on x86-64 with SSE2, which all have; on aarch64 with NEON. */
#define LANES 4
#define ROWS 6
#define TILE_ROWS ROWS
#define SIMD(name) name##_base
#define SIMD_NAME "base"
#ifdef __x86_64__
#include <emmintrin.h>
#define STREAM(to, from) _mm_stream_ps((to), _mm_loadu_ps(from))
#define FENCE() _mm_sfence()
#endif
#include "module3_gpu/fast/kernels.inc"
