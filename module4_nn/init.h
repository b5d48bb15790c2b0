/* Initial values of parameters: large enough to differ, small enough to keep sums in range.
 *
 *   Example:
 *     tt_tensor *w = tt_empty(c, TT_SHAPE(400, 100));    // 400 inputs, 100 outputs
 *     tt_init_kaiming(w, 400);                           // for ReLU behind it
 *     printf("%d\n", fabsf(tt_get(w, (int[]){3, 5})) < 0.123f); // prints: 1
 *
 * Drawn from the context's stream TT_STREAM_INIT: the same on every backend, repeatable by tt_seed.
 * All write over the tensor in place. NULL is quiet. Errors: TT_ERR_VALUE for a fan below 1.
 * Source: torch.nn.init; He et al., "Delving deep into rectifiers", 2015; Glorot and Bengio,
 * "Understanding the difficulty of training deep feedforward neural networks", 2010.
 */
#ifndef TT_MODULE4_NN_INIT_H
#define TT_MODULE4_NN_INIT_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Uniform in (-bound, bound). */
tt_status tt_init_uniform(tt_tensor *t, float bound);

/* Normal with mean 0 and that standard deviation. torch: normal_. */
tt_status tt_init_normal(tt_tensor *t, float deviation);

/* Uniform with bound sqrt(6 / fan_in): variance 2 / fan_in. fan_in is how many numbers an output
 * reads: `in` of Linear, channels x kernel of a convolution. torch: kaiming_uniform_(a = 0). */
tt_status tt_init_kaiming(tt_tensor *t, int fan_in);

/* Uniform with bound sqrt(6 / (fan_in + fan_out)). torch: xavier_uniform_. */
tt_status tt_init_xavier(tt_tensor *t, int fan_in, int fan_out);

/* A new tensor, uniform in (-bound, bound). Internal to module 4. */
tt_tensor *tti_uniform(tt_ctx *c, tt_shape shape, float bound);

#ifdef __cplusplus
}
#endif
#endif
