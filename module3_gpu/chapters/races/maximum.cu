// The largest of 256 numbers, by halving: 128 threads compare with the other half, then 64, ...
#include <cstdio>

__global__ void maximum(float *out, const float *a)
{
    __shared__ float s[256];
    int t = threadIdx.x;
    s[t] = a[t];
    __syncthreads();
    for (int half = 128; half > 0; half /= 2)
        if (t < half) s[t] = fmaxf(s[t], s[t + half]);
    if (t == 0) *out = s[0];
}

int main()
{
    float a[256], out, *d_a, *d_out;
    for (int i = 0; i < 256; i++) a[i] = i * 77 % 256;
    cudaMalloc(&d_a, sizeof a);
    cudaMalloc(&d_out, sizeof out);
    cudaMemcpy(d_a, a, sizeof a, cudaMemcpyHostToDevice);
    maximum<<<1, 256>>>(d_out, d_a);
    cudaMemcpy(&out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    printf("the largest is %g, expected 255\n", out);
    return 0;
}
