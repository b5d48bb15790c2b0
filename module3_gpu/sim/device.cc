/* What a thread asks: who it is, and atomics. */
#include "module3_gpu/sim/report.h"
#include "module3_gpu/sim/shadow.h"

#include <ctime>

using namespace tti_sim;

#define HERE reinterpret_cast<uintptr_t>(__builtin_return_address(0))

extern "C" void tt_sim_not_available(const char *what)
{
    fprintf(stderr, "%s: only a kernel can call it, and a kernel runs by a launch\n", what);
    abort();
}

static engine *here(const char *what)
{
    if (!now) tt_sim_not_available(what);
    return now;
}

extern "C" uint3 tt_sim_thread_index(void)
{
    return here("threadIdx")->current->index;
}
extern "C" uint3 tt_sim_block_index(void)
{
    return here("blockIdx")->block;
}
extern "C" uint3 tt_sim_block_size(void)
{
    return here("blockDim")->run->block;
}
extern "C" uint3 tt_sim_grid_size(void)
{
    return here("gridDim")->run->grid;
}
extern "C" void *tt_sim_dynamic_shared(void)
{
    return here("shared memory")->shared;
}
extern "C" int tt_sim_lane(void)
{
    return static_cast<int>(here("a lane")->current->id % WARP);
}

extern "C" void tt_sim_fence(void)
{
    if (now && now->diagnose) {
        inside guard(now);
        order_fence();
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

extern "C" void tt_sim_trap(void)
{
    engine *e = here("__trap");
    inside guard(e);
    raw_finding f = finding_of(e, TT_SIM_FAULT, HERE);
    snprintf(f.text, sizeof f.text, "calls __trap()");
    report(f);
    e->give_up(cudaErrorLaunchFailure);
}

extern "C" void tt_sim_leave(void (*then)(void *), void *argument)
{
    engine *e = now;
    if (!e || !e->current) {
        then(argument);
        abort();
    }
    e->inside = true;
    e->afterwards = then;
    e->argument = argument;
    e->give_up(cudaErrorLaunchFailure);
}

/* Ends the kernel where a condition of it does not hold; on the host, as assert does. */
extern "C" void tt_sim_assert(const char *condition, const char *file, unsigned line,
                              const char *function) noexcept
{
    engine *e = now;
    if (!e) {
        fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function,
                condition);
        abort();
    }
    inside guard(e);
    raw_finding f = finding_of(e, TT_SIM_FAULT, HERE);
    snprintf(f.text, sizeof f.text, "finds assert(%s) not to hold", condition);
    report(f);
    e->give_up(cudaErrorAssert);
}

extern "C" double tt_sim_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6;
}

template <class I, class F> static I add_float(I a, I b)
{
    F x, y;
    __builtin_memcpy(&x, &a, sizeof x);
    __builtin_memcpy(&y, &b, sizeof y);
    x += y;
    __builtin_memcpy(&a, &x, sizeof x);
    return a;
}

template <class I, class S, class F> static I combine(int op, I is, I value, I other)
{
    const S a = static_cast<S>(is), b = static_cast<S>(value);
    switch (op) {
    case TT_SIM_ADD: return is + value;
    case TT_SIM_ADD_FLOAT: return add_float<I, F>(is, value);
    case TT_SIM_MAX_INT: return a < b ? value : is;
    case TT_SIM_MIN_INT: return b < a ? value : is;
    case TT_SIM_MAX: return is < value ? value : is;
    case TT_SIM_MIN: return value < is ? value : is;
    case TT_SIM_EXCHANGE: return value;
    case TT_SIM_COMPARE: return is == other ? value : is;
    case TT_SIM_AND: return is & value;
    case TT_SIM_OR: return is | value;
    case TT_SIM_XOR: return is ^ value;
    case TT_SIM_INCREMENT: return is >= value ? 0 : is + 1;
    default: return is == 0 || is > value ? value : is - 1;
    }
}

/* Blocks may run on several CPU threads, so it is one there too. */
template <class I, class S, class F> static I atomic(int op, I *where, I value, I other)
{
    I is = __atomic_load_n(where, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(where, &is, (combine<I, S, F>(op, is, value, other)),
                                        true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {}
    return is;
}

static void announce(const void *where, size_t bytes, int op, uintptr_t pc)
{
    now->current->compares = op == TT_SIM_COMPARE;
    shadow_access(where, bytes, deed::ATOMIC, pc);
    if (reinterpret_cast<uintptr_t>(where) % bytes)
        misaligned(where, bytes, deed::ATOMIC, pc);
}

extern "C" unsigned tt_sim_atomic32(int op, unsigned *where, unsigned value, unsigned other)
{
    if (now && now->diagnose) announce(where, 4, op, HERE);
    return atomic<unsigned, int, float>(op, where, value, other);
}

extern "C" unsigned long long tt_sim_atomic64(int op, unsigned long long *where,
                                              unsigned long long value,
                                              unsigned long long other)
{
    if (now && now->diagnose) announce(where, 8, op, HERE);
    return atomic<unsigned long long, long long, double>(op, where, value, other);
}
