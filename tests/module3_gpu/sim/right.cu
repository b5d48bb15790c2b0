/* Kernels that are right, of the kinds that a careless tool calls wrong. Each run checks numbers. */
#include <cuda_runtime.h>

#include "tests/module3_gpu/sim/corpus.h"

/* An array on the device, filled by a rule; back() brings it to the host. */
template <class T> struct array {
    T *device = nullptr, *host;
    size_t n;
    explicit array(size_t count)
        : host(static_cast<T *>(calloc(count, sizeof(T)))), n(count)
    {
        cudaMalloc(&device, n * sizeof(T));
        for (size_t i = 0; i < n; i++) host[i] = static_cast<T>((i * 7 + 3) % 11);
        cudaMemcpy(device, host, n * sizeof(T), cudaMemcpyHostToDevice);
    }
    ~array()
    {
        cudaFree(device);
        free(host);
    }
    void zero() { cudaMemset(device, 0, n * sizeof(T)); }
    T *back()
    {
        cudaMemcpy(host, device, n * sizeof(T), cudaMemcpyDeviceToHost);
        return host;
    }
};

static double rule(size_t i)
{
    return static_cast<double>((i * 7 + 3) % 11);
}

static __global__ void tree_reduction(float *out, const float *a, int n)
{
    __shared__ float s[256];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t] = i < n ? a[i] : 0;
    __syncthreads();
    for (int k = 128; k > 0; k /= 2) {
        if (t < k) s[t] += s[t + k];
        __syncthreads();
    }
    if (t == 0) out[blockIdx.x] = s[0];
}
static bool run_tree_reduction(void)
{
    array<float> a(1000), out(4);
    if (tt_sim_launch("tree_reduction", 4, 256, 0, tree_reduction, out.device, a.device,
                      1000))
        return false;
    double sum = 0, right = 0;
    for (int i = 0; i < 4; i++) sum += out.back()[i];
    for (size_t i = 0; i < 1000; i++) right += rule(i);
    return sum == right;
}

static __global__ void tiled_matmul(float *out, const float *a, const float *b, int n)
{
    __shared__ float sa[16][17], sb[16][16];
    int x = threadIdx.x, y = threadIdx.y;
    int i = blockIdx.y * 16 + y, j = blockIdx.x * 16 + x;
    float sum = 0;
    for (int k = 0; k < n; k += 16) {
        sa[y][x] = i < n && k + x < n ? a[i * n + k + x] : 0;
        sb[y][x] = k + y < n && j < n ? b[(k + y) * n + j] : 0;
        __syncthreads();
        for (int m = 0; m < 16; m++) sum += sa[y][m] * sb[m][x];
        __syncthreads();
    }
    if (i < n && j < n) out[i * n + j] = sum;
}
static bool run_tiled_matmul(void)
{
    const int n = 37;
    array<float> a(n * n), b(n * n), out(n * n);
    if (tt_sim_launch("tiled_matmul", dim3(3, 3), dim3(16, 16), 0, tiled_matmul,
                      out.device, a.device, b.device, n))
        return false;
    out.back();
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += rule(size_t(i * n + k)) * rule(size_t(k * n + j));
            if (out.host[i * n + j] != sum) return false;
        }
    return true;
}

static __global__ void stencil(float *out, const float *a, int n)
{
    __shared__ float s[66];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    s[t + 1] = i < n ? a[i] : 0;
    if (t == 0) s[0] = i > 0 ? a[i - 1] : 0;
    if (t == 63) s[65] = i + 1 < n ? a[i + 1] : 0;
    __syncthreads();
    if (i < n) out[i] = s[t] + s[t + 1] + s[t + 2];
}
static bool run_stencil(void)
{
    array<float> a(500), out(500);
    if (tt_sim_launch("stencil", 8, 64, 0, stencil, out.device, a.device, 500))
        return false;
    out.back();
    for (size_t i = 0; i < 500; i++)
        if (out.host[i] != (i ? rule(i - 1) : 0) + rule(i) + (i < 499 ? rule(i + 1) : 0))
            return false;
    return true;
}

