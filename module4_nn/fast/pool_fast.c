#include "module4_nn/fast/pool_fast.h"

#include <string.h>

#include "module3_gpu/fast/threads.h"
#include "module4_nn/fast/nn_simd.h"
#include "support/ctx_struct.h"

/* Tiles of kh x kw; a plane is one channel of one image. */
typedef struct pooling {
    const tti_nn_simd *simd;
    tt_layout big_layout, small_layout; /* of what is read */
    const float *from;
    float *to, *winner;
    const float *chosen; /* which cell of each tile, going back */
    int kh, kw;
    size_t channels, rows, columns; /* of tiles in a plane */
} pooling;

static float *written(tt_data a)
{
    float *at = tt_storage_set(a.storage);
    return at ? at + a.layout.offset : NULL;
}

static pooling pooling_of(tt_data small, tt_data big, int kh, int kw)
{
    const int *s = small.layout.shape.dim;
    return (pooling){.simd = tti_nn_simd_best(),
                     .big_layout = big.layout,
                     .small_layout = small.layout,
                     .kh = kh,
                     .kw = kw,
                     .channels = (size_t)s[1],
                     .rows = (size_t)s[2],
                     .columns = (size_t)s[3]};
}

/* Planes [from, to) of all, each a call of body, on as many threads as they are worth. */
static void over_planes(pooling *p, size_t images, tti_share_body *body)
{
    size_t planes = images * p->channels;
    size_t cells = p->rows * p->columns * (size_t)(p->kh * p->kw);
    tti_share(planes, 1, planes * cells, body, p);
}

/* Where the numbers of plane n begin, in any layout. */
static size_t plane_at(const tt_layout *l, size_t n, size_t channels)
{
    return l->offset + n / channels * l->stride[0] + n % channels * l->stride[1];
}

/* ---- maxima --------------------------------------------------------------------------------------- */

static void maxima(void *user, size_t begin, size_t end)
{
    pooling *p = user;
    size_t row = p->big_layout.stride[2];
    for (size_t n = begin; n < end; n++) {
        size_t at = n * p->rows * p->columns;
        p->simd->largest(p->to + at, p->winner + at,
                         p->from + plane_at(&p->big_layout, n, p->channels), row, p->kh,
                         p->kw, p->rows, p->columns);
    }
}

/* The same cell by cell, for images whose rows do not lie in order. */
static void maxima_anywhere(void *user, size_t begin, size_t end)
{
    pooling *p = user;
    const tt_layout *l = &p->big_layout;
    size_t plane = p->rows * p->columns;
    for (size_t n = begin * plane; n < end * plane; n++) {
        size_t i = n % plane / p->columns, j = n % p->columns;
        const float *tile = p->from + plane_at(l, n / plane, p->channels) +
                            i * (size_t)p->kh * l->stride[2] +
                            j * (size_t)p->kw * l->stride[3];
        float most = 0, none = (float)(p->kh * p->kw), which = none;
        for (int k = 0; k < p->kh * p->kw; k++) {
            float x =
                tile[(size_t)(k / p->kw) * l->stride[2] + (size_t)(k % p->kw) * l->stride[3]];
            if (x > most || (which == none && x == x)) most = x, which = (float)k;
        }
        p->to[n] = which == none ? -__builtin_inff() : most;
        p->winner[n] = which;
    }
}

tt_status tti_fast_maxpool2d(tt_ctx *c, tt_data out, tt_data winner, tt_data in, int kh,
                             int kw)
{
    pooling p = pooling_of(out, in, kh, kw);
    p.from = tt_storage_read(in.storage);
    p.to = written(out), p.winner = written(winner);
    if (!p.from || !p.to || !p.winner) return c->status;
    bool in_order = in.layout.stride[3] == 1;
    over_planes(&p, (size_t)out.layout.shape.dim[0], in_order ? maxima : maxima_anywhere);
    return c->status;
}

/* Each tile's gradient goes to its winner; all other cells get 0. */
static void to_winners(void *user, size_t begin, size_t end)
{
    pooling *p = user;
    const tt_layout *l = &p->small_layout;
    size_t tiles = p->rows * p->columns, cells = tiles * (size_t)(p->kh * p->kw);
    for (size_t n = begin; n < end; n++)
        p->simd->to_winners(p->to + n * cells, p->from + plane_at(l, n, p->channels),
                            l->stride[2], p->chosen + n * tiles, p->kh, p->kw, p->rows,
                            p->columns);
}

