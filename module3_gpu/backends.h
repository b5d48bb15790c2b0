/* Which backends there are, and the best of them.
 *
 * This is the one place that knows all backends by name; modules 0 to 2 know none but `simple`.
 */
#ifndef TT_MODULE3_GPU_BACKENDS_H
#define TT_MODULE3_GPU_BACKENDS_H

#include "module2_tensors/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The backend called `name`: "simple", "fast", "cuda", "cuda-course", "sim" or "sim-fast" (README.md
 * says which computes where), or "auto" for the best one: cuda where a device answers, else fast.
 * Errors: TT_ERR_NAME for a name that no backend has, TT_ERR_DEVICE for one that this build or machine
 * lacks; *backend is then untouched and the message says what there is. */
tt_status tt_backend_open(tt_ctx *c, const char *name, const tt_backend **backend);

/* The fastest backend on this machine: cuda if a device answers, else fast, else simple. */
const tt_backend *tt_backend_best(void);

#ifdef __cplusplus
}
#endif
#endif