static __global__ void histogram(int *out, const int *a, int n)
{
    __shared__ int s[11];
    if (threadIdx.x < 11) s[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        atomicAdd(&s[a[i]], 1);
    __syncthreads();
    if (threadIdx.x < 11) atomicAdd(&out[threadIdx.x], s[threadIdx.x]);
}
static bool run_histogram(void)
{
    array<int> a(1100), out(11);
    out.zero();
    if (tt_sim_launch("histogram", 3, 128, 0, histogram, out.device, a.device, 1100))
        return false;
    out.back();
    for (int i = 0; i < 11; i++)
        if (out.host[i] != 100) return false;
    return true;
}

static __global__ void scan(int *a)
{
    __shared__ int s[2][128];
    int t = threadIdx.x, from = 0;
    s[0][t] = a[t];
    for (int k = 1; k < 128; k *= 2) {
        __syncthreads();
        s[1 - from][t] = s[from][t] + (t >= k ? s[from][t - k] : 0);
        from = 1 - from;
    }
    a[t] = s[from][t];
}
static bool run_scan(void)
{
    array<int> a(128);
    if (tt_sim_launch("scan", 1, 128, 0, scan, a.device)) return false;
    a.back();
    double sum = 0;
    for (size_t i = 0; i < 128; i++)
        if (a.host[i] != (sum += rule(i))) return false;
    return true;
}

static __global__ void transpose(float *out, const float *a, int n)
{
    __shared__ float tile[32][33];
    int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
    for (int k = 0; k < 32; k += 8)
        if (x < n && y + k < n) tile[threadIdx.y + k][threadIdx.x] = a[(y + k) * n + x];
    __syncthreads();
    x = blockIdx.y * 32 + threadIdx.x;
    y = blockIdx.x * 32 + threadIdx.y;
    for (int k = 0; k < 32; k += 8)
        if (x < n && y + k < n) out[(y + k) * n + x] = tile[threadIdx.x][threadIdx.y + k];
}
static bool run_transpose(void)
{
    const int n = 70;
    array<float> a(n * n), out(n * n);
    if (tt_sim_launch("transpose", dim3(3, 3), dim3(32, 8), 0, transpose, out.device,
                      a.device, n))
        return false;
    out.back();
    for (int i = 0; i < n * n; i++)
        if (out.host[i] != rule(size_t(i % n * n + i / n))) return false;
    return true;
}

static __device__ float warp_sum(float v)
{
    for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(0xffffffffu, v, d);
    return v;
}
static __global__ void shuffle_sum(float *out, const float *a, int n)
{
    __shared__ float s[8];
    int t = threadIdx.x;
    float v = warp_sum(t < n ? a[t] : 0);
    if (t % 32 == 0) s[t / 32] = v;
    __syncthreads();
    if (t >= 32) return;
    v = warp_sum(t < 8 ? s[t] : 0);
    if (t == 0) *out = v;
}
static bool run_shuffle_sum(void)
{
    array<float> a(250), out(1);
    if (tt_sim_launch("shuffle_sum", 1, 256, 0, shuffle_sum, out.device, a.device, 250))
        return false;
    double sum = 0;
    for (size_t i = 0; i < 250; i++) sum += rule(i);
    return out.back()[0] == sum;
}

/* The last steps within one warp, which needs no __syncthreads but __syncwarp. */
static __global__ void warp_tail(float *out, const float *a)
{
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = a[t];
    __syncthreads();
    if (t < 32) {
        for (int k = 32; k > 0; k /= 2) {
            float v = s[t] + (t < k ? s[t + k] : 0);
            __syncwarp();
            s[t] = v;
            __syncwarp();
        }
        if (t == 0) out[0] = s[0];
    }
}
static bool run_warp_tail(void)
{
    array<float> a(64), out(1);
    if (tt_sim_launch("warp_tail", 1, 64, 0, warp_tail, out.device, a.device))
        return false;
    double sum = 0;
    for (size_t i = 0; i < 64; i++) sum += rule(i);
    return out.back()[0] == sum;
}

/* Whether each of 32 cells is the sum of those of four blocks, or warps. */
static bool is_four_summed(array<float> *out)
{
    out->back();
    for (size_t i = 0; i < 32; i++)
        if (out->host[i] != rule(i) + rule(i + 32) + rule(i + 64) + rule(i + 96))
            return false;
    return true;
}

/* The block that comes last sums up what the others left: fences and an atomic order it. */
static __device__ unsigned arrived;
static __global__ void last_block(float *out, float *part, const float *a)
{
    __shared__ bool last;
    part[blockIdx.x * 32 + threadIdx.x] = a[blockIdx.x * 32 + threadIdx.x];
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) last = atomicInc(&arrived, gridDim.x - 1) == gridDim.x - 1;
    __syncthreads();
    if (!last) return;
    float sum = 0;
    for (unsigned b = 0; b < gridDim.x; b++) sum += part[b * 32 + threadIdx.x];
    out[threadIdx.x] = sum;
}
static bool run_last_block(void)
{
    array<float> a(128), part(128), out(32);
    if (tt_sim_launch("last_block", 4, 32, 0, last_block, out.device, part.device, a.device))
        return false;
    return is_four_summed(&out);
}

