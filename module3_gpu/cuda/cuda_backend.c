/* The GPU's backends: see kernel_backend.h. TT_HAVE_CUDA comes with the kernels that nvcc compiled
 * (tools/cuda.bzl); without it there is only the sentence why not. */
#include "module3_gpu/cuda/kernel_backend.h"

#include <stdlib.h>

#include "module3_gpu/cuda/device_choice.h"
#include "module3_gpu/cuda/launched.h"

#ifdef TT_HAVE_CUDA

static const ttk_table kernels = {
#define ENTRY(name, arguments) .name = ttk_cuda_##name,
    TTK_ALL(ENTRY)
#undef ENTRY
};

static tti_memory memory = TTI_MEMORY(&kernels, true);

/* Found once, for all threads. */
static pthread_once_t looked = PTHREAD_ONCE_INIT;
static int device;
static char problem[512];

static void look(void)
{
    tti_device_choose(&kernels, getenv("TT_CUDA_DEVICE"), &device, problem, sizeof problem);
}

/* CUDA's choice of a device belongs to a thread. */
static void here(void)
{
    static _Thread_local bool chosen;
    if (!chosen) kernels.device_use(device);
    chosen = true;
}

static void *get(size_t bytes)
{
    here();
    return tti_memory_get(&memory, bytes);
}

static void put(void *block)
{
    here();
    tti_memory_put(&memory, block);
}

static tt_status to_device(void *block, const float *host, size_t bytes)
{
    here();
    return tti_device_call(&kernels, kernels.device_write(block, host, bytes));
}

static tt_status to_host(float *host, const void *block, size_t bytes)
{
    here();
    return tti_device_call(&kernels, kernels.device_read(host, block, bytes));
}

#define BACKEND(title, with_fast)                                                        \
    {                                                                                    \
        .base = {.name = (title),                                                        \
                 TTI_KERNEL_SLOTS,                                                       \
                 .device_get = get,                                                      \
                 .device_put = put,                                                      \
                 .to_device = to_device,                                                 \
                 .to_host = to_host,                                                     \
                 .device_trouble = tti_device_trouble},                                  \
        .k = &kernels, .memory = &memory, .fast = (with_fast)                            \
    }

const char *tt_cuda_problem(void)
{
    pthread_once(&looked, look);
    return problem[0] ? problem : NULL;
}

const tt_backend *tt_backend_cuda(void)
{
    static const tti_kernel_backend backend = BACKEND("cuda", true);
    return tt_cuda_problem() ? NULL : &backend.base;
}

const tt_backend *tt_backend_cuda_course(void)
{
    static const tti_kernel_backend backend = BACKEND("cuda-course", false);
    return tt_cuda_problem() ? NULL : &backend.base;
}

const ttk_table *tti_cuda_kernels(void)
{
    return tt_cuda_problem() ? NULL : &kernels;
}

#else

const char *tt_cuda_problem(void)
{
    return "this build was made where there was no nvcc, or with TT_CUDA=off";
}

const tt_backend *tt_backend_cuda(void)
{
    return NULL;
}

const tt_backend *tt_backend_cuda_course(void)
{
    return NULL;
}

const ttk_table *tti_cuda_kernels(void)
{
    return NULL;
}

#endif
