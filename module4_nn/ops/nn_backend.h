/* What module 4 adds to a backend: convolution, optimisers' updates and shortcuts, in a table of its
 * own. Internal to module 4.
 *
 * By the pattern of module 2's tt_backend: one constant table a backend, found by the backend that a
 * tensor lives on. Nothing below knows of it. Every slot works on data handles of any layout and
 * writes a contiguous `out` whose shape the caller has worked out; where a window reaches beyond the
 * input, it reads 0. Two kinds of slots:
 *
 *   needed       convolution, updates: an empty one is an error that names backend and slot
 *   shortcuts    what can be composed of module 2's slots as well (pooling, softmax, ..): where one
 *                is empty, the operation is composed, as learners write it in Tasks 4.3 and 4.4
 *
 *   simple                 the loops of conv_simple.h (Tasks 4.1, 4.2), no shortcuts
 *   fast                   module4_nn/fast: convolutions without patches, one pass for each shortcut
 *   other host backends    conv_unrolled.h: patches, and the backend's own matmul
 *   sim, cuda-course       module4_nn/cuda: the kernels of Task 4.4b; of the shortcuts those
 *                          without which numbers would have to come from the host, and pooling,
 *                          for whose tiles a block of reduce, 256 threads, is far too much
 *   sim-fast, cuda         module4_nn/cuda: tiled convolutions, all shortcuts
 */
#ifndef TT_MODULE4_NN_OPS_NN_BACKEND_H
#define TT_MODULE4_NN_OPS_NN_BACKEND_H

#include "module2_tensors/tensor.h"
#include "module4_nn/ops/slot_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_nn_backend {
    /* out (B,O,T), in (B,C,W), weight (O,C,K):
     * out[b,o,t] = sum over c, k of weight[o,c,k] in[b,c,t+k]; in[b,c,t-k] when reverse. */
    tt_status (*conv1d)(tt_ctx *c, tt_data out, tt_data in, tt_data weight, bool reverse);

    /* The same in two dimensions: out (B,O,I,J), in (B,C,H,W), weight (O,C,KH,KW). */
    tt_status (*conv2d)(tt_ctx *c, tt_data out, tt_data in, tt_data weight, bool reverse);

    /* The same with a window of any kind. */
    tt_status (*conv2d_window)(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                               tt_window window);

    /* A parameter's update in place (optim.h): p, its gradient g and the optimiser's state, all
     * contiguous and of one shape. */
    tt_status (*momentum)(tt_ctx *c, tt_data p, tt_data g, tt_data velocity,
                          const tt_momentum_numbers *k);
    tt_status (*adam)(tt_ctx *c, tt_data p, tt_data g, tt_data mean, tt_data square,
                      const tt_adam_numbers *k);

    /* ---- shortcuts: each may be NULL ---- */

    /* The weight's gradient of conv2d_window, which conv2d_window of x and dy, batch and channels
     * exchanged, gives too. dweight (O,C,KH,KW), x (B,C,H,W), dy (B,O,I,J), the window of forward. */
    tt_status (*conv2d_weight)(tt_ctx *c, tt_data dweight, tt_data x, tt_data dy,
                               tt_window window);

    /* in (B,C,H,W), out (B,C,H/kh,W/kw). winner, of out's shape: which cell of its tile is the
     * largest, 0 .. kh kw - 1 in row-major order, the first of equals; kh kw when all are NaN (out
     * is then -inf). back: din is 0 but at the winners. */
    tt_status (*maxpool2d)(tt_ctx *c, tt_data out, tt_data winner, tt_data in, int kh,
                           int kw);
    tt_status (*maxpool2d_back)(tt_ctx *c, tt_data din, tt_data dout, tt_data winner,
                                int kh, int kw);
    tt_status (*avgpool2d)(tt_ctx *c, tt_data out, tt_data in, int kh, int kw);
    tt_status (*avgpool2d_back)(tt_ctx *c, tt_data din, tt_data dout, int kh, int kw);

    /* Along dimension dim, the logarithm when log; back gets the result y of forward. */
    tt_status (*softmax)(tt_ctx *c, tt_data y, tt_data x, int dim, bool log);
    tt_status (*softmax_back)(tt_ctx *c, tt_data dx, tt_data y, tt_data dy, int dim,
                              bool log);

    /* loss (1,) = -1/B sum over b of log_p[b,y[b]]; log_p (B,K), y (B,) class ids, checked. back:
     * dlog_p[b,j] = -dloss / B where j = y[b], else 0. */
    tt_status (*nll)(tt_ctx *c, tt_data loss, tt_data log_p, tt_data y);
    tt_status (*nll_back)(tt_ctx *c, tt_data dlog_p, tt_data dloss, tt_data y);

    /* out[i] = i, out (n,). */
    tt_status (*arange)(tt_ctx *c, tt_data out);

    /* mask[i] as tt_dropout_mask (dropout.h) makes it. */
    tt_status (*dropout_mask)(tt_ctx *c, tt_data mask, float rate, tt_rng r);

    /* out (N,D) = table (V,D)[ids[n],:]; back: dtable = the sum of dout's rows for each id, added
     * up in the order of n, so that it repeats. ids (N,), checked. */
    tt_status (*gather)(tt_ctx *c, tt_data out, tt_data table, tt_data ids);
    tt_status (*gather_back)(tt_ctx *c, tt_data dtable, tt_data dout, tt_data ids);
} tt_nn_backend;

/* The table of a backend; one with empty slots when it has none. Never NULL. */
const tt_nn_backend *tti_nn_backend(const tt_backend *backend);

/* From tensors to slots: make the result, whose width (rows, columns) the caller says, and call.
 * Three or four dimensions and equal channels are the caller's to check. NULL after an error. */
tt_tensor *tti_conv1d(tt_ctx *c, const char *who, tt_tensor *in, tt_tensor *weight,
                      int width, bool reverse);
tt_tensor *tti_conv2d(tt_ctx *c, const char *who, tt_tensor *in, tt_tensor *weight,
                      const int size[2], bool reverse);
tt_tensor *tti_conv2d_window(tt_ctx *c, const char *who, tt_tensor *in, tt_tensor *weight,
                             const int size[2], tt_window window);

/* The weight's gradient, for a weight of that shape: by the shortcut, or by conv2d_window. */
tt_tensor *tti_conv2d_weight(tt_ctx *c, const char *who, tt_tensor *x, tt_tensor *dy,
                             tt_shape weight, tt_window window);

#ifdef __cplusplus
}
#endif
#endif
