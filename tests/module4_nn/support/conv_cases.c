#include "tests/module4_nn/support/conv_cases.h"

tt_shape conv_in_shape(const conv_case *k)
{
    return TT_SHAPE(k->batch, k->in, k->height, k->width);
}

tt_shape conv_weight_shape(const conv_case *k)
{
    return TT_SHAPE(k->out, k->in, k->kh, k->kw);
}

tt_shape conv_out_shape(const conv_case *k)
{
    return TT_SHAPE(k->batch, k->out, k->rows, k->columns);
}

tt_layout conv_layout(tt_shape shape, const conv_case *k)
{
    tt_layout l = tt_layout_of(shape);
    size_t inner = (size_t)shape.dim[2] * (size_t)shape.dim[3];
    if (k->turned) {
        l.stride[0] = inner;
        l.stride[1] = inner * (size_t)shape.dim[0];
    }
    l.offset = (size_t)k->gap;
    return l;
}

size_t conv_room(tt_shape shape, const conv_case *k)
{
    return tt_shape_size(shape) + (size_t)k->gap;
}

static double at4(const float *at, const tt_layout *l, int i, int j, int p, int q)
{
    return (double)at[l->offset + (size_t)i * l->stride[0] + (size_t)j * l->stride[1] +
                      (size_t)p * l->stride[2] + (size_t)q * l->stride[3]];
}

/* The window written out once more, so that the tests do not share it with what they test. */
static int reads(const tt_window *w, int d, int i, int k, int size)
{
    int q = i * w->step[d] + k * w->dilation[d] - w->pad[d];
    if (q < 0 || q % w->spread[d] != 0 || q / w->spread[d] >= size) return -1;
    return q / w->spread[d];
}

static double under_window(const conv_case *k, const float *in, const float *weight,
                           int b, int o, int i, int j)
{
    tt_layout x = conv_layout(conv_in_shape(k), k),
              w = conv_layout(conv_weight_shape(k), k);
    double sum = 0.0;
    for (int c = 0; c < k->in; c++)
        for (int di = 0; di < k->kh; di++)
            for (int dj = 0; dj < k->kw; dj++) {
                int y = reads(&k->w, 0, i, di, k->height),
                    z = reads(&k->w, 1, j, dj, k->width);
                if (y >= 0 && z >= 0)
                    sum += at4(in, &x, b, c, y, z) * at4(weight, &w, o, c, di, dj);
            }
    return sum;
}

void conv_expected(const conv_case *k, const float *in, const float *weight, double *want)
{
    for (int b = 0; b < k->batch; b++)
        for (int o = 0; o < k->out; o++)
            for (int i = 0; i < k->rows; i++)
                for (int j = 0; j < k->columns; j++)
                    *want++ = under_window(k, in, weight, b, o, i, j);
}
