/* map: one thread an output cell (Task 3.3). */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"

/* Thread i of the grid computes output cell i. Neighbouring threads have neighbouring cells, so a
 * warp touches one piece of memory wherever the layouts allow it. The grid is rounded up to whole
 * blocks: the last threads have no cell. size is out's number of cells. */
static __global__ void map_kernel(tt_unary_op op, float *out, tt_layout to,
                                  const float *in, tt_layout from, unsigned size)
{
    // BEGIN SOLUTION 3.3
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= size) return;
    int index[TT_MAX_DIMS], cell[TT_MAX_DIMS];
    ttk_to_index(i, to.shape, index);
    ttk_broadcast_index(index, to.shape, from.shape, cell);
    out[ttk_position(index, to)] = ttk_unary(op, in[ttk_position(cell, from)]);
    // END SOLUTION
}

extern "C" int TTK(map)(tt_unary_op op, float *out, tt_layout to, const float *in,
                        tt_layout from)
{
    size_t size = tt_shape_size(to.shape);
    return TT_LAUNCH(map_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, op, out, to,
                     in, from, (unsigned)size);
}
