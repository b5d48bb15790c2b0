/* Activations beyond ReLU and sigmoid, composed of operations that every backend has.
 *
 *   Example:
 *     tt_tensor *x = tt_from(c, TT_SHAPE(3), (float[]){-2, 0, 2});
 *     tt_print(tt_leaky_relu(c, x, 0.1f));    // prints: (3,) [-0.2 0 2]
 *     tt_print(tt_tanh(c, x));                // prints: (3,) [-0.964 0 0.964]
 *
 * Their derivatives come by themselves. Source: torch.nn.functional.
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

/* x where x > 0, slope x elsewhere; the derivative at 0 is 0 (torch: slope). torch: leaky_relu. */
tt_tensor *tt_leaky_relu(tt_ctx *c, tt_tensor *x, float slope);

/* x times the share of the normal distribution below x, by tanh: x sigmoid(1.5958 (x + 0.044715 x^3)).
 * torch: gelu(approximate="tanh"). Ref: Hendrycks and Gimpel, "Gaussian error linear units", 2016. */
tt_tensor *tt_gelu(tt_ctx *c, tt_tensor *x);

#ifdef __cplusplus
}
#endif
#endif
