/* zip, fast: four cells a thread where memory allows it, few divisions where it does not. */
#include "module3_gpu/cuda/index.h"
#include "module3_gpu/cuda/kernels.h"
#include "module3_gpu/cuda/walk.h"

/* Thread i has cells 4 i .. 4 i + 3, as in map_fast.cu. An operand that broadcasts along rows gives
 * one number for all four. */
template <tt_binary_op OP>
static __global__ void zip_quads_kernel(float *out, const float *a, const float *b,
                                        ttk_walk w, unsigned size)
{
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    unsigned a_step = ttk_quad_step(w, w.a), b_step = ttk_quad_step(w, w.b);
    size_t p, q;
    if (i >= size) return;
    ttk_walk_to(w, i, &p, &q);
    if (i + 4 > size) {
        for (unsigned k = 0; i + k < size; k++)
            out[i + k] = ttk_binary(OP, a[p + k * a_step], b[q + k * b_step]);
        return;
    }
    float4 x = ttk_quad(a + p, a_step), y = ttk_quad(b + q, b_step);
    *reinterpret_cast<float4 *>(out + i) =
        make_float4(ttk_binary(OP, x.x, y.x), ttk_binary(OP, x.y, y.y),
                    ttk_binary(OP, x.z, y.z), ttk_binary(OP, x.w, y.w));
}

/* Thread i has output cell i, and finds its inputs by the walk. */
static __global__ void zip_walk_kernel(tt_binary_op op, float *out, const float *a,
                                       const float *b, ttk_walk w, unsigned size)
{
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    size_t p, q;
    if (i >= size) return;
    ttk_walk_to(w, i, &p, &q);
    out[i] = ttk_binary(op, a[p], b[q]);
}

template <tt_binary_op OP>
static int zip_quads(float *out, const float *a, const float *b, const ttk_walk &w,
                     unsigned size)
{
    unsigned threads = (unsigned)ttk_ceil(size, 4);
    return TT_LAUNCH(zip_quads_kernel<OP>, tt_blocks(threads, TTK_BLOCK), TTK_BLOCK, 0,
                     out, a, b, w, size);
}

extern "C" int TTK(zip_fast)(tt_binary_op op, float *out, tt_layout to, const float *a,
                             tt_layout al, const float *b, tt_layout bl)
{
    unsigned size = (unsigned)tt_shape_size(to.shape);
    tt_layout x = tt_layout_stretch(&al, to.shape), y = tt_layout_stretch(&bl, to.shape);
    ttk_walk w = ttk_walk_of(to.shape, &x, &y);
    out += to.offset, a += x.offset, b += y.offset;
    if (!ttk_in_quads(w, out, a, b))
        return TT_LAUNCH(zip_walk_kernel, tt_blocks(size, TTK_BLOCK), TTK_BLOCK, 0, op,
                         out, a, b, w, size);
    switch (op) {
#define TTK_CASE(NAME, name)                                                             \
    case TT_OP_##NAME: return zip_quads<TT_OP_##NAME>(out, a, b, w, size);
        TT_BINARY_OPS(TTK_CASE)
#undef TTK_CASE
    default: return cudaErrorInvalidValue;
    }
}
