#include "module4_nn/ops/dropout.h"

#include "module2_tensors/slots.h"
#include "module4_nn/ops/nn_backend.h"

void tt_dropout_mask(float *mask, size_t n, float rate, tt_rng r)
{
    // BEGIN SOLUTION 4.4
    for (size_t i = 0; i < n; i++)
        mask[i] = tt_rng_uniform(r, i) < rate ? 0.0f : 1.0f / (1.0f - rate);
    // END SOLUTION
}

/* A new mask of x's shape: drawn where x lives if that backend can, so that none travels. */
static tt_tensor *mask_like(tt_ctx *c, tt_tensor *x, float rate)
{
    const tt_nn_backend *slots = tti_nn_backend(tti_backend(x));
    tt_tensor *mask = tti_new(c, tti_backend(x), tt_shape_of(x), "tt_dropout");
    if (!mask) return NULL;
    size_t n = tt_numel(mask);
    tt_rng r = tt_ctx_rng(c, TT_STREAM_DROPOUT, n);
    if (slots->dropout_mask)
        return slots->dropout_mask(c, mask->data, rate, r) ? NULL : mask;
    float *at = tt_storage_set(mask->data.storage);
    if (!at) return NULL;
    tt_dropout_mask(at, n, rate, r);
    return mask;
}

tt_tensor *tt_dropout(tt_ctx *c, tt_tensor *x, float rate, bool training)
{
    if (!x || tt_error(c)) return NULL;
    if (!(rate >= 0.0f && rate <= 1.0f))
        return tti_fail(c, TT_ERR_VALUE, "tt_dropout",
                        "rate is %g; it is a probability, 0 to 1, for example 0.25",
                        (double)rate);
    if (!training) return x;
    return tt_mul(c, x, mask_like(c, x, rate));
}
