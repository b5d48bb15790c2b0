/* Atomics: each returns the old value. */
#ifndef TT_SIM_ATOMICS_H
#define TT_SIM_ATOMICS_H

#include <type_traits>

#include "work.h"

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

#define TT_SIM_ATOMIC(name, T, op)                                                       \
    static inline T name(T *p, T v)                                                      \
    {                                                                                    \
        return tti_sim_atomic(op, p, v);                                                 \
    }
TT_SIM_ATOMIC(atomicAdd, int, TT_SIM_ADD)
TT_SIM_ATOMIC(atomicAdd, unsigned, TT_SIM_ADD)
TT_SIM_ATOMIC(atomicAdd, unsigned long long, TT_SIM_ADD)
TT_SIM_ATOMIC(atomicAdd, float, TT_SIM_ADD_FLOAT)
TT_SIM_ATOMIC(atomicAdd, double, TT_SIM_ADD_FLOAT)
TT_SIM_ATOMIC(atomicMax, int, TT_SIM_MAX_INT)
TT_SIM_ATOMIC(atomicMax, long long, TT_SIM_MAX_INT)
TT_SIM_ATOMIC(atomicMax, unsigned, TT_SIM_MAX)
TT_SIM_ATOMIC(atomicMax, unsigned long long, TT_SIM_MAX)
TT_SIM_ATOMIC(atomicMin, int, TT_SIM_MIN_INT)
TT_SIM_ATOMIC(atomicMin, long long, TT_SIM_MIN_INT)
TT_SIM_ATOMIC(atomicMin, unsigned, TT_SIM_MIN)
TT_SIM_ATOMIC(atomicMin, unsigned long long, TT_SIM_MIN)
TT_SIM_ATOMIC(atomicExch, int, TT_SIM_EXCHANGE)
TT_SIM_ATOMIC(atomicExch, unsigned, TT_SIM_EXCHANGE)
TT_SIM_ATOMIC(atomicExch, unsigned long long, TT_SIM_EXCHANGE)
TT_SIM_ATOMIC(atomicExch, float, TT_SIM_EXCHANGE)
TT_SIM_ATOMIC(atomicAnd, int, TT_SIM_AND)
TT_SIM_ATOMIC(atomicAnd, unsigned, TT_SIM_AND)
TT_SIM_ATOMIC(atomicAnd, unsigned long long, TT_SIM_AND)
TT_SIM_ATOMIC(atomicOr, int, TT_SIM_OR)
TT_SIM_ATOMIC(atomicOr, unsigned, TT_SIM_OR)
TT_SIM_ATOMIC(atomicOr, unsigned long long, TT_SIM_OR)
TT_SIM_ATOMIC(atomicXor, int, TT_SIM_XOR)
TT_SIM_ATOMIC(atomicXor, unsigned, TT_SIM_XOR)
TT_SIM_ATOMIC(atomicXor, unsigned long long, TT_SIM_XOR)
TT_SIM_ATOMIC(atomicInc, unsigned, TT_SIM_INCREMENT)
TT_SIM_ATOMIC(atomicDec, unsigned, TT_SIM_DECREMENT)
#undef TT_SIM_ATOMIC

static inline int atomicSub(int *p, int v)
{
    return atomicAdd(p, -v);
}
static inline unsigned atomicSub(unsigned *p, unsigned v)
{
    return atomicAdd(p, 0u - v);
}

#define TT_SIM_ATOMIC_CAS(T)                                                             \
    static inline T atomicCAS(T *p, T is, T v)                                           \
    {                                                                                    \
        return tti_sim_atomic(TT_SIM_COMPARE, p, v, is);                                 \
    }
TT_SIM_ATOMIC_CAS(int)
TT_SIM_ATOMIC_CAS(unsigned)
TT_SIM_ATOMIC_CAS(unsigned long long)
#undef TT_SIM_ATOMIC_CAS

#endif
