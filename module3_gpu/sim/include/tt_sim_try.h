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

/* One argument: made before the launch, shown after it. */
template <class T> struct tti_try_value {
    T value;
    explicit tti_try_value(const tti_try &t)
        : value(std::is_integral<T>::value ? static_cast<T>(t.n) : static_cast<T>(0.5))
    {
    }
    void show(const tti_try &) const {}
};

template <class T> struct tti_try_value<T *> {
    using cell = std::remove_cv_t<T>;
    cell *value = nullptr;
    explicit tti_try_value(const tti_try &t)
    {
        static_assert(
            std::is_arithmetic<cell>::value,
            "only arrays of numbers can be made up: give the file a main of its own");
        const size_t bytes = static_cast<size_t>(t.n) * sizeof(cell);
        std::unique_ptr<cell[]> host(new cell[static_cast<size_t>(t.n)]);
        cudaMalloc(&value, bytes);
        for (int i = 0; i < t.n; i++)
            host[static_cast<size_t>(i)] =
                static_cast<cell>(i % 17 + (std::is_integral<cell>::value ? 0 : 0.5));
        cudaMemcpy(value, host.get(), bytes, cudaMemcpyHostToDevice);
    }
    ~tti_try_value() { cudaFree(value); }
    void show(const tti_try &t) const
    {
        const size_t shown = t.n < 8 ? static_cast<size_t>(t.n) : 8;
        cell host[8];
        cudaMemcpy(host, value, shown * sizeof(cell), cudaMemcpyDeviceToHost);
        printf("  %s", std::is_const<T>::value ? "in " : "out");
        for (size_t i = 0; i < shown; i++) printf(" %g", static_cast<double>(host[i]));
        printf(t.n > 8 ? " ...\n" : "\n");
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
    tti_try_run(name, t, kernel, std::index_sequence_for<P...>{});
}

#endif
