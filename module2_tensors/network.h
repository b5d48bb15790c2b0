/* The first network of tensors (Task 2.5).
 *
 * The same network as in Task 1.5, whole batches at a time. Its Linear layer is made of broadcasting
 * alone: weights seen as (1, in, out) times input seen as (batch, in, 1), summed over `in`. Module
 * 4's Linear uses the matmul slot and is the one to use elsewhere.
 * Source: MiniTorch Task 2.5, project/run_tensor.py.
 */
#ifndef TT_MODULE2_TENSORS_NETWORK_H
#define TT_MODULE2_TENSORS_NETWORK_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y (B, out) = x (B, in) by broadcasting with weights (in, out), plus bias (out,); parameters
 * `weights` and `bias` drawn from 2 (u - 0.5). parent may be NULL.
 * Errors: TT_ERR_VALUE for sizes below 1 -> NULL. Cost: a tensor of B in out numbers. */
tt_module *tt_nn_broadcast_linear(tt_ctx *c, tt_module *parent, const char *name, int in,
                                  int out);

/* 2 -> hidden, ReLU -> hidden, ReLU -> 1, sigmoid: children layer1, layer2, layer3;
 * x (B, 2) -> (B, 1). */
tt_module *tt_network(tt_ctx *c, int hidden);

#ifdef __cplusplus
}
#endif
#endif
