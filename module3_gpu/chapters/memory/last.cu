// out[i] = a[i + 1] - a[i]: the differences of neighbours.
#include <cstdio>

__global__ void differences(float *out, const float *a, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = a[i + 1] - a[i];
}

int main()
{
    const int n = 1000;
    float a[n], out[n - 1], *d_a, *d_out;
    for (int i = 0; i < n; i++) a[i] = i * i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    differences<<<4, 256>>>(d_out, d_a, n);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < n - 1; i++) wrong += out[i] != 2 * i + 1;
    printf("%d cells are wrong\n", wrong);
    return 0;
}
