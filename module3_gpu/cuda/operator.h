/* Operators of one's own in CUDA: the public door (with module2_tensors/function.h).
 *
 * swish.cu has kernels and their launchers, built by tt_cuda_library (tools/cuda.bzl) for the
 * simulator and, where there is nvcc, for the GPU. swish.c turns them into a tt_function:
 *
 *   TT_KERNEL(swish, (float *y, const float *x, size_t n));
 *
 *   static tt_tensor *forward(tt_call *k, tt_ctx *c, tt_tensor **in)
 *   {
 *       tt_tensor *x = tt_contiguous(c, in[0]), *y = tt_empty_like(c, x);
 *       tt_save_for_backward(k, 0, x);
 *       tt_launched(c, TT_ON(c, swish)(tt_dev_out(y), tt_dev_in(x), tt_numel(x)));
 *       return y;
 *   }
 *
 * The whole of it is module3_gpu/examples/swish.{h,c,cu}. It works on the backends cuda and sim, that
 * is, on every machine; a tensor of simple or fast has no device, and is told so.
 */
#ifndef TT_MODULE3_GPU_CUDA_OPERATOR_H
#define TT_MODULE3_GPU_CUDA_OPERATOR_H

#include "module2_tensors/function.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Declares a launcher under both of its names. */
#define TT_KERNEL(name, arguments)                                                       \
    int ttk_cuda_##name arguments;                                                       \
    int ttk_sim_##name arguments

/* The build of the launcher for the backend of c: a function to be called. */
#ifdef TT_HAVE_CUDA
#define TT_ON(c, name) (tti_on_cuda(c) ? ttk_cuda_##name : ttk_sim_##name)
#else
#define TT_ON(c, name) (tti_on_cuda(c), ttk_sim_##name)
#endif

/* The numbers of a tensor for a kernel: to be read; to be written, all of them; to be changed.
 * In order from the pointer on: tensors must be contiguous (tt_contiguous). Copies to the device
 * when the present numbers are on the host only. For NULL, and after an error, NULL: launches are
 * then left out up to tt_launched.
 * Errors: TT_ERR_BACKEND when t's backend has no device, TT_ERR_SHAPE when t is not contiguous,
 * TT_ERR_MEMORY, TT_ERR_DEVICE. */
const float *tt_dev_in(tt_tensor *t);
float *tt_dev_out(tt_tensor *t);
float *tt_dev_change(tt_tensor *t);

/* TT_OK for a launcher's result 0; else records TT_ERR_DEVICE with kernel, grid and block. */
tt_status tt_launched(tt_ctx *c, int error);

/* Whether c's backend is the GPU. */
bool tti_on_cuda(const tt_ctx *c);

#ifdef __cplusplus
}
#endif
#endif
