// Managed memory, a grid-stride loop, events, and a template whose type follows from the arguments.
#include <cmath>
#include <cstdio>
#include <cuda_runtime.h>
#include <algorithm>

template <typename T>
__global__ void saxpy(int n, T a, const T *__restrict__ x, T *__restrict__ y)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x)
        y[i] = a * x[i] + y[i];
}

int main()
{
    const int N = 1 << 15;
    float *x, *y;
    cudaMallocManaged(&x, N * sizeof(float));
    cudaMallocManaged(&y, N * sizeof(float));
    for (int i = 0; i < N; i++) {
        x[i] = 1.0f;
        y[i] = 2.0f;
    }
    cudaEvent_t start, stop;
    cudaEventCreate(&start);
    cudaEventCreate(&stop);
    cudaStream_t stream;
    cudaStreamCreate(&stream);

    cudaEventRecord(start, stream);
    saxpy<<<(N + 1023) / 1024, 256, 0, stream>>>(N, 2.0f, x, y);
    cudaEventRecord(stop, stream);
    cudaEventSynchronize(stop);
    cudaStreamSynchronize(stream);

    float milliseconds = 0, maxError = 0.0f;
    cudaEventElapsedTime(&milliseconds, start, stop);
    for (int i = 0; i < N; i++) maxError = std::max(maxError, std::abs(y[i] - 4.0f));
    printf("Max error: %g\n", maxError);
    printf(maxError == 0 && milliseconds >= 0 ? "PASSED\n" : "FAILED\n");
    cudaEventDestroy(start), cudaEventDestroy(stop), cudaStreamDestroy(stream);
    cudaFree(x), cudaFree(y);
    return maxError != 0;
}
