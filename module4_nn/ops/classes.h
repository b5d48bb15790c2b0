/* Class ids: what losses and meters share. Internal to module 4.
 *
 * There is no gather among a backend's slots; a row's entry of class y is picked by comparing all
 * class ids with y, which any backend can do:
 *
 *   ids (K,)  0 1 2      y (B,1)  2      ids == y (B,K)  0 0 1
 *                                 0                      1 0 0
 */
#ifndef TT_MODULE4_NN_OPS_CLASSES_H
#define TT_MODULE4_NN_OPS_CLASSES_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether scores are (B, K) with B and K above 0, y is (B,), and each label whole and in 0 .. K-1.
 * The labels are looked at on the host, where they come from. NULL: false, quietly.
 * Errors: TT_ERR_SHAPE, TT_ERR_VALUE. */
bool tti_classes_check(tt_ctx *c, const char *function, tt_tensor *scores, tt_tensor *y);

/* (B, K): 1 where the class is y[b], 0 elsewhere. */
tt_tensor *tti_one_hot(tt_ctx *c, tt_tensor *y, int classes);

/* (B, 1): scores[b, y[b]]. The other scores do not matter, not even when they are not finite. */
tt_tensor *tti_class_score(tt_ctx *c, tt_tensor *scores, tt_tensor *y);

/* a where mask is 1, 0 where it is 0: not mask * a, for 0 * inf is NaN. Same shapes; no history. */
tt_tensor *tti_select(tt_ctx *c, tt_tensor *mask, tt_tensor *a);

/* The largest value along dimension dim, which stays with size 1. NaNs are passed over. No history. */
tt_tensor *tti_max(tt_ctx *c, tt_tensor *a, int dim);

#ifdef __cplusplus
}
#endif
#endif
