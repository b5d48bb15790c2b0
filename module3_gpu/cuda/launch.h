/* For .cu files: names and launches that serve both builds of a kernel.
 *
 * One .cu file is compiled twice, by nvcc for the GPU and by the host compiler for the simulator
 * (module3_gpu/sim), and both objects are linked into one program. Two things differ:
 *
 *   TTK(swish)                          ttk_cuda_swish under nvcc, ttk_sim_swish in the simulator
 *   TT_LAUNCH(kernel, grid, block, shared, arguments...)
 *                                       kernel<<<grid, block, shared>>>(arguments...) under nvcc,
 *                                       the simulator's call otherwise
 *
 * A launcher is the C function around a launch. It returns what TT_LAUNCH returns: 0, or an error
 * code to be given to tt_launched (operator.h), which makes a sentence of it. A grid of no blocks
 * is no launch, and no error: there is nothing to do for an empty tensor.
 *
 *   static __global__ void twice_kernel(float *y, const float *x, size_t n)
 *   {
 *       size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
 *       if (i < n) y[i] = 2 * x[i];
 *   }
 *   extern "C" int TTK(twice)(float *y, const float *x, size_t n)
 *   {
 *       return TT_LAUNCH(twice_kernel, tt_blocks(n, 256), 256, 0, y, x, n);
 *   }
 *
 * With TT_CUDA_SYNC=1 in the environment every launch on a GPU is waited for, so that a fault is
 * reported by the kernel that made it; without, by whichever call comes next.
 */
#ifndef TT_MODULE3_GPU_CUDA_LAUNCH_H
#define TT_MODULE3_GPU_CUDA_LAUNCH_H

#include <stddef.h>

#include "support/error.h"

/* C sees what stands here first; the rest is for .cu files. */

/* How many blocks of `per` threads it takes to have one thread for each of n cells. */
static inline unsigned tt_blocks(size_t n, unsigned per)
{
    return (unsigned)((n + per - 1) / per);
}

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a launch makes sense: false after tt_dev_in or tt_dev_out had no pointer to give, so that
 * no kernel runs on NULL. And what became of it, kept for tt_launched. Both in launched.c. */
bool tti_launch_allowed(void);
int tti_launched(const char *kernel, const unsigned grid[3], const unsigned block[3],
                 size_t shared, int error);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
#ifdef __CUDACC__

#include <cstdio>
#include <cstdlib>

#define TTK(name) ttk_cuda_##name

/* In front of a loop of few, constant passes: written out, so that arrays it indexes are registers. */
#define TTK_UNROLL _Pragma("unroll")
#define TTK_UNROLL_BY(n) TTK_UNROLL_TEXT(unroll n)
#define TTK_UNROLL_TEXT(text) _Pragma(#text)

#define TT_LAUNCH(kernel, grid, block, shared, ...)                                      \
    tti_launch(#kernel, dim3(grid), dim3(block), shared, [&](dim3 tti_g, dim3 tti_b) {   \
        kernel<<<tti_g, tti_b, shared>>>(__VA_ARGS__);                                   \
        return tti_cuda_look();                                                          \
    })

/* The error of the launch just made; with TT_CUDA_SYNC=1 of its whole run. */
static inline int tti_cuda_look(void)
{
    const char *wanted = getenv("TT_CUDA_SYNC");
    cudaError_t error = cudaGetLastError();
    if (error == cudaSuccess && wanted && wanted[0] && wanted[0] != '0')
        error = cudaDeviceSynchronize();
    return error;
}

/* A task that is still to do, met on the device: __trap ends the kernel with an error. A stub of
 * formulas.h is host code as well. */
[[noreturn, maybe_unused]] static __host__ __device__ __noinline__ void
tti_todo_on_device(const char *task, const char *function, const char *file, int line)
{
#ifdef __CUDA_ARCH__
    printf("Task %s is not implemented yet: %s (%s:%d)\n", task, function, file, line);
    __trap();
#else
    tti_todo(task, function, file, line);
#endif
}

#undef TT_TODO
#define TT_TODO(task) tti_todo_on_device(task, __func__, __FILE__, __LINE__)

#else

#include "module3_gpu/sim/include/cuda_runtime.h"

/* A task that is still to do, met in a kernel: told from outside of it, as sanitizers of the host do
 * not know the stacks of its threads. */
struct tti_todo_place {
    const char *task, *function, *file;
    int line;
    static void tell(void *self)
    {
        const tti_todo_place *p = static_cast<const tti_todo_place *>(self);
        tti_todo(p->task, p->function, p->file, p->line);
    }
};

[[noreturn, maybe_unused]] static void
tti_todo_in_kernel(const char *task, const char *function, const char *file, int line)
{
    static tti_todo_place place;
    place = {task, function, file, line};
    tt_sim_leave(tti_todo_place::tell, &place);
}

#undef TT_TODO
#define TT_TODO(task) tti_todo_in_kernel(task, __func__, __FILE__, __LINE__)

#define TTK(name) ttk_sim_##name
#define TTK_UNROLL
#define TTK_UNROLL_BY(n)

#define TT_LAUNCH(kernel, grid, block, shared, ...)                                      \
    tti_launch(#kernel, dim3(grid), dim3(block), shared, [&](dim3 tti_g, dim3 tti_b) {   \
        return (int)tt_sim_launch(#kernel, tti_g, tti_b, shared, kernel, __VA_ARGS__);   \
    })

#endif

/* A grid of no blocks is not launched; errors are remembered with the launch they belong to. */
template <typename Go>
static inline int tti_launch(const char *kernel, dim3 grid, dim3 block, size_t shared, Go go)
{
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || !tti_launch_allowed()) return 0;
    const unsigned g[3] = {grid.x, grid.y, grid.z}, b[3] = {block.x, block.y, block.z};
    return tti_launched(kernel, g, b, shared, go(grid, block));
}

#endif
#endif
