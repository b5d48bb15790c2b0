/* Convolution in one dimension: one thread an output cell (Task 4.4b). */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

/* Thread i of the grid computes output cell i, which is [b,o,t]: the loops of Task 4.1 without the
 * outermost one. The threads of a warp have neighbouring t, so for each c and k they read
 * neighbouring cells of `in` and all the same cell of `weight`. out has `size` cells. */
static __global__ void conv1d_kernel(float *out, tt_layout to, const float *in,
                                     tt_layout from, const float *weight,
                                     tt_layout kernel, bool reverse, unsigned size)
{
    // BEGIN SOLUTION 4.4b
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= size) return;
    int index[TT_MAX_DIMS], channels = kernel.shape.dim[1], window = kernel.shape.dim[2];
    ttk_to_index(i, to.shape, index); /* b, o, t */
    float sum = 0.0f;
    for (int c = 0; c < channels; c++)
        for (int k = 0; k < window; k++) {
            int t = reverse ? index[2] - k : index[2] + k;
            if (t < 0 || t >= from.shape.dim[2]) continue;
            const int x[] = {index[0], c, t}, w[] = {index[1], c, k};
            sum += weight[ttk_position(w, kernel)] * in[ttk_position(x, from)];
        }
    out[ttk_position(index, to)] = sum;
    // END SOLUTION
}

extern "C" int TTK(nn_conv1d)(float *out, tt_layout to, const float *in, tt_layout from,
                              const float *weight, tt_layout kernel, bool reverse)
{
    size_t size = tt_shape_size(to.shape);
    return TT_LAUNCH(conv1d_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, out, to, in,
                     from, weight, kernel, reverse, (unsigned)size);
}
