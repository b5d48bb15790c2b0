// What else kernels meet in the first chapters: votes, ballots, shuffles of all kinds, atomics of all
// kinds, wide types, pitched memory, namespaces, overloads, launch bounds, several streams.
#include <cassert>
#include <cfloat>
#include <cstdio>
#include <cuda_runtime.h>
#include <math_constants.h>

namespace gpu
{
__global__ void __launch_bounds__(128) votes(int *out)
{
    const unsigned full = 0xffffffffu;
    int t = threadIdx.x;
    unsigned even = __ballot_sync(full, t % 2 == 0);
    int up = __shfl_up_sync(full, t, 1), x = __shfl_xor_sync(full, t, 5),
        head = __shfl_sync(full, t, 0);
    assert(t < 128);
    if (t == 33) {
        out[0] = __popc(even), out[1] = up, out[2] = x, out[3] = head;
        out[4] = __ffs(even), out[5] = __clz(even);
    }
    int all = __all_sync(full, t >= 0), any = __any_sync(full, t == 70);
    if (t == 64) out[6] = all, out[7] = any;
}
} // namespace gpu

__global__ void atomics(int *i, unsigned *u, float *f, unsigned long long *l)
{
    int t = threadIdx.x;
    atomicMax(&i[0], t), atomicMin(&i[1], -t), atomicSub(&i[2], 1);
    atomicAnd(&u[0], ~(1u << t % 32)), atomicOr(&u[1], 1u << t % 32), atomicXor(&u[2], 1u);
    atomicInc(&u[3], 9), atomicExch(&u[4], 7u), atomicAdd(&f[0], 0.5f), atomicAdd(l, 3ull);
}

__global__ void twice(float2 *p)
{
    p[threadIdx.x].x *= 2, p[threadIdx.x].y += 1;
}
__global__ void twice(int4 *p)
{
    p[threadIdx.x].w = __ldg(&p[threadIdx.x].x) * 2;
}

__global__ void pitched(float *p, size_t pitch, int width, int height)
{
    for (int r = threadIdx.y; r < height; r += blockDim.y) {
        float *row = (float *)((char *)p + r * pitch);
        for (int c = threadIdx.x; c < width; c += blockDim.x)
            row[c] = fminf(row[c], CUDART_INF_F) + max(r, 0) + __fmaf_rn(1.0f, c, 0.0f);
    }
}

int main()
{
    int *i, wrong = 0, hi[8];
    unsigned *u, hu[5] = {~0u, 0, 0, 0, 0};
    float *f, hf = 0;
    unsigned long long *l, hl = 1;
    cudaMalloc(&i, sizeof hi), cudaMalloc(&u, sizeof hu), cudaMalloc(&f, sizeof hf),
        cudaMalloc(&l, sizeof hl);
    gpu::votes<<<1, 128>>>(i);
    cudaMemcpy(hi, i, sizeof hi, cudaMemcpyDeviceToHost);
    const int votes[8] = {16, 32, 36, 32, 1, 1, 1, 1};
    for (int k = 0; k < 8; k++) wrong += hi[k] != votes[k];
    cudaStream_t streams[2];
    for (cudaStream_t &s : streams) cudaStreamCreate(&s);
    cudaMemsetAsync(i, 0, sizeof hi, streams[0]);
    cudaMemcpyAsync(u, hu, sizeof hu, cudaMemcpyHostToDevice, streams[0]);
    cudaMemcpyAsync(f, &hf, sizeof hf, cudaMemcpyHostToDevice, streams[0]);
    cudaMemcpyAsync(l, &hl, sizeof hl, cudaMemcpyHostToDevice, streams[0]);
    atomics<<<dim3(1), dim3(64, 1, 1), 0, streams[0]>>>(i, u, f, l);
    cudaStreamSynchronize(streams[0]);
    cudaMemcpy(hi, i, sizeof hi, cudaMemcpyDeviceToHost),
        cudaMemcpy(hu, u, sizeof hu, cudaMemcpyDeviceToHost);
    cudaMemcpy(&hf, f, sizeof hf, cudaMemcpyDeviceToHost),
        cudaMemcpy(&hl, l, sizeof hl, cudaMemcpyDefault);
    wrong += hi[0] != 63 || hi[1] != -63 || hi[2] != -64 || hf != 32 || hl != 193;
    wrong += hu[0] != 0 || hu[1] != ~0u || hu[2] != 0 || hu[3] != 4 || hu[4] != 7;
    float2 p2[4] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}}, *d2;
    int4 p4[2] = {make_int4(1, 2, 3, 4), make_int4(5, 6, 7, 8)}, *d4;
    cudaMalloc(&d2, sizeof p2), cudaMalloc(&d4, sizeof p4);
    cudaMemcpy(d2, p2, sizeof p2, cudaMemcpyHostToDevice),
        cudaMemcpy(d4, p4, sizeof p4, cudaMemcpyHostToDevice);
    twice<<<1, 4>>>(d2);
    twice<<<1, 2>>>(d4);
    cudaMemcpy(p2, d2, sizeof p2, cudaMemcpyDeviceToHost),
        cudaMemcpy(p4, d4, sizeof p4, cudaMemcpyDeviceToHost);
    wrong += p2[3].x != 14 || p2[3].y != 9 || p4[1].w != 10;
    float rows[3][5] = {{0}}, *d;
    size_t pitch;
    cudaMallocPitch(&d, &pitch, sizeof rows[0], 3);
    cudaMemcpy2D(d, pitch, rows, sizeof rows[0], sizeof rows[0], 3, cudaMemcpyHostToDevice);
    pitched<<<1, dim3(4, 2)>>>(d, pitch, 5, 3);
    cudaMemcpy2D(rows, sizeof rows[0], d, pitch, sizeof rows[0], 3, cudaMemcpyDeviceToHost);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 5; c++) wrong += rows[r][c] != r + c;
    printf(wrong ? "FAILED\n" : "PASSED\n");
    return wrong != 0;
}