static __global__ void wide(float4 *out, const float4 *a, int n)
{
    int i = threadIdx.x;
    if (i >= n) return;
    float4 v = a[i];
    v.x *= 2;
    v.w = fmaf(v.w, 3.0f, 1.0f);
    out[i] = v;
}
static bool run_wide(void)
{
    array<float> a(256), out(256);
    if (tt_sim_launch("wide", 1, 96, 0, wide, reinterpret_cast<float4 *>(out.device),
                      reinterpret_cast<const float4 *>(a.device), 64))
        return false;
    out.back();
    for (size_t i = 0; i < 256; i++) {
        const double v = rule(i);
        if (out.host[i] != (i % 4 == 0 ? 2 * v : i % 4 == 3 ? 3 * v + 1 : v))
            return false;
    }
    return true;
}

/* Votes, sub-warp shuffles, atomics of floats, 3-D indices, bytes, a template. */
template <int STEP>
static __global__ void mixture(unsigned char *bytes, float *sum, int *votes)
{
    unsigned t = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    bytes[t] = static_cast<unsigned char>(t * STEP);
    atomicAdd(sum, 0.5f);
    int many = __syncthreads_count(t % 3 == 0);
    int any = __syncthreads_or(t == 17), all = __syncthreads_and(t < 64);
    unsigned even = __ballot_sync(0xffffffffu, t % 2 == 0);
    int other = __shfl_xor_sync(0xffffffffu, static_cast<int>(t), 1, 8);
    int head = __shfl_sync(0xffffffffu, static_cast<int>(t), 0, 8);
    if (t == 13) {
        votes[0] = many;
        votes[1] = any;
        votes[2] = all;
        votes[3] = static_cast<int>(even);
        votes[4] = other;
        votes[5] = head;
    }
}
static bool run_mixture(void)
{
    array<unsigned char> bytes(64);
    array<float> sum(1);
    array<int> votes(6);
    sum.zero();
    if (tt_sim_launch("mixture", 1, dim3(4, 4, 4), 0, mixture<3>, bytes.device,
                      sum.device, votes.device))
        return false;
    const int right[] = {22, 1, 1, 0x55555555, 12, 8};
    votes.back();
    for (int i = 0; i < 6; i++)
        if (votes.host[i] != right[i]) return false;
    return sum.back()[0] == 32 && bytes.back()[63] == 189;
}

/* atomicAdd made of atomicCAS, as NVIDIA's guide has it: the plain read is only a guess. */
static __device__ double add_by_swap(double *p, double v)
{
    unsigned long long *bits = reinterpret_cast<unsigned long long *>(p);
    unsigned long long old = *bits, assumed;
    do {
        assumed = old;
        old = atomicCAS(bits, assumed,
                        __double_as_longlong(v + __longlong_as_double(assumed)));
    } while (assumed != old);
    return __longlong_as_double(old);
}
static __global__ void swaps(double *sum)
{
    add_by_swap(sum, threadIdx.x + 1);
}
static bool run_swaps(void)
{
    array<double> sum(1);
    sum.zero();
    if (tt_sim_launch("swaps", 2, 64, 0, swaps, sum.device)) return false;
    return sum.back()[0] == 2 * 64 * 65 / 2;
}

/* A lock: what is inside is ordered by the fence and the two atomics. */
static __device__ int locked;
static __global__ void lock(float *sum)
{
    while (atomicCAS(&locked, 0, 1) != 0) {}
    __threadfence();
    sum[0] += 2;
    __threadfence();
    atomicExch(&locked, 0);
}
static bool run_lock(void)
{
    array<float> sum(1);
    sum.zero();
    if (tt_sim_launch("lock", 3, 64, 0, lock, sum.device)) return false;
    return sum.back()[0] == 3 * 64 * 2;
}

