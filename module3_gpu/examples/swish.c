/* From kernels to a function of tensors: see swish.h. */
#include "module3_gpu/examples/swish.h"

static tt_tensor *forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_tensor *x = tt_contiguous(c, in[0]), *y = tt_empty_like(c, x);
    tt_save_for_backward(k, 0, x);
    tt_launched(c, TT_ON(c, swish)(tt_dev_out(y), tt_dev_in(x), tt_numel(x)));
    return tt_error(c) ? NULL : y;
}

static void backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *x = tt_saved(k, 0);
    dy = tt_contiguous(c, dy);
    din[0] = tt_empty_like(c, x);
    tt_launched(c, TT_ON(c, swish_back)(tt_dev_out(din[0]), tt_dev_in(x), tt_dev_in(dy),
                                        tt_numel(x)));
}

const tt_function swish = {
    .name = "swish", .inputs = 1, .forward = forward, .backward = backward};
