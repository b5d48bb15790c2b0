/* Operations in one piece, for backends that have them so: forward and backward are a slot each.
 *
 * The operations of Tasks 4.3 and 4.4 are composed of module 2's slots, and so run on every backend.
 * A backend that can do one of them in a single pass over memory fills its shortcut (nn_backend.h);
 * the operation then comes here, with the same result and the same gradient. Inputs are checked.
 * Internal to module 4.
 */
#ifndef TT_MODULE4_NN_OPS_SHORTCUTS_H
#define TT_MODULE4_NN_OPS_SHORTCUTS_H

#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the backend of x has the slots `name` and name_back. */
#define TTI_SHORTCUT(x, name) (tti_nn_backend((x)->data.storage->backend)->name != NULL)

tt_tensor *tti_maxpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw);
tt_tensor *tti_avgpool2d(tt_ctx *c, tt_tensor *x, int kh, int kw);
tt_tensor *tti_softmax(tt_ctx *c, tt_tensor *x, int dim, bool log);
tt_tensor *tti_nll(tt_ctx *c, tt_tensor *log_p, tt_tensor *y);

/* 0 .. n-1 as a tensor (n,) of that backend: made there where it can be, else on the host. */
tt_tensor *tti_arange(tt_ctx *c, const tt_backend *backend, int n);

#ifdef __cplusplus
}
#endif
#endif
