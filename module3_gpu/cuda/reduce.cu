/* reduce: one block an output cell, lines of any length (Task 3.3). */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"

/* Block j folds the line of `in` that belongs to output cell j, whose cells are `step` apart in
 * memory. Thread t folds cells t, t + 256, t + 512, .. into one number in a register, beginning
 * with start; these 256 numbers are folded in shared memory by a tree, as in sum_practice. Threads
 * beyond a short line bring start alone, which changes nothing. MiniTorch's kernel stops at 1024
 * cells and gives several results for more; the loop in front of the tree takes any length. */
static __global__ void reduce_kernel(tt_binary_op op, float *out, tt_layout to,
                                     const float *in, tt_layout from, int dim, float start)
{
    __shared__ float part[TTK_REDUCE];
    // BEGIN SOLUTION 3.3
    int index[TT_MAX_DIMS];
    unsigned t = threadIdx.x, n = (unsigned)from.shape.dim[dim];
    ttk_to_index(blockIdx.x, to.shape, index); /* index[dim] is 0: the line's first cell */
    const float *line = in + ttk_position(index, from);
    size_t step = from.stride[dim];
    float sum = start;
    for (unsigned k = t; k < n; k += TTK_REDUCE)
        sum = ttk_binary(op, line[k * step], sum);
    part[t] = sum;
    for (unsigned half = TTK_REDUCE / 2; half > 0; half /= 2) {
        __syncthreads(); /* everybody's number of the round before is there */
        if (t < half) part[t] = ttk_binary(op, part[t + half], part[t]);
    }
    if (t == 0) out[ttk_position(index, to)] = part[0];
    // END SOLUTION
}

extern "C" int TTK(reduce)(tt_binary_op op, float *out, tt_layout to, const float *in,
                           tt_layout from, int dim, float start)
{
    return TT_LAUNCH(reduce_kernel, (unsigned)tt_shape_size(to.shape), TTK_REDUCE, 0, op,
                     out, to, in, from, dim, start);
}
