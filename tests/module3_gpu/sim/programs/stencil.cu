// A 1-D stencil with a halo, and coefficients in constant memory.
#include <stdio.h>
#define RADIUS 3
#define BLOCK_SIZE 64
#define N (4 * BLOCK_SIZE)

__constant__ float coefficients[2 * RADIUS + 1];

__global__ void stencil_1d(const float *in, float *out)
{
    __shared__ float temp[BLOCK_SIZE + 2 * RADIUS];
    int gindex = threadIdx.x + blockIdx.x * blockDim.x + RADIUS;
    int lindex = threadIdx.x + RADIUS;
    temp[lindex] = in[gindex];
    if (threadIdx.x < RADIUS) {
        temp[lindex - RADIUS] = in[gindex - RADIUS];
        temp[lindex + BLOCK_SIZE] = in[gindex + BLOCK_SIZE];
    }
    __syncthreads();
    float result = 0;
    for (int offset = -RADIUS; offset <= RADIUS; offset++)
        result += coefficients[offset + RADIUS] * temp[lindex + offset];
    out[gindex - RADIUS] = result;
}

int main(void)
{
    float in[N + 2 * RADIUS], out[N], c[2 * RADIUS + 1];
    for (int i = 0; i < N + 2 * RADIUS; i++) in[i] = i % 9;
    for (int i = 0; i <= 2 * RADIUS; i++) c[i] = i - 2;
    cudaMemcpyToSymbol(coefficients, c, sizeof c);
    float *d_in, *d_out;
    cudaMalloc((void **)&d_in, sizeof in);
    cudaMalloc((void **)&d_out, sizeof out);
    cudaMemcpy(d_in, in, sizeof in, cudaMemcpyHostToDevice);
    stencil_1d<<<N / BLOCK_SIZE, BLOCK_SIZE>>>(d_in, d_out);
    cudaMemcpy(out, d_out, sizeof out, cudaMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < N; i++) {
        float sum = 0;
        for (int k = 0; k <= 2 * RADIUS; k++) sum += c[k] * in[i + k];
        wrong += sum != out[i];
    }
    printf(wrong ? "FAILED\n" : "PASSED\n");
    cudaFree(d_in);
    cudaFree(d_out);
    return wrong != 0;
}
