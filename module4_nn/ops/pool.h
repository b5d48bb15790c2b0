/* Pooling: an image made smaller, tile by tile (Tasks 4.3, 4.4).
 *
 *    1  2 |  3  4        tiles of 2x2, each row-major:  1 2 5 6     3 4 7 8
 *    5  6 |  7  8                                       9 10 13 14  11 12 15 16
 *   ------+------
 *    9 10 | 11 12        their means:  3.5  5.5         their maxima:   6  8
 *   13 14 | 15 16                     11.5 13.5                        14 16
 *
 *   Example:
 *     tt_tensor *x = tt_view(c, tt_arange(c, 16), TT_SHAPE(1, 1, 4, 4)); // 0 .. 15
 *     tt_print(tt_maxpool2d(c, x, 2, 2));     // prints: (1,1,2,2) [[[[5 7] [13 15]]]]
 *
 * Tiles do not overlap and must divide the image: cut or pad it before. Made of views, a copy and a
 * reduction, so every backend has it. Errors: TT_ERR_SHAPE names the image and the tile.
 * Source: MiniTorch nn.py; torch.nn.functional.avg_pool2d, max_pool2d with stride = kernel.
 */
#ifndef TT_MODULE4_NN_OPS_POOL_H
#define TT_MODULE4_NN_OPS_POOL_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x (B,C,H,W) -> (B, C, H/kh, W/kw, kh kw): tile [i,j], whose cells are in row-major order.
 * MiniTorch: tile (Task 4.3), which also returns the new height and width. Cost: one copy. */
tt_tensor *tt_tile2d(tt_ctx *c, tt_tensor *x, int kh, int kw);

/* x (B,C,H,W) -> (B, C, H/kh, W/kw): the mean of each tile. Grad: d / (kh kw) for each cell.
 * MiniTorch: avgpool2d (Task 4.3). */
tt_tensor *tt_avgpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw);

/* The maximum of each tile. Grad: d for the first of the tile's largest cells, in row-major order, as
 * torch; 0 for all others. MiniTorch: maxpool2d (Task 4.4). */
tt_tensor *tt_maxpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw);

#ifdef __cplusplus
}
#endif
#endif
