/* The main that a file of kernels gets which has none: runs each kernel once, with arrays of n cells
 * for its pointers (cell i holds i % 17 + 0.5, or i % 17 for whole numbers), n for its whole numbers
 * and 0.5 for its others, and prints the beginning of each array. */
#ifndef TT_SIM_TRY_H
#define TT_SIM_TRY_H

#include <memory>
#include <utility>

#include "cuda_runtime.h"

struct tti_try {
    dim3 grid, block;
    size_t shared;
    int n;
};

static inline void tti_try_begin(const tti_try &t)
{
    printf("no main: each kernel runs once as <<<(%u,%u,%u), (%u,%u,%u), %zu>>>; its "
           "pointers "
           "get arrays of n = %d cells, its whole numbers n (--grid, --block, --shared, "
           "--n)\n",
           t.grid.x, t.grid.y, t.grid.z, t.block.x, t.block.y, t.block.z, t.shared, t.n);
}
static inline void tti_try_not(const char *name)
{
    printf("%s is a template and does not run: only a main can say of what\n", name);
}

/* What a cell consists of: float4 of four floats. */
template <class T, class = void> struct tti_try_number {
    using type = T;
};
template <class T> struct tti_try_number<T, std::void_t<decltype(T::x)>> {
    using type = decltype(T::x);
};
template <class T>
using tti_try_part = typename tti_try_number<std::remove_cv_t<T>>::type;

/* Numbers, vectors of them and arrays of both can be made up. */
template <class T> constexpr bool tti_try_makes(const T *)
{
    return std::is_arithmetic<tti_try_part<T>>::value &&
           sizeof(T) % sizeof(tti_try_part<T>) == 0;
}
template <> constexpr bool tti_try_makes(const void *)
{
    return false;
}
template <class P> constexpr bool tti_try_can_one()
{
    if constexpr (std::is_reference<P>::value) return false;
    else return tti_try_makes(static_cast<std::remove_pointer_t<P> *>(nullptr));
}
template <class... P> constexpr bool tti_try_can(void (*)(P...))
{
    return (tti_try_can_one<P>() && ...);
}

/* The same rule for all: number i is i % 17 + 0.5. */
template <class T> static inline T tti_try_rule(size_t i)
{
    return static_cast<T>(static_cast<double>(i % 17) +
                          (std::is_integral<T>::value ? 0 : 0.5));
}

/* One argument: made before the launch, shown after it. */
template <class T> struct tti_try_value {
    using number = tti_try_part<T>;
    T value;
    explicit tti_try_value(const tti_try &t)
    {
        number parts[sizeof(T) / sizeof(number)];
        for (number &part : parts)
            part = static_cast<number>(std::is_integral<number>::value ? t.n : 0.5);
        memcpy(static_cast<void *>(&value), parts, sizeof value);
    }
    void show(const tti_try &) const {}
};

template <class T> struct tti_try_value<T *> {
    using number = tti_try_part<T>;
    static constexpr size_t parts = sizeof(T) / sizeof(number);
    std::remove_cv_t<T> *value = nullptr;
    explicit tti_try_value(const tti_try &t)
    {
        const size_t count = static_cast<size_t>(t.n) * parts;
        std::unique_ptr<number[]> host(new number[count]);
        cudaMalloc(&value, count * sizeof(number));
        for (size_t i = 0; i < count; i++) host[i] = tti_try_rule<number>(i);
        cudaMemcpy(value, host.get(), count * sizeof(number), cudaMemcpyHostToDevice);
    }
    ~tti_try_value() { cudaFree(value); }
    void show(const tti_try &t) const
    {
        const size_t count = static_cast<size_t>(t.n) * parts,
                     shown = count < 8 ? count : 8;
        number host[8];
        cudaMemcpy(host, value, shown * sizeof(number), cudaMemcpyDeviceToHost);
        printf("  %s", std::is_const<T>::value ? "in " : "out");
        for (size_t i = 0; i < shown; i++) printf(" %g", static_cast<double>(host[i]));
        printf(count > 8 ? " ...\n" : "\n");
    }
};

template <class... P, size_t... I>
void tti_try_run(const char *name, const tti_try &t, void (*kernel)(P...),
                 std::index_sequence<I...>)
{
    std::tuple<tti_try_value<P>...> arguments{(static_cast<void>(I), t)...};
    printf("%s<<<(%u,%u,%u), (%u,%u,%u), %zu>>> with n = %d\n", name, t.grid.x, t.grid.y,
           t.grid.z, t.block.x, t.block.y, t.block.z, t.shared, t.n);
    const cudaError_t error = tt_sim_launch(name, t.grid, t.block, t.shared, kernel,
                                            std::get<I>(arguments).value...);
    if (error != cudaSuccess) printf("  %s\n", cudaGetErrorString(error));
    (std::get<I>(arguments).show(t), ...);
}

template <class... P>
void tti_try_kernel(const char *name, const tti_try &t, void (*kernel)(P...))
{
    if constexpr (tti_try_can(static_cast<void (*)(P...)>(nullptr)))
        tti_try_run(name, t, kernel, std::index_sequence_for<P...>{});
}

/* The call, or an error in the kernel's own line. */
#define TTI_TRY(name, t, kernel)                                                         \
    static_assert(                                                                       \
        tti_try_can(static_cast<std::decay_t<decltype(kernel)>>(nullptr)),               \
        "kernel " name " has a parameter that cannot be made up, which numbers, "        \
        "float4 and the like and arrays of them can: give the file a main of its "       \
        "own");                                                                          \
    tti_try_kernel(name, t, kernel)

#endif
