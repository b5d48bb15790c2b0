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

/* Where cell i is in both operands. */
static __device__ inline void ttk_walk_to(const ttk_walk &w, unsigned i, size_t *a,
                                          size_t *b)
{
    *a = *b = 0;
    for (int d = w.ndim - 1; d >= 0; d--) {
        unsigned k = i % w.dim[d];
        i /= w.dim[d];
        *a += k * w.a[d];
        *b += k * w.b[d];
    }
}

/* Whether four numbers from p on can be fetched at once. */
static inline bool ttk_aligned(const void *p)
{
    return (size_t)p % 16 == 0;
}

#endif
