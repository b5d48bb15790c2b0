// GPU Gems 3, chapter 31: float4 positions through shared memory, rsqrtf.
#include <cmath>
#include <cstdio>
#define SOFTENING 1e-9f

__device__ float3 bodyBodyInteraction(float4 bi, float4 bj, float3 ai)
{
    float3 r;
    r.x = bj.x - bi.x;
    r.y = bj.y - bi.y;
    r.z = bj.z - bi.z;
    float distSqr = r.x * r.x + r.y * r.y + r.z * r.z + SOFTENING;
    float distSixth = distSqr * distSqr * distSqr;
    float s = bj.w * rsqrtf(distSixth);
    ai.x += r.x * s;
    ai.y += r.y * s;
    ai.z += r.z * s;
    return ai;
}

__device__ float3 tile_calculation(float4 myPosition, float3 accel)
{
    extern __shared__ float4 shPosition[];
    for (int i = 0; i < blockDim.x; i++)
        accel = bodyBodyInteraction(myPosition, shPosition[i], accel);
    return accel;
}

__global__ void calculate_forces(void *devX, void *devA, int N)
{
    extern __shared__ float4 shPosition[];
    float4 *globalX = (float4 *)devX;
    float4 *globalA = (float4 *)devA;
    float3 acc = {0.0f, 0.0f, 0.0f};
    int gtid = blockIdx.x * blockDim.x + threadIdx.x;
    float4 myPosition = globalX[gtid];
    for (int i = 0, tile = 0; i < N; i += blockDim.x, tile++) {
        int idx = tile * blockDim.x + threadIdx.x;
        shPosition[threadIdx.x] = globalX[idx];
        __syncthreads();
        acc = tile_calculation(myPosition, acc);
        __syncthreads();
    }
    float4 acc4 = {acc.x, acc.y, acc.z, 0.0f};
    globalA[gtid] = acc4;
}

int main()
{
    const int n = 128, p = 64;
    float4 x[n], a[n];
    for (int i = 0; i < n; i++)
        x[i] = make_float4(sinf(i), cosf(2.0f * i), sinf(3.0f * i), 1.0f + i % 3);
    void *d_x, *d_a;
    cudaMalloc(&d_x, sizeof x);
    cudaMalloc(&d_a, sizeof a);
    cudaMemcpy(d_x, x, sizeof x, cudaMemcpyHostToDevice);
    calculate_forces<<<n / p, p, p * sizeof(float4)>>>(d_x, d_a, n);
    cudaMemcpy(a, d_a, sizeof a, cudaMemcpyDeviceToHost);
    /* What bodies do to each other adds up to nothing. */
    double fx = 0, size = 0;
    for (int i = 0; i < n; i++)
        fx += (double)x[i].w * a[i].x, size += fabs((double)x[i].w * a[i].x);
    printf(fabs(fx) < 1e-5 * size ? "PASSED\n" : "FAILED\n");
    return !(fabs(fx) < 1e-5 * size);
}
