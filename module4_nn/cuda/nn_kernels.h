/* The launchers of module 4's kernels, as C sees them: a table of its own, by the pattern of
 * module3_gpu/cuda/kernels.h, whose codes and rules hold here too.
 *
 * Pointers are to the start of a storage on the device; offset and strides stand in the layouts.
 * Where no layout is given, numbers are in order from the pointer on.
 */
#ifndef TT_MODULE4_NN_CUDA_NN_KERNELS_H
#define TT_MODULE4_NN_CUDA_NN_KERNELS_H

#include "module2_tensors/shape.h"
#include "module4_nn/ops/slot_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A convolution seen as a product of matrices: out (m, n) = weight (m, k) x what lies under the
 * window (k, n), with m = O, n = B I J, k = C KH KW. */
typedef struct ttk_conv_size {
    size_t m, n, k;
} ttk_conv_size;

static inline ttk_conv_size ttk_conv_size_of(const tt_shape *out, const tt_shape *weight)
{
    const int *o = out->dim, *w = weight->dim;
    ttk_conv_size s = {(size_t)o[1], (size_t)o[0] * (size_t)o[2] * (size_t)o[3],
                       (size_t)w[1] * (size_t)w[2] * (size_t)w[3]};
    return s;
}

/* conv_fast's tiles of out, rows x columns; which one suits a size. */
typedef enum ttk_conv_tile {
    TTK_CONV_128x128,
    TTK_CONV_64x128,
    TTK_CONV_64x64,
    TTK_CONV_16x256
} ttk_conv_tile;

static inline size_t ttk_conv_tiles(ttk_conv_size s, ttk_conv_tile tile)
{
    static const unsigned rows[] = {128, 64, 64, 16}, columns[] = {128, 128, 64, 256};
    return ((s.m + rows[tile] - 1) / rows[tile]) *
           ((s.n + columns[tile] - 1) / columns[tile]);
}

enum {
    TTK_CONV_ENOUGH = 132 * 2
}; /* blocks that give every processor of a large GPU work */

/* The tile that costs least: its cells, the wasted ones too, over how fast a tile of its kind does
 * them (a guess from the reads a product takes; not measured). */
static inline ttk_conv_tile ttk_conv_tile_for(ttk_conv_size s)
{
    static const double cost[] = {128 * 128, 64 * 128 / 0.9, 64 * 64 / 0.75,
                                  16 * 256 / 0.6};
    ttk_conv_tile best = TTK_CONV_64x64;
    for (int tile = TTK_CONV_128x128; tile <= TTK_CONV_16x256; tile++) {
        bool few = tile < TTK_CONV_64x64 &&
                   ttk_conv_tiles(s, (ttk_conv_tile)tile) < TTK_CONV_ENOUGH;
        if (few) continue;
        if (cost[tile] * (double)ttk_conv_tiles(s, (ttk_conv_tile)tile) <
            cost[best] * (double)ttk_conv_tiles(s, best))
            best = (ttk_conv_tile)tile;
    }
    return best;
}

/* In how many pieces k is cut, so that there are enough blocks where out is small and k long, as it
 * is for the gradient of a weight; each piece a multiple of 256. 1: not at all. */
static inline unsigned ttk_conv_pieces(ttk_conv_size s)
{
    enum { PIECE = 256, MOST = 1024 };
    size_t tiles = ttk_conv_tiles(s, ttk_conv_tile_for(s));
    size_t most = s.k / PIECE, wanted = TTK_CONV_ENOUGH / (tiles ? tiles : 1);
    size_t pieces = wanted < most ? wanted : most;
    if (pieces > MOST) pieces = MOST;
    return pieces < 2 ? 1 : (unsigned)pieces;
}

