/* Convolution on the fast backend: without forming patches. Internal to module 4.
 *
 * conv_unrolled.h copies the patch under the window at every place: KH KW times the image. Here the
 * product's right operand is read where it lies, in planes (planes.h):
 *
 *   tiles    out (O, places) = weight (O, C KH KW) x rows of planes; a tile of out stays in registers
 *            (conv_tile), with a vector along the places. Forward, and the input's gradient.
 *   dots     dweight (O, C KH KW): dot products of rows of dy with rows of planes (dot_tile), added up
 *            image by image. The weight's gradient.
 *   sparse   where most numbers are 0, as behind a max-pool, which lets one gradient through a tile:
 *            only the others are multiplied, each with its whole patch (conv_sparse.c). The result
 *            is the same but for the order in which sums are taken, and for 0 times inf, which counts
 *            as 0.
 *
 * Bound: arithmetic, 2 B O C I J KH KW operations. Of that rows that are not whole registers cost
 * some: of (4,28,28) by 3x3 30 places are computed for 28. //module4_nn:bench says what is reached.
 * Threads share images, or bands of rows. What is added up over images is added up in pieces whose
 * number depends on the shape alone: the same result with any number of threads.
 * Source: Chetlur et al., "cuDNN", 2014 (implicit products); Georganas et al., "Anatomy of
 * high-performance deep learning convolutions on SIMD architectures", 2018.
 */
#ifndef TT_MODULE4_NN_FAST_CONV_FAST_H
#define TT_MODULE4_NN_FAST_CONV_FAST_H

#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The slots of nn_backend.h. */
tt_status tti_fast_conv2d_window(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                                 tt_window window);
tt_status tti_fast_conv2d_weight(tt_ctx *c, tt_data dweight, tt_data x, tt_data dy,
                                 tt_window window);

/* ---- between conv_fast.c and conv_sparse.c ------------------------------------------------------ */

/* The same where most of `in` or dy is 0. False, and nothing is done, where they do not pay. */
bool tti_sparse_conv2d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                       tt_window window);
bool tti_sparse_weight(tt_ctx *c, tt_data dweight, tt_data x, tt_data dy, tt_window window);

/* Pieces in which sums over n images are taken, and where piece i begins. */
enum { TTI_MOST_PIECES = 16 };
static inline size_t tti_pieces(size_t n)
{
    return n < TTI_MOST_PIECES ? n : TTI_MOST_PIECES;
}
static inline size_t tti_piece_begin(size_t n, size_t i)
{
    return n * i / tti_pieces(n);
}

/* out[i] = sum over the pieces of parts[piece * n + i]. */
void tti_add_pieces(float *out, const float *parts, size_t pieces, size_t n);

#ifdef __cplusplus
}
#endif
#endif
