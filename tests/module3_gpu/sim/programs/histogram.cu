// Private histograms in shared memory, bytes, atomics, timing by cudaEvent_t, device properties.
#include <stdio.h>
#define SIZE (1 << 14)

__global__ void histo_kernel(unsigned char *buffer, long size, unsigned int *histo)
{
    __shared__ unsigned int temp[256];
    temp[threadIdx.x] = 0;
    __syncthreads();
    int i = threadIdx.x + blockIdx.x * blockDim.x;
    int stride = blockDim.x * gridDim.x;
    while (i < size) {
        atomicAdd(&temp[buffer[i]], 1);
        i += stride;
    }
    __syncthreads();
    atomicAdd(&(histo[threadIdx.x]), temp[threadIdx.x]);
}

int main(void)
{
    unsigned char *buffer = (unsigned char *)malloc(SIZE);
    for (int i = 0; i < SIZE; i++) buffer[i] = (unsigned char)(i * i % 251);
    unsigned char *dev_buffer;
    unsigned int *dev_histo;
    cudaMalloc((void **)&dev_buffer, SIZE);
    cudaMemcpy(dev_buffer, buffer, SIZE, cudaMemcpyHostToDevice);
    cudaMalloc((void **)&dev_histo, 256 * sizeof(int));
    cudaMemset(dev_histo, 0, 256 * sizeof(int));

    cudaDeviceProp prop;
    cudaGetDeviceProperties(&prop, 0);
    int blocks = prop.multiProcessorCount;
    histo_kernel<<<blocks * 2, 256>>>(dev_buffer, SIZE, dev_histo);

    unsigned int histo[256];
    cudaMemcpy(histo, dev_histo, 256 * sizeof(int), cudaMemcpyDeviceToHost);
    for (int i = 0; i < SIZE; i++) histo[buffer[i]]--;
    int wrong = 0;
    for (int i = 0; i < 256; i++) wrong += histo[i] != 0;
    printf(wrong ? "FAILED\n" : "PASSED\n");
    cudaFree(dev_histo);
    cudaFree(dev_buffer);
    free(buffer);
    return wrong != 0;
}
