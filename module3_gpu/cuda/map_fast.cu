/* map, fast: four cells a thread where memory allows it, few divisions where it does not. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module3_gpu/cuda/walk.h"

/* Thread i has cells 4 i .. 4 i + 3, fetched and stored as one float4: a quarter of the memory
 * instructions, and each warp moves 512 bytes in a row. The last thread has the 0 to 3 left over.
 * One kernel an operator, so that no time goes to finding out which it is. */
template <tt_unary_op OP>
static __global__ void map_quads_kernel(float *out, const float *in, ttk_walk w,
                                        unsigned size)
{
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x), step = ttk_quad_step(w, w.a);
    size_t at, none;
    if (i >= size) return;
    ttk_walk_to(w, i, &at, &none);
    if (i + 4 > size) {
        for (unsigned k = 0; i + k < size; k++)
            out[i + k] = ttk_unary(OP, in[at + k * step]);
        return;
    }
    float4 x = ttk_quad(in + at, step);
    *reinterpret_cast<float4 *>(out + i) = make_float4(
        ttk_unary(OP, x.x), ttk_unary(OP, x.y), ttk_unary(OP, x.z), ttk_unary(OP, x.w));
}

/* Thread i has output cell i, and finds its input by the walk. */
static __global__ void map_walk_kernel(tt_unary_op op, float *out, const float *in,
                                       ttk_walk w, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    size_t at, none;
    if (i >= size) return;
    ttk_walk_to(w, i, &at, &none);
    out[i] = ttk_unary(op, in[at]);
}

template <tt_unary_op OP>
static int map_quads(float *out, const float *in, const ttk_walk &w, unsigned size)
{
    unsigned threads = (unsigned)ttk_ceil(size, 4);
    return TT_LAUNCH(map_quads_kernel<OP>, tt_blocks(threads, TTK_BLOCK), TTK_BLOCK, 0,
                     out, in, w, size);
}

extern "C" int TTK(map_fast)(tt_unary_op op, float *out, tt_layout to, const float *in,
                             tt_layout from)
{
    unsigned size = (unsigned)tt_shape_size(to.shape);
    tt_layout l = tt_layout_stretch(&from, to.shape);
    ttk_walk w = ttk_walk_of(to.shape, &l, NULL);
    out += to.offset, in += l.offset;
    if (!ttk_in_quads(w, out, in, NULL))
        return TT_LAUNCH(map_walk_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, op,
                         out, in, w, size);
    switch (op) {
#define TTK_CASE(NAME, name)                                                             \
    case TT_OP_##NAME: return map_quads<TT_OP_##NAME>(out, in, w, size);
        TT_UNARY_OPS(TTK_CASE)
#undef TTK_CASE
    default: return cudaErrorInvalidValue;
    }
}
