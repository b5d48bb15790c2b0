// A mean over 5 neighbours, 2 on each side, by blocks of 64 threads with a tile in shared memory.
#include <cstdio>
#define RADIUS 2

__global__ void smooth(float *out, const float *a)
{
    __shared__ float s[64 + RADIUS];
    int t = threadIdx.x, i = blockIdx.x * 64 + t;
    s[t] = a[i];
    if (t < 2 * RADIUS) s[t + 64] = a[i + 64];
    __syncthreads();
    float sum = 0;
    for (int k = 0; k <= 2 * RADIUS; k++) sum += s[t + k];
    out[i] = sum / (2 * RADIUS + 1);
}

int main()
{
    const int n = 256;
    float a[n + 2 * RADIUS], out[n], *d_a, *d_out;
    for (int i = 0; i < n + 2 * RADIUS; i++) a[i] = i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    smooth<<<n / 64, 64>>>(d_out, d_a);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < n; i++) wrong += out[i] != i + RADIUS;
    printf("%d cells are wrong\n", wrong);
    return 0;
}
