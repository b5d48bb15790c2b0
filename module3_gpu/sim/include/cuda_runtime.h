/* The simulator's cuda_runtime.h: what CUDA C needs to be compiled by g++ or clang++ and to run on
 * the CPU. The names, types and meanings are NVIDIA's (CUDA C++ Programming Guide, "C++ Language
 * Extensions" and "Runtime API"); the work is done by the functions tt_sim_* of sim.h's library.
 *
 * A block's threads are coroutines on one CPU thread: __syncthreads and the warp operations switch
 * from one to the next. So __shared__ is thread_local, of which each CPU thread has its own.
 *
 * Two things of nvcc's language no header can give: k<<<g, b>>>(...) and `extern __shared__ T x[]`.
 * `//module3_gpu:sim` rewrites both. A file compiled without it writes tt_sim_launch("k", g, b,
 * shared_bytes, k, ...) and TT_SIM_DYNAMIC_SHARED(T, x), best behind a macro that nvcc also takes.
 *
 * What is not here, the simulator does not have; the last part of the file names the usual things,
 * so that the compiler says so in words.
 */
#ifndef TT_SIM_CUDA_RUNTIME_H
#define TT_SIM_CUDA_RUNTIME_H

#ifndef __cplusplus
#error "kernels are C++: compile this file with g++ -x c++, or simulate it with //module3_gpu:sim"
#endif

#define TT_SIM 1

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <math.h>
#include <tuple>
#include <type_traits>

/* ---- words of the language ------------------------------------------------------------------- */

#define __global__
#define __device__
#define __host__
#define __constant__
#define __managed__
#define __shared__ __attribute__((aligned(128))) thread_local /* banks then begin at 0 */
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __grid_constant__

/* `extern __shared__ T name[];`: the third number of <<<grid, block, bytes>>>. */
#define TT_SIM_DYNAMIC_SHARED(T, name)                                                   \
    T *name = reinterpret_cast<T *>(tt_sim_dynamic_shared())

/* The same outside of functions: a name that becomes a pointer wherever a kernel uses it. */
template <class T> struct tti_sim_dynamic {
    operator T *() const;
};
#define TT_SIM_DYNAMIC_SHARED_OUTSIDE(T, name)                                           \
    static constexpr tti_sim_dynamic<T> name {}

/* ---- vector types ---------------------------------------------------------------------------- */

struct uint3 {
    unsigned x, y, z;
};

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1)
        : x(x_), y(y_), z(z_)
    {
    }
    constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
    constexpr operator uint3() const { return uint3{x, y, z}; }
};

/* A copy is one load and one store of the whole, as on the hardware: left to themselves, compilers
 * copy member by member, and the simulator would count four small accesses for a wide one. */
#define TT_SIM_VECTOR(T, name, n, bytes, members, parameters, values)                    \
    struct alignas(bytes) name {                                                         \
        T members;                                                                       \
        typedef T tti_whole __attribute__((vector_size(bytes), may_alias));              \
        name() = default;                                                                \
        constexpr name parameters : values {}                                            \
        name(const name &o) { whole() = o.whole(); }                                     \
        name &operator=(const name &o)                                                   \
        {                                                                                \
            whole() = o.whole();                                                         \
            return *this;                                                                \
        }                                                                                \
                                                                                         \
      private:                                                                           \
        tti_whole &whole() { return *reinterpret_cast<tti_whole *>(this); }              \
        const tti_whole &whole() const                                                   \
        {                                                                                \
            return *reinterpret_cast<const tti_whole *>(this);                           \
        }                                                                                \
    };
#define TT_SIM_COMMA ,
#define TT_SIM_VECTOR2(T, name)                                                          \
    TT_SIM_VECTOR(T, name, 2, 2 * sizeof(T), x TT_SIM_COMMA y, (T x_, T y_),             \
                  x(x_) TT_SIM_COMMA y(y_))                                              \
    static inline name make_##name(T x, T y)                                             \
    {                                                                                    \
        return name(x, y);                                                               \
    }
