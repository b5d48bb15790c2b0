#include "module4_nn/fast/conv_fast.h"

#include <string.h>

#include "module3_gpu/fast/threads.h"
#include "module4_nn/fast/nn_simd.h"
#include "module4_nn/fast/planes.h"
#include "support/ctx_struct.h"

enum {
    CACHED = 48 * 1024, /* numbers of planes for tiles, which other data share a cache with */
    DOTS_CACHED = 112 * 1024, /* for dots: the longer the rows, the fewer their sums */
    MOST_ROWS = 14,           /* of a tile, on any processor */
    DOT_ROOM = 4 * 8,
    PER_CELL = 16 /* operations in the time of a cell (tti_threads_for) */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t divided(size_t n, size_t by)
{
    return (n + by - 1) / by;
}

static size_t whole(size_t n, size_t of)
{
    return divided(n, of) * of;
}

/* Rows of output whose planes stay in the cache: all, or as many as make equal bands. */
static int band_rows(tt_window window, const int kernel[2], int channels, int rows,
                     int width, size_t least_bands, size_t cached)
{
    size_t bands = least_bands < 1 ? 1 : least_bands;
    for (; bands < (size_t)rows; bands++) {
        int band = (int)divided((size_t)rows, bands);
        if (tti_planes_of(window, kernel, channels, band, width).numbers <= cached) break;
    }
    return (int)divided((size_t)rows, least(bands, (size_t)rows));
}

/* Where each of the C KH KW cells of the kernel reads. */
static void offsets_of(const tti_planes *p, const int kernel[2], uint32_t *offset)
{
    for (int c = 0; c < p->channels; c++)
        for (int di = 0; di < kernel[0]; di++)
            for (int dj = 0; dj < kernel[1]; dj++)
                *offset++ = (uint32_t)tti_planes_offset(p, c, di, dj);
}

/* ---- tiles ---------------------------------------------------------------------------------------- */

typedef struct tiles {
    const tti_nn_simd *simd;
    tti_planes planes;
    const float *in;
    tt_layout in_layout;
    float *out;          /* (B,O,I,J), contiguous */
    const int *size;     /* I, J */
    size_t outs, inner;  /* O; C KH KW */
    size_t rows;         /* tiles of out's channels */
    size_t units, bands; /* of each image */
    const float *packed; /* tile by tile [p][row] */
    const uint32_t *offset;
    float *room; /* for each thread: planes, and rows of results */
    size_t room_one, flat;
} tiles;

/* packed[p * rows + i] = weight[o + i, p], for each tile of channels o. */
static void pack_weight(const tiles *g, float *packed, const float *weight,
                        const tt_layout *w)
{
    const int *dim = w->shape.dim;
    for (size_t t = 0; t < g->rows; t++) {
        size_t from = g->outs * t / g->rows, rows = g->outs * (t + 1) / g->rows - from;
        for (size_t i = 0; i < rows; i++) {
            float *to = packed + from * g->inner + i;
            const float *at = weight + (from + i) * w->stride[0];
            for (int c = 0; c < dim[1]; c++)
                for (int di = 0; di < dim[2]; di++)
                    for (int dj = 0; dj < dim[3]; dj++, to += rows)
                        *to = at[(size_t)c * w->stride[1] + (size_t)di * w->stride[2] +
                                 (size_t)dj * w->stride[3]];
        }
    }
}

/* One band of one image, all channels. */
static void tiles_unit(const tiles *g, size_t unit, float *room)
{
    size_t image = unit / g->bands, step = 2 * (size_t)g->simd->lanes;
    int begin = (int)(unit % g->bands) * g->planes.band;
    int count = g->size[0] - begin < g->planes.band ? g->size[0] - begin : g->planes.band;
    size_t places = (size_t)(count - 1) * g->planes.columns + (size_t)g->size[1];
    size_t plane = (size_t)g->size[0] * (size_t)g->size[1];
    float *flat = room + whole(g->planes.numbers, 16);
    tti_planes_fill(&g->planes, room, g->in + image * g->in_layout.stride[0],
                    &g->in_layout, begin);
    for (size_t t = 0; t < g->rows; t++) {
        size_t from = g->outs * t / g->rows, rows = g->outs * (t + 1) / g->rows - from;
        for (size_t q = 0; q < places; q += step)
            g->simd->conv_tile((int)rows, 2 * (places - q) > step ? 2 : 1, g->inner,
                               g->packed + from * g->inner, room + q, g->offset, flat + q,
                               g->flat);
        for (size_t i = 0; i < rows; i++)
            g->simd->keep(g->out + (image * g->outs + from + i) * plane +
                              (size_t)begin * (size_t)g->size[1],
                          flat + i * g->flat, g->planes.columns, (size_t)count,
                          (size_t)g->size[1]);
    }
}

static void tiles_body(void *user, size_t thread, size_t team)
{
    const tiles *g = user;
    for (size_t n = g->units * thread / team; n < g->units * (thread + 1) / team; n++)
        tiles_unit(g, n, g->room + thread * g->room_one);
}

static int threads_for(double operations, size_t units)
{
    int threads = tti_threads_for((size_t)(operations / PER_CELL));
    return threads <= (int)units ? threads : 1;
}

static void run_tiles(tt_ctx *c, tiles *g, const tt_data *weight, const float *w,
                      const int kernel[2], int threads)
{
    size_t fixed = whole(g->outs * g->inner, 16) + whole(g->inner, 16);
    float *room = tti_block_get(c, (fixed + g->room_one * (size_t)threads) * sizeof *room);
    if (!room) return;
    float *packed = room;
    uint32_t *offset = (uint32_t *)(room + whole(g->outs * g->inner, 16));
    pack_weight(g, packed, w, &weight->layout);
    offsets_of(&g->planes, kernel, offset);
    g->packed = packed, g->offset = offset, g->room = room + fixed;
    tti_parallel(threads, tiles_body, g);
    tti_block_put(c, room);
}

tt_status tti_fast_conv2d_window(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                                 tt_window window)
{
    const int *o = out.layout.shape.dim, *w = weight.layout.shape.dim;
    if (tt_shape_size(out.layout.shape) == 0) return TT_OK;
    const float *from = tt_storage_read(in.storage),
                *kernel = tt_storage_read(weight.storage);
    float *to = tt_storage_set(out.storage);
    if (!from || !kernel || !to) return c->status;
    if (tti_sparse_conv2d(c, out, in, weight, window)) return c->status;
    tiles g = {.simd = tti_nn_simd_best(),
               .in = from + in.layout.offset,
               .in_layout = in.layout,
               .out = to + out.layout.offset,
               .size = o + 2,
               .outs = (size_t)w[0],
               .inner = (size_t)w[1] * (size_t)w[2] * (size_t)w[3]};
    double operations = 2.0 * (double)tt_shape_size(out.layout.shape) * (double)g.inner;
    int threads = threads_for(operations, (size_t)o[0] * (size_t)o[2]);
    size_t least_bands = divided(2 * (size_t)threads, (size_t)o[0]);
    int band =
        band_rows(window, w + 2, w[1], o[2], o[3], threads > 1 ? least_bands : 1, CACHED);
    g.planes = tti_planes_of(window, w + 2, w[1], band, o[3]);
    g.bands = divided((size_t)o[2], (size_t)band);
    g.units = (size_t)o[0] * g.bands;
    g.rows = divided(g.outs, (size_t)g.simd->tile_rows);
    g.flat = whole((size_t)band * g.planes.columns, 2 * (size_t)g.simd->lanes);
    g.room_one = whole(g.planes.numbers, 16) + MOST_ROWS * g.flat;
    run_tiles(c, &g, &weight, kernel + weight.layout.offset, w + 2, threads);
    return c->status;
}

/* ---- dots ----------------------------------------------------------------------------------------- */

typedef struct dots {
    const tti_nn_simd *simd;
    tti_planes planes;
    const float *x, *dy;
    tt_layout x_layout, dy_layout;
    size_t outs, inner, units, bands;
    size_t places;        /* of a band, in whole registers */
    size_t rows, columns; /* tiles of dweight */
    const uint32_t *offset;
    float *parts; /* (pieces, O, C KH KW) */
    float *room;  /* for each thread: planes of x, rows of dy */
    size_t room_one;
} dots;

/* Rows of dy as long as those of the planes, with zeros behind. */
static void fill_dy(const dots *g, float *to, size_t image, int begin)
{
    const tt_layout *l = &g->dy_layout;
    int width = l->shape.dim[3], end = l->shape.dim[2];
    memset(to, 0, g->outs * g->places * sizeof *to);
    for (size_t o = 0; o < g->outs; o++)
        for (int i = 0; i < g->planes.band && begin + i < end; i++) {
            float *row = to + o * g->places + (size_t)i * g->planes.columns;
            const float *at = g->dy + image * l->stride[0] + o * l->stride[1] +
                              (size_t)(begin + i) * l->stride[2];
            if (l->stride[3] == 1) memcpy(row, at, (size_t)width * sizeof *row);
            else
                for (int j = 0; j < width; j++) row[j] = at[(size_t)j * l->stride[3]];
        }
}

static void dots_unit(const dots *g, size_t unit, float *room, float *part)
{
    size_t image = unit / g->bands;
    int begin = (int)(unit % g->bands) * g->planes.band;
    float *dy = room + whole(g->planes.numbers, 16);
    tti_planes_fill(&g->planes, room, g->x + image * g->x_layout.stride[0], &g->x_layout,
                    begin);
    fill_dy(g, dy, image, begin);
    for (size_t t = 0; t < g->rows; t++) /* its rows of dy stay in the first-level cache */
        for (size_t s = 0; s < g->columns; s++) {
            float sum[DOT_ROOM] = {0};
            size_t o = g->outs * t / g->rows, rows = g->outs * (t + 1) / g->rows - o;
            size_t k = g->inner * s / g->columns,
                   columns = g->inner * (s + 1) / g->columns - k;
            g->simd->dot_tile((int)rows, (int)columns, g->places, dy + o * g->places,
                              g->places, room, g->offset + k, sum);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++)
                    part[(o + i) * g->inner + k + j] +=
                        sum[i * (size_t)g->simd->dot_columns + j];
        }
}

