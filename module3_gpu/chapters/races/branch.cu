// A tree of sums that saves the threads which have nothing to do from waiting.
#include <cstdio>

__global__ void sum(float *out, const float *a)
{
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = a[t];
    __syncthreads();
    for (int half = 32; half > 0; half /= 2) {
        if (t < half) {
            s[t] += s[t + half];
            __syncthreads();
        }
    }
    if (t == 0) *out = s[0];
}

int main()
{
    float a[64], out, *d_a, *d_out;
    for (int i = 0; i < 64; i++) a[i] = i;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    sum<<<1, 64>>>(d_out, d_a);
    cudaMemcpy(&out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    printf("the sum is %g, expected 2016\n", out);
    return 0;
}