#define TT_SIM_VECTOR4(T, name)                                                          \
    TT_SIM_VECTOR(T, name, 4, 4 * sizeof(T),                                             \
                  x TT_SIM_COMMA y TT_SIM_COMMA z TT_SIM_COMMA w,                        \
                  (T x_, T y_, T z_, T w_),                                              \
                  x(x_) TT_SIM_COMMA y(y_) TT_SIM_COMMA z(z_) TT_SIM_COMMA w(w_))        \
    static inline name make_##name(T x, T y, T z, T w)                                   \
    {                                                                                    \
        return name(x, y, z, w);                                                         \
    }
TT_SIM_VECTOR2(float, float2)
TT_SIM_VECTOR2(double, double2)
TT_SIM_VECTOR2(int, int2)
TT_SIM_VECTOR2(unsigned, uint2)
TT_SIM_VECTOR4(float, float4)
TT_SIM_VECTOR4(int, int4)
TT_SIM_VECTOR4(unsigned, uint4)
#undef TT_SIM_VECTOR4
#undef TT_SIM_VECTOR2
#undef TT_SIM_VECTOR
#undef TT_SIM_COMMA

struct float3 {
    float x, y, z;
};
struct int3 {
    int x, y, z;
};
static inline float3 make_float3(float x, float y, float z)
{
    return float3{x, y, z};
}
static inline int3 make_int3(int x, int y, int z)
{
    return int3{x, y, z};
}
static inline uint3 make_uint3(unsigned x, unsigned y, unsigned z)
{
    return uint3{x, y, z};
}

/* ---- what the library does -------------------------------------------------------------------- */

#define TT_SIM_FIXED __attribute__((const)) /* the same for a thread's whole life */
extern "C" {
uint3 tt_sim_thread_index(void) TT_SIM_FIXED;
uint3 tt_sim_block_index(void) TT_SIM_FIXED;
uint3 tt_sim_block_size(void) TT_SIM_FIXED;
uint3 tt_sim_grid_size(void) TT_SIM_FIXED;
void *tt_sim_dynamic_shared(void) TT_SIM_FIXED;

int tt_sim_vote_block(int kind, int value);
void tt_sim_syncwarp(unsigned mask);
unsigned long long tt_sim_exchange(unsigned mask, unsigned long long value, int source);
unsigned tt_sim_ballot(unsigned mask, int value);
int tt_sim_lane(void) TT_SIM_FIXED;
unsigned tt_sim_active(void);
void tt_sim_fence(void);
[[noreturn]] void tt_sim_trap(void);
void tt_sim_not_available(const char *what);

unsigned tt_sim_atomic32(int op, unsigned *where, unsigned value, unsigned other);
unsigned long long tt_sim_atomic64(int op, unsigned long long *where,
                                   unsigned long long value, unsigned long long other);

int tt_sim_run(const char *kernel, uint3 grid, uint3 block, size_t shared,
               void (*body)(void *), void *arguments, size_t argument_bytes);
int tt_sim_malloc(void **p, size_t bytes);
int tt_sim_free(void *p);
int tt_sim_copy(void *to, const void *from, size_t bytes, int direction);
int tt_sim_set(void *p, int value, size_t bytes);
int tt_sim_last_error(int forget);
const char *tt_sim_error_name(int error);
const char *tt_sim_error_text(int error);
double tt_sim_now_ms(void);
}

template <class T> inline tti_sim_dynamic<T>::operator T *() const
{
    return static_cast<T *>(tt_sim_dynamic_shared());
}

#define threadIdx (tt_sim_thread_index())
#define blockIdx (tt_sim_block_index())
#define blockDim (tt_sim_block_size())
#define gridDim (tt_sim_grid_size())
static constexpr int warpSize = 32;

/* ---- barriers and warps ------------------------------------------------------------------------ */

