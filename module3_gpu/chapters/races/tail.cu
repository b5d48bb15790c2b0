// A tree of sums whose last steps are within one warp: its threads go in step anyway, do they not?
#include <cstdio>

__global__ void sum(float *out, const float *a)
{
    __shared__ float s[128];
    int t = threadIdx.x;
    s[t] = a[t];
    __syncthreads();
    if (t < 64) s[t] += s[t + 64];
    __syncthreads();
    if (t < 32) {
        for (int half = 32; half > 0; half /= 2) s[t] += s[t + half];
        if (t == 0) *out = s[0];
    }
}

int main()
{
    float a[128], out, *d_a, *d_out;
    for (int i = 0; i < 128; i++) a[i] = i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    sum<<<1, 128>>>(d_out, d_a);
    cudaMemcpy(&out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    printf("the sum is %g, expected 8128\n", out);
    return 0;
}
