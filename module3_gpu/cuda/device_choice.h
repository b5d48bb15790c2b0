/* Which GPU the backend cuda works on, or in a sentence why on none. */
#ifndef TT_MODULE3_GPU_CUDA_DEVICE_CHOICE_H
#define TT_MODULE3_GPU_CUDA_DEVICE_CHOICE_H

#include "module3_gpu/cuda/kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The device that `wanted` numbers (TT_CUDA_DEVICE; NULL and "" are 0) among those that answer through
 * k. Chooses it for this thread, sets *device and problem to "". Else `problem` says what is wrong:
 * no device, a driver too old for this build, a number that is none or too large, a device that
 * refuses. False then. */
bool tti_device_choose(const ttk_table *k, const char *wanted, int *device, char *problem,
                       size_t room);

#ifdef __cplusplus
}
#endif
#endif
