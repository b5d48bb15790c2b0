/* What CUDA has and the simulator has not. */
#include <string.h>

#include "module3_gpu/sim/program/pass.h"
#include "module3_gpu/sim/program/token.h"

typedef struct missing {
    const char *begins, *why;
} missing;

static const missing headers[] = {
    {"thrust/host_vector.h", "no Thrust; std::vector"},
    {"thrust/", "no Thrust; cudaMalloc and kernels of your own"},
    {"cub/", "no CUB; a reduction of your own"},
    {"cooperative_groups",
     "no thread groups of its own; use __syncthreads and __syncwarp"},
    {"cuda/barrier", "no barrier objects; use __syncthreads"},
    {"cuda/pipeline", "no asynchronous copies; a plain copy and __syncthreads"},
    {"cuda/", "no libcu++; atomicAdd and its like, and the host's C++ library"},
    {"cuda_pipeline", "no asynchronous copies"},
    {"cuda_awbarrier", "no barrier objects; use __syncthreads"},
    {"cuda_fp16", "no half precision; TinyTorch's tensors are float"},
    {"cuda_bf16", "no bfloat16; TinyTorch's tensors are float"},
    {"cuda_fp8", "no numbers of 8 bits; TinyTorch's tensors are float"},
    {"cublas", "no cuBLAS; a kernel of your own"},
    {"cufft", "no cuFFT; a transform of your own"},
    {"cusparse", "no cuSPARSE; a kernel of your own"},
    {"cusolver", "no cuSOLVER; solve it on the host"},
    {"cudnn", "no cuDNN; kernels of your own"},
    {"cutlass/", "no CUTLASS; a kernel of your own"},
    {"cute/", "no CuTe; a kernel of your own"},
    {"nccl", "no NCCL; there is one device"},
    {"nvrtc", "no compiler for kernels at run time"},
    {"npp", "no NPP; a kernel of your own"},
    {"nvToolsExt", "no profiler; --trace shows what a warp reads"},
    {"nvtx3/", "no profiler; --trace shows what a warp reads"},
    {"curand_kernel.h", "no cuRAND; support/random.h has counters for kernels"},
    {"curand", "no cuRAND; random numbers from the host"},
};

/* A name ends where the table's does, or goes on where that ends with *; of < the next token is meant. */
static const missing words[] = {
    {"texture<", "textures; read the array itself"},
    {"surface<", "surfaces; write to the array itself"},
    {"cudaGraph*", "graphs; launch the kernels one by one"},
    {"cudaStreamBeginCapture", "graphs; launch the kernels one by one"},
    {"asm", "PTX; an expression of CUDA C, or an intrinsic"},
    {"__asm__", "PTX; an expression of CUDA C, or an intrinsic"},
    {"__cluster_dims__", "clusters of blocks; blocks are on their own"},
    {"cuInit", "the driver API; the runtime API (cudaMalloc, ..) needs no beginning"},
    {"cuDeviceGet*", "the driver API; cudaGetDeviceProperties"},
    {"cuCtx*", "the driver API; the runtime API (cudaMalloc, ..)"},
    {"cuModule*", "the driver API; write kernel<<<grid, block>>>(...)"},
    {"cuLaunchKernel", "the driver API; write kernel<<<grid, block>>>(...)"},
    {"cuMem*", "the driver API; the runtime API (cudaMalloc, ..)"},
    {"CUdevice*", "the driver API; the runtime API (cudaMalloc, ..)"},
    {"CUcontext", "the driver API; the runtime API (cudaMalloc, ..)"},
    {"CUmodule", "the driver API; write kernel<<<grid, block>>>(...)"},
    {"CUfunction", "the driver API; write kernel<<<grid, block>>>(...)"},
};

const char *sim_unsupported_header(const char *name)
{
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (strncmp(name, headers[i].begins, strlen(headers[i].begins)) == 0)
            return headers[i].why;
    return NULL;
}

const char *sim_unsupported_word(const char *s, const char *end)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *word = words[i].begins;
        const size_t n = strcspn(word, "*<"), is = (size_t)(end - s);
        if (strncmp(s, word, n) != 0 || is < n || (is > n && word[n] != '*')) continue;
        if (word[n] == '<' && *sim_skip_blank(end) != '<') continue;
        return words[i].why;
    }
    return NULL;
}
