/* Convolution with its gradients (Tasks 4.1, 4.2), and convolution in torch's terms.
 *
 *   Example:
 *     tt_tensor *x = tt_from(c, TT_SHAPE(1, 1, 6), (float[]){1, 2, 3, 4, 5, 6});
 *     tt_tensor *w = tt_from(c, TT_SHAPE(1, 1, 3), (float[]){5, 2, 3});
 *     tt_print(tt_conv1d(c, x, w));       // prints: (1,1,6) [[[18 28 38 48 37 30]]]
 *
 * tt_conv1d and tt_conv2d are MiniTorch's: the output is as large as the input, the window begins at
 * the output cell, and cells beyond the input's end count as 0. tt_conv2d_with is torch's. Neither
 * turns the kernel round: what networks call convolution is cross-correlation.
 * All backends in host memory have them. Source: MiniTorch fast_conv.py; torch.nn.functional.
 */
#ifndef TT_MODULE4_NN_OPS_CONV_H
#define TT_MODULE4_NN_OPS_CONV_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x (B,C,W), weight (O,C,K) -> (B,O,W): out[b,o,t] = sum over c, k of weight[o,c,k] x[b,c,t+k].
 * The kernel may be wider than x. Grad: of x the reversed convolution of d with weight, channels
 * exchanged; of weight the convolution of x with d, batch and channels exchanged. Errors:
 * TT_ERR_SHAPE names both shapes. Cost: 2 B O C W K operations, backward twice that.
 * torch: F.conv1d of x padded by K-1 on the right. MiniTorch: Conv1dFun. */
tt_tensor *tt_conv1d(tt_ctx *c, tt_tensor *x, tt_tensor *weight);

/* x (B,C,H,W), weight (O,C,KH,KW) -> (B,O,H,W):
 * out[b,o,i,j] = sum over c, di, dj of weight[o,c,di,dj] x[b,c,i+di,j+dj]. The rest as above.
 * MiniTorch: Conv2dFun. */
tt_tensor *tt_conv2d(tt_ctx *c, tt_tensor *x, tt_tensor *weight);

/* For rows [0] and columns [1]; 0 stands for a stride or dilation of 1. */
typedef struct tt_conv2d_options {
    int stride[2];   /* the window moves by so many cells: 1 or more */
    int padding[2];  /* zeros around the image, on each side: 0 or more */
    int dilation[2]; /* distance of the cells under the kernel: 1 or more */
} tt_conv2d_options;

/* torch.nn.functional.conv2d: x (B,C,H,W), weight (O,C,KH,KW) -> (B,O,OH,OW) with
 * OH = (H + 2 padding - dilation (KH - 1) - 1) / stride + 1, rounded down, and OW alike.
 *
 *   Example:
 *     tt_tensor *x = tt_rand(c, TT_SHAPE(8, 3, 32, 32)), *w = tt_rand(c, TT_SHAPE(16, 3, 5, 5));
 *     tt_tensor *y = tt_conv2d_with(c, x, w, (tt_conv2d_options){.stride = {2, 2}, .padding = {2, 2}});
 *     printf("%d %d\n", tt_shape_of(y).dim[1], tt_shape_of(y).dim[2]); // prints: 16 16
 *
 * Errors: TT_ERR_SHAPE (also when the kernel is larger than the padded image), TT_ERR_VALUE. */
tt_tensor *tt_conv2d_with(tt_ctx *c, tt_tensor *x, tt_tensor *weight,
                          tt_conv2d_options options);

#ifdef __cplusplus
}
#endif
#endif
