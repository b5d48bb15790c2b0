/* The device itself: which there are, its memory, copies, errors. Plain calls of the CUDA runtime
 * (CUDA C++ Programming Guide, "CUDA Runtime"), which the simulator has as well. */
#include "module3_gpu/cuda/kernels.h"
#include "module3_gpu/cuda/launch.h"

extern "C" int TTK(device_find)(int *devices)
{
    *devices = 0;
    return cudaGetDeviceCount(devices);
}

/* The device of this thread's calls from now on. */
extern "C" int TTK(device_use)(int device)
{
    return cudaSetDevice(device);
}

/* "NVIDIA H100 80GB HBM3, 132 processors" */
extern "C" int TTK(device_name)(char *text, size_t room)
{
    cudaDeviceProp about;
    int device = 0, error = cudaGetDevice(&device);
    if (!error) error = cudaGetDeviceProperties(&about, device);
    if (!error)
        snprintf(text, room, "%s, %d processors", about.name, about.multiProcessorCount);
    return error;
}

extern "C" int TTK(device_wait)(void)
{
    return cudaDeviceSynchronize();
}

extern "C" int TTK(device_alloc)(void **device, size_t bytes)
{
    int error = cudaMalloc(device, bytes);
    if (error) cudaGetLastError(); /* being out of memory can be survived: forget it */
    return error;
}

extern "C" int TTK(device_free)(void *device)
{
    return cudaFree(device);
}

extern "C" int TTK(device_write)(void *device, const float *host, size_t bytes)
{
    return bytes ? cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice) : 0;
}

/* Waits for the kernels before it: an error here may be one of theirs. */
extern "C" int TTK(device_read)(float *host, const void *device, size_t bytes)
{
    return bytes ? cudaMemcpy(host, device, bytes, cudaMemcpyDeviceToHost) : 0;
}

extern "C" int TTK(device_copy)(void *to, const void *from, size_t bytes)
{
    return bytes ? cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice) : 0;
}

extern "C" int TTK(event_new)(void **event)
{
    cudaEvent_t made = NULL;
    int error = cudaEventCreate(&made);
    *event = made;
    return error;
}

extern "C" int TTK(event_free)(void *event)
{
    return cudaEventDestroy((cudaEvent_t)event);
}

extern "C" int TTK(event_record)(void *event)
{
    return cudaEventRecord((cudaEvent_t)event);
}

extern "C" int TTK(event_milliseconds)(void *from, void *to, float *milliseconds)
{
    int error = cudaEventSynchronize((cudaEvent_t)to);
    return error ? error
                 : (int)cudaEventElapsedTime(milliseconds, (cudaEvent_t)from,
                                             (cudaEvent_t)to);
}

/* "cudaErrorNoDevice: no CUDA-capable device is detected" */
extern "C" int TTK(error_text)(int code, char *text, size_t room)
{
    cudaError_t error = (cudaError_t)code;
    return snprintf(text, room, "%s: %s", cudaGetErrorName(error),
                    cudaGetErrorString(error));
}

extern "C" int TTK(out_of_memory)(int code)
{
    return code == cudaErrorMemoryAllocation;
}
