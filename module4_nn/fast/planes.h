/* Planes: an image laid out so that what a kernel's cell reads are whole rows.
 *
 * The image gets its border of zeros, and where the window moves by steps of more than one cell, the
 * cells that one step apart are neighbours: cell (y, x) of the bordered image lies in plane
 * (y mod step, x mod step), row y / step, column x / step. So kernel cell (di, dj) reads, for all
 * places (i, j) of the output, one plane from one cell on:
 *
 *   at[tti_planes_offset(p, c, di, dj) + i * p->columns + j]
 *
 * and the rows follow each other without a gap: a loop over all places is one long loop. (It passes
 * columns - width places too many in each row; what comes out there is thrown away.)
 * Only `band` rows of output at a time, so that the planes stay in the second-level cache.
 * Internal to module 4.
 */
#ifndef TT_MODULE4_NN_FAST_PLANES_H
#define TT_MODULE4_NN_FAST_PLANES_H

#include "module4_nn/ops/nn_backend.h"

typedef struct tti_planes {
    tt_window window;
    int channels, band;
    int low[2]; /* where the window begins at output 0: row, column of the image */
    size_t rows, columns; /* of one plane */
    size_t channel;       /* numbers a channel: step x step planes */
    size_t numbers; /* in all, and as many zeros behind as a register may read too far */
} tti_planes;

/* For kernels of that many rows and columns, outputs of `band` rows and `width` columns. */
tti_planes tti_planes_of(tt_window window, const int kernel[2], int channels, int band,
                         int width);

/* Fills the planes for output rows from row `begin` on. image: (C,H,W) by those strides. */
void tti_planes_fill(const tti_planes *p, float *to, const float *image,
                     const tt_layout *in, int begin);

size_t tti_planes_offset(const tti_planes *p, int channel, int di, int dj);

#endif
