#include "module4_nn/init.h"

#include <math.h>

#include "module2_tensors/slots.h"
#include "support/random.h"

/* The numbers of t, all to be set, and as many random ones; NULL after an error. */
static float *to_draw(tt_tensor *t, const char *who, tt_rng *r)
{
    tt_ctx *c = tti_owner(t, who);
    if (!tt_layout_contiguous(&t->data.layout) || t->data.storage->size != tt_numel(t))
        return tti_fail(c, TT_ERR_SHAPE, who,
                        "%s is a view; give the tensor that it looks at",
                        tt_node_label(&t->node));
    *r = tt_ctx_rng(c, TT_STREAM_INIT, tt_numel(t));
    return tt_storage_set(t->data.storage);
}

tt_status tt_init_uniform(tt_tensor *t, float bound)
{
    tt_rng r;
    if (!t) return TT_OK;
    float *at = to_draw(t, "tt_init_uniform", &r);
    for (size_t i = 0; at && i < tt_numel(t); i++)
        at[i] = bound * (2.0f * tt_rng_uniform(r, i) - 1.0f);
    return tt_error_status(t->node.header.ctx);
}

tt_status tt_init_normal(tt_tensor *t, float deviation)
{
    tt_rng r;
    if (!t) return TT_OK;
    float *at = to_draw(t, "tt_init_normal", &r);
    for (size_t i = 0; at && i < tt_numel(t); i++)
        at[i] = deviation * tt_rng_normal(r, i);
    return tt_error_status(t->node.header.ctx);
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
