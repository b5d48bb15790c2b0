/* The first network, of scalars (Task 1.5).
 *
 * Linear: y_j = b_j + sum_i x_i w_ij, with every weight a scalar of its own.
 * Network: 2 -> hidden, ReLU -> hidden, ReLU -> 1, sigmoid: the probability that the label is 1.
 * Slow by construction (every number is a node), which is why module 2 exists.
 * Source: MiniTorch Task 1.5, project/run_scalar.py.
 */
#ifndef TT_MODULE1_AUTODIFF_NETWORK_H
#define TT_MODULE1_AUTODIFF_NETWORK_H

#include "module0_operators/module.h"
#include "module1_autodiff/scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The kind of a parameter that is a tt_scalar. */
extern const tt_parameter_kind tts_parameter_kind;

/* A linear layer of scalars below `parent` (may be NULL): parameters weight_i_j (i input, j output)
 * and bias_j, drawn from 2 (u - 0.5). tts_forward reads `in` and writes `out` scalars;
 * while an error sticks it writes nothing, so begin with NULLs. In and out must not overlap.
 * Errors: TT_ERR_VALUE for sizes below 1 -> NULL. */
tt_module *tts_nn_linear(tt_ctx *c, tt_module *parent, const char *name, int in, int out);

/* The network above: children layer1, layer2, layer3. tts_forward reads 2 and writes 1 scalar. */
tt_module *tts_network(tt_ctx *c, int hidden);

#ifdef __cplusplus
}
#endif
#endif
