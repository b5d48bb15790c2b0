/* Softmax and its logarithm: from scores to probabilities (Task 4.4).
 *
 *   softmax_i = e^(x_i) / sum_j e^(x_j)      log_softmax_i = (x_i - m) - log sum_j e^(x_j - m)
 *
 * with m the largest x_j: nothing overflows, also at x = +-1000, and the logarithm never sees a
 * probability that has been rounded to 0. Source: MiniTorch nn.py; torch.nn.functional.
 */
#ifndef TT_MODULE4_NN_OPS_SOFTMAX_H
#define TT_MODULE4_NN_OPS_SOFTMAX_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Along dimension dim (negative counts from the end); the shape stays.
 * Grad: softmax: s (d - sum d s); log_softmax: d - softmax sum d. Errors: TT_ERR_AXIS. */
tt_tensor *tt_softmax(tt_ctx *c, tt_tensor *x, int dim);
tt_tensor *tt_log_softmax(tt_ctx *c, tt_tensor *x, int dim);

#ifdef __cplusplus
}
#endif
#endif
