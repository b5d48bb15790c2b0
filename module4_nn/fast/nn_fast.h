/* The fast backend's table of module 4's slots. Internal to module 4.
 *
 *   convolution            conv_fast.h: tiles, dots, or only what is not 0
 *   pooling, softmax, ..   one pass over memory each, below
 *
 * Kernels for each instruction set: nn_simd.h. Threads share images or rows where there is enough to
 * do; no result depends on their number. */
#ifndef TT_MODULE4_NN_FAST_NN_FAST_H
#define TT_MODULE4_NN_FAST_NN_FAST_H

#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

const tt_nn_backend *tti_nn_fast(void);

#ifdef __cplusplus
}
#endif
#endif
