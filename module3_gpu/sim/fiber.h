/* Coroutines: a stack each, and a switch that only saves what a function call must keep.
 *
 * x86-64 and aarch64 have a switch of their own (a few nanoseconds); elsewhere ucontext does it,
 * which also saves the signal mask and takes a system call. */
#ifndef TT_MODULE3_GPU_SIM_FIBER_H
#define TT_MODULE3_GPU_SIM_FIBER_H

#include <cstddef>

#if !defined(__x86_64__) && !defined(__aarch64__)
#define TT_SIM_UCONTEXT 1
#include <ucontext.h>
#endif

namespace tti_sim
{

/* Where something stopped. */
struct context {
#ifdef TT_SIM_UCONTEXT
    ucontext_t at;
#else
    void *stack_pointer;
#endif
};

/* Leaves `from` here and goes on where `to` stopped. */
void context_switch(context *from, context *to);

/* Makes c start at entry() on the stack [low, low + bytes); entry never returns. */
void context_make(context *c, char *low, size_t bytes, void (*entry)());

/* A pool of stacks in one mapping, each with a page below it that nobody may touch. */
struct stacks {
    char *base = nullptr;
    size_t count = 0;

    static constexpr size_t BYTES = 128 * 1024; /* guard included */
    ~stacks();
    bool reserve(size_t n);
    char *low(size_t i); /* makes the guard page on the way */
    bool contains(const void *p) const
    {
        const char *at = static_cast<const char *>(p);
        return at >= base && at < base + count * BYTES;
    }
    bool in_guard(const void *p) const;
    bool nearly_full(const void *p) const; /* less than 8 KiB are left */
};

constexpr size_t GUARD = 16 * 1024; /* a multiple of every page size in use but 64 KiB's */

} // namespace tti_sim
#endif
