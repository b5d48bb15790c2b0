// Turns a matrix of 32 x 32: rows become columns. The chapter's example: right, and half of it is slow.
#include <cstdio>

__global__ void turn(float *out, const float *a, int n)
{
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    float x = a[row * n + column];
    out[column * n + row] = x;
}

int main()
{
    const int n = 32;
    float a[n * n], out[n * n], *d_a, *d_out;
    for (int i = 0; i < n * n; i++) a[i] = i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    turn<<<dim3(1, 4), dim3(32, 8)>>>(d_out, d_a, n);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < n * n; i++) wrong += out[i] != i % n * n + i / n;
    printf("%d cells are wrong\n", wrong);
    return 0;
}
