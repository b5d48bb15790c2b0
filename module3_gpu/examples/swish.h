/* swish(x) = x sigmoid(x): an operator of one's own, written in CUDA.
 *
 *   tt_use(c, backend);                           // sim or cuda: swish has kernels only
 *   y = tt_apply(c, &swish, TT_IN(x));
 *
 * Gradient: d (s + x s (1 - s)), s = sigmoid(x). The kernels are in swish.cu.
 * Ref: Ramachandran, Zoph, Le, "Searching for activation functions", 2017.
 */
#ifndef TT_MODULE3_GPU_EXAMPLES_SWISH_H
#define TT_MODULE3_GPU_EXAMPLES_SWISH_H

#include "module3_gpu/cuda/operator.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tt_function swish;

TT_KERNEL(swish, (float *y, const float *x, size_t n));
TT_KERNEL(swish_back, (float *dx, const float *x, const float *dy, size_t n));

#ifdef __cplusplus
}
#endif
#endif
