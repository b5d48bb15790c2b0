/* A backend made of kernels: one C source for the GPU and for the simulator of it.
 *
 * The slots of module 2's table turn tensors' storages into device pointers and call launchers
 * through a table of them, ttk_cuda_* or ttk_sim_*. Each comes twice: with the kernels of the
 * course, which learners write in Tasks 3.3 and 3.4, and with the fast ones behind them.
 *
 *   name         kernels     memory              runs on
 *   cuda         fast        caching allocator   the GPU that TT_CUDA_DEVICE names (0)
 *   cuda-course  course's    the same            the same
 *   sim          course's    exactly as asked    the CPU, under the simulator
 *   sim-fast     fast        the same            the same
 *
 * Launches on the GPU return before the kernel is done; everything is in order on one stream. Environment:
 *
 *   TT_CUDA_DEVICE=1   the GPU with that number; without, 0. A wrong number is said with the right ones
 *   TT_CUDA_SYNC=1     waits for each kernel, so that a fault is reported by the one that made it
 *   TT_CUDA_TF32=1     matmul of cuda and sim-fast on tensor cores: operands are rounded to 11 bits, and
 *                      a dot product loses about 3 of 7 digits (tensor_core.h). Cards before sm_80 do
 *                      not have them and go on in float. Without it everything is float
 *
 * Sums are the same each time, to the last bit: their order depends on sizes alone (plan.h).
 * A kernel's fault is the end of the device for this process: every later operation fails as well.
 *
 * State: sim and sim-fast are tested on every machine. Of cuda and cuda-course everything compiles
 * with nvcc 13 for sm_75 to sm_100; they have not yet run on a GPU, nor been timed on one.
 * `bash tools/gpu_check.sh` does all that wants a GPU.
 */
#ifndef TT_MODULE3_GPU_CUDA_KERNEL_BACKEND_H
#define TT_MODULE3_GPU_CUDA_KERNEL_BACKEND_H

#include "module2_tensors/backend.h"
#include "module3_gpu/cuda/kernels.h"
#include "module3_gpu/cuda/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The simulator's: there on every machine. */
const tt_backend *tt_backend_sim(void);
const tt_backend *tt_backend_sim_fast(void);

/* The GPU's: NULL in a build without nvcc and where no device answers (tt_cuda_problem). */
const tt_backend *tt_backend_cuda(void);
const tt_backend *tt_backend_cuda_course(void);

/* Why there is no cuda backend: "this build was made without nvcc", "cudaErrorNoDevice: ..".
 * NULL when there is one. */
const char *tt_cuda_problem(void);

/* The launchers of the simulator, and of the GPU or NULL: for tests of single kernels. */
const ttk_table *tti_sim_kernels(void);
const ttk_table *tti_cuda_kernels(void);

/* ---- internal: how the four are made ---------------------------------------------------------- */

typedef struct tti_kernel_backend {
    tt_backend base; /* first: a slot finds its backend by the storage of its operands */
    const ttk_table *k;
    tti_memory *memory;
    bool fast;
} tti_kernel_backend;

/* The slots for arithmetic, and a list of them for a backend's table. */
tt_status tti_kernel_map(tt_ctx *c, tt_unary_op op, tt_data out, tt_data in);
tt_status tti_kernel_zip(tt_ctx *c, tt_binary_op op, tt_data out, tt_data a, tt_data b);
tt_status tti_kernel_reduce(tt_ctx *c, tt_binary_op op, tt_data out, tt_data in, int dim,
                            float start);
tt_status tti_kernel_matmul(tt_ctx *c, tt_data out, tt_data a, tt_data b);
tt_status tti_kernel_copy(tt_ctx *c, tt_data out, tt_data in);
tt_status tti_kernel_fill(tt_ctx *c, tt_data out, float value);
tt_status tti_kernel_axpy(tt_ctx *c, tt_data y, float alpha, tt_data x);

#define TTI_KERNEL_SLOTS                                                                 \
    .map = tti_kernel_map, .zip = tti_kernel_zip, .reduce = tti_kernel_reduce,           \
    .matmul = tti_kernel_matmul, .copy = tti_kernel_copy, .fill = tti_kernel_fill,       \
    .axpy = tti_kernel_axpy

#ifdef __cplusplus
}
#endif
#endif
