/* The simulator's backends: see kernel_backend.h. Memory comes from the simulator exactly as large
 * as asked for and goes back to it at once, so that it notices every access beside it. */
#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/cuda/launched.h"

static const ttk_table kernels = {
#define ENTRY(name, arguments) .name = ttk_sim_##name,
    TTK_ALL(ENTRY)
#undef ENTRY
};

static tti_memory memory = TTI_MEMORY(&kernels, false);

static void *get(size_t bytes)
{
    return tti_memory_get(&memory, bytes);
}

static void put(void *device)
{
    tti_memory_put(&memory, device);
}

static tt_status to_device(void *device, const float *host, size_t bytes)
{
    return tti_device_call(&kernels, kernels.device_write(device, host, bytes));
}

static tt_status to_host(float *host, const void *device, size_t bytes)
{
    return tti_device_call(&kernels, kernels.device_read(host, device, bytes));
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

const tt_backend *tt_backend_sim(void)
{
    static const tti_kernel_backend backend = BACKEND("sim", false);
    return &backend.base;
}

const tt_backend *tt_backend_sim_fast(void)
{
    static const tti_kernel_backend backend = BACKEND("sim-fast", true);
    return &backend.base;
}

const ttk_table *tti_sim_kernels(void)
{
    return &kernels;
}
