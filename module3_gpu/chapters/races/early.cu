// Each cell becomes the mean of its block, for 1000 cells in blocks of 128.
#include <cmath>
#include <cstdio>

__global__ void block_mean(float *a, int n)
{
    __shared__ float s[128];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    if (i >= n) return;
    s[t] = a[i];
    __syncthreads();
    int cells = min(128, n - (int)(blockIdx.x * blockDim.x));
    float sum = 0;
    for (int k = 0; k < cells; k++) sum += s[k];
    a[i] = sum / cells;
}

int main()
{
    const int n = 1000;
    float a[n], *d;
    for (int i = 0; i < n; i++) a[i] = i;
    cudaMalloc(&d, sizeof a);
    cudaMemcpy(d, a, sizeof a, cudaMemcpyHostToDevice);
    block_mean<<<(n + 127) / 128, 128>>>(d, n);
    cudaMemcpy(a, d, sizeof a, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < n; i++)
        wrong += a[i] != (i < 896 ? i / 128 * 128 + 63.5f : 947.5f);
    printf("%d cells are wrong\n", wrong);
    return 0;
}
