/* Kernels that are wrong in one way each. The lines that the finding must name carry a comment
 * WRONG with the kind of the finding; one that needs two lines has two. */
#undef NDEBUG /* in -c opt assert looks too */
#include <cassert>

#include <cuda_runtime.h>

#include "tests/module3_gpu/sim/corpus.h"

enum { N = 1000 };

/* Arrays for one launch; freed at its end. */
struct arrays {
    float *a, *b;
    int *i;
    arrays()
    {
        cudaMalloc(&a, N * sizeof(float));
        cudaMalloc(&b, N * sizeof(float));
        cudaMalloc(&i, 8 * sizeof(int));
        cudaMemset(a, 0, N * sizeof(float));
        cudaMemset(b, 0, N * sizeof(float));
        cudaMemset(i, 0, 8 * sizeof(int));
    }
    ~arrays()
    {
        cudaFree(a);
        cudaFree(b);
        cudaFree(i);
    }
};

#define RUN(kernel, grid, block, shared, ...)                                            \
    static bool run_##kernel(void)                                                       \
    {                                                                                    \
        arrays x;                                                                        \
        return tt_sim_launch(#kernel, grid, block, shared, kernel, __VA_ARGS__) == 0;    \
    }

static __global__ void race_write_read(float *b, const float *a)
{
    __shared__ float s[256];
    int t = threadIdx.x;
    s[t] = a[t];       // WRONG race
    b[t] = s[255 - t]; // WRONG race
}
RUN(race_write_read, 1, 256, 0, x.b, x.a)

static __global__ void race_reduction(float *b, const float *a)
{
    __shared__ float s[128];
    int t = threadIdx.x;
    s[t] = a[t];
    for (int k = 64; k > 0; k /= 2) {
        __syncthreads();
        if (t < 2 * k) s[t] += s[(t + k) % 128]; // WRONG race
    }
    if (t == 0) b[0] = s[0];
}
RUN(race_reduction, 1, 128, 0, x.b, x.a)

static __global__ void race_tile(float *b, const float *a, int n)
{
    __shared__ float s[64];
    int t = threadIdx.x;
    float sum = 0;
    for (int k = 0; k < n; k += 64) {
        s[t] = a[k + t]; // WRONG race
        __syncthreads();
        for (int j = 0; j < 64; j++) sum += s[j]; // WRONG race
    }
    b[t] = sum;
}
RUN(race_tile, 1, 64, 0, x.b, x.a, 256)

static __global__ void race_same_cell(float *b)
{
    b[0] = threadIdx.x; // WRONG race
}
RUN(race_same_cell, 1, 64, 0, x.b)

static __global__ void race_blocks(float *b)
{
    if (threadIdx.x == 0) b[0] += 1; // WRONG race
}
RUN(race_blocks, 4, 32, 0, x.b)

static __global__ void race_blocks_neighbour(float *b)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float left = i > 0 && threadIdx.x == 0 ? b[i - 1] : 0.0f; // WRONG race
    __syncthreads();
    b[i] = left + 1; // WRONG race
}
RUN(race_blocks_neighbour, 4, 64, 0, x.b)

static __global__ void race_atomic_plain(int *i, float *b)
{
    if (threadIdx.x < 32) atomicAdd(i, 1);                // WRONG race
    if (threadIdx.x == 33) b[0] = static_cast<float>(*i); // WRONG race
}
RUN(race_atomic_plain, 1, 64, 0, x.i, x.b)

static __global__ void race_dynamic(float *b)
{
    TT_SIM_DYNAMIC_SHARED(float, s);
    s[threadIdx.x] = 1;                         // WRONG race
    b[threadIdx.x] = s[(threadIdx.x + 1) % 64]; // WRONG race
}
RUN(race_dynamic, 1, 64, 64 * sizeof(float), x.b)

static __global__ void race_warps(float *b)
{
    __shared__ float s[64];
    s[threadIdx.x] = 1; // WRONG race
    __syncwarp();
    b[threadIdx.x] = s[63 - threadIdx.x]; // WRONG race
}
RUN(race_warps, 1, 64, 0, x.b)

static __global__ void race_bytes(char *c)
{
    c[threadIdx.x / 2] = 1; // WRONG race
}
RUN(race_bytes, 1, 64, 0, reinterpret_cast<char *>(x.b))

