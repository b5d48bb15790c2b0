/* Convolution in two dimensions: the kernel's weights shared by a block (Task 4.4b). */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module4_nn/cuda/nn_kernels.h"

enum { WEIGHTS = 256 }; /* as many as a block has threads */

/* Block (x, y) computes 256 of the cells [b, o, .., ..] of one image b and output channel o, where
 * b O + o is y: cell number p = 256 x + threadIdx.x of its I J cells. They all need the same weights
 * weight[o,..], C KH KW of them, one after the other. So the block brings them to shared memory, 256
 * at a time and a weight a thread; waits; adds up what they give; and waits again before the next
 * 256. Threads without a cell help to bring weights and reach every __syncthreads(). */
static __global__ void conv2d_kernel(float *out, tt_layout to, const float *in,
                                     tt_layout from, const float *weight,
                                     tt_layout kernel, bool reverse, unsigned first)
{
    __shared__ float part[WEIGHTS];
    // BEGIN SOLUTION 4.4b
    const int *k = kernel.shape.dim, *image = from.shape.dim, *size = to.shape.dim;
    int cells = size[2] * size[3], weights = k[1] * k[2] * k[3], sign = reverse ? -1 : 1;
    int p = (int)(blockIdx.x * blockDim.x + threadIdx.x), plane = (int)(first + blockIdx.y);
    int b = plane / size[1], o = plane % size[1];
    float sum = 0.0f;
    for (int w0 = 0; w0 < weights; w0 += WEIGHTS) {
        int mine = w0 + (int)threadIdx.x;
        if (mine < weights) {
            const int at[] = {o, mine / (k[2] * k[3]), mine / k[3] % k[2], mine % k[3]};
            part[threadIdx.x] = weight[ttk_position(at, kernel)];
        }
        __syncthreads(); /* the weights are there */
        for (int w = w0; p < cells && w < weights && w < w0 + WEIGHTS; w++) {
            int c = w / (k[2] * k[3]), di = w / k[3] % k[2], dj = w % k[3];
            int i = p / size[3] + sign * di, j = p % size[3] + sign * dj;
            if (i < 0 || i >= image[2] || j < 0 || j >= image[3]) continue;
            const int at[] = {b, c, i, j};
            sum += part[w - w0] * in[ttk_position(at, from)];
        }
        __syncthreads(); /* nobody still reads them */
    }
    const int at[] = {b, o, p / size[3], p % size[3]};
    if (p < cells) out[ttk_position(at, to)] = sum;
    // END SOLUTION
}

/* A grid has at most 65535 blocks in y: mostly there is one launch, with first = 0. */
extern "C" int TTK(nn_conv2d)(float *out, tt_layout to, const float *in, tt_layout from,
                              const float *weight, tt_layout kernel, bool reverse)
{
    const unsigned MOST = 65535;
    const int *size = to.shape.dim;
    unsigned blocks = tt_blocks((size_t)size[2] * (size_t)size[3], WEIGHTS);
    unsigned planes = (unsigned)size[0] * (unsigned)size[1];
    int error = 0;
    for (unsigned first = 0; first < planes && !error; first += MOST) {
        unsigned y = planes - first < MOST ? planes - first : MOST;
        error = TT_LAUNCH(conv2d_kernel, dim3(blocks, y), WEIGHTS, 0, out, to, in, from,
                          weight, kernel, reverse, first);
    }
    return error;
}
