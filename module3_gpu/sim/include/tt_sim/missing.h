/* What the simulator does not have: the usual names, so that the compiler says so in words. */
#ifndef TT_SIM_MISSING_H
#define TT_SIM_MISSING_H

#include <type_traits>

template <class...> struct tti_sim_never : std::false_type {
};
#define TT_SIM_MISSING(name, instead)                                                    \
    template <class T = void, class... A> static inline int name(const A &...)           \
    {                                                                                    \
        static_assert(tti_sim_never<T, A...>::value,                                     \
                      "the simulator does not have " #name ": " instead);                \
        return 0;                                                                        \
    }
TT_SIM_MISSING(cudaMalloc3D, "use cudaMalloc")
TT_SIM_MISSING(cudaLaunchKernel, "write kernel<<<grid, block>>>(...)")
TT_SIM_MISSING(cudaLaunchCooperativeKernel, "a grid cannot wait for itself here")
TT_SIM_MISSING(cudaGraphLaunch, "launch the kernels one by one")
TT_SIM_MISSING(cudaCreateTextureObject, "read the array itself")
TT_SIM_MISSING(tex2D, "read the array itself")
TT_SIM_MISSING(tex1D, "read the array itself")
TT_SIM_MISSING(tex3D, "read the array itself")
TT_SIM_MISSING(cudaBindTexture, "read the array itself")
TT_SIM_MISSING(surf2Dwrite, "write to an array")
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
TT_SIM_MISSING(__any, "use __any_sync, which says which lanes take part")
TT_SIM_MISSING(__all, "use __all_sync, which says which lanes take part")
TT_SIM_MISSING(atomicAdd_block, "use atomicAdd")
TT_SIM_MISSING(atomicAdd_system, "use atomicAdd")
TT_SIM_MISSING(__match_all_sync, "compare with __shfl_sync")
TT_SIM_MISSING(__reduce_max_sync, "use a loop of __shfl_down_sync")
TT_SIM_MISSING(__reduce_min_sync, "use a loop of __shfl_down_sync")
TT_SIM_MISSING(cudaThreadSynchronize, "use cudaDeviceSynchronize")
TT_SIM_MISSING(cudaDeviceGetAttribute, "use cudaGetDeviceProperties")
TT_SIM_MISSING(cudaOccupancyMaxPotentialBlockSize, "choose a block size, for example 256")
TT_SIM_MISSING(cudaOccupancyMaxActiveBlocksPerMultiprocessor,
               "how many fit is the hardware's")
TT_SIM_MISSING(cudaGetSymbolAddress, "use the variable's name in the kernel")
#undef TT_SIM_MISSING

/* So that what is said is what tex2D says, not that these are unknown. */
typedef unsigned long long cudaTextureObject_t;
typedef unsigned long long cudaSurfaceObject_t;

#endif