/* Two barriers are two places, however alike they look to an optimiser. */
#ifdef __clang__
#define TT_SIM_ONE_PLACE __attribute__((convergent, nomerge))
#else
#define TT_SIM_ONE_PLACE
#endif
extern "C" void __syncthreads(void) __asm__("tt_sim_syncthreads") TT_SIM_ONE_PLACE;
static inline int __syncthreads_count(int p)
{
    return tt_sim_vote_block(0, p);
}
static inline int __syncthreads_and(int p)
{
    return tt_sim_vote_block(1, p);
}
static inline int __syncthreads_or(int p)
{
    return tt_sim_vote_block(2, p);
}
static inline void __syncwarp(unsigned mask = 0xffffffffu)
{
    tt_sim_syncwarp(mask);
}
static inline void __threadfence(void)
{
    tt_sim_fence();
}
static inline void __threadfence_block(void)
{
    tt_sim_fence();
}
static inline void __threadfence_system(void)
{
    tt_sim_fence();
}
static inline unsigned __activemask(void)
{
    return tt_sim_active();
}
#define __trap() tt_sim_trap()

template <class T> static inline T tti_sim_shuffle(unsigned mask, T value, int source)
{
    static_assert(sizeof(T) <= 8 && std::is_trivially_copyable<T>::value,
                  "a shuffle moves numbers of 4 or 8 bytes, one at a time");
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof value);
    bits = tt_sim_exchange(mask, bits, source);
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

/* Lanes come in groups of `width`; a source outside of its group gives the thread's own value. */
template <class T>
static inline T __shfl_sync(unsigned mask, T value, int source, int width = 32)
{
    const int lane = tt_sim_lane();
    return tti_sim_shuffle(mask, value, (lane & ~(width - 1)) | (source & (width - 1)));
}
template <class T>
static inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32)
{
    const int lane = tt_sim_lane(), at = (lane & (width - 1)) - static_cast<int>(delta);
    return tti_sim_shuffle(mask, value, at < 0 ? lane : lane - static_cast<int>(delta));
}
template <class T>
static inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32)
{
    const int lane = tt_sim_lane(), at = (lane & (width - 1)) + static_cast<int>(delta);
    return tti_sim_shuffle(mask, value,
                           at >= width ? lane : lane + static_cast<int>(delta));
}
template <class T>
static inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32)
{
    const int lane = tt_sim_lane(), to = lane ^ bits;
    return tti_sim_shuffle(mask, value,
                           (to & ~(width - 1)) > (lane & ~(width - 1)) ? lane : to);
}
static inline unsigned __ballot_sync(unsigned mask, int p)
{
    return tt_sim_ballot(mask, p);
}
static inline int __any_sync(unsigned mask, int p)
{
    return tt_sim_ballot(mask, p) != 0;
}
static inline int __all_sync(unsigned mask, int p)
{
    return tt_sim_ballot(mask, !p) == 0;
}

/* ---- atomics: each returns the old value ------------------------------------------------------- */

enum {
    TT_SIM_ADD,
    TT_SIM_ADD_FLOAT,
    TT_SIM_MAX_INT,
    TT_SIM_MIN_INT,
    TT_SIM_MAX,
    TT_SIM_MIN,
    TT_SIM_EXCHANGE,
    TT_SIM_COMPARE,
    TT_SIM_AND,
    TT_SIM_OR,
    TT_SIM_XOR,
    TT_SIM_INCREMENT,
    TT_SIM_DECREMENT
};

