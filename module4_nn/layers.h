/* Layers: modules with parameters, in torch's terms and with torch's initial values.
 *
 *   Example:
 *     tt_module *fc1 = tt_nn_linear(c, NULL, "fc1", 784, 128);
 *     tt_tensor *x = tt_rand(c, TT_SHAPE(64, 784));               // a batch of 64 images
 *     tt_tensor *h = tt_relu(c, tt_forward(c, fc1, x));
 *     printf("%d %d\n", tt_shape_of(h).dim[0], tt_shape_of(h).dim[1]);
 *     // prints: 64 128
 *
 * Owner: the context. Source: torch.nn; MiniTorch's project/run_*.py.
 */
#ifndef TT_MODULE4_NN_LAYERS_H
#define TT_MODULE4_NN_LAYERS_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y (.., out) = x (.., in) weight (in, out) + bias (out,). Both parameters start uniform in
 * (-1/sqrt(in), 1/sqrt(in)), as torch's; torch keeps the weight transposed, (out, in). parent may be
 * NULL. Errors: TT_ERR_VALUE for sizes below 1, TT_ERR_NAME -> NULL. */
tt_module *tt_nn_linear(tt_ctx *c, tt_module *parent, const char *name, int in, int out);

/* A vector for each id: ids (..) -> (.., width) by tt_embedding. The parameter weight (count, width)
 * starts normal with mean 0 and deviation 1. Errors as above. torch.nn.Embedding. */
tt_module *tt_nn_embedding(tt_ctx *c, tt_module *parent, const char *name, int count,
                           int width);

#ifdef __cplusplus
}
#endif
#endif
