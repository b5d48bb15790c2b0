/* Dropout: numbers put out at random while a network learns, so that it relies on no single one
 * (Task 4.4).
 *
 *   Example:
 *     tt_seed(c, 1);
 *     tt_tensor *x = tt_ones(c, TT_SHAPE(6));
 *     tt_print(tt_dropout(c, x, 0.5f, false));   // evaluation: unchanged
 *     tt_print(tt_mean(c, tt_dropout(c, tt_ones(c, TT_SHAPE(10000)), 0.25f, true), 0));
 *     // prints: (6,) [1 1 1 1 1 1]
 *     // prints: (1,) [1.006]
 *
 * Source: Srivastava et al., "Dropout", JMLR 2014; torch.nn.functional.dropout. MiniTorch's neither
 * scales nor tells training from evaluation.
 */
#ifndef TT_MODULE4_NN_OPS_DROPOUT_H
#define TT_MODULE4_NN_OPS_DROPOUT_H

#include "module2_tensors/tensor.h"
#include "support/random.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In training each cell becomes 0 with probability `rate`, independently, and else x / (1 - rate), so
 * that its expectation stays x; in evaluation x itself. Rate 0 changes nothing, rate 1 leaves zeros.
 * The mask is drawn from c's stream TT_STREAM_DROPOUT: the same on every backend, and repeatable by
 * tt_seed. Grad: d, with the same mask. Errors: TT_ERR_VALUE for a rate that is not in 0 .. 1. */
tt_tensor *tt_dropout(tt_ctx *c, tt_tensor *x, float rate, bool training);

/* mask[i] = 0 where element i of r is below rate, else 1 / (1 - rate). */
void tt_dropout_mask(float *mask, size_t n, float rate, tt_rng r);

#ifdef __cplusplus
}
#endif
#endif