template <class T>
static inline T tti_sim_atomic(int op, T *where, T value, T other = T())
{
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "atomics work on 4 or 8 bytes");
    using B = std::conditional_t<sizeof(T) == 4, unsigned, unsigned long long>;
    B bits, compared;
    __builtin_memcpy(&bits, &value, sizeof value);
    __builtin_memcpy(&compared, &other, sizeof other);
    if constexpr (sizeof(T) == 4)
        bits = tt_sim_atomic32(op, reinterpret_cast<B *>(where), bits, compared);
    else bits = tt_sim_atomic64(op, reinterpret_cast<B *>(where), bits, compared);
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline int atomicAdd(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_ADD, p, v);
}
static inline unsigned atomicAdd(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_ADD, p, v);
}
static inline unsigned long long atomicAdd(unsigned long long *p, unsigned long long v)
{
    return tti_sim_atomic(TT_SIM_ADD, p, v);
}
static inline float atomicAdd(float *p, float v)
{
    return tti_sim_atomic(TT_SIM_ADD_FLOAT, p, v);
}
static inline double atomicAdd(double *p, double v)
{
    return tti_sim_atomic(TT_SIM_ADD_FLOAT, p, v);
}
static inline int atomicSub(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_ADD, p, -v);
}
static inline unsigned atomicSub(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_ADD, p, 0u - v);
}
static inline int atomicMax(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_MAX_INT, p, v);
}
static inline unsigned atomicMax(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_MAX, p, v);
}
static inline int atomicMin(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_MIN_INT, p, v);
}
static inline unsigned atomicMin(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_MIN, p, v);
}
static inline int atomicExch(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_EXCHANGE, p, v);
}
static inline unsigned atomicExch(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_EXCHANGE, p, v);
}
static inline float atomicExch(float *p, float v)
{
    return tti_sim_atomic(TT_SIM_EXCHANGE, p, v);
}
static inline int atomicCAS(int *p, int is, int v)
{
    return tti_sim_atomic(TT_SIM_COMPARE, p, v, is);
}
static inline unsigned atomicCAS(unsigned *p, unsigned is, unsigned v)
{
    return tti_sim_atomic(TT_SIM_COMPARE, p, v, is);
}
static inline unsigned long long atomicCAS(unsigned long long *p, unsigned long long is,
                                           unsigned long long v)
{
    return tti_sim_atomic(TT_SIM_COMPARE, p, v, is);
}
static inline int atomicAnd(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_AND, p, v);
}
static inline unsigned atomicAnd(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_AND, p, v);
}
static inline int atomicOr(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_OR, p, v);
}
static inline unsigned atomicOr(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_OR, p, v);
}
static inline int atomicXor(int *p, int v)
{
    return tti_sim_atomic(TT_SIM_XOR, p, v);
}
static inline unsigned atomicXor(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_XOR, p, v);
}
static inline unsigned atomicInc(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_INCREMENT, p, v);
}
static inline unsigned atomicDec(unsigned *p, unsigned v)
{
    return tti_sim_atomic(TT_SIM_DECREMENT, p, v);
}

/* ---- arithmetic --------------------------------------------------------------------------------- */

static inline int min(int a, int b)
{
    return b < a ? b : a;
}
static inline unsigned min(unsigned a, unsigned b)
{
    return b < a ? b : a;
}
static inline long min(long a, long b)
{
    return b < a ? b : a;
}
static inline long long min(long long a, long long b)
{
    return b < a ? b : a;
}
static inline size_t min(size_t a, size_t b)
{
    return b < a ? b : a;
}
static inline float min(float a, float b)
{
    return fminf(a, b);
}
static inline double min(double a, double b)
{
    return fmin(a, b);
}
static inline int max(int a, int b)
{
    return a < b ? b : a;
}
static inline unsigned max(unsigned a, unsigned b)
{
    return a < b ? b : a;
}
static inline long max(long a, long b)
{
    return a < b ? b : a;
}
static inline long long max(long long a, long long b)
{
    return a < b ? b : a;
}
static inline size_t max(size_t a, size_t b)
{
    return a < b ? b : a;
}
static inline float max(float a, float b)
{
    return fmaxf(a, b);
}
static inline double max(double a, double b)
{
    return fmax(a, b);
}

