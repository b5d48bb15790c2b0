/* Activations beyond ReLU and sigmoid, composed of operations that every backend has.
 *
 *   Example:
 *     tt_tensor *x = tt_from(c, TT_SHAPE(3), (float[]){-2, 0, 2});
 *     tt_print(tt_leaky_relu(c, x, 0.1f));    // prints: (3,) [-0.2 0 2]
 *     tt_print(tt_tanh(c, x));                // prints: (3,) [-0.964 0 0.964]
 *     tt_print(tt_gelu(c, x));                // prints: (3,) [-0.0455 0 1.954]
 *
 * Source: torch.nn.functional.
 */
#ifndef TT_MODULE4_NN_OPS_ACTIVATION_H
#define TT_MODULE4_NN_OPS_ACTIVATION_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* (e^x - e^-x) / (e^x + e^-x), as 2 sigmoid(2x) - 1: right to 2e-7 absolutely, so that of an x near 0
 * few digits are left. torch: tanh. */
tt_tensor *tt_tanh(tt_ctx *c, tt_tensor *x);

/* x where x > 0, slope x elsewhere. Grad: d where x > 0, slope d elsewhere. torch: leaky_relu. */
tt_tensor *tt_leaky_relu(tt_ctx *c, tt_tensor *x, float slope);

/* x P(x), where P(x) is the share of the normal distribution below x: right to 1e-7 |x|. Grad:
 * d (P(x) + x p(x)), p(x) = e^(-x^2 / 2) / sqrt(2 pi). torch: gelu. Ref: Hendrycks and Gimpel,
 * "Gaussian error linear units", 2016. */
tt_tensor *tt_gelu(tt_ctx *c, tt_tensor *x);

/* Its usual approximation, x sigmoid(1.5958 (x + 0.044715 x^3)): up to 5e-4 off.
 * torch: gelu(approximate="tanh"). */
tt_tensor *tt_gelu_tanh(tt_ctx *c, tt_tensor *x);

#ifdef __cplusplus
}
#endif
#endif
