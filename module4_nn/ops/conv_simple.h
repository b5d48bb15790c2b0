/* Convolution as one would explain it (Tasks 4.1, 4.2): the simple backend's loops.
 *
 * A kernel slides along the input; at each place the cells under it are multiplied by the kernel's
 * and added up. With one channel, input 0 1 2 3 and kernel 1 2 3:
 *
 *   0 1 2 3 . .     t = 0:  0*1 + 1*2 + 2*3 = 8      anchored left: the window begins at t,
 *   1 2 3           t = 1:  1*1 + 2*2 + 3*3 = 14     and beyond the input there are zeros
 *     1 2 3         t = 2:  2*1 + 3*2       = 8
 *       1 2 3       t = 3:  3*1             = 3
 *
 * Reversed, the window ends at t and is read from there backwards: in[t-k]. Sums are kept in double.
 * The output may be longer or shorter than the input. Source: MiniTorch Tasks 4.1 and 4.2,
 * fast_conv.py. Internal to module 4.
 *
 *   Example:
 *     const float in[4] = {0, 1, 2, 3}, weight[3] = {1, 2, 3};
 *     float out[4];
 *     tt_simple_conv1d((tt_array){out, tt_layout_of(TT_SHAPE(1, 1, 4))},
 *                      (tt_const_array){in, tt_layout_of(TT_SHAPE(1, 1, 4))},
 *                      (tt_const_array){weight, tt_layout_of(TT_SHAPE(1, 1, 3))}, false);
 *     printf("%g %g %g %g\n", (double)out[0], (double)out[1], (double)out[2], (double)out[3]);
 *     // prints: 8 14 8 3
 */
#ifndef TT_MODULE4_NN_OPS_CONV_SIMPLE_H
#define TT_MODULE4_NN_OPS_CONV_SIMPLE_H

#include "module2_tensors/simple_backend.h"
#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* out (B,O,T), in (B,C,W), weight (O,C,K), each in any layout; T and K may be larger than W:
 *   out[b,o,t] = sum over c, k of weight[o,c,k] in[b,c,t+k]     (in[b,c,t-k] when reverse)
 * where cells outside of the input count as 0. MiniTorch: _tensor_conv1d (Task 4.1). */
void tt_simple_conv1d(tt_array out, tt_const_array in, tt_const_array weight, bool reverse);

/* out (B,O,I,J), in (B,C,H,W), weight (O,C,KH,KW), each in any layout and size:
 *   out[b,o,i,j] = sum over c, di, dj of weight[o,c,di,dj] in[b,c,i+di,j+dj]
 * (in[b,c,i-di,j-dj] when reverse); cells outside count as 0.
 * MiniTorch: _tensor_conv2d (Task 4.2). */
void tt_simple_conv2d(tt_array out, tt_const_array in, tt_const_array weight, bool reverse);

/* The same with any window (nn_backend.h). Given. */
void tti_simple_conv2d_window(tt_array out, tt_const_array in, tt_const_array weight,
                              tt_window window);

/* The simple backend's table. */
const tt_nn_backend *tti_nn_simple(void);

#ifdef __cplusplus
}
#endif
#endif