template <class T> static inline T __ldg(const T *p)
{
    return *p;
}
static inline float tti_sim_rsqrtf(float x)
{
    return 1.0f / sqrtf(x);
}
static inline double tti_sim_rsqrt(double x)
{
    return 1.0 / sqrt(x);
}
static inline float __saturatef(float x)
{
    return fminf(fmaxf(x, 0.0f), 1.0f);
}
static inline int __popc(unsigned x)
{
    return __builtin_popcount(x);
}
static inline int __clz(int x)
{
    return x ? __builtin_clz(static_cast<unsigned>(x)) : 32;
}
static inline int __ffs(int x)
{
    return __builtin_ffs(x);
}
static inline int __float_as_int(float x)
{
    int bits;
    __builtin_memcpy(&bits, &x, sizeof x);
    return bits;
}
static inline unsigned __float_as_uint(float x)
{
    return static_cast<unsigned>(__float_as_int(x));
}
static inline float __int_as_float(int bits)
{
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
static inline float __uint_as_float(unsigned bits)
{
    return __int_as_float(static_cast<int>(bits));
}
static inline unsigned __umulhi(unsigned a, unsigned b)
{
    return static_cast<unsigned>(static_cast<unsigned long long>(a) * b >> 32);
}
static inline long long clock64(void)
{
    return static_cast<long long>(tt_sim_now_ms() * 1e6);
}

/* Macros, because the C library has functions of some of these names. */
#define rsqrtf(x) tti_sim_rsqrtf(x)
#define rsqrt(x) tti_sim_rsqrt(x)
#define __expf(x) expf(x)
#define __exp10f(x) exp10f(x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __log10f(x) log10f(x)
#define __powf(x, y) powf(x, y)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
#define __tanf(x) tanf(x)
#define __fdividef(x, y) ((x) / (y))
#define __fadd_rn(x, y) ((x) + (y))
#define __fmul_rn(x, y) ((x) * (y))
#define __fmaf_rn(x, y, z) fmaf(x, y, z)
#define __frcp_rn(x) (1.0f / (x))
#define __fsqrt_rn(x) sqrtf(x)

/* ---- launches ------------------------------------------------------------------------------------ */

/* The numbers are NVIDIA's. */
enum cudaError {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInvalidConfiguration = 9,
    cudaErrorInvalidDevicePointer = 17,
    cudaErrorInvalidMemcpyDirection = 21,
    cudaErrorNoDevice = 100,
    cudaErrorInvalidDevice = 101,
    cudaErrorNotReady = 600,
    cudaErrorIllegalAddress = 700,
    cudaErrorLaunchTimeout = 702,
    cudaErrorLaunchFailure = 719
};
typedef enum cudaError cudaError_t;
typedef struct tt_sim_stream *cudaStream_t;

template <class... P> struct tti_sim_call {
    void (*kernel)(P...);
    std::tuple<P...> arguments;
    static void body(void *self)
    {
        tti_sim_call *call = static_cast<tti_sim_call *>(self);
        std::apply(call->kernel, call->arguments);
    }
};

/* k<<<grid, block, shared>>>(arguments...): runs to the end before it returns. */
template <class... P, class... A>
static inline cudaError_t tt_sim_launch(const char *name, dim3 grid, dim3 block,
                                        size_t shared, void (*kernel)(P...), A... arguments)
{
    static_assert(sizeof...(P) == sizeof...(A),
                  "the kernel has another number of parameters");
    tti_sim_call<P...> call = {kernel, std::tuple<P...>(static_cast<P>(arguments)...)};
    return static_cast<cudaError_t>(tt_sim_run(
        name, grid, block, shared, &tti_sim_call<P...>::body, &call, sizeof call));
}

/* ---- runtime API: one device, everything in order, done when the call returns ---------------------- */

enum cudaMemcpyKind {
    cudaMemcpyHostToHost = 0,
    cudaMemcpyHostToDevice = 1,
    cudaMemcpyDeviceToHost = 2,
    cudaMemcpyDeviceToDevice = 3,
    cudaMemcpyDefault = 4
};
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize = 8 };

