/* The entry points that -fsanitize=thread calls before each access of a kernel. libtsan is not
 * linked: these are all there is. */
#include "module3_gpu/sim/shadow.h"

using namespace tti_sim;

#define HERE reinterpret_cast<uintptr_t>(__builtin_return_address(0))
static void announce(const void *p, size_t bytes, deed act, uintptr_t pc)
{
    if (now) shadow_access(p, bytes, act, pc);
    else host_access(p, bytes, act, pc);
}

#define ACCESS(name, bytes, act)                                                         \
    extern "C" void __tsan_##name(void *p);                                              \
    extern "C" void __tsan_##name(void *p)                                               \
    {                                                                                    \
        if (now ? now->diagnose : watch_host) announce(p, bytes, deed::act, HERE);       \
    }
/* The types promise a multiple of so many bytes. */
#define ALIGNED(name, bytes, act)                                                        \
    extern "C" void __tsan_##name(void *p);                                              \
    extern "C" void __tsan_##name(void *p)                                               \
    {                                                                                    \
        if (now ? now->diagnose : watch_host) announce(p, bytes, deed::act, HERE);       \
        if (reinterpret_cast<uintptr_t>(p) % bytes)                                      \
            misaligned(p, bytes, deed::act, HERE);                                       \
    }
#define ACCESSES(n)                                                                      \
    ALIGNED(read##n, n, READ)                                                            \
    ALIGNED(write##n, n, WRITE)                                                          \
    ACCESS(unaligned_read##n, n, READ)                                                   \
    ACCESS(unaligned_write##n, n, WRITE)                                                 \
    ALIGNED(volatile_read##n, n, READ)                                                   \
    ALIGNED(volatile_write##n, n, WRITE)                                                 \
    ACCESS(unaligned_volatile_read##n, n, READ)                                          \
    ACCESS(unaligned_volatile_write##n, n, WRITE)                                        \
    ALIGNED(read_write##n, n, WRITE)                                                     \
    ACCESS(unaligned_read_write##n, n, WRITE)
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

#define RANGE(name, act)                                                                 \
    extern "C" void __tsan_##name##_range(void *p, size_t bytes);                        \
    extern "C" void __tsan_##name##_range(void *p, size_t bytes)                         \
    {                                                                                    \
        if (now ? now->diagnose : watch_host) announce(p, bytes, deed::act, HERE);       \
    }
RANGE(read, READ)
RANGE(write, WRITE)

/* A function begins, called from `caller`: is there stack left for the simulator's own work? */
extern "C" void __tsan_func_entry(void *caller);
extern "C" void __tsan_func_entry(void *caller)
{
    engine *e = now;
    if (!e || !e->current || e->inside || !e->pool.nearly_full(__builtin_frame_address(0)))
        return;
    stack_overflow(e, reinterpret_cast<uintptr_t>(caller), cudaErrorIllegalAddress);
}

/* Nothing to do: calls and the beginning of a file. */
#define NOTHING(name, parameters)                                                        \
    extern "C" void __tsan_##name parameters;                                            \
    extern "C" void __tsan_##name parameters {}
NOTHING(init, (void))
NOTHING(func_exit, (void))
NOTHING(ignore_thread_begin, (void))
NOTHING(ignore_thread_end, (void))
NOTHING(vptr_update, (void **, void *))
NOTHING(vptr_read, (void **))

/* What the compiler makes of __atomic and std::atomic, which CUDA C does not have but a kernel's
 * host side may use. */
#define ATOMIC_READ_WRITE(bits, T, name, builtin)                                        \
    extern "C" T __tsan_atomic##bits##_##name(volatile T *p, T v, int order);            \
    extern "C" T __tsan_atomic##bits##_##name(volatile T *p, T v, int)                   \
    {                                                                                    \
        if (now && now->diagnose)                                                        \
            shadow_access(const_cast<T *>(p), sizeof(T), deed::ATOMIC, HERE);            \
        return builtin(p, v, __ATOMIC_SEQ_CST);                                          \
    }
#define COMPARE(bits, T, name)                                                           \
    extern "C" int __tsan_atomic##bits##_compare_exchange_##name(volatile T *, T *, T,   \
                                                                 int, int);              \
    extern "C" int __tsan_atomic##bits##_compare_exchange_##name(volatile T *p, T *is,   \
                                                                 T v, int, int)          \
    {                                                                                    \
        if (now && now->diagnose)                                                        \
            shadow_access(const_cast<T *>(p), sizeof(T), deed::ATOMIC, HERE);            \
        return __atomic_compare_exchange_n(p, is, v, false, __ATOMIC_SEQ_CST,            \
                                           __ATOMIC_SEQ_CST);                            \
    }
#define ATOMICS(bits, T)                                                                 \
    ATOMIC_READ_WRITE(bits, T, exchange, __atomic_exchange_n)                            \
    ATOMIC_READ_WRITE(bits, T, fetch_add, __atomic_fetch_add)                            \
    ATOMIC_READ_WRITE(bits, T, fetch_sub, __atomic_fetch_sub)                            \
    ATOMIC_READ_WRITE(bits, T, fetch_and, __atomic_fetch_and)                            \
    ATOMIC_READ_WRITE(bits, T, fetch_or, __atomic_fetch_or)                              \
    ATOMIC_READ_WRITE(bits, T, fetch_xor, __atomic_fetch_xor)                            \
    COMPARE(bits, T, strong)                                                             \
    COMPARE(bits, T, weak)                                                               \
    extern "C" T __tsan_atomic##bits##_load(const volatile T *p, int order);             \
    extern "C" T __tsan_atomic##bits##_load(const volatile T *p, int)                    \
    {                                                                                    \
        if (now && now->diagnose)                                                        \
            shadow_access(const_cast<T *>(p), sizeof(T), deed::ATOMIC, HERE);            \
        return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                     \
    }                                                                                    \
    extern "C" void __tsan_atomic##bits##_store(volatile T *p, T v, int order);          \
    extern "C" void __tsan_atomic##bits##_store(volatile T *p, T v, int)                 \
    {                                                                                    \
        if (now && now->diagnose)                                                        \
            shadow_access(const_cast<T *>(p), sizeof(T), deed::ATOMIC, HERE);            \
        __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                                        \
    }
ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)

extern "C" void __tsan_atomic_thread_fence(int order);
extern "C" void __tsan_atomic_thread_fence(int)
{
    tt_sim_fence();
}
extern "C" void __tsan_atomic_signal_fence(int order);
extern "C" void __tsan_atomic_signal_fence(int) {}
