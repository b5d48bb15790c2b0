/* Convolution as one matrix product a batch, for backends with a fast matmul in host memory.
 *
 * The patch under the window at each output cell becomes a column, "im2col":
 *
 *   patches (C KH KW, I J)      out (O, I J) = weight (O, C KH KW) x patches
 *
 * so that whatever the backend does for matrices, threads and SIMD, it does here too. The patches
 * take KH KW times the memory of the input; they are recycled when the operation ends.
 * Source: Chellapilla, Puri, Simard, "High performance convolutional neural networks", 2006.
 * Internal to module 4.
 */
#ifndef TT_MODULE4_NN_OPS_CONV_UNROLLED_H
#define TT_MODULE4_NN_OPS_CONV_UNROLLED_H

#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

const tt_nn_backend *tti_nn_unrolled(void);

#ifdef __cplusplus
}
#endif
#endif
