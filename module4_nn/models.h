/* Whole networks, ready to train. That of Task 4.5 is in network.h.
 *
 *   Example:
 *     tt_module *net = tt_nn_lenet5(c, 10);
 *     tt_tensor *scores = tt_forward(c, net, tt_rand(c, TT_SHAPE(2, 28, 28)));
 *     printf("%zu numbers, %d scores\n", tt_module_count(net), tt_shape_of(scores).dim[1]);
 *     // prints: 61706 numbers, 10 scores
 */
#ifndef TT_MODULE4_NN_MODELS_H
#define TT_MODULE4_NN_MODELS_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A multi-layer perceptron: x (B, ..) with `in` numbers an example -> scores (B, out):
 *   flatten -> fc1: Linear(in, hidden) -> ReLU -> fc2: Linear(hidden, out)
 * Errors: those of tt_nn_linear -> NULL. */
tt_module *tt_nn_mlp(tt_ctx *c, int in, int hidden, int out);

/* LeNet-5 as it is trained today, with ReLU and max pooling, on images x (B,28,28) or (B,1,28,28):
 *   conv1: 1 -> 6 channels, 5x5, padding 2 -> ReLU -> 2x2 tiles -> conv2: 6 -> 16, 5x5 -> ReLU -> 2x2
 *   tiles -> a row of 400 -> fc1: 120 -> ReLU -> fc2: 84 -> ReLU -> fc3: a score a class (B,classes)
 * Parameters conv1, conv2, fc1, fc2, fc3, each .weight and .bias. Errors: TT_ERR_VALUE -> NULL.
 * Ref: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
 * 1998, whose network has sigmoids, averages, and a radial output. */
tt_module *tt_nn_lenet5(tt_ctx *c, int classes);

#ifdef __cplusplus
}
#endif
#endif
