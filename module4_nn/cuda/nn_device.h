/* Module 4's slots for backends made of kernels: sim, sim-fast, cuda, cuda-course.
 * Internal to module 4. */
#ifndef TT_MODULE4_NN_CUDA_NN_DEVICE_H
#define TT_MODULE4_NN_CUDA_NN_DEVICE_H

#include "module4_nn/cuda/nn_kernels.h"
#include "module4_nn/ops/nn_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The slots of a device backend; NULL for one that is none of the four. */
const tt_nn_backend *tti_nn_device(const tt_backend *backend);

/* The launchers of the simulator, and of the GPU or NULL: for tests of single kernels. */
const ttk_nn_table *tti_nn_sim_kernels(void);
const ttk_nn_table *tti_nn_cuda_kernels(void);

#ifdef __cplusplus
}
#endif
#endif
