/* Convolution with a window of any kind, stride, padding and dilation: one thread an output cell.
 * Given; for the backends of the course. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

/* What the window at output cell `at` (b, o, i, j) adds up. */
static __device__ inline float under_window(const float *in, const tt_layout &from,
                                            const float *weight, const tt_layout &kernel,
                                            const tt_window &w, const int *at)
{
    const int *k = kernel.shape.dim, *image = from.shape.dim;
    float sum = 0.0f;
    for (int di = 0; di < k[2]; di++) {
        int i = tti_window_at(&w, 0, at[2], di, image[2]);
        for (int dj = 0; i >= 0 && dj < k[3]; dj++) {
            int j = tti_window_at(&w, 1, at[3], dj, image[3]);
            for (int c = 0; j >= 0 && c < k[1]; c++) {
                const int x[] = {at[0], c, i, j}, y[] = {at[1], c, di, dj};
                sum += weight[ttk_position(y, kernel)] * in[ttk_position(x, from)];
            }
        }
    }
    return sum;
}

static __global__ void conv2d_window_kernel(float *out, tt_layout to, const float *in,
                                            tt_layout from, const float *weight,
                                            tt_layout kernel, tt_window w, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    int index[TT_MAX_DIMS];
    if (i >= size) return;
    ttk_to_index(i, to.shape, index);
    out[ttk_position(index, to)] = under_window(in, from, weight, kernel, w, index);
}

extern "C" int TTK(nn_conv2d_window)(float *out, tt_layout to, const float *in,
                                     tt_layout from, const float *weight,
                                     tt_layout kernel, tt_window w)
{
    size_t size = tt_shape_size(to.shape);
    return TT_LAUNCH(conv2d_window_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, out,
                     to, in, from, weight, kernel, w, (unsigned)size);
}
