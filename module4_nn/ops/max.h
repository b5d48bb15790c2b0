/* The largest value along a dimension, and where it is (Task 4.4).
 *
 *   Example:
 *     tt_tensor *x = tt_from(c, TT_SHAPE(2, 3), (float[]){1, 7, 7, 4, 2, 3});
 *     tt_print(tt_max(c, x, 1));
 *     tt_print(tt_argmax(c, x, 1));
 *     tt_print(tt_argmax_mask(c, x, 1));
 *     // prints: (2,1) [[7] [4]]
 *     // prints: (2,1) [[1] [0]]
 *     // prints: (2,3) [[0 1 1] [1 0 0]]
 *
 * The rule for ties: the maximum is the first of the largest cells, and it alone gets the gradient,
 * as in torch. MiniTorch's gradient goes to each of them in full, which counts it twice.
 * The dimension stays, with size 1. NaNs are passed over (torch's maximum is NaN): nothing but NaNs
 * gives -inf, and such a line gets no gradient. Composed of slots that every backend has.
 * Errors: TT_ERR_AXIS; TT_ERR_VALUE where the dimension is empty.
 */
#ifndef TT_MODULE4_NN_OPS_MAX_H
#define TT_MODULE4_NN_OPS_MAX_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* (.., n, ..) -> (.., 1, ..). Grad: d at the first maximum, 0 elsewhere. Cost: forward one pass,
 * backward about eight. torch: amax(keepdim=True), with the gradient of max(dim). MiniTorch: Max. */
tt_tensor *tt_max(tt_ctx *c, tt_tensor *x, int dim);

/* The index of the first maximum, 0 .. n-1, as a number; n for nothing but NaNs. No derivative.
 * torch: argmax(keepdim=True). */
tt_tensor *tt_argmax(tt_ctx *c, tt_tensor *x, int dim);

/* The shape of x: 1 where x is the largest along dim, at all of them, else 0. No derivative.
 * MiniTorch: argmax. */
tt_tensor *tt_argmax_mask(tt_ctx *c, tt_tensor *x, int dim);

#ifdef __cplusplus
}
#endif
#endif
