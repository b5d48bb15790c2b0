/* What the simulator's library does for a kernel and its launch; a thread's coordinates. */
#ifndef TT_SIM_WORK_H
#define TT_SIM_WORK_H

#include <cstddef>

#include "types.h"

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
/* Abandons the kernel and calls then(argument), which must not return, on the CPU thread's own stack. */
[[noreturn]] void tt_sim_leave(void (*then)(void *), void *argument);
[[noreturn]] void tt_sim_assert(const char *condition, const char *file, unsigned line,
                                const char *function) noexcept;
void tt_sim_not_available(const char *what);

unsigned tt_sim_atomic32(int op, unsigned *where, unsigned value, unsigned other);
unsigned long long tt_sim_atomic64(int op, unsigned long long *where,
                                   unsigned long long value, unsigned long long other);

int tt_sim_run(const char *kernel, uint3 grid, uint3 block, size_t shared,
               void (*body)(void *), void *arguments, size_t argument_bytes);
int tt_sim_malloc(void **p, size_t bytes, int managed);
int tt_sim_free(void *p);
int tt_sim_copy(void *to, const void *from, size_t bytes, int direction);
int tt_sim_set(void *p, int value, size_t bytes);
int tt_sim_last_error(int forget);
const char *tt_sim_error_name(int error);
const char *tt_sim_error_text(int error);
double tt_sim_now_ms(void);
}

/* `extern __shared__ T name[];`: the third number of <<<grid, block, bytes>>>. */
#define TT_SIM_DYNAMIC_SHARED(T, name)                                                   \
    T *name = reinterpret_cast<T *>(tt_sim_dynamic_shared())

/* The same outside of functions: a name that becomes a pointer wherever a kernel uses it. */
template <class T> struct tti_sim_dynamic {
    operator T *() const { return static_cast<T *>(tt_sim_dynamic_shared()); }
    template <class U> explicit operator U *() const
    {
        return static_cast<U *>(tt_sim_dynamic_shared());
    }
};
#define TT_SIM_DYNAMIC_SHARED_OUTSIDE(T, name)                                           \
    static constexpr tti_sim_dynamic<T> name {}

/* What assert() calls when it fails: in a kernel it ends the launch, not the program. */
#define __assert_fail tt_sim_assert

#define threadIdx (tt_sim_thread_index())
#define blockIdx (tt_sim_block_index())
#define blockDim (tt_sim_block_size())
#define gridDim (tt_sim_grid_size())
static constexpr int warpSize = 32;

#endif
