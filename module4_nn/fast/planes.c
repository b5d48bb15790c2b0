#include "module4_nn/fast/planes.h"

#include <string.h>

enum { TOO_FAR = 64 }; /* numbers that registers read beyond a row's end */

/* The first and last cell, along dimension d, that a kernel of that size reads for output 0. */
static long first(const tt_window *w, int d, int kernel)
{
    long turned = w->dilation[d] < 0 ? (long)(kernel - 1) * w->dilation[d] : 0;
    return turned - w->pad[d];
}

static long reach(const tt_window *w, int d, int kernel)
{
    long dilation = w->dilation[d] < 0 ? -(long)w->dilation[d] : w->dilation[d];
    return (kernel - 1) * dilation;
}

tti_planes tti_planes_of(tt_window window, const int kernel[2], int channels, int band,
                         int width)
{
    tti_planes p = {.window = window, .channels = channels, .band = band};
    const int size[2] = {band, width};
    size_t cells[2];
    for (int d = 0; d < 2; d++) {
        p.low[d] = (int)first(&window, d, kernel[d]);
        cells[d] = (size_t)(size[d] + reach(&window, d, kernel[d]) / window.step[d]);
    }
    p.rows = cells[0], p.columns = cells[1];
    p.channel = p.rows * p.columns * (size_t)(window.step[0] * window.step[1]);
    p.numbers = p.channel * (size_t)channels + p.columns + TOO_FAR;
    return p;
}

/* Row y of the bordered image: of each plane that its cells lie in. */
static float *row_of(const tti_planes *p, float *channel, long y, int plane)
{
    int step = p->window.step[0];
    size_t which = (size_t)(y % step) * (size_t)p->window.step[1] + (size_t)plane;
    return channel + (which * p->rows + (size_t)(y / step)) * p->columns;
}

/* One row of the image, whose cells lie `stride` apart. */
static void fill_row(const tti_planes *p, float *channel, long y, const float *row,
                     size_t stride, int width)
{
    int step = p->window.step[1], spread = p->window.spread[1];
    long end = (long)p->columns * step;
    if (step == 1 && spread == 1 && stride == 1) {
        long from = p->low[1] > 0 ? p->low[1] : 0;
        long to = end + p->low[1] < width ? end + p->low[1] : width;
        if (from < to)
            memcpy(row_of(p, channel, y, 0) + (from - p->low[1]), row + from,
                   (size_t)(to - from) * sizeof *row);
        return;
    }
    for (int x = 0; x < width; x++) {
        long at = (long)x * spread - p->low[1];
        if (at >= 0 && at < end)
            row_of(p, channel, y, (int)(at % step))[at / step] = row[(size_t)x * stride];
    }
}

void tti_planes_fill(const tti_planes *p, float *to, const float *image,
                     const tt_layout *in, int begin)
{
    long top = p->low[0] + (long)begin * p->window.step[0];
    long end = (long)p->rows * p->window.step[0];
    memset(to, 0, p->numbers * sizeof *to);
    for (int c = 0; c < p->channels; c++)
        for (int y = 0; y < in->shape.dim[2]; y++) {
            long at = (long)y * p->window.spread[0] - top;
            if (at < 0) continue;
            if (at >= end) break;
            fill_row(p, to + (size_t)c * p->channel, at,
                     image + (size_t)c * in->stride[1] + (size_t)y * in->stride[2],
                     in->stride[3], in->shape.dim[3]);
        }
}

size_t tti_planes_offset(const tti_planes *p, int channel, int di, int dj)
{
    const tt_window *w = &p->window;
    long y = (long)di * w->dilation[0] - w->pad[0] - p->low[0];
    long x = (long)dj * w->dilation[1] - w->pad[1] - p->low[1];
    size_t plane = (size_t)(y % w->step[0] * w->step[1] + x % w->step[1]);
    return (size_t)channel * p->channel +
           (plane * p->rows + (size_t)(y / w->step[0])) * p->columns +
           (size_t)(x / w->step[1]);
}