/* min and max of unlike numbers, as in the guard of a block's part. */
static __global__ void parts(int *out, double *most, int n, long long far)
{
    const int from = blockIdx.x * blockDim.x;
    const int last = min(n, (blockIdx.x + 1) * blockDim.x);
    if (threadIdx.x < min(32u, n - from) && static_cast<int>(from + threadIdx.x) < last)
        out[from + threadIdx.x] = max(threadIdx.x, 3) + min(threadIdx.x, 5);
    if (from + threadIdx.x == 0) {
        most[0] = max(2.5f, 2.25) + min(far, 7ull) + max(1ul, 2l);
        most[1] = min(-1, 3u) + min(0.5, 2.0f); /* compared as unsigned */
    }
}
static bool run_parts(void)
{
    array<int> out(40);
    array<double> most(2);
    if (tt_sim_launch("parts", 2, 32, 0, parts, out.device, most.device, 40, 9ll))
        return false;
    out.back();
    for (int i = 0; i < 40; i++) {
        const int t = i % 32;
        if (out.host[i] != (t > 3 ? t : 3) + (t < 5 ? t : 5)) return false;
    }
    return most.back()[0] == 2.5 + 7 + 2 && most.host[1] == 3.5;
}

/* Four doubles are moved in two halves of 16 bytes. */
static __global__ void wide_doubles(double4 *out, const double4 *a)
{
    double4 v = a[threadIdx.x];
    v.w += rcbrtf(0.125f) + normcdff(0.0f) + (clock64() < 0) + (clock() == 0 ? 0 : 0);
    out[threadIdx.x] = v;
}
static bool run_wide_doubles(void)
{
    array<double> a(32 * 4), out(32 * 4);
    if (tt_sim_launch("wide_doubles", 1, 32, 0, wide_doubles,
                      reinterpret_cast<double4 *>(out.device),
                      reinterpret_cast<double4 *>(a.device)))
        return false;
    return out.back()[0] == rule(0) && out.host[4 * 31 + 3] == rule(4 * 31 + 3) + 2.5;
}

/* Rows as one line, an address just past the end, and arrays that are known in every way there is. */
static __constant__ float weights[3] = {1, 2, 4};
static __constant__ const int shift[2] = {1, 2};
static __device__ float kept[2][8], *kept_end = kept[0] + 16;
static __global__ void flattened(float *out)
{
    __shared__ float s[4][16];
    static const float steps[] = {0.5f, 1.5f};
    const char *letters = "abc";
    float local[2][2];
    const int i = threadIdx.x;
    for (int k = 0; k < 4; k++) (&local[0][0])[k] = k;
    s[0][i] = i;
    __syncthreads();
    float *p = &s[0][0] + i;
    if (i < 16) kept[0][i] = 1;
    out[i] = p < &s[3][16] ? *p : 0;
    out[i] += weights[i % 3] + shift[i & 1] + steps[i & 1] + letters[i % 3] +
              (&local[0][0])[i & 3] + (kept_end - kept[0]);
}
static bool run_flattened(void)
{
    array<float> out(64);
    const float weights_host[3] = {2, 3, 5};
    cudaMemcpyToSymbol(weights, weights_host, sizeof weights_host);
    if (tt_sim_launch("flattened", 1, 64, 0, flattened, out.device)) return false;
    out.back();
    for (int i = 0; i < 64; i++)
        if (out.host[i] != i + weights_host[i % 3] + (i % 2 + 1) + (i % 2 + 0.5f) +
                               static_cast<float>('a' + i % 3) + i % 4 + 16)
            return false;
    return true;
}

/* What the compiler knows to be without alignment, it moves in pieces. */
struct __attribute__((packed)) packed {
    char c;
    int i;
    double d;
};
struct pair {
    float x, y, z;
    int i;
};
static __global__ void pieces(packed *p, pair *q, char *bytes)
{
    const int i = threadIdx.x;
    p[i].i = i;
    p[i].d = p[i].i + 0.5;
    q[i] = pair{1, 2, 3, i};
    q[i + 32] = q[i];
    memcpy(bytes + 9 * i + 1, &q[i], 8);
    float v;
    memcpy(&v, bytes + 9 * i + 5, sizeof v);
    q[i].z = v;
}
static bool run_pieces(void)
{
    array<char> p(32 * sizeof(packed)), q(64 * sizeof(pair)), bytes(9 * 33);
    if (tt_sim_launch("pieces", 1, 32, 0, pieces, reinterpret_cast<packed *>(p.device),
                      reinterpret_cast<pair *>(q.device), bytes.device))
        return false;
    const packed *a = reinterpret_cast<packed *>(p.back());
    const pair *b = reinterpret_cast<pair *>(q.back());
    return a[31].d == 31.5 && b[7].z == 2 && b[40].i == 8;
}

