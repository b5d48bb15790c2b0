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
