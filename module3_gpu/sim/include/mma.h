/* Tensor cores: nvcuda::wmma for TF32, 16 x 16 x 8. TinyTorch's own kernels use mma.sync instead.
 *
 * A warp holds a matrix together: its 32 threads have `num_elements` cells each. Which cells a thread
 * has is nobody's business but the fragment's, here as on the hardware. TF32 keeps 10 bits behind the
 * point instead of 23: __float_to_tf32 rounds to it, and what was not rounded is cut off, as the
 * hardware does. Sums are float.
 */
#ifndef TT_SIM_MMA_H
#define TT_SIM_MMA_H

#include "cuda_runtime.h"

namespace nvcuda
{
namespace wmma
{

namespace precision
{
struct tf32;
}
struct matrix_a;
struct matrix_b;
struct accumulator;
struct row_major;
struct col_major;
enum layout_t { mem_row_major, mem_col_major };

template <class Use> struct tti_size; /* of the matrix that a fragment holds */
template <> struct tti_size<matrix_a> {
    static constexpr int rows = 16, columns = 8;
};
template <> struct tti_size<matrix_b> {
    static constexpr int rows = 8, columns = 16;
};
template <> struct tti_size<accumulator> {
    static constexpr int rows = 16, columns = 16;
};

template <class Use, int M, int N, int K, class T, class Layout = void> struct fragment {
    static_assert(M == 16 && N == 16 && K == 8 &&
                      (std::is_same<T, precision::tf32>::value ||
                       (std::is_same<T, float>::value &&
                        std::is_same<Use, accumulator>::value)),
                  "the simulator's tensor cores have one kind of fragments: 16, 16, 8 of "
                  "precision::tf32, accumulated in float");
    using size = tti_size<Use>;
    static constexpr int num_elements = size::rows * size::columns / 32;
    float x[num_elements];
};

/* Cell e of lane l stands at row * columns + column = 32 e + l. */
template <class F, class Move>
__attribute__((always_inline)) static inline void tti_each(F &f, Move move)
{
    const int lane = tt_sim_lane();
    for (int e = 0; e < F::num_elements; e++) {
        const int at = 32 * e + lane;
        move(f.x[e], at / F::size::columns, at % F::size::columns);
    }
}

template <class F> static inline void fill_fragment(F &f, float value)
{
    for (int e = 0; e < F::num_elements; e++) f.x[e] = value;
}

template <class Use, class T, class Layout>
__attribute__((always_inline)) static inline void
load_matrix_sync(fragment<Use, 16, 16, 8, T, Layout> &f, const float *p, unsigned stride)
{
    const bool by_rows = std::is_same<Layout, row_major>::value;
    tti_each(
        f, [&](float &x, int i, int j) __attribute__((always_inline)) {
            x = p[by_rows ? i * stride + j : j * stride + i];
        });
}
template <class T>
__attribute__((always_inline)) static inline void
load_matrix_sync(fragment<accumulator, 16, 16, 8, T> &f, const float *p, unsigned stride,
                 layout_t layout)
{
    tti_each(
        f, [&](float &x, int i, int j) __attribute__((always_inline)) {
            x = p[layout == mem_row_major ? i * stride + j : j * stride + i];
        });
}
template <class T>
__attribute__((always_inline)) static inline void
store_matrix_sync(float *p, const fragment<accumulator, 16, 16, 8, T> &f, unsigned stride,
                  layout_t layout)
{
    tti_each(
        f, [&](const float &x, int i, int j) __attribute__((always_inline)) {
            p[layout == mem_row_major ? i * stride + j : j * stride + i] = x;
        });
}

/* Rounded to 10 bits behind the point, ties away from zero. */
static inline float __float_to_tf32(float x)
{
    const unsigned bits = __float_as_uint(x);
    const bool finite = (bits & 0x7f800000u) != 0x7f800000u;
    return __uint_as_float((bits + (finite ? 0x1000u : 0u)) & 0xffffe000u);
}
static inline float tti_cut(float x)
{
    return __uint_as_float(__float_as_uint(x) & 0xffffe000u);
}

/* Where all lanes of this warp hold their part of a fragment, so that each can read the others'. */
template <class F> static inline void tti_gather(const F &f, const F *all[32])
{
    for (int lane = 0; lane < 32; lane++)
        all[lane] = reinterpret_cast<const F *>(
            tt_sim_exchange(0xffffffffu, reinterpret_cast<unsigned long long>(&f), lane));
}
template <class F> static inline float tti_cell(const F *const all[32], int i, int j)
{
    const int at = i * F::size::columns + j;
    return tti_cut(all[at % 32]->x[at / 32]);
}

/* d = a b + c */
template <class A, class B, class D>
static inline void mma_sync(D &d, const A &a, const B &b, const D &c)
{
    const A *as[32];
    const B *bs[32];
    tti_gather(a, as);
    tti_gather(b, bs);
    D sum = c;
    tti_each(sum, [&](float &x, int i, int j) {
        for (int k = 0; k < 8; k++) x += tti_cell(as, i, k) * tti_cell(bs, k, j);
    });
    d = sum;
    __syncwarp(); /* the others have read what this thread may now change */
}

} // namespace wmma
} // namespace nvcuda

#endif