static void dots_body(void *user, size_t thread, size_t team)
{
    const dots *g = user;
    size_t pieces = tti_pieces(g->units), cells = g->outs * g->inner;
    for (size_t i = pieces * thread / team; i < pieces * (thread + 1) / team; i++) {
        float *part = g->parts + i * cells;
        memset(part, 0, cells * sizeof *part);
        for (size_t n = tti_piece_begin(g->units, i);
             n < tti_piece_begin(g->units, i + 1); n++)
            dots_unit(g, n, g->room + thread * g->room_one, part);
    }
}

void tti_add_pieces(float *out, const float *parts, size_t pieces, size_t n)
{
    memcpy(out, parts, n * sizeof *out);
    for (size_t p = 1; p < pieces; p++)
        for (size_t i = 0; i < n; i++) out[i] += parts[p * n + i];
}

static void run_dots(tt_ctx *c, dots *g, float *out, const int kernel[2], int threads)
{
    size_t pieces = tti_pieces(g->units), cells = g->outs * g->inner;
    size_t fixed = whole(g->inner, 16) + whole(pieces * cells, 16);
    float *room = tti_block_get(c, (fixed + g->room_one * (size_t)threads) * sizeof *room);
    if (!room) return;
    uint32_t *offset = (uint32_t *)room;
    offsets_of(&g->planes, kernel, offset);
    g->offset = offset;
    g->parts = room + whole(g->inner, 16);
    g->room = room + fixed;
    tti_parallel(threads, dots_body, g);
    tti_add_pieces(out, g->parts, pieces, cells);
    tti_block_put(c, room);
}