static __global__ void race_two_bytes(float *b)
{
    __shared__ char s[4];
    int t = threadIdx.x;
    if (t < 4) s[t] = t;     // WRONG race
    if (t == 9) b[0] = s[0]; // WRONG race
}
RUN(race_two_bytes, 1, 64, 0, x.b)

static __global__ void race_crowd(float *b)
{
    __shared__ float s[4];
    int t = threadIdx.x;
    if (t < 4) s[t] = t;
    __syncthreads();
    if (t == 0 || t == 32 || t == 33) b[t] = s[0]; // WRONG race
    if (t < 32) return;
    __syncwarp();
    if (t == 32) s[0] = 7; // WRONG race
}
RUN(race_crowd, 1, 64, 0, x.b)

static __global__ void race_shift(float *b, const float *a)
{
    __shared__ float s[128];
    int t = threadIdx.x;
    s[t] = a[t];
    __syncthreads();
    if (t < 127) s[t] = s[t + 1]; // WRONG race
    __syncthreads();
    b[t] = s[t];
}
RUN(race_shift, 1, 128, 0, x.b, x.a)

static __global__ void race_passes(float *b, const float *a)
{
    __shared__ float s[128];
    int t = threadIdx.x;
    s[t] = a[t];
    __syncthreads();
    for (int k = 64; k > 0; k /= 2)
        if (t < k) s[t] += s[t + k]; // WRONG race
    if (t == 0) b[0] = s[0];
}
RUN(race_passes, 1, 128, 0, x.b, x.a)

static __global__ void race_update(int *i, int n)
{
    for (int k = threadIdx.x; k < n; k += 32) i[k % 4] += 1; // WRONG race
}
RUN(race_update, 2, 32, 0, x.i, 100)

/* ---- fences and atomics that order less than was meant ---- */

static __global__ void ticket_before_write(float *b, int *i)
{
    if (threadIdx.x > 0) return;
    __threadfence();
    bool last = atomicAdd(i, 1) == 3;
    b[blockIdx.x] = 1;                                  // WRONG race
    for (int k = 0; last && k < 4; k++) b[100] += b[k]; // WRONG race
}
RUN(ticket_before_write, 4, 32, 0, x.b, x.i)

static __global__ void ticket_before_others(float *b, int *i)
{
    bool last = false;
    b[blockIdx.x * 64 + threadIdx.x] = 1; // WRONG race
    if (threadIdx.x == 0) {
        __threadfence();
        last = atomicAdd(i, 1) == 3;
    }
    __syncthreads();
    for (int k = 0; last && k < 256; k++) b[300] += b[k]; // WRONG race
}
RUN(ticket_before_others, 4, 64, 0, x.b, x.i)

static __global__ void ticket_one_fence(float *b, int *i)
{
    b[blockIdx.x * 64 + threadIdx.x] = 1; // WRONG race
    if (threadIdx.x == 0) __threadfence();
    __syncthreads();
    bool last = threadIdx.x == 0 && atomicAdd(i, 1) == 3;
    for (int k = 0; last && k < 256; k++) b[300] += b[k]; // WRONG race
}
RUN(ticket_one_fence, 4, 64, 0, x.b, x.i)

static __global__ void ticket_no_fence(float *b, int *i)
{
    if (threadIdx.x > 0) return;
    b[blockIdx.x] = 1; // WRONG race
    bool last = atomicAdd(i, 1) == 3;
    for (int k = 0; last && k < 4; k++) b[100] += b[k]; // WRONG race
}
RUN(ticket_no_fence, 4, 32, 0, x.b, x.i)

static __global__ void ticket_of_another(float *b, int *i)
{
    if (threadIdx.x > 0) return;
    b[blockIdx.x] = 1; // WRONG race
    bool last = atomicAdd(i, 1) == 3;
    __threadfence();
    atomicExch(&i[1 + blockIdx.x], 1);
    for (int k = 0; last && k < 4; k++) b[100] += b[k]; // WRONG race
}
RUN(ticket_of_another, 4, 32, 0, x.b, x.i)

static __global__ void write_after_fence(float *b, int *i)
{
    if (threadIdx.x > 0) return;
    __threadfence();
    atomicAdd(i, 1);
    b[0] = blockIdx.x; // WRONG race
}
RUN(write_after_fence, 8, 32, 0, x.b, x.i)

