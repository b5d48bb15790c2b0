/* Errors and launches. */
#ifndef TT_SIM_LAUNCH_H
#define TT_SIM_LAUNCH_H

#include <tuple>
#include <type_traits>

#include "work.h"

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
    cudaErrorAssert = 710,
    cudaErrorMisalignedAddress = 716,
    cudaErrorLaunchFailure = 719
};
typedef enum cudaError cudaError_t;
typedef struct tt_sim_stream *cudaStream_t;

/* A kernel and its arguments: every thread calls it with them. */
template <class K, class... P> struct tti_sim_call {
    K kernel;
    std::tuple<P...> arguments;
    static void body(void *self)
    {
        tti_sim_call *call = static_cast<tti_sim_call *>(self);
        std::apply(call->kernel, call->arguments);
    }
};

template <class K, class... P>
static inline cudaError_t tti_sim_start(const char *name, dim3 grid, dim3 block,
                                        size_t shared, tti_sim_call<K, P...> call)
{
    return static_cast<cudaError_t>(tt_sim_run(
        name, grid, block, shared, &tti_sim_call<K, P...>::body, &call, sizeof call));
}

/* k<<<grid, block, shared>>>(arguments...): runs to the end before it returns. */
template <class... P, class... A>
static inline cudaError_t tt_sim_launch(const char *name, dim3 grid, dim3 block,
                                        size_t shared, void (*kernel)(P...), A... arguments)
{
    static_assert(sizeof...(P) == sizeof...(A),
                  "the kernel has another number of parameters");
    return tti_sim_start(name, grid, block, shared,
                         tti_sim_call<void (*)(P...), P...>{
                             kernel, std::tuple<P...>(static_cast<P>(arguments)...)});
}

/* A kernel's arguments, converted as by a call of it. A pointer, so that of a wrong call compilers say
 * no more than of one of the kernel. */
template <class K> struct tti_parameters;
template <class... P> struct tti_parameters<void (*)(P...)> {
    static std::tuple<P...> make(P... arguments)
    {
        return std::tuple<P...>(arguments...);
    }
    static constexpr std::tuple<P...> (*pack)(P...) = &make;
};
template <class... P>
static inline cudaError_t tt_sim_launch_with(const char *name, dim3 grid, dim3 block,
                                             size_t shared, void (*kernel)(P...),
                                             std::tuple<P...> arguments)
{
    return tti_sim_start(name, grid, block, shared,
                         tti_sim_call<void (*)(P...), P...>{kernel, arguments});
}

/* What a macro's argument is called there. */
#define TT_SIM_TEXT_OF(...) #__VA_ARGS__
#define TT_SIM_TEXT(...) TT_SIM_TEXT_OF(__VA_ARGS__)

/* The same for what only a call can choose, one of several kernels of a name or a template whose
 * types follow from the arguments: `call` is a lambda around it. */
template <class K, class... A>
static inline cudaError_t tt_sim_launch_call(const char *name, dim3 grid, dim3 block,
                                             size_t shared, K call, A... arguments)
{
    return tti_sim_start(name, grid, block, shared,
                         tti_sim_call<K, A...>{call, std::tuple<A...>(arguments...)});
}

#endif
