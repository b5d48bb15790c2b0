// Counts the cells above 0.5. Each block counts its own, and its first thread adds that to the total.
#include <cstdio>

__global__ void count(int *total, const float *a, int n)
{
    __shared__ int mine;
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (threadIdx.x == 0) mine = 0;
    __syncthreads();
    if (i < n && a[i] > 0.5f) atomicAdd(&mine, 1);
    __syncthreads();
    if (threadIdx.x == 0) *total += mine;
}

int main()
{
    const int n = 1000;
    float a[n], *d_a;
    int total, *d_total;
    for (int i = 0; i < n; i++) a[i] = i % 10 * 0.1f;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_total, sizeof total);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    cudaMemset(d_total, 0, sizeof total);
    count<<<4, 256>>>(d_total, d_a, n);
    cudaMemcpy(&total, d_total, sizeof total, cudaMemcpyDeviceToHost);
    printf("%d cells are above, expected 400\n", total);
    return 0;
}