/* One thread, a long loop: what each pass costs the simulator must not grow. */
static __global__ void alone(float *sum, const float *a, int n)
{
    float s = 0;
    for (int k = 0; k < n; k++) s += a[k & 63];
    *sum = s;
}
bool sim_run_alone(int n)
{
    array<float> a(64), sum(1);
    if (tt_sim_launch("alone", 1, 1, 0, alone, sum.device, a.device, n)) return false;
    double right = 0;
    for (int k = 0; k < n; k++) right += rule(k & 63);
    return sum.back()[0] == right;
}
static bool run_alone(void)
{
    return sim_run_alone(1000);
}

/* NVIDIA's threadFenceReduction: one thread of a block leaves the sum of it, and the last one makes
 * the counter ready for the next launch by a plain write. */
static __device__ unsigned done;
static __device__ void halve(float *s, int t)
{
    for (int k = 32; k > 0; k /= 2) {
        __syncthreads();
        if (t < k) s[t] += s[t + k];
    }
}
static __global__ void fence_reduction(float *out, float *part, const float *a)
{
    __shared__ float s[64];
    __shared__ bool last;
    int t = threadIdx.x;
    s[t] = a[blockIdx.x * 64 + t];
    halve(s, t);
    if (t == 0) {
        part[blockIdx.x] = s[0];
        __threadfence();
        last = atomicInc(&done, gridDim.x) == gridDim.x - 1;
    }
    __syncthreads();
    if (!last) return;
    s[t] = t < 8 ? part[t] : 0;
    halve(s, t);
    if (t > 0) return;
    out[0] = s[0];
    done = 0;
}
static bool run_fence_reduction(void)
{
    array<float> a(512), part(8), out(1);
    if (tt_sim_launch("fence_reduction", 8, 64, 0, fence_reduction, out.device,
                      part.device, a.device))
        return false;
    double sum = 0;
    for (size_t i = 0; i < 512; i++) sum += rule(i);
    return out.back()[0] == sum;
}

/* All threads write, one fences and counts behind the barrier; blocks meet in pairs, then all. */
static __global__ void ticket_tree(float *out, float *part, const float *a, int *counts)
{
    __shared__ bool last;
    int t = threadIdx.x, i = blockIdx.x * 32 + t;
    part[i] = a[i];
    __syncthreads();
    if (t == 0) {
        __threadfence();
        last = atomicAdd(&counts[blockIdx.x / 2], 1) == 1;
        __threadfence();
        last = last && atomicAdd(&counts[2], 1) == 1;
    }
    __syncthreads();
    for (unsigned b = 0; last && b < gridDim.x; b++)
        out[t] = (b ? out[t] : 0) + part[b * 32 + t];
}
static bool run_ticket_tree(void)
{
    array<float> a(128), part(128), out(32);
    array<int> counts(3);
    counts.zero();
    if (tt_sim_launch("ticket_tree", 4, 32, 0, ticket_tree, out.device, part.device,
                      a.device, counts.device))
        return false;
    return is_four_summed(&out);
}

/* The same within a block: its last warp sums up what the others left, without a barrier. */
static __global__ void last_warp(float *out, const float *a, int *count)
{
    __shared__ float s[128];
    int t = threadIdx.x, arrived_before = 0;
    s[t] = a[t];
    __syncwarp();
    if (t % 32 == 0) {
        __threadfence_block();
        arrived_before = atomicAdd(count, 1);
    }
    if (__shfl_sync(0xffffffffu, arrived_before, 0) < 3) return;
    out[t % 32] = s[t % 32] + s[t % 32 + 32] + s[t % 32 + 64] + s[t % 32 + 96];
}
static bool run_last_warp(void)
{
    array<float> a(128), out(32);
    array<int> count(1);
    count.zero();
    if (tt_sim_launch("last_warp", 1, 128, 0, last_warp, out.device, a.device, count.device))
        return false;
    return is_four_summed(&out);
}

