#include "module4_nn/ops/update.h"

#include <math.h>

#include "support/ctx_struct.h"

void tti_update_momentum(float *p, const float *g, float *velocity, size_t n,
                         const tt_momentum_numbers *k)
{
    for (size_t i = 0; i < n; i++) {
        float d = g[i] + k->weight_decay * p[i];
        velocity[i] = k->momentum * velocity[i] + d;
        p[i] -= k->lr * (k->nesterov ? d + k->momentum * velocity[i] : velocity[i]);
    }
}

void tti_update_adam(float *p, const float *g, float *mean, float *square, size_t n,
                     const tt_adam_numbers *k)
{
    for (size_t i = 0; i < n; i++) {
        float d = g[i] + k->coupled_decay * p[i];
        mean[i] += (1.0f - k->beta1) * (d - mean[i]);
        square[i] = k->beta2 * square[i] + (1.0f - k->beta2) * d * d;
        float root = sqrtf(square[i]) / k->root_correction + k->eps;
        p[i] = p[i] * k->keep - k->step_size * mean[i] / root;
    }
}

/* A parameter's numbers, to be changed; NULL after an error. */
static float *change(tt_data a)
{
    float *at = tt_storage_change(a.storage);
    return at ? at + a.layout.offset : NULL;
}

tt_status tti_host_momentum(tt_ctx *c, tt_data p, tt_data g, tt_data velocity,
                            const tt_momentum_numbers *k)
{
    const float *from = tt_storage_read(g.storage);
    float *to = change(p), *v = change(velocity);
    if (from && to && v)
        tti_update_momentum(to, from + g.layout.offset, v, tt_shape_size(p.layout.shape),
                            k);
    return c->status;
}

tt_status tti_host_adam(tt_ctx *c, tt_data p, tt_data g, tt_data mean, tt_data square,
                        const tt_adam_numbers *k)
{
    const float *from = tt_storage_read(g.storage);
    float *to = change(p), *m = change(mean), *s = change(square);
    if (from && to && m && s)
        tti_update_adam(to, from + g.layout.offset, m, s, tt_shape_size(p.layout.shape), k);
    return c->status;
}
