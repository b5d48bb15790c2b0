// Adds a row of biases to a matrix of 64 x 64, one thread a cell. Right, and far slower than need be.
#include <cstdio>

__global__ void add_bias(float *a, const float *bias, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int j = blockIdx.y * blockDim.y + threadIdx.y;
    if (i < n && j < n) a[i * n + j] += bias[j];
}

int main()
{
    const int n = 64;
    static float a[n * n];
    float bias[n], *d_a, *d_bias;
    for (int i = 0; i < n * n; i++) a[i] = i;
    for (int j = 0; j < n; j++) bias[j] = -j;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_bias, sizeof bias);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    cudaMemcpy(d_bias, bias, sizeof bias, cudaMemcpyHostToDevice);
    add_bias<<<dim3(2, 8), dim3(32, 8)>>>(d_a, d_bias, n);
    cudaMemcpy(a, d_a, sizeof a, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < n * n; i++) wrong += a[i] != i / n * n;
    printf("%d cells are wrong\n", wrong);
    return 0;
}
