/* Layers of convolution, of pooling, of dropout, and layers in a row (Task 4.5).
 *
 *   Example:
 *     tt_module *net = tt_nn_sequential(c, NULL, "net");
 *     tt_nn_conv2d(c, net, "conv", 1, 4, 3, 3);
 *     tt_nn_function(c, net, "relu", tt_relu);
 *     tt_nn_maxpool2d(c, net, "pool", 4, 4);
 *     tt_nn_function(c, net, "flatten", tt_flatten);
 *     tt_nn_dropout(c, net, "drop", 0.25f);
 *     tt_nn_linear(c, net, "fc", 16, 10);
 *     tt_tensor *y = tt_forward(c, net, tt_rand(c, TT_SHAPE(2, 1, 8, 8)));
 *     printf("%d scores, %zu numbers\n", tt_shape_of(y).dim[1], tt_module_count(net));
 *     // prints: 10 scores, 210 numbers
 *
 * Parameters are `weight` and `bias` and start as torch's, uniform in (-b, b) with b = 1 over the
 * square root of the numbers that one output reads (channels x kernel). parent may be NULL.
 * Owner: the context. Errors of making: TT_ERR_VALUE, TT_ERR_NAME -> NULL. Source: torch.nn;
 * MiniTorch's project/run_mnist_multiclass.py, run_sentiment.py.
 */
#ifndef TT_MODULE4_NN_CONV_LAYERS_H
#define TT_MODULE4_NN_CONV_LAYERS_H

#include "module2_tensors/tensor.h"
#include "module4_nn/ops/conv.h"

#ifdef __cplusplus
extern "C" {
#endif

/* (B,in,W) -> (B,out,W): tt_conv1d with weight (out,in,kernel), plus bias (out,). */
tt_module *tt_nn_conv1d(tt_ctx *c, tt_module *parent, const char *name, int in, int out,
                        int kernel);

/* (B,in,H,W) -> (B,out,H,W): tt_conv2d with weight (out,in,kh,kw), plus bias (out,). As large as the
 * input, and anchored at the top left, as MiniTorch's. */
tt_module *tt_nn_conv2d(tt_ctx *c, tt_module *parent, const char *name, int in, int out,
                        int kh, int kw);

/* torch.nn.Conv2d: the same with tt_conv2d_with. */
tt_module *tt_nn_conv2d_with(tt_ctx *c, tt_module *parent, const char *name, int in,
                             int out, int kh, int kw, tt_conv2d_options options);

/* tt_dropout while the module trains; nothing after tt_eval. */
tt_module *tt_nn_dropout(tt_ctx *c, tt_module *parent, const char *name, float rate);

/* A layer without parameters, y = f(x): tt_relu, tt_tanh, tt_gelu, tt_flatten or one's own.
 * torch: nn.ReLU, nn.Tanh, nn.Flatten .. */
typedef tt_tensor *tt_nn_function_of(tt_ctx *c, tt_tensor *x);
tt_module *tt_nn_function(tt_ctx *c, tt_module *parent, const char *name,
                          tt_nn_function_of *f);

/* tt_maxpool2d, tt_avgpool2d. torch: nn.MaxPool2d, nn.AvgPool2d. */
tt_module *tt_nn_maxpool2d(tt_ctx *c, tt_module *parent, const char *name, int kh, int kw);
tt_module *tt_nn_avgpool2d(tt_ctx *c, tt_module *parent, const char *name, int kh, int kw);

/* Its children one after the other, in the order they were added. torch.nn.Sequential. */
tt_module *tt_nn_sequential(tt_ctx *c, tt_module *parent, const char *name);

#ifdef __cplusplus
}
#endif
#endif
