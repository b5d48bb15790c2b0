/* Convolution kernels under test: arrays in any layout on the device, results by the definition. */
#ifndef TT_TESTS_MODULE4_NN_SUPPORT_CONV_CASES_H
#define TT_TESTS_MODULE4_NN_SUPPORT_CONV_CASES_H

#include "module4_nn/cuda/nn_device.h"
#include "tests/module4_nn/support/nn_cases.h"

/* Sizes and a window; in memory `in` and `weight` lie with their first two dimensions exchanged and
 * `gap` numbers in front, when turned. */
typedef struct conv_case {
    int batch, in, height, width, out, kh, kw; /* B C H W, O KH KW */
    int rows, columns;                         /* I J */
    tt_window w;
    bool turned;
    int gap;
} conv_case;

tt_shape conv_in_shape(const conv_case *k);
tt_shape conv_weight_shape(const conv_case *k);
tt_shape conv_out_shape(const conv_case *k);

/* The layout that memory of such a case has, and how many numbers it takes. */
tt_layout conv_layout(tt_shape shape, const conv_case *k);
size_t conv_room(tt_shape shape, const conv_case *k);

/* want (B,O,I,J) in order, worked out in double from arrays in those layouts. */
void conv_expected(const conv_case *k, const float *in, const float *weight, double *want);

#endif
