#include "module4_nn/ops/conv_unrolled.h"

#include "module2_tensors/slots.h"
#include "module4_nn/ops/conv_simple.h"
#include "module4_nn/ops/update.h"
#include "support/ctx_struct.h"

/* One row of patches: for each output cell the cell of the image that kernel cell (di, dj) reads. */
static float *unroll_row(float *row, const float *image, const tt_layout *in, int di,
                         int dj, const int *size, const tt_window *window)
{
    for (int i = 0; i < size[0]; i++) {
        int y = tti_window_at(window, 0, i, di, in->shape.dim[2]);
        for (int j = 0; j < size[1]; j++) {
            int x = tti_window_at(window, 1, j, dj, in->shape.dim[3]);
            *row++ = y < 0 || x < 0
                         ? 0.0f
                         : image[(size_t)y * in->stride[2] + (size_t)x * in->stride[3]];
        }
    }
    return row;
}

/* patches (B, C KH KW, I J), row by row. */
static void unroll(float *patches, const float *at, const tt_layout *in,
                   const int *kernel, const int *size, const tt_window *window)
{
    for (int b = 0; b < in->shape.dim[0]; b++)
        for (int c = 0; c < in->shape.dim[1]; c++) {
            const float *image =
                at + in->offset + (size_t)b * in->stride[0] + (size_t)c * in->stride[1];
            for (int di = 0; di < kernel[0]; di++)
                for (int dj = 0; dj < kernel[1]; dj++)
                    patches = unroll_row(patches, image, in, di, dj, size, window);
        }
}

/* a's data seen as a contiguous box of another shape; a is contiguous. */
static tt_data seen_as(tt_data a, tt_shape shape)
{
    tt_layout layout = tt_layout_of(shape);
    layout.offset = a.layout.offset;
    return (tt_data){a.storage, layout};
}

static tt_status multiply(tt_ctx *c, tt_data out, tt_data in, tt_tensor *weight,
                          const tt_window *window)
{
    const int *o = out.layout.shape.dim, *w = weight->data.layout.shape.dim;
    int batch = o[0], inner = w[1] * w[2] * w[3], places = o[2] * o[3];
    const tt_backend *backend = out.storage->backend;
    tt_tensor *patches = tti_new(c, backend, TT_SHAPE(batch, inner, places), "tt_conv2d");
    float *to = patches ? tt_storage_set(patches->data.storage) : NULL;
    const float *from = to ? tt_storage_read(in.storage) : NULL;
    if (!from) return c->status;
    unroll(to, from, &in.layout, w + 2, o + 2, window);
    tt_data matrix = seen_as(weight->data, TT_SHAPE(1, w[0], inner));
    matrix.layout = tt_layout_stretch(&matrix.layout, TT_SHAPE(batch, w[0], inner));
    return backend->matmul(c, seen_as(out, TT_SHAPE(batch, w[0], places)), matrix,
                           patches->data);
}

static tt_status unrolled_window(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                                 tt_window window)
{
    const tt_backend *backend = out.storage->backend;
    if (!backend->matmul)
        return tti_fail_status(
            c, TT_ERR_BACKEND, "tt_conv2d",
            "backend %s has no matmul yet, of which its conv2d is made", backend->name);
    if (tt_shape_size(weight.layout.shape) == 0) return backend->fill(c, out, 0.0f);
    TT_SCOPE (c) { /* the patches go at its end */
        tt_tensor *w = tt_contiguous(c, tti_around(c, weight));
        if (w) multiply(c, out, in, w, &window);
    }
    return c->status;
}

/* The window that begins, or reversed ends, at the output cell. */
static tt_window anchored(bool reverse)
{
    int sign = reverse ? -1 : 1;
    return (tt_window){{1, 1}, {sign, sign}, {0, 0}, {1, 1}};
}

static tt_status unrolled_conv2d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                                 bool reverse)
{
    return unrolled_window(c, out, in, weight, anchored(reverse));
}

/* (B,C,W) seen as (B,C,1,W). */
static tt_data with_height(tt_data a)
{
    tt_layout *l = &a.layout;
    l->shape.ndim = 4;
    l->shape.dim[3] = l->shape.dim[2], l->stride[3] = l->stride[2];
    l->shape.dim[2] = 1, l->stride[2] = 0;
    return a;
}

static tt_status unrolled_conv1d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                                 bool reverse)
{
    return unrolled_window(c, with_height(out), with_height(in), with_height(weight),
                           anchored(reverse));
}

const tt_nn_backend *tti_nn_unrolled(void)
{
    static const tt_nn_backend unrolled = {.conv1d = unrolled_conv1d,
                                           .conv2d = unrolled_conv2d,
                                           .conv2d_window = unrolled_window,
                                           .momentum = tti_host_momentum,
                                           .adam = tti_host_adam};
    return &unrolled;
}