/* The kernels of Task 4.4b: what a learner writes. Any layouts, any sizes.
 *   conv1d   out (B,O,T), in (B,C,W), weight (O,C,K):
 *            out[b,o,t] = sum over c, k of weight[o,c,k] in[b,c,t+k]; in[b,c,t-k] when reverse
 *   conv2d   the same in two dimensions: out (B,O,I,J), in (B,C,H,W), weight (O,C,KH,KW) */
#define TTK_NN_COURSE(X)                                                                 \
    X(conv1d, (float *out, tt_layout to, const float *in, tt_layout from,                \
               const float *weight, tt_layout kernel, bool reverse))                     \
    X(conv2d, (float *out, tt_layout to, const float *in, tt_layout from,                \
               const float *weight, tt_layout kernel, bool reverse))

/* Given. What each computes stands with the slot of its name in ops/nn_backend.h.
 *   conv2d_window  like conv2d, with a window of any kind: one thread an output cell
 *   conv_fast      the same by tiles; dimensions 2 and 3 of out are in order, 0 and 1 anywhere. k is
 *                  cut into `pieces`; with more than one, scratch has room for pieces m n numbers
 *   softmax ..     x, dy: any layout; y, dx in order, of x's shape */
#define TTK_NN_GIVEN(X)                                                                  \
    X(conv2d_window, (float *out, tt_layout to, const float *in, tt_layout from,         \
                      const float *weight, tt_layout kernel, tt_window w))               \
    X(conv_fast, (float *out, tt_layout to, const float *in, tt_layout from,             \
                  const float *weight, tt_layout kernel, tt_window w,                    \
                  ttk_conv_tile tile, unsigned pieces, float *scratch))                  \
    X(momentum,                                                                          \
      (float *p, const float *g, float *velocity, size_t n, tt_momentum_numbers k))      \
    X(adam, (float *p, const float *g, float *mean, float *square, size_t n,             \
             tt_adam_numbers k))                                                         \
    X(arange, (float *out, size_t n))                                                    \
    X(dropout_mask, (float *mask, size_t n, float rate, tt_rng r))                       \
    X(maxpool2d, (float *out, float *winner, tt_shape small, const float *in,            \
                  tt_layout from, int kh, int kw))                                       \
    X(maxpool2d_back, (float *din, tt_shape big, const float *dout, tt_layout from,      \
                       const float *winner, int kh, int kw))                             \
    X(avgpool2d,                                                                         \
      (float *out, tt_shape small, const float *in, tt_layout from, int kh, int kw))     \
    X(avgpool2d_back,                                                                    \
      (float *din, tt_shape big, const float *dout, tt_layout from, int kh, int kw))     \
    X(softmax, (float *y, const float *x, tt_layout from, int dim, bool log))            \
    X(softmax_back,                                                                      \
      (float *dx, const float *y, const float *dy, tt_layout from, int dim, bool log))   \
    X(nll,                                                                               \
      (float *loss, const float *log_p, tt_layout from, const float *y, tt_layout ids))  \
    X(nll_back, (float *dlog_p, int rows, int classes, const float *dloss,               \
                 const float *y, tt_layout ids))                                         \
    X(gather, (float *out, int n, const float *table, tt_layout from, const float *ids,  \
               tt_layout at))                                                            \
    X(gather_back,                                                                       \
      (float *dtable, const float *dout, tt_layout from, const float *ids, tt_layout at))

#define TTK_NN_ALL(X) TTK_NN_COURSE(X) TTK_NN_GIVEN(X)

#define TTK_NN_DECLARE(name, arguments)                                                  \
    int ttk_cuda_nn_##name arguments;                                                    \
    int ttk_sim_nn_##name arguments;
TTK_NN_ALL(TTK_NN_DECLARE)
#undef TTK_NN_DECLARE

typedef struct ttk_nn_table {
#define TTK_NN_FIELD(name, arguments) int(*name) arguments;
    TTK_NN_ALL(TTK_NN_FIELD)
#undef TTK_NN_FIELD
} ttk_nn_table;

#ifdef __cplusplus
}
#endif
#endif
