/* What module 4's slots get by value: for backends, and for kernels, which include no tensors.
 * Internal to module 4. */
#ifndef TT_MODULE4_NN_OPS_SLOT_TYPES_H
#define TT_MODULE4_NN_OPS_SLOT_TYPES_H

#include <stdbool.h>

#include "support/random.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which cell of the input a window reads, for rows [0] and columns [1] alike:
 *
 *   q = i * step + k * dilation - pad        i: index in out, k: index in the kernel
 *
 * and reads in[q / spread], or 0 where spread does not divide q or there is no such cell. Torch's
 * stride, dilation and padding are step, dilation and pad; a dilation of -1 turns the kernel round;
 * spread puts spread - 1 zeros between the cells of the input, for the gradient of strides. */
typedef struct tt_window {
    int step[2], dilation[2], pad[2], spread[2];
} tt_window;

/* Which row (d = 0) or column (d = 1) of an input of `size` of them a window reads: -1 for none. */
static inline TT_HD int tti_window_at(const tt_window *w, int d, int i, int k, int size)
{
    int q = i * w->step[d] + k * w->dilation[d] - w->pad[d];
    if (q < 0 || q % w->spread[d] != 0) return -1;
    q /= w->spread[d];
    return q < size ? q : -1;
}

/* The window that begins at the output cell, or reversed ends there: conv1d and conv2d. */
static inline tt_window tti_anchored(bool reverse)
{
    int sign = reverse ? -1 : 1;
    tt_window w = {{1, 1}, {sign, sign}, {0, 0}, {1, 1}};
    return w;
}

/* The window by which x, convolved with dy, gives the gradient of the weight: batch and channels
 * exchanged, step and dilation change places. */
static inline tt_window tti_across(tt_window w)
{
    tt_window across = {{w.dilation[0], w.dilation[1]},
                        {w.step[0], w.step[1]},
                        {w.pad[0], w.pad[1]},
                        {1, 1}};
    return across;
}

/* p <- p - lr v with v <- momentum v + g + weight_decay p; nesterov: p - lr (g + .. + momentum v). */
typedef struct tt_momentum_numbers {
    float lr, momentum, weight_decay;
    bool nesterov;
} tt_momentum_numbers;

/* One step of Adam, with what depends on the step's number worked out. */
typedef struct tt_adam_numbers {
    float beta1, beta2, eps;
    float coupled_decay;   /* Adam: this times p is added to the gradient */
    float keep;            /* AdamW: p is multiplied by 1 - lr weight_decay before */
    float step_size;       /* lr / (1 - beta1^t) */
    float root_correction; /* sqrt(1 - beta2^t) */
} tt_adam_numbers;

#ifdef __cplusplus
}
#endif
#endif
