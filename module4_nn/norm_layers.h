/* Layers that keep something beside their parameters: batch norm.
 *
 * `running_mean` and `running_var` are buffers (tt_named_buffers): saved, not learned.
 *
 *   Example:
 *     tt_module *net = tt_nn_sequential(c, NULL, "net");
 *     tt_nn_conv2d(c, net, "conv", 1, 4, 3, 3);
 *     tt_nn_batch_norm2d(c, net, "norm", 4);
 *     tt_parameter_list buffers = tt_named_buffers(c, net);
 *     printf("%zu %s\n", buffers.n, buffers.at[0].name); // prints: 2 norm.running_mean
 *
 * Owner: the context. Errors of making: TT_ERR_VALUE, TT_ERR_NAME -> NULL. Source: torch.nn.
 */
#ifndef TT_MODULE4_NN_NORM_LAYERS_H
#define TT_MODULE4_NN_NORM_LAYERS_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tt_batch_norm of (B,channels) or (B,channels,L), with torch's momentum 0.1 and eps 1e-5: by the
 * batch while the module trains, by the running numbers after tt_eval. Parameters weight (1 at first)
 * and bias (0); buffers running_mean (0) and running_var (1). torch.nn.BatchNorm1d. */
tt_module *tt_nn_batch_norm1d(tt_ctx *c, tt_module *parent, const char *name, int channels);

/* The same for (B,channels,H,W). torch.nn.BatchNorm2d. */
tt_module *tt_nn_batch_norm2d(tt_ctx *c, tt_module *parent, const char *name, int channels);

#ifdef __cplusplus
}
#endif
#endif
