/* For kernels: module 2's index functions and the operators' formulas, on the device.
 *
 * Layouts travel to a kernel by value, in its arguments; index arrays live in a thread's registers
 * or local memory. Tensors have fewer than 2^31 cells, so 32-bit ordinals do, and they divide much
 * faster than 64-bit ones; positions in memory are size_t, as strides may be.
 */
#ifndef TT_MODULE3_GPU_CUDA_INDEX_H
#define TT_MODULE3_GPU_CUDA_INDEX_H

#include "module3_gpu/cuda/launch.h"

#include "module0_operators/operators.h"
#include "module2_tensors/shape.h"

/* The index of the ordinal-th cell of a shape, the last dimension fastest: tt_to_index. */
static __device__ inline void ttk_to_index(unsigned ordinal, const tt_shape &shape,
                                           int *index)
{
    for (int d = shape.ndim - 1; d >= 0; d--) {
        unsigned size = (unsigned)shape.dim[d];
        index[d] = (int)(ordinal % size);
        ordinal /= size;
    }
}

/* Which cell of `shape` cell big_index of the larger shape reads: tt_broadcast_index. */
static __device__ inline void ttk_broadcast_index(const int *big_index, const tt_shape &big,
                                                  const tt_shape &shape, int *index)
{
    for (int d = 0; d < shape.ndim; d++)
        index[d] = shape.dim[d] == 1 ? 0 : big_index[d + big.ndim - shape.ndim];
}

/* Where a cell is in memory, the offset included. */
static __device__ inline size_t ttk_position(const int *index, const tt_layout &layout)
{
    size_t position = layout.offset;
    for (int d = 0; d < layout.shape.ndim; d++)
        position += (size_t)index[d] * layout.stride[d];
    return position;
}

/* Where batch `n` of a stack of matrices begins: all dimensions but the last two count. */
static __device__ inline size_t ttk_batch(unsigned n, const tt_layout &layout)
{
    size_t position = layout.offset;
    for (int d = layout.shape.ndim - 3; d >= 0; d--) {
        unsigned size = (unsigned)layout.shape.dim[d];
        position += (n % size) * layout.stride[d];
        n /= size;
    }
    return position;
}

/* op(x) and op(x, y) by the formulas of Task 0.1. All threads of a launch have the same op, so that
 * no warp is split by the switch. */
static __device__ inline float ttk_unary(tt_unary_op op, float x)
{
    switch (op) {
#define TTK_CASE(NAME, name)                                                             \
    case TT_OP_##NAME: return tt_op_##name##f(x);
        TT_UNARY_OPS(TTK_CASE)
#undef TTK_CASE
    default: return x;
    }
}

static __device__ inline float ttk_binary(tt_binary_op op, float x, float y)
{
    switch (op) {
#define TTK_CASE(NAME, name)                                                             \
    case TT_OP_##NAME: return tt_op_##name##f(x, y);
        TT_BINARY_OPS(TTK_CASE)
#undef TTK_CASE
    default: return x;
    }
}

#endif