tt_status tti_fast_conv2d_weight(tt_ctx *c, tt_data dweight, tt_data x, tt_data dy,
                                 tt_window window)
{
    const int *w = dweight.layout.shape.dim, *d = dy.layout.shape.dim;
    size_t cells = tt_shape_size(dweight.layout.shape);
    if (cells == 0) return TT_OK;
    const float *from = tt_storage_read(x.storage), *dfrom = tt_storage_read(dy.storage);
    float *to = tt_storage_set(dweight.storage);
    if (!from || !dfrom || !to) return c->status;
    to += dweight.layout.offset;
    if (tt_shape_size(dy.layout.shape) == 0) {
        memset(to, 0, cells * sizeof *to);
        return TT_OK;
    }
    if (tti_sparse_weight(c, dweight, x, dy, window)) return c->status;
    dots g = {.simd = tti_nn_simd_best(),
              .x = from + x.layout.offset,
              .dy = dfrom + dy.layout.offset,
              .x_layout = x.layout,
              .dy_layout = dy.layout,
              .outs = (size_t)w[0],
              .inner = (size_t)w[1] * (size_t)w[2] * (size_t)w[3]};
    int band = band_rows(window, w + 2, w[1], d[2], d[3], 1, DOTS_CACHED);
    g.planes = tti_planes_of(window, w + 2, w[1], band, d[3]);
    g.bands = divided((size_t)d[2], (size_t)band);
    g.units = (size_t)d[0] * g.bands;
    g.places = whole((size_t)band * g.planes.columns, (size_t)g.simd->lanes);
    g.rows = divided(g.outs, (size_t)g.simd->dot_rows);
    g.columns = divided(g.inner, (size_t)g.simd->dot_columns);
    g.room_one = whole(g.planes.numbers, 16) + whole(g.outs * g.places, 16);
    double operations = 2.0 * (double)tt_shape_size(dy.layout.shape) * (double)g.inner;
    run_dots(c, &g, to, w + 2, threads_for(operations, tti_pieces(g.units)));
    return c->status;
}
