/* What optimisers do to one parameter, for backends in host memory: loops in place, no memory.
 * Internal to module 4; optim.h is the interface. */
#ifndef TT_MODULE4_NN_OPS_UPDATE_H
#define TT_MODULE4_NN_OPS_UPDATE_H

#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* n numbers p with gradient g and state, all contiguous. */
void tti_update_momentum(float *p, const float *g, float *velocity, size_t n,
                         const tt_momentum_numbers *k);
void tti_update_adam(float *p, const float *g, float *mean, float *square, size_t n,
                     const tt_adam_numbers *k);

/* The slots of host backends. */
tt_status tti_host_momentum(tt_ctx *c, tt_data p, tt_data g, tt_data velocity,
                            const tt_momentum_numbers *k);
tt_status tti_host_adam(tt_ctx *c, tt_data p, tt_data g, tt_data mean, tt_data square,
                        const tt_adam_numbers *k);

#ifdef __cplusplus
}
#endif
#endif
