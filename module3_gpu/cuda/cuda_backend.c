/* The GPU's backends: see kernel_backend.h. TT_HAVE_CUDA comes with the kernels that nvcc compiled
 * (tools/cuda.bzl); without it there is only the sentence why not. */
#include "module3_gpu/cuda/kernel_backend.h"

#include <stdio.h>
#include <stdlib.h>

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

static void failed(const char *what, int error)
{
    char text[256];
    kernels.error_text(error, text, sizeof text);
    snprintf(
        problem, sizeof problem,
        "%s: %s; the driver must be as new as the CUDA toolkit of this build (nvidia-smi "
        "shows both), and the device visible (CUDA_VISIBLE_DEVICES)",
        what, text);
}

static void look(void)
{
    int devices = 0, error = kernels.device_find(&devices);
    const char *wanted = getenv("TT_CUDA_DEVICE");
    char *end = NULL;
    long number = wanted && *wanted ? strtol(wanted, &end, 10) : 0;
    if (error) failed("no CUDA device answers", error);
    else if (devices == 0) snprintf(problem, sizeof problem, "there is no CUDA device");
    else if ((end && *end) || number < 0 || number >= devices)
        snprintf(problem, sizeof problem,
                 "TT_CUDA_DEVICE is %s; there are devices 0 to %d", wanted, devices - 1);
    else if ((error = kernels.device_use((int)number)))
        failed("the CUDA device cannot be used", error);
    device = (int)number;
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
    return kernels.device_write(block, host, bytes) ? TT_ERR_DEVICE : TT_OK;
}

static tt_status to_host(float *host, const void *block, size_t bytes)
{
    here();
    return kernels.device_read(host, block, bytes) ? TT_ERR_DEVICE : TT_OK;
}

#define BACKEND(title, with_fast)                                                        \
    {                                                                                    \
        .base = {.name = (title),                                                        \
                 TTI_KERNEL_SLOTS,                                                       \
                 .device_get = get,                                                      \
                 .device_put = put,                                                      \
                 .to_device = to_device,                                                 \
                 .to_host = to_host},                                                    \
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
