// Transposes 64 x 64 cells by way of shared memory, so that global memory is read and written in rows.
// Right, and still not fast.
#include <cstdio>

__global__ void transpose(float *out, const float *a, int n)
{
    __shared__ float tile[32][32];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * 32, column = blockIdx.x * 32;
    for (int k = y; k < 32; k += 8) tile[k][x] = a[(row + k) * n + column + x];
    __syncthreads();
    for (int k = y; k < 32; k += 8) out[(column + k) * n + row + x] = tile[x][k];
}

int main()
{
    const int n = 64;
    static float a[n * n], out[n * n];
    float *d_a, *d_out;
    for (int i = 0; i < n * n; i++) a[i] = i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    transpose<<<dim3(2, 2), dim3(32, 8)>>>(d_out, d_a, n);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < n * n; i++) wrong += out[i] != i % n * n + i / n;
    printf("%d cells are wrong\n", wrong);
    return 0;
}
