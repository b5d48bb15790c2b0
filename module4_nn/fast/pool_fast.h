/* Pooling, softmax, losses and masks on the fast backend, a pass over memory each: the slots of
 * nn_backend.h, which says what they do. Internal to module 4. */
#ifndef TT_MODULE4_NN_FAST_POOL_FAST_H
#define TT_MODULE4_NN_FAST_POOL_FAST_H

#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

tt_status tti_fast_maxpool2d(tt_ctx *c, tt_data out, tt_data winner, tt_data in, int kh,
                             int kw);
tt_status tti_fast_maxpool2d_back(tt_ctx *c, tt_data din, tt_data dout, tt_data winner,
                                  int kh, int kw);
tt_status tti_fast_avgpool2d(tt_ctx *c, tt_data out, tt_data in, int kh, int kw);
tt_status tti_fast_avgpool2d_back(tt_ctx *c, tt_data din, tt_data dout, int kh, int kw);

#ifdef __cplusplus
}
#endif
#endif
