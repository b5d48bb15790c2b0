/* Batch norm: each channel brought to mean 0 and variance 1 over the batch, then to a mean and a
 * variance that are learned.
 *
 *   y = (x - mean) / sqrt(var + eps) weight + bias
 *
 * In training mean and var are the batch's own, and running ones follow them:
 *
 *   running <- (1 - momentum) running + momentum (the batch's)
 *
 * In evaluation the running ones are used, so that an example's result does not depend on its
 * neighbours. Source: Ioffe and Szegedy, "Batch normalization", 2015; torch.nn.functional.batch_norm,
 * whose numbers these are: var divides by n, the running one follows n / (n - 1) var.
 *
 *   Example:
 *     tt_tensor *x = tt_from(c, TT_SHAPE(4, 1), (float[]){1, 2, 3, 6});
 *     tt_module *norm = tt_nn_batch_norm1d(c, NULL, "norm", 1);
 *     tt_print(tt_forward(c, norm, x));
 *     tt_eval(norm); // running mean 0.3 and variance 0.9 + 0.1 14 / 3
 *     tt_print(tt_forward(c, norm, x));
 *     // prints: (4,1) [[-1.069] [-0.5345] [0] [1.604]]
 *     // prints: (4,1) [[0.5988] [1.454] [2.31] [4.876]]
 */
#ifndef TT_MODULE4_NN_OPS_NORM_H
#define TT_MODULE4_NN_OPS_NORM_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_batch_norm_options {
    bool training;
    float momentum; /* 0 stands for 0.1 */
    float eps;      /* 0 stands for 1e-5 */
} tt_batch_norm_options;

/* x (B,C), (B,C,L) or (B,C,H,W); all others (C,). In training running_mean and running_var are changed
 * in place, without a history. Grad: with xhat = (x - mean) / sqrt(var + eps) and n numbers a channel,
 *   dx = weight / sqrt(var + eps) (d - sum d / n - xhat sum (d xhat) / n),
 *   dweight = sum d xhat, dbias = sum d.
 * Errors: TT_ERR_SHAPE; TT_ERR_VALUE for training with one number a channel, whose variance is
 * nothing, and for a momentum or eps below 0. */
tt_tensor *tt_batch_norm(tt_ctx *c, tt_tensor *x, tt_tensor *running_mean,
                         tt_tensor *running_var, tt_tensor *weight, tt_tensor *bias,
                         tt_batch_norm_options options);

#ifdef __cplusplus
}
#endif
#endif
