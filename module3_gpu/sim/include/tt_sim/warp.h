/* Barriers, votes and what the lanes of a warp do together. */
#ifndef TT_SIM_WARP_H
#define TT_SIM_WARP_H

#include <type_traits>

#include "work.h"

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

#endif
