// Each thread of a block swaps its cell with its mirror image: 0 with 255, 1 with 254, ...
#include <cstdio>

__global__ void mirror(float *out, const float *a)
{
    __shared__ float s[256];
    int t = threadIdx.x;
    s[t] = a[t];
    out[t] = s[255 - t];
}

int main()
{
    float a[256], out[256], *d_a, *d_out;
    for (int i = 0; i < 256; i++) a[i] = i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    mirror<<<1, 256>>>(d_out, d_a);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < 256; i++) wrong += out[i] != 255 - i;
    printf("%d cells are wrong\n", wrong);
    return 0;
}