static __global__ void write_after_fence_block(float *b, int *i)
{
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = 1;
    __syncthreads();
    __threadfence_block();
    atomicAdd(i, 1);
    s[t] = t;         // WRONG race
    b[t] = s[63 - t]; // WRONG race
}
RUN(write_after_fence_block, 1, 64, 0, x.b, x.i)

static __global__ void lock_of_another(float *b, int *i)
{
    int *lock = &i[blockIdx.x];
    while (atomicCAS(lock, 0, 1) != 0) {}
    __threadfence();
    b[0] += 1; // WRONG race
    __threadfence();
    atomicExch(lock, 0);
}
RUN(lock_of_another, 2, 32, 0, x.b, x.i)

static __global__ void bounds_guard(float *b, const float *a)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    b[i] = a[i]; // WRONG out-of-bounds
}
RUN(bounds_guard, 4, 256, 0, x.b, x.a)

static __global__ void bounds_before(float *b)
{
    b[(int)threadIdx.x - 1] = 1; // WRONG out-of-bounds
}
RUN(bounds_before, 1, 64, 0, x.b)

static __global__ void bounds_shared(float *b)
{
    __shared__ float s[33];
    s[threadIdx.x] = 1; // WRONG out-of-bounds
    __syncthreads();
    b[threadIdx.x] = s[33 - threadIdx.x];
}
RUN(bounds_shared, 1, 34, 0, x.b)

static __global__ void bounds_dynamic(float *b)
{
    TT_SIM_DYNAMIC_SHARED(float, s);
    s[threadIdx.x] = 1; // WRONG out-of-bounds
    b[threadIdx.x] = 1;
}
RUN(bounds_dynamic, 1, 34, 33 * sizeof(float), x.b)

static __global__ void bounds_null(float *b)
{
    b[threadIdx.x] = 1; // WRONG out-of-bounds
}
RUN(bounds_null, 1, 32, 0, x.b == nullptr ? x.b : nullptr)

static __global__ void bounds_host(float *b)
{
    b[threadIdx.x] = 1; // WRONG out-of-bounds
}
static bool run_bounds_host(void)
{
    static thread_local float kept[1];
    float host[32] = {kept[0]};
    return tt_sim_launch("bounds_host", 1, 32, 0, bounds_host, host) == 0;
}

static __global__ void bounds_freed(float *b)
{
    b[threadIdx.x] = 1; // WRONG out-of-bounds
}
static bool run_bounds_freed(void)
{
    float *p;
    cudaMalloc(&p, 4096);
    cudaFree(p);
    return tt_sim_launch("bounds_freed", 1, 32, 0, bounds_freed, p) == 0;
}

static __constant__ float coefficients[4];
static __global__ void bounds_constant(float *b)
{
    b[threadIdx.x] = coefficients[threadIdx.x & 3];
    if (threadIdx.x == 7) coefficients[2] = 1; // WRONG out-of-bounds
}
RUN(bounds_constant, 1, 32, 0, x.b)

#ifndef __clang__ /* of which -fsanitize=object-size says nothing where an index varies */
static __device__ float table[32], next_table[32];
static __global__ void bounds_device(float *b)
{
    b[threadIdx.x] = next_table[threadIdx.x & 31];
    table[threadIdx.x] = 1; // WRONG out-of-bounds
}
RUN(bounds_device, 1, 33, 0, x.b)

static __global__ void bounds_neighbour(float *b)
{
    __shared__ float s[32], t[32];
    const int i = threadIdx.x;
    if (i < 32) s[i] = t[i] = 1;
    __syncthreads();
    b[i] = s[i] + t[i & 31]; // WRONG out-of-bounds
}
RUN(bounds_neighbour, 1, 33, 0, x.b)

static __global__ void bounds_local(float *b, int n)
{
    float local[4];
    for (int k = 0; k < n; k++) local[k] = n; // WRONG out-of-bounds
    b[threadIdx.x] = local[threadIdx.x & 3];
}
RUN(bounds_local, 1, 32, 0, x.b, 5)
#endif

static __global__ void bounds_wide(float4 *b)
{
    b[threadIdx.x] = make_float4(1, 2, 3, 4); // WRONG out-of-bounds
}
RUN(bounds_wide, 1, 251, 0, reinterpret_cast<float4 *>(x.b))

