/* The network of Task 4.5: MiniTorch's for MNIST, with convolutions.
 *
 *   x (B,H,W) -> conv1: 1 -> 4 channels, 3x3 -> ReLU -> conv2: 4 -> 8 channels, 3x3 -> ReLU
 *     -> largest of each 4x4 tile (B,8,H/4,W/4) -> a row an image -> fc1: 64 -> ReLU -> dropout 0.25
 *     -> fc2: a score a class (B,classes)
 *
 *   Example:
 *     tt_module *net = tt_nn_cnn(c, 28, 28, 10);
 *     printf("%zu numbers\n", tt_module_count(net)); // prints: 26138 numbers
 *
 * Unlike MiniTorch's it ends with scores: tt_cross_entropy holds the log-softmax.
 * Source: MiniTorch Task 4.5, project/run_mnist_multiclass.py.
 */
#ifndef TT_MODULE4_NN_NETWORK_H
#define TT_MODULE4_NN_NETWORK_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For images of height x width, which 4 divides; x may be (B,H,W) or (B,1,H,W). Parameters conv1,
 * conv2, fc1, fc2, each .weight and .bias. Errors: TT_ERR_VALUE -> NULL. */
tt_module *tt_nn_cnn(tt_ctx *c, int height, int width, int classes);

#ifdef __cplusplus
}
#endif
#endif