struct cudaDeviceProp {
    char name[256];
    size_t totalGlobalMem, sharedMemPerBlock;
    int warpSize, maxThreadsPerBlock, multiProcessorCount, major, minor;
    int maxThreadsDim[3], maxGridSize[3];
};

template <class T> static inline cudaError_t cudaMalloc(T **p, size_t bytes)
{
    void *got = nullptr;
    const cudaError_t error = static_cast<cudaError_t>(tt_sim_malloc(&got, bytes));
    *p = static_cast<T *>(got);
    return error;
}
static inline cudaError_t cudaFree(void *p)
{
    return static_cast<cudaError_t>(tt_sim_free(p));
}
static inline cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes,
                                     cudaMemcpyKind kind)
{
    return static_cast<cudaError_t>(tt_sim_copy(to, from, bytes, kind));
}
static inline cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes,
                                          cudaMemcpyKind kind, cudaStream_t = nullptr)
{
    return cudaMemcpy(to, from, bytes, kind);
}
static inline cudaError_t cudaMemset(void *p, int value, size_t bytes)
{
    return static_cast<cudaError_t>(tt_sim_set(p, value, bytes));
}
static inline cudaError_t cudaMemsetAsync(void *p, int value, size_t bytes,
                                          cudaStream_t = nullptr)
{
    return cudaMemset(p, value, bytes);
}
template <class T, class S>
static inline cudaError_t cudaMemcpyToSymbol(T &symbol, const S *from, size_t bytes,
                                             size_t offset = 0)
{
    memcpy(reinterpret_cast<char *>(&symbol) + offset, from, bytes);
    return cudaSuccess;
}
template <class T, class S>
static inline cudaError_t cudaMemcpyFromSymbol(S *to, const T &symbol, size_t bytes,
                                               size_t offset = 0)
{
    memcpy(to, reinterpret_cast<const char *>(&symbol) + offset, bytes);
    return cudaSuccess;
}
template <class T> static inline cudaError_t cudaMallocHost(T **p, size_t bytes)
{
    *p = static_cast<T *>(malloc(bytes ? bytes : 1));
    return *p ? cudaSuccess : cudaErrorMemoryAllocation;
}
static inline cudaError_t cudaFreeHost(void *p)
{
    free(p);
    return cudaSuccess;
}
static inline cudaError_t cudaGetLastError(void)
{
    return static_cast<cudaError_t>(tt_sim_last_error(1));
}
static inline cudaError_t cudaPeekAtLastError(void)
{
    return static_cast<cudaError_t>(tt_sim_last_error(0));
}
static inline const char *cudaGetErrorName(cudaError_t e)
{
    return tt_sim_error_name(e);
}
static inline const char *cudaGetErrorString(cudaError_t e)
{
    return tt_sim_error_text(e);
}
static inline cudaError_t cudaDeviceSynchronize(void)
{
    return static_cast<cudaError_t>(tt_sim_last_error(0));
}
static inline cudaError_t cudaDeviceReset(void)
{
    return cudaSuccess;
}
static inline cudaError_t cudaGetDeviceCount(int *n)
{
    *n = 1;
    return cudaSuccess;
}
static inline cudaError_t cudaSetDevice(int i)
{
    return i ? cudaErrorInvalidDevice : cudaSuccess;
}
static inline cudaError_t cudaGetDevice(int *i)
{
    *i = 0;
    return cudaSuccess;
}
static inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device)
{
    if (device != 0) return cudaErrorInvalidDevice;
    *p = cudaDeviceProp{
        "TinyTorch simulator", size_t(1) << 34,           48 * 1024, 32, 1024, 1, 0, 0,
        {1024, 1024, 64},      {2147483647, 65535, 65535}};
    return cudaSuccess;
}
static inline cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total)
{
    *free_bytes = *total = size_t(1) << 34;
    return cudaSuccess;
}
static inline cudaError_t cudaStreamCreate(cudaStream_t *s)
{
    *s = nullptr;
    return cudaSuccess;
}
static inline cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned)
{
    return cudaStreamCreate(s);
}
static inline cudaError_t cudaStreamDestroy(cudaStream_t)
{
    return cudaSuccess;
}
static inline cudaError_t cudaStreamSynchronize(cudaStream_t)
{
    return cudaDeviceSynchronize();
}

