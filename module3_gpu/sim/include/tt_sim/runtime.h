/* The runtime API: one device, everything in order, done when the call returns. */
#ifndef TT_SIM_RUNTIME_H
#define TT_SIM_RUNTIME_H

#include "launch.h"

enum cudaMemcpyKind {
    cudaMemcpyHostToHost = 0,
    cudaMemcpyHostToDevice = 1,
    cudaMemcpyDeviceToHost = 2,
    cudaMemcpyDeviceToDevice = 3,
    cudaMemcpyDefault = 4
};
#define cudaStreamLegacy (reinterpret_cast<cudaStream_t>(1))
#define cudaStreamPerThread (reinterpret_cast<cudaStream_t>(2))
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize = 8 };

struct cudaDeviceProp {
    char name[256];
    size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerMultiprocessor, totalConstMem;
    int regsPerBlock, warpSize, maxThreadsPerBlock, maxThreadsPerMultiProcessor;
    int multiProcessorCount, major, minor, l2CacheSize, memoryBusWidth;
    int concurrentKernels, managedMemory, unifiedAddressing;
    int maxThreadsDim[3], maxGridSize[3];
};

template <class T> static inline cudaError_t cudaMalloc(T **p, size_t bytes)
{
    void *got = nullptr;
    const cudaError_t error = static_cast<cudaError_t>(tt_sim_malloc(&got, bytes, 0));
    *p = static_cast<T *>(got);
    return error;
}
/* Memory that host and kernels share. */
template <class T>
static inline cudaError_t cudaMallocManaged(T **p, size_t bytes, unsigned = 1)
{
    void *got = nullptr;
    const cudaError_t error = static_cast<cudaError_t>(tt_sim_malloc(&got, bytes, 1));
    *p = static_cast<T *>(got);
    return error;
}
/* Rows that begin at multiples of 512 bytes, as the hardware's do. */
template <class T>
static inline cudaError_t cudaMallocPitch(T **p, size_t *pitch, size_t row_bytes,
                                          size_t rows)
{
    *pitch = (row_bytes + 511) / 512 * 512;
    return cudaMalloc(p, *pitch * rows);
}
static inline cudaError_t cudaFree(void *p)
{
    return static_cast<cudaError_t>(tt_sim_free(p));
}
template <class T>
static inline cudaError_t cudaMallocAsync(T **p, size_t bytes, cudaStream_t)
{
    return cudaMalloc(p, bytes);
}
static inline cudaError_t cudaFreeAsync(void *p, cudaStream_t)
{
    return cudaFree(p);
}
static inline cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes,
                                     cudaMemcpyKind kind)
{
    return static_cast<cudaError_t>(tt_sim_copy(to, from, bytes, kind));
}
static inline cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes,
                                          cudaMemcpyKind kind, cudaStream_t = nullptr)
{
    return cudaMemcpy(to, from, bytes, kind);
}
static inline cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from,
                                       size_t from_pitch, size_t row_bytes, size_t rows,
                                       cudaMemcpyKind kind)
{
    cudaError_t error = cudaSuccess;
    for (size_t i = 0; i < rows && error == cudaSuccess; i++)
        error =
            cudaMemcpy(static_cast<char *>(to) + i * to_pitch,
                       static_cast<const char *>(from) + i * from_pitch, row_bytes, kind);
    return error;
}
static inline cudaError_t cudaMemset(void *p, int value, size_t bytes)
{
    return static_cast<cudaError_t>(tt_sim_set(p, value, bytes));
}
static inline cudaError_t cudaMemsetAsync(void *p, int value, size_t bytes,
                                          cudaStream_t = nullptr)
{
    return cudaMemset(p, value, bytes);
}
template <class T, class S>
static inline cudaError_t cudaMemcpyToSymbol(T &symbol, const S *from, size_t bytes,
                                             size_t offset = 0)
{
    memcpy(reinterpret_cast<char *>(&symbol) + offset, from, bytes);
    return cudaSuccess;
}
template <class T, class S>
static inline cudaError_t cudaMemcpyFromSymbol(S *to, const T &symbol, size_t bytes,
                                               size_t offset = 0)
{
    memcpy(to, reinterpret_cast<const char *>(&symbol) + offset, bytes);
    return cudaSuccess;
}
template <class T> static inline cudaError_t cudaMallocHost(T **p, size_t bytes)
{
    *p = static_cast<T *>(malloc(bytes ? bytes : 1));
    return *p ? cudaSuccess : cudaErrorMemoryAllocation;
}
template <class T> static inline cudaError_t cudaHostAlloc(T **p, size_t bytes, unsigned)
{
    return cudaMallocHost(p, bytes);
}
static inline cudaError_t cudaFreeHost(void *p)
{
    free(p);
    return cudaSuccess;
}
static inline cudaError_t cudaGetLastError(void)
{
    return static_cast<cudaError_t>(tt_sim_last_error(1));
}
static inline cudaError_t cudaPeekAtLastError(void)
{
    return static_cast<cudaError_t>(tt_sim_last_error(0));
}
static inline const char *cudaGetErrorName(cudaError_t e)
{
    return tt_sim_error_name(e);
}
static inline const char *cudaGetErrorString(cudaError_t e)
{
    return tt_sim_error_text(e);
}
static inline cudaError_t cudaDeviceSynchronize(void)
{
    return static_cast<cudaError_t>(tt_sim_last_error(0));
}
static inline cudaError_t cudaDeviceReset(void)
{
    return cudaSuccess;
}
static inline cudaError_t cudaGetDeviceCount(int *n)
{
    *n = 1;
    return cudaSuccess;
}
static inline cudaError_t cudaSetDevice(int i)
{
    return i ? cudaErrorInvalidDevice : cudaSuccess;
}
static inline cudaError_t cudaGetDevice(int *i)
{
    *i = 0;
    return cudaSuccess;
}
static inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device)
{
    if (device != 0) return cudaErrorInvalidDevice;
    *p = cudaDeviceProp{};
    snprintf(p->name, sizeof p->name, "TinyTorch simulator");
    p->totalGlobalMem = size_t(1) << 34;
    p->sharedMemPerBlock = p->sharedMemPerMultiprocessor = 48 * 1024;
    p->totalConstMem = p->regsPerBlock = 64 * 1024;
    p->warpSize = 32;
    p->maxThreadsPerBlock = p->maxThreadsPerMultiProcessor = 1024;
    p->multiProcessorCount = 1;
    p->managedMemory = p->unifiedAddressing = 1;
    p->maxThreadsDim[0] = p->maxThreadsDim[1] = 1024;
    p->maxThreadsDim[2] = 64;
    p->maxGridSize[0] = 2147483647;
    p->maxGridSize[1] = p->maxGridSize[2] = 65535;
    return cudaSuccess;
}
static inline cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total)
{
    *free_bytes = *total = size_t(1) << 34;
    return cudaSuccess;
}
static inline cudaError_t cudaStreamCreate(cudaStream_t *s)
{
    *s = nullptr;
    return cudaSuccess;
}
static inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned)
{
    return cudaStreamCreate(s);
}
static inline cudaError_t cudaStreamDestroy(cudaStream_t)
{
    return cudaSuccess;
}
static inline cudaError_t cudaStreamQuery(cudaStream_t)
{
    return cudaSuccess;
}
static inline cudaError_t cudaMemPrefetchAsync(const void *, size_t, int,
                                               cudaStream_t = nullptr)
{
    return cudaSuccess;
}
static inline cudaError_t cudaStreamSynchronize(cudaStream_t)
{
    return cudaDeviceSynchronize();
}

/* Events tell the time of the simulation: good for a program to run through, not for speed. */
typedef struct tt_sim_event {
    double ms;
} * cudaEvent_t;
static inline cudaError_t cudaEventCreate(cudaEvent_t *e)
{
    *e = static_cast<cudaEvent_t>(calloc(1, sizeof **e));
    return *e ? cudaSuccess : cudaErrorMemoryAllocation;
}
static inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned)
{
    return cudaEventCreate(e);
}
static inline cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t = nullptr)
{
    e->ms = tt_sim_now_ms();
    return cudaSuccess;
}
static inline cudaError_t cudaEventSynchronize(cudaEvent_t)
{
    return cudaSuccess;
}
static inline cudaError_t cudaEventQuery(cudaEvent_t)
{
    return cudaSuccess;
}
static inline cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned = 0)
{
    return cudaSuccess;
}
static inline cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t from, cudaEvent_t to)
{
    *ms = static_cast<float>(to->ms - from->ms);
    return cudaSuccess;
}
static inline cudaError_t cudaEventDestroy(cudaEvent_t e)
{
    free(e);
    return cudaSuccess;
}

#endif
