// CUDA by Example's dot product, and one whose blocks add up themselves with a lock by atomicCAS.
#include <math.h>
#include <stdio.h>
#define imin(a, b) (a < b ? a : b)

const int N = 33 * 256;
const int threadsPerBlock = 256;
const int blocksPerGrid = imin(32, (N + threadsPerBlock - 1) / threadsPerBlock);

__global__ void dot(float *a, float *b, float *c)
{
    __shared__ float cache[threadsPerBlock];
    int tid = threadIdx.x + blockIdx.x * blockDim.x;
    int cacheIndex = threadIdx.x;
    float temp = 0;
    while (tid < N) {
        temp += a[tid] * b[tid];
        tid += blockDim.x * gridDim.x;
    }
    cache[cacheIndex] = temp;
    __syncthreads();
    int i = blockDim.x / 2;
    while (i != 0) {
        if (cacheIndex < i) cache[cacheIndex] += cache[cacheIndex + i];
        __syncthreads();
        i /= 2;
    }
    if (cacheIndex == 0) c[blockIdx.x] = cache[0];
}

__device__ double atomicAddByCas(double *address, double val)
{
    unsigned long long int *address_as_ull = (unsigned long long int *)address;
    unsigned long long int old = *address_as_ull, assumed;
    do {
        assumed = old;
        old = atomicCAS(address_as_ull, assumed,
                        __double_as_longlong(val + __longlong_as_double(assumed)));
    } while (assumed != old);
    return __longlong_as_double(old);
}

__device__ double total;

__global__ void dot_atomic(const float *a, const float *b, int n)
{
    int i = threadIdx.x + blockIdx.x * blockDim.x;
    if (i < n && i % 64 == 0) {
        double sum = 0;
        for (int k = i; k < i + 64 && k < n; k++) sum += (double)a[k] * b[k];
        atomicAddByCas(&total, sum);
    }
}

int main(void)
{
    float *a = (float *)malloc(N * sizeof(float)), *b = (float *)malloc(N * sizeof(float));
    float partial_c[blocksPerGrid], c = 0, *dev_a, *dev_b, *dev_partial_c;
    double expected = 0, by_lock;
    for (int i = 0; i < N; i++) {
        a[i] = i % 16;
        b[i] = i % 8;
        expected += a[i] * b[i];
    }
    cudaMalloc((void **)&dev_a, N * sizeof(float));
    cudaMalloc((void **)&dev_b, N * sizeof(float));
    cudaMalloc((void **)&dev_partial_c, blocksPerGrid * sizeof(float));
    cudaMemcpy(dev_a, a, N * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(dev_b, b, N * sizeof(float), cudaMemcpyHostToDevice);
    dot<<<blocksPerGrid, threadsPerBlock>>>(dev_a, dev_b, dev_partial_c);
    cudaMemcpy(partial_c, dev_partial_c, blocksPerGrid * sizeof(float),
               cudaMemcpyDeviceToHost);
    for (int i = 0; i < blocksPerGrid; i++) c += partial_c[i];
    dot_atomic<<<33, 256>>>(dev_a, dev_b, N);
    cudaMemcpyFromSymbol(&by_lock, total, sizeof by_lock);
    printf("Does GPU value %.6g = %.6g = %.6g?\n", c, by_lock, expected);
    printf(c == expected && by_lock == expected ? "PASSED\n" : "FAILED\n");
    return c != expected || by_lock != expected;
}
