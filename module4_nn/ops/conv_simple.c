/* The simple backend's convolutions (Tasks 4.1, 4.2): see conv_simple.h. */
#include "module4_nn/ops/conv_simple.h"

#include "module4_nn/ops/update.h"
#include "support/ctx_struct.h"

/* Where the cell [i,j,k], or [i,j,k,l], of a layout is in memory. */
static size_t cell3(const tt_layout *l, int i, int j, int k)
{
    return l->offset + (size_t)i * l->stride[0] + (size_t)j * l->stride[1] +
           (size_t)k * l->stride[2];
}

static size_t cell4(const tt_layout *l, int i, int j, int k, int m)
{
    return cell3(l, i, j, k) + (size_t)m * l->stride[3];
}

void tt_simple_conv1d(tt_array out, tt_const_array in, tt_const_array weight, bool reverse)
{
    // BEGIN SOLUTION 4.1
    tt_shape shape = out.layout.shape;
    int channels = weight.layout.shape.dim[1], window = weight.layout.shape.dim[2];
    int width = in.layout.shape.dim[2], at[TT_MAX_DIMS]; /* of an output cell: b, o, t */
    size_t size = tt_shape_size(shape);
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, shape, at);
        double sum = 0.0;
        for (int c = 0; c < channels; c++)
            for (int k = 0; k < window; k++) {
                int i = reverse ? at[2] - k : at[2] + k;
                if (i < 0 || i >= width) continue;
                float x = in.at[cell3(&in.layout, at[0], c, i)];
                float w = weight.at[cell3(&weight.layout, at[1], c, k)];
                sum += (double)w * (double)x;
            }
        out.at[cell3(&out.layout, at[0], at[1], at[2])] = (float)sum;
    }
    // END SOLUTION
}

void tt_simple_conv2d(tt_array out, tt_const_array in, tt_const_array weight, bool reverse)
{
    // BEGIN SOLUTION 4.2
    tt_shape shape = out.layout.shape;
    const int *kernel = weight.layout.shape.dim, *image = in.layout.shape.dim;
    int sign = reverse ? -1 : 1, at[TT_MAX_DIMS]; /* of an output cell: b, o, i, j */
    size_t size = tt_shape_size(shape);
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, shape, at);
        double sum = 0.0;
        for (int c = 0; c < kernel[1]; c++)
            for (int di = 0; di < kernel[2]; di++)
                for (int dj = 0; dj < kernel[3]; dj++) {
                    int i = at[2] + sign * di, j = at[3] + sign * dj;
                    if (i < 0 || i >= image[2] || j < 0 || j >= image[3]) continue;
                    float x = in.at[cell4(&in.layout, at[0], c, i, j)];
                    float w = weight.at[cell4(&weight.layout, at[1], c, di, dj)];
                    sum += (double)w * (double)x;
                }
        out.at[cell4(&out.layout, at[0], at[1], at[2], at[3])] = (float)sum;
    }
    // END SOLUTION
}

/* What a window at the output cell `at` (b, o, i, j) adds up. */
static double under_window(const tt_const_array *in, const tt_const_array *weight,
                           const int *at, const tt_window *window)
{
    const int *kernel = weight->layout.shape.dim, *image = in->layout.shape.dim;
    double sum = 0.0;
    for (int di = 0; di < kernel[2]; di++) {
        int i = tti_window_at(window, 0, at[2], di, image[2]);
        for (int dj = 0; i >= 0 && dj < kernel[3]; dj++) {
            int j = tti_window_at(window, 1, at[3], dj, image[3]);
            for (int c = 0; j >= 0 && c < kernel[1]; c++)
                sum += (double)weight->at[cell4(&weight->layout, at[1], c, di, dj)] *
                       (double)in->at[cell4(&in->layout, at[0], c, i, j)];
        }
    }
    return sum;
}

void tti_simple_conv2d_window(tt_array out, tt_const_array in, tt_const_array weight,
                              tt_window window)
{
    int at[TT_MAX_DIMS];
    size_t size = tt_shape_size(out.layout.shape);
    for (size_t n = 0; n < size; n++) {
        tt_to_index(n, out.layout.shape, at);
        out.at[cell4(&out.layout, at[0], at[1], at[2], at[3])] =
            (float)under_window(&in, &weight, at, &window);
    }
}

/* ---- the table: from storages to arrays ------------------------------------------------------- */

typedef struct arrays {
    tt_array out;
    tt_const_array in, weight;
} arrays;

/* The numbers behind the handles; false after an error. */
static bool reach(arrays *a, tt_data out, tt_data in, tt_data weight)
{
    a->in = (tt_const_array){tt_storage_read(in.storage), in.layout};
    a->weight = (tt_const_array){tt_storage_read(weight.storage), weight.layout};
    a->out = (tt_array){tt_storage_set(out.storage), out.layout};
    return a->in.at && a->weight.at && a->out.at;
}

static tt_status simple_conv1d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                               bool reverse)
{
    arrays a;
    if (reach(&a, out, in, weight)) tt_simple_conv1d(a.out, a.in, a.weight, reverse);
    return c->status;
}

static tt_status simple_conv2d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                               bool reverse)
{
    arrays a;
    if (reach(&a, out, in, weight)) tt_simple_conv2d(a.out, a.in, a.weight, reverse);
    return c->status;
}

static tt_status simple_conv2d_window(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                                      tt_window window)
{
    arrays a;
    if (reach(&a, out, in, weight))
        tti_simple_conv2d_window(a.out, a.in, a.weight, window);
    return c->status;
}

const tt_nn_backend *tti_nn_simple(void)
{
    static const tt_nn_backend simple = {.conv1d = simple_conv1d,
                                         .conv2d = simple_conv2d,
                                         .conv2d_window = simple_conv2d_window,
                                         .momentum = tti_host_momentum,
                                         .adam = tti_host_adam};
    return &simple;
}
