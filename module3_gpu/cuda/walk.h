/* For the fast kernels: layouts made as simple as they can be, on the host, before a launch.
 *
 * Every dimension costs a kernel a division a cell. But neighbouring dimensions whose cells lie one
 * behind the other in all operands are one dimension really: (64,28,28) in order is 50176 numbers,
 * and (64,128) plus a row of 128 has two dimensions however many it was written with.
 */
#ifndef TT_MODULE3_GPU_CUDA_WALK_H
#define TT_MODULE3_GPU_CUDA_WALK_H

#include "module3_gpu/cuda/launch.h"

#include "module2_tensors/shape.h"

typedef struct ttk_walk {
    int ndim;
    unsigned dim[TT_MAX_DIMS];
    size_t a[TT_MAX_DIMS], b[TT_MAX_DIMS]; /* strides of the two operands */
} ttk_walk;

/* The walk through operands a and b (NULL: none) stretched to `shape`. Offsets are left out. */
static inline ttk_walk ttk_walk_of(const tt_shape &shape, const tt_layout *a,
                                   const tt_layout *b)
{
    ttk_walk w = {0, {0}, {0}, {0}};
    for (int d = 0; d < shape.ndim; d++) {
        unsigned size = (unsigned)shape.dim[d];
        size_t sa = a->stride[d], sb = b ? b->stride[d] : 0;
        int last = w.ndim - 1;
        if (size == 1) continue;
        if (last >= 0 && w.a[last] == sa * size && w.b[last] == sb * size) {
            w.dim[last] *= size; /* the dimension before steps over exactly this one */
        } else {
            last = w.ndim++;
            w.dim[last] = size;
        }
        w.a[last] = sa;
        w.b[last] = sb;
    }
    return w;
}

/* Where cell i is in both operands. The first dimension takes what the others leave: no division. */
static __device__ inline void ttk_walk_to(const ttk_walk &w, unsigned i, size_t *a,
                                          size_t *b)
{
    *a = *b = 0;
    for (int d = w.ndim - 1; d >= 0; d--) {
        unsigned k = d > 0 ? i % w.dim[d] : i;
        if (d > 0) i /= w.dim[d];
        *a += k * w.a[d];
        *b += k * w.b[d];
    }
}

/* Whether four numbers from p on can be fetched at once. */
static inline bool ttk_aligned(const void *p)
{
    return (size_t)p % 16 == 0;
}

/* ---- quads: four neighbouring cells a thread ---------------------------------------------------- */

/* Whether the operand with these strides gives every quad of cells in one way: as four neighbours in
 * memory, or as one number. */
static inline bool ttk_quads_of(const ttk_walk &w, const size_t *stride, const float *base)
{
    int last = w.ndim - 1;
    bool one = last < 0 || stride[last] == 0, whole = ttk_aligned(base);
    for (int d = 0; d < last; d++) whole = whole && stride[d] % 4 == 0;
    return one || (stride[last] == 1 && whole);
}

/* Whether a thread can have cells 4 i .. 4 i + 3 of the walk, with `to` in order from its start on.
 * Quads do not go over the end of a line; a walk of one line may end with a part of one. */
static inline bool ttk_in_quads(const ttk_walk &w, const float *to, const float *a,
                                const float *b)
{
    int last = w.ndim - 1;
    bool lines = w.ndim < 2 || w.dim[last] % 4 == 0;
    return lines && ttk_aligned(to) && ttk_quads_of(w, w.a, a) &&
           (!b || ttk_quads_of(w, w.b, b));
}

/* The step from a cell to its neighbour: 1, or 0 for one number four times. */
static __device__ inline unsigned ttk_quad_step(const ttk_walk &w, const size_t *stride)
{
    return w.ndim > 0 ? (unsigned)stride[w.ndim - 1] : 0;
}

static __device__ inline float4 ttk_quad(const float *at, unsigned step)
{
    if (step) return *reinterpret_cast<const float4 *>(at);
    float x = *at;
    return make_float4(x, x, x, x);
}

#endif
