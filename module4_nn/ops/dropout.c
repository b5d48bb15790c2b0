#include "module4_nn/ops/dropout.h"

#include "module2_tensors/slots.h"

void tt_dropout_mask(float *mask, size_t n, float rate, tt_rng r)
{
    // BEGIN SOLUTION 4.4
    for (size_t i = 0; i < n; i++)
        mask[i] = tt_rng_uniform(r, i) < rate ? 0.0f : 1.0f / (1.0f - rate);
    // END SOLUTION
}

tt_tensor *tt_dropout(tt_ctx *c, tt_tensor *x, float rate, bool training)
{
    if (!x || tt_error(c)) return NULL;
    if (!(rate >= 0.0f && rate <= 1.0f))
        return tti_fail(c, TT_ERR_VALUE, "tt_dropout",
                        "rate is %g; it is a probability, 0 to 1, for example 0.25",
                        (double)rate);
    if (!training) return x;
    tt_tensor *mask = tti_new(c, tti_backend(x), tt_shape_of(x), "tt_dropout");
    float *at = mask ? tt_storage_set(mask->data.storage) : NULL;
    if (!at) return NULL;
    size_t n = tt_numel(mask);
    tt_dropout_mask(at, n, rate, tt_ctx_rng(c, TT_STREAM_DROPOUT, n));
    return tt_mul(c, x, mask);
}
