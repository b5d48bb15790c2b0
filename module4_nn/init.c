#include "module4_nn/init.h"

#include <math.h>

#include "module2_tensors/slots.h"
#include "support/random.h"

tt_status tt_init_uniform(tt_tensor *t, float bound)
{
    if (!t) return TT_OK;
    tt_ctx *c = tti_owner(t, "tt_init_uniform");
    if (!tt_layout_contiguous(&t->data.layout) || t->data.storage->size != tt_numel(t))
        return tti_fail_status(c, TT_ERR_SHAPE, "tt_init_uniform",
                               "%s is a view; give the tensor that it looks at",
                               tt_node_label(&t->node));
    float *at = tt_storage_set(t->data.storage);
    if (!at) return TT_ERR_MEMORY;
    size_t n = tt_numel(t);
    tt_rng r = tt_ctx_rng(c, TT_STREAM_INIT, n);
    for (size_t i = 0; i < n; i++) at[i] = bound * (2.0f * tt_rng_uniform(r, i) - 1.0f);
    return TT_OK;
}

static tt_status by_fans(tt_tensor *t, const char *who, int fan_in, int fan_out)
{
    if (!t) return TT_OK;
    if (fan_in < 1 || fan_out < 0)
        return tti_fail_status(tti_owner(t, who), TT_ERR_VALUE, who,
                               "%d inputs and %d outputs: the fans are 1 or more", fan_in,
                               fan_out);
    return tt_init_uniform(t, (float)sqrt(6.0 / ((double)fan_in + fan_out)));
}

tt_status tt_init_kaiming(tt_tensor *t, int fan_in)
{
    return by_fans(t, "tt_init_kaiming", fan_in, 0);
}

tt_status tt_init_xavier(tt_tensor *t, int fan_in, int fan_out)
{
    return by_fans(t, "tt_init_xavier", fan_in, fan_out < 1 ? -1 : fan_out);
}

tt_tensor *tti_uniform(tt_ctx *c, tt_shape shape, float bound)
{
    tt_tensor *t = tt_empty(c, shape);
    return t && tt_init_uniform(t, bound) == TT_OK ? t : NULL;
}