/* Two rounds, each published by the leaders of a whole warp and of one with eight lanes. */
static __global__ void leaders(float *out, float *part, const float *a, unsigned *count)
{
    __shared__ bool last;
    unsigned t = threadIdx.x;
    if (t == 0) last = false;
    for (unsigned k = 0; k < 2; k++) {
        unsigned i = (blockIdx.x * 2 + k) * 40 + t;
        part[i] = a[i];
        __threadfence();
        __syncwarp();
        __syncthreads();
        part[i] += 1;
        __threadfence();
        __syncwarp();
        if (t % 32 == 0 && atomicAdd(count, 1) == gridDim.x * 4 - 1) last = true;
    }
    __syncthreads();
    for (unsigned k = 0; last && k < gridDim.x * 2; k++)
        out[t] = (k ? out[t] : 0) + part[k * 40 + t];
}
static bool run_leaders(void)
{
    array<float> a(240), part(240), out(40);
    array<unsigned> count(1);
    count.zero();
    if (tt_sim_launch("leaders", 3, 40, 0, leaders, out.device, part.device, a.device,
                      count.device))
        return false;
    out.back();
    for (size_t t = 0; t < 40; t++) {
        double sum = 6;
        for (size_t k = 0; k < 6; k++) sum += rule(k * 40 + t);
        if (out.host[t] != sum) return false;
    }
    return true;
}

/* One thread leaves something under a flag, which others find already or not yet. */
static __global__ void flag(float *out)
{
    __shared__ float s[2];
    __shared__ int ready;
    int t = threadIdx.x;
    if (t == 0) ready = 0, s[0] = 5;
    __syncthreads();
    if (t == 70) {
        s[1] = 5;
        __threadfence_block();
        atomicExch(&ready, 1);
    }
    int from = atomicAdd(&ready, 0);
    __threadfence_block();
    out[blockIdx.x * 128 + t] = s[from];
}
static bool run_flag(void)
{
    array<float> out(256);
    if (tt_sim_launch("flag", 2, 128, 0, flag, out.device)) return false;
    out.back();
    for (size_t i = 0; i < 256; i++)
        if (out.host[i] != 5) return false;
    return true;
}

/* A lock for each bin, in shared memory, and one for what they make together. */
static __device__ void locked_add(int *lock_, float *sum, float v)
{
    while (atomicCAS(lock_, 0, 1) != 0) {}
    __threadfence();
    *sum += v;
    __threadfence();
    atomicExch(lock_, 0);
}
static __global__ void locks(float *out, const int *a, int *lock_)
{
    __shared__ int bin_locks[11];
    __shared__ float bins[11];
    int t = threadIdx.x;
    if (t < 11) bin_locks[t] = 0, bins[t] = 0;
    __syncthreads();
    for (int k = 0; k < 2; k++) {
        int i = (blockIdx.x * 2 + k) * 64 + t;
        locked_add(&bin_locks[a[i]], &bins[a[i]], 1);
        __syncwarp();
    }
    __syncthreads();
    if (t < 11) locked_add(lock_, &out[t], bins[t]);
}
static bool run_locks(void)
{
    array<int> a(640), lock_(1);
    array<float> out(11);
    out.zero();
    lock_.zero();
    if (tt_sim_launch("locks", 5, 64, 0, locks, out.device, a.device, lock_.device))
        return false;
    double count[11] = {0};
    for (size_t i = 0; i < 640; i++) count[(i * 7 + 3) % 11]++;
    out.back();
    for (int i = 0; i < 11; i++)
        if (out.host[i] != count[i]) return false;
    return true;
}

#define CASE(name)                                                                       \
    {                                                                                    \
#name, run_##name                                                                \
    }
const sim_case sim_right[] = {
    CASE(tree_reduction),
    CASE(tiled_matmul),
    CASE(stencil),
    CASE(histogram),
    CASE(scan),
    CASE(transpose),
    CASE(shuffle_sum),
    CASE(warp_tail),
    CASE(last_block),
    CASE(wide),
    CASE(mixture),
    CASE(swaps),
    CASE(lock),
    CASE(parts),
    CASE(wide_doubles),
    CASE(flattened),
    CASE(pieces),
    CASE(alone),
    CASE(fence_reduction),
    CASE(ticket_tree),
    CASE(last_warp),
    CASE(leaders),
    CASE(flag),
    CASE(locks),
    {nullptr, nullptr},
};