/* The same tile by tile, for any width and layout. */
static void to_winners_anywhere(void *user, size_t begin, size_t end)
{
    pooling *p = user;
    const tt_layout *l = &p->small_layout;
    size_t width = p->columns * (size_t)p->kw, none = (size_t)(p->kh * p->kw);
    size_t tiles = p->rows * p->columns;
    memset(p->to + begin * tiles * none, 0, (end - begin) * tiles * none * sizeof *p->to);
    for (size_t n = begin * tiles; n < end * tiles; n++) {
        size_t i = n % tiles / p->columns, j = n % p->columns, k = (size_t)p->chosen[n];
        float *tile = p->to + n / p->columns * (size_t)p->kh * width + j * (size_t)p->kw;
        const float *d = p->from + plane_at(l, n / tiles, p->channels);
        if (k < none)
            tile[k / (size_t)p->kw * width + k % (size_t)p->kw] =
                d[i * l->stride[2] + j * l->stride[3]];
    }
}

tt_status tti_fast_maxpool2d_back(tt_ctx *c, tt_data din, tt_data dout, tt_data winner,
                                  int kh, int kw)
{
    pooling p = pooling_of(dout, din, kh, kw);
    p.from = tt_storage_read(dout.storage);
    p.chosen = tt_storage_read(winner.storage);
    p.to = written(din);
    if (!p.from || !p.chosen || !p.to) return c->status;
    p.chosen += winner.layout.offset;
    bool fits = (kw == 2 || kw == 4) && dout.layout.stride[3] == 1;
    over_planes(&p, (size_t)dout.layout.shape.dim[0],
                fits ? to_winners : to_winners_anywhere);
    return c->status;
}

/* ---- means ---------------------------------------------------------------------------------------- */

static void means(void *user, size_t begin, size_t end)
{
    pooling *p = user;
    const tt_layout *l = &p->big_layout;
    float share = 1.0f / (float)(p->kh * p->kw);
    for (size_t n = begin; n < end; n++)
        for (size_t i = 0; i < p->rows; i++) {
            float *out = p->to + (n * p->rows + i) * p->columns;
            const float *tiles =
                p->from + plane_at(l, n, p->channels) + i * (size_t)p->kh * l->stride[2];
            for (size_t j = 0; j < p->columns; j++) {
                float sum = 0.0f;
                for (size_t k = 0; k < (size_t)p->kh; k++)
                    for (size_t m = 0; m < (size_t)p->kw; m++)
                        sum +=
                            tiles[k * l->stride[2] + (j * (size_t)p->kw + m) * l->stride[3]];
                out[j] = sum * share;
            }
        }
}

tt_status tti_fast_avgpool2d(tt_ctx *c, tt_data out, tt_data in, int kh, int kw)
{
    pooling p = pooling_of(out, in, kh, kw);
    p.from = tt_storage_read(in.storage);
    p.to = written(out);
    if (!p.from || !p.to) return c->status;
    over_planes(&p, (size_t)out.layout.shape.dim[0], means);
    return c->status;
}

static void shares(void *user, size_t begin, size_t end)
{
    pooling *p = user;
    const tt_layout *l = &p->small_layout;
    size_t width = p->columns * (size_t)p->kw, height = p->rows * (size_t)p->kh;
    float share = 1.0f / (float)(p->kh * p->kw);
    for (size_t n = begin; n < end; n++)
        for (size_t y = 0; y < height; y++) {
            const float *d =
                p->from + plane_at(l, n, p->channels) + y / (size_t)p->kh * l->stride[2];
            float *row = p->to + (n * height + y) * width;
            for (size_t j = 0; j < p->columns; j++)
                for (size_t m = 0; m < (size_t)p->kw; m++)
                    *row++ = d[j * l->stride[3]] * share;
        }
}

tt_status tti_fast_avgpool2d_back(tt_ctx *c, tt_data din, tt_data dout, int kh, int kw)
{
    pooling p = pooling_of(dout, din, kh, kw);
    p.from = tt_storage_read(dout.storage);
    p.to = written(din);
    if (!p.from || !p.to) return c->status;
    over_planes(&p, (size_t)dout.layout.shape.dim[0], shares);
    return c->status;
}