static __global__ void bounds_atomic(int *i)
{
    atomicAdd(&i[threadIdx.x], 1); // WRONG out-of-bounds
}
RUN(bounds_atomic, 1, 9, 0, x.i)

static __global__ void misaligned_double(float *b)
{
    reinterpret_cast<double *>(b + 1)[threadIdx.x] = 1; // WRONG misaligned
}
RUN(misaligned_double, 1, 32, 0, x.b)

static __global__ void misaligned_quad(float *b)
{
    const float4 v = reinterpret_cast<float4 *>(b + 1)[threadIdx.x]; // WRONG misaligned
    b[4 * threadIdx.x] = v.x;
}
RUN(misaligned_quad, 1, 32, 0, x.b)

static __global__ void misaligned_bytes(char *c)
{
    *reinterpret_cast<int *>(c + 4 * threadIdx.x + 1) = 7; // WRONG misaligned
}
RUN(misaligned_bytes, 1, 32, 0, reinterpret_cast<char *>(x.b))

static __global__ void misaligned_atomic(char *c)
{
    atomicAdd(reinterpret_cast<int *>(c + 8 * threadIdx.x + 2), 7); // WRONG misaligned
}
RUN(misaligned_atomic, 1, 32, 0, reinterpret_cast<char *>(x.b))

static float *volatile allocated; /* once, as the kernel never comes to free it */
static __global__ void bounds_allocated(float *b)
{
    if (!allocated) allocated = static_cast<float *>(malloc(64));
    float *p = allocated;
    p[threadIdx.x & 7] = 1; // WRONG out-of-bounds
    b[threadIdx.x] = p[threadIdx.x & 7];
}
RUN(bounds_allocated, 1, 32, 0, x.b)

static __global__ void uninitialised(float *b)
{
    __shared__ float s[64];
    if (threadIdx.x < 63) s[threadIdx.x] = 1;
    __syncthreads();
    b[threadIdx.x] = s[threadIdx.x]; // WRONG uninitialised
}
RUN(uninitialised, 1, 64, 0, x.b)

static __global__ void divergence_left(float *b, int n)
{
    int i = threadIdx.x;
    if (i >= n) return;
    b[i] = 1;
    __syncthreads(); // WRONG barrier-divergence
    b[i] += 1;
}
RUN(divergence_left, 1, 64, 0, x.b, 60)

static __global__ void divergence_two(float *b)
{
    if (threadIdx.x < 32) {
        b[threadIdx.x] = 1;
        __syncthreads(); // WRONG barrier-divergence
    } else {
        b[threadIdx.x] = 2;
        __syncthreads(); // WRONG barrier-divergence
    }
}
RUN(divergence_two, 1, 64, 0, x.b)

static __global__ void warp_never(float *b)
{
    float v = 1;
    if (threadIdx.x < 16)
        v += __shfl_down_sync(0xffffffffu, v, 1); // WRONG warp-divergence
    else __syncthreads();                         // WRONG warp-divergence
    b[threadIdx.x] = v;
}
RUN(warp_never, 1, 32, 0, x.b)

static __global__ void warp_source(float *b)
{
    float v = 1;
    if (threadIdx.x < 16)
        v += __shfl_xor_sync(0x0000ffffu, v, 16); // WRONG warp-divergence
    b[threadIdx.x] = v;
}
RUN(warp_source, 1, 32, 0, x.b)

static __global__ void launch_threads(float *b)
{
    b[0] = 1;
}
RUN(launch_threads, 1, dim3(64, 32), 0, x.b)

static __global__ void launch_empty(float *b)
{
    b[0] = 1;
}
RUN(launch_empty, dim3(0), 32, 0, x.b)

static __global__ void launch_z(float *b)
{
    b[0] = 1;
}
RUN(launch_z, 1, dim3(1, 1, 65), 0, x.b)

static __global__ void launch_grid(float *b)
{
    b[0] = 1;
}
RUN(launch_grid, dim3(1, 65536), 32, 0, x.b)

static __global__ void launch_shared(float *b)
{
    b[0] = 1;
}
RUN(launch_shared, 1, 32, 48 * 1024 + 4, x.b)

static __global__ void launch_static(float *b)
{
    __shared__ float s[16384];
    for (int k = threadIdx.x; k < 16384; k += 256) s[k] = 1;
    b[threadIdx.x] = s[threadIdx.x];
}
RUN(launch_static, 1, 256, 0, x.b)

