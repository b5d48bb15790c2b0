/* Losses: how wrong the network is, as one number to derive by.
 *
 *   Example:
 *     tt_tensor *scores = tt_from(c, TT_SHAPE(2, 3), (float[]){5, 1, 1, 0, 0, 0});
 *     tt_tensor *y = tt_from(c, TT_SHAPE(2), (float[]){0, 2});
 *     tt_tensor *loss = tt_cross_entropy(c, scores, y);   // mean of 0.036 (right) and log 3
 *     printf("%.3f\n", (double)tt_item(loss));                    // prints: 0.567
 *
 * Source: torch.nn.functional.nll_loss, cross_entropy; MiniTorch Task 4.5.
 */
#ifndef TT_MODULE4_NN_LOSS_H
#define TT_MODULE4_NN_LOSS_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Mean over the batch of -log_p[b, y[b]]. log_p (B, K), y (B,) class ids -> (1,).
 * Errors: TT_ERR_SHAPE; TT_ERR_VALUE naming the row for a label that is NaN, not whole or not in
 * 0 .. K-1, and for an empty batch. Grad: -1/B at [b, y[b]], 0 elsewhere; none for y. */
tt_tensor *tt_nll_loss(tt_ctx *c, tt_tensor *log_p, tt_tensor *y);

/* tt_nll_loss of tt_log_softmax: scores (B, K), y (B,) -> (1,). */
tt_tensor *tt_cross_entropy(tt_ctx *c, tt_tensor *scores, tt_tensor *y);

/* Mean over all cells of (a - b)^2; a and b of one shape -> (1,). Errors: TT_ERR_SHAPE names both
 * shapes, for broadcasting (B,1) with (B,) is a mistake here. torch: mse_loss. */
tt_tensor *tt_mse_loss(tt_ctx *c, tt_tensor *a, tt_tensor *b);

/* Binary cross entropy of scores x (before a sigmoid) and targets y in 0 .. 1, of one shape:
 * mean of -(y log s + (1 - y) log(1 - s)) with s = sigmoid(x), worked out as
 * max(x, 0) - x y + log(1 + e^-|x|), so that no score is too large. -> (1,). Errors as above.
 * torch: binary_cross_entropy_with_logits. */
tt_tensor *tt_bce_with_logits(tt_ctx *c, tt_tensor *x, tt_tensor *y);

#ifdef __cplusplus
}
#endif
#endif