/* Events tell the time of the simulation: good for a program to run through, not for speed. */
typedef struct tt_sim_event {
    double ms;
} * cudaEvent_t;
static inline cudaError_t cudaEventCreate(cudaEvent_t *e)
{
    *e = static_cast<cudaEvent_t>(calloc(1, sizeof **e));
    return *e ? cudaSuccess : cudaErrorMemoryAllocation;
}
static inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned)
{
    return cudaEventCreate(e);
}
static inline cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t = nullptr)
{
    e->ms = tt_sim_now_ms();
    return cudaSuccess;
}
static inline cudaError_t cudaEventSynchronize(cudaEvent_t)
{
    return cudaSuccess;
}
static inline cudaError_t cudaEventQuery(cudaEvent_t)
{
    return cudaSuccess;
}
static inline cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned = 0)
{
    return cudaSuccess;
}
static inline cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t from, cudaEvent_t to)
{
    *ms = static_cast<float>(to->ms - from->ms);
    return cudaSuccess;
}
static inline cudaError_t cudaEventDestroy(cudaEvent_t e)
{
    free(e);
    return cudaSuccess;
}

/* ---- what the simulator does not have --------------------------------------------------------------- */

template <class...> struct tti_sim_never : std::false_type {
};
#define TT_SIM_MISSING(name, instead)                                                    \
    template <class... A> static inline int name(A...)                                   \
    {                                                                                    \
        static_assert(tti_sim_never<A...>::value,                                        \
                      "the simulator does not have " #name ": " instead);                \
        return 0;                                                                        \
    }
TT_SIM_MISSING(cudaMallocManaged, "use cudaMalloc and cudaMemcpy")
TT_SIM_MISSING(cudaMallocPitch, "use cudaMalloc and a row length of your own")
TT_SIM_MISSING(cudaMalloc3D, "use cudaMalloc")
TT_SIM_MISSING(cudaMemcpy2D, "use cudaMemcpy, row by row")
TT_SIM_MISSING(cudaLaunchKernel, "write kernel<<<grid, block>>>(...)")
TT_SIM_MISSING(cudaLaunchCooperativeKernel, "a grid cannot wait for itself here")
TT_SIM_MISSING(cudaGraphLaunch, "launch the kernels one by one")
TT_SIM_MISSING(cudaCreateTextureObject, "read the array itself")
TT_SIM_MISSING(tex2D, "read the array itself")
TT_SIM_MISSING(tex1Dfetch, "read the array itself")
TT_SIM_MISSING(__shfl, "use __shfl_sync, which says which lanes take part")
TT_SIM_MISSING(__shfl_down, "use __shfl_down_sync, which says which lanes take part")
TT_SIM_MISSING(__shfl_up, "use __shfl_up_sync, which says which lanes take part")
TT_SIM_MISSING(__shfl_xor, "use __shfl_xor_sync, which says which lanes take part")
TT_SIM_MISSING(__ballot, "use __ballot_sync, which says which lanes take part")
TT_SIM_MISSING(__match_any_sync, "compare with __shfl_sync")
TT_SIM_MISSING(__reduce_add_sync, "use a loop of __shfl_down_sync")
TT_SIM_MISSING(__nanosleep, "nothing waits for time here")
TT_SIM_MISSING(__cvta_generic_to_shared, "asynchronous copies and PTX need the hardware")
TT_SIM_MISSING(__pipeline_memcpy_async, "asynchronous copies need the hardware")
TT_SIM_MISSING(cudaFuncSetAttribute, "a block has at most 48 KiB of shared memory here")
#undef TT_SIM_MISSING

#endif
