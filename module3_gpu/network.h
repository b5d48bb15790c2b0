/* The network of tensors with matrix products (Task 3.5).
 *
 * The network of Task 2.5 once more, with the same parameters under the same names: but its Linear
 * layer is a matrix product and an addition, so the box of batch x in x out numbers is never made.
 * Module 4's Linear is this one with more care about its first weights.
 * Source: MiniTorch Task 3.5, project/run_fast_tensor.py.
 */
#ifndef TT_MODULE3_GPU_NETWORK_H
#define TT_MODULE3_GPU_NETWORK_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y (B, out) = x (B, in) weights (in, out) + bias (out,). Weights are drawn from u - 0.5, the bias is
 * 0.1. parent may be NULL. Errors: TT_ERR_VALUE for sizes below 1 -> NULL.
 * Cost: 2 B in out operations forward, twice that backward. */
tt_module *tt_nn_matmul_linear(tt_ctx *c, tt_module *parent, const char *name, int in,
                               int out);

/* 2 -> hidden, ReLU -> hidden, ReLU -> 1, sigmoid: children layer1, layer2, layer3;
 * x (B, 2) -> (B, 1). */
tt_module *tt_matmul_network(tt_ctx *c, int hidden);

#ifdef __cplusplus
}
#endif
#endif