static __global__ void launch_static_partly(float *b)
{
    __shared__ float s[8000];
    TT_SIM_DYNAMIC_SHARED(float, t);
    s[threadIdx.x] = t[threadIdx.x] = 1;
    b[threadIdx.x] = s[threadIdx.x] + t[threadIdx.x];
}
RUN(launch_static_partly, 1, 32, 20000, x.b)

static __device__ float deep(const float *a, int n)
{                                                            // WRONG stack-overflow
    float local[64];                                         // WRONG stack-overflow
    for (int k = 0; k < 64; k++) local[k] = a[k] + n;        // WRONG stack-overflow
    return n < 0 ? 0 : deep(a, n + 1) + local[(n * 7) % 64]; // WRONG stack-overflow
}
static __global__ void stack(float *b)
{
    b[0] = deep(b, 1);
}
RUN(stack, 1, 32, 0, x.b)

static __global__ void forever(volatile int *i)
{
    while (*i == 0) {} // WRONG time-limit
}
RUN(forever, 1, 32, 0, x.i)

static __global__ void forever_spread(int *i)
{
    unsigned x = threadIdx.x + 1;
    while (x != 0) x = 3 * x | 1; // WRONG time-limit
    *i = 1;
}
RUN(forever_spread, 64, 256, 0, x.i)

static __global__ void stack_array(float *b, int n)
{ // WRONG stack-overflow
    float local[100000];
    for (int k = 0; k < 100000; k++) local[k] = n;
    b[0] = local[n];
}
RUN(stack_array, 1, 32, 0, x.b, 5)

static __global__ void assertion(float *b, int n)
{
    assert((int)threadIdx.x < n); // WRONG fault
    b[threadIdx.x] = 1;
}
RUN(assertion, 1, 32, 0, x.b, 31)

static __global__ void forever_barrier(float *b)
{
    for (;;) __syncthreads(); // WRONG time-limit
    b[0] = 1;
}
RUN(forever_barrier, 1, 32, 0, x.b)

static __global__ void trap(float *b)
{
    b[threadIdx.x] = 1;
    if (threadIdx.x == 3) __trap(); // WRONG fault
}
RUN(trap, 1, 32, 0, x.b)

#define CASE(name)                                                                       \
    {                                                                                    \
#name, run_##name                                                                \
    }
const sim_case sim_wrong[] = {
    CASE(race_write_read),
    CASE(race_reduction),
    CASE(race_tile),
    CASE(race_same_cell),
    CASE(race_blocks),
    CASE(race_blocks_neighbour),
    CASE(race_atomic_plain),
    CASE(race_dynamic),
    CASE(race_warps),
    CASE(race_bytes),
    CASE(race_two_bytes),
    CASE(race_crowd),
    CASE(race_shift),
    CASE(race_passes),
    CASE(race_update),
    CASE(ticket_before_write),
    CASE(ticket_before_others),
    CASE(ticket_one_fence),
    CASE(ticket_no_fence),
    CASE(ticket_of_another),
    CASE(write_after_fence),
    CASE(write_after_fence_block),
    CASE(lock_of_another),
    CASE(bounds_guard),
    CASE(bounds_before),
    CASE(bounds_shared),
    CASE(bounds_dynamic),
    CASE(bounds_null),
    CASE(bounds_host),
    CASE(bounds_freed),
    CASE(bounds_constant),
#ifndef __clang__
    CASE(bounds_device),
    CASE(bounds_neighbour),
    CASE(bounds_local),
#endif
    CASE(bounds_wide),
    CASE(bounds_atomic),
    CASE(misaligned_double),
    CASE(misaligned_quad),
    CASE(misaligned_bytes),
    CASE(misaligned_atomic),
    CASE(bounds_allocated),
    CASE(uninitialised),
    CASE(divergence_left),
    CASE(divergence_two),
    CASE(warp_never),
    CASE(warp_source),
    CASE(launch_threads),
    CASE(launch_empty),
    CASE(launch_z),
    CASE(launch_grid),
    CASE(launch_shared),
    CASE(launch_static),
    CASE(launch_static_partly),
    CASE(stack),
    CASE(stack_array),
    CASE(forever),
    CASE(forever_spread),
    CASE(forever_barrier),
    CASE(trap),
    CASE(assertion),
    {nullptr, nullptr},
};
