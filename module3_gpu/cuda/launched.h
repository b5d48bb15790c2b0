/* What the last launch was and how it went, for messages. One a thread. */
#ifndef TT_MODULE3_GPU_CUDA_LAUNCHED_H
#define TT_MODULE3_GPU_CUDA_LAUNCHED_H

#include "module2_tensors/backend.h"
#include "module3_gpu/cuda/kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* TT_OK for error 0; otherwise records TT_ERR_DEVICE (TT_ERR_MEMORY where the device has none left)
 * in c with the kernel, its grid, block and shared memory, and what the table's device says. */
tt_status tti_launch_status(tt_ctx *c, const char *who, const ttk_table *k, int error);

/* TT_OK for error 0; else TT_ERR_DEVICE, and the words for it are kept for tti_device_trouble: for
 * calls that have no context to record an error in. */
tt_status tti_device_call(const ttk_table *k, int error);

/* What the device said when a call of this thread failed last, and the last kernel before that, which
 * may be why; "" when none failed. */
const char *tti_device_trouble(void);

/* No launches from here to the next tti_launch_status: a pointer is missing. */
void tti_launch_forbid(void);

/* Launches of this thread so far: a test can see that there were any. */
size_t tti_launch_count(void);

#ifdef __cplusplus
}
#endif
#endif
