// Sums of 100 cells in blocks of 32: the last block has 4 cells only.
#include <cstdio>

__global__ void sums(float *out, const float *a, int n)
{
    __shared__ float s[32];
    int t = threadIdx.x, i = blockIdx.x * 32 + t;
    if (i < n) s[t] = a[i];
    for (int half = 16; half > 0; half /= 2) {
        __syncthreads();
        if (t < half) s[t] += s[t + half];
    }
    if (t == 0) out[blockIdx.x] = s[0];
}

int main()
{
    const int n = 100;
    float a[n], out[4], *d_a, *d_out;
    for (int i = 0; i < n; i++) a[i] = i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    sums<<<4, 32>>>(d_out, d_a, n);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    printf("the last sum is %g, expected 390\n", out[3]);
    return 0;
}
