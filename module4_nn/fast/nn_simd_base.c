/* Loops for every processor: on x86-64 with SSE2, which all have; on aarch64 with NEON. */
#define LANES 4
#define TILE_ROWS 6
#define DOT_ROWS 2
#define SIMD(name) name##_base
#define SIMD_NAME "base"
#include "module4_nn/fast/nn_simd.inc"
