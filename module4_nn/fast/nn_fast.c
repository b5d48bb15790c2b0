#include "module4_nn/fast/nn_fast.h"

#include <math.h>
#include <string.h>

#include "module3_gpu/fast/math.h"
#include "module3_gpu/fast/threads.h"
#include "module4_nn/fast/conv_fast.h"
#include "module4_nn/fast/nn_simd.h"
#include "module4_nn/fast/pool_fast.h"
#include "module4_nn/ops/update.h"
#include "support/ctx_struct.h"

static float *written(tt_data a)
{
    float *at = tt_storage_set(a.storage);
    return at ? at + a.layout.offset : NULL;
}

/* ---- convolution, anchored as MiniTorch's -------------------------------------------------------- */

/* The window that begins, or reversed ends, at the output cell. */
static tt_window anchored(bool reverse)
{
    int sign = reverse ? -1 : 1;
    return (tt_window){{1, 1}, {sign, sign}, {0, 0}, {1, 1}};
}

static tt_status fast_conv2d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                             bool reverse)
{
    return tti_fast_conv2d_window(c, out, in, weight, anchored(reverse));
}

/* (B,C,W) seen as (B,C,1,W). */
static tt_data with_height(tt_data a)
{
    tt_layout *l = &a.layout;
    l->shape.ndim = 4;
    l->shape.dim[3] = l->shape.dim[2], l->stride[3] = l->stride[2];
    l->shape.dim[2] = 1, l->stride[2] = (size_t)l->shape.dim[3] * l->stride[3];
    return a;
}

static tt_status fast_conv1d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                             bool reverse)
{
    return tti_fast_conv2d_window(c, with_height(out), with_height(in),
                                  with_height(weight), anchored(reverse));
}

/* ---- softmax, in lines ---------------------------------------------------------------------------- */

/* A box (.., n, ..) as `count` lines along one dimension, whose numbers lie `stride` apart. */
typedef struct lines {
    size_t n, stride, count;
} lines;

static lines lines_of(tt_shape shape, int dim)
{
    lines l = {.n = (size_t)shape.dim[dim], .stride = 1};
    for (int d = dim + 1; d < shape.ndim; d++) l.stride *= (size_t)shape.dim[d];
    l.count = l.n ? tt_shape_size(shape) / l.n : 0;
    return l;
}

static size_t line_at(const lines *l, size_t i)
{
    return i / l->stride * l->stride * l->n + i % l->stride;
}

/* x <- x - m - log sum e^(x - m), m the largest; or e to that. */
static void softmax_line(float *x, size_t n, size_t stride, bool log)
{
    float most = -INFINITY, sum = 0.0f;
    for (size_t i = 0; i < n; i++) most = fmaxf(x[i * stride], most);
    for (size_t i = 0; i < n; i++) sum += tti_expf(x[i * stride] - most);
    float shift = most + tti_logf(sum);
    for (size_t i = 0; i < n; i++) {
        float y = log ? x[i * stride] - shift : tti_expf(x[i * stride] - most) / sum;
        x[i * stride] = y;
    }
}

/* A softmax, forth or back, of lines shared among threads. */
typedef struct softmax {
    lines l;
    float *x;
    const float *y; /* going back: the result of forward */
    bool log;
} softmax;

static void softmax_lines(void *user, size_t from, size_t to)
{
    const softmax *s = user;
    for (size_t i = from; i < to; i++)
        softmax_line(s->x + line_at(&s->l, i), s->l.n, s->l.stride, s->log);
}

static tt_status fast_softmax(tt_ctx *c, tt_data y, tt_data x, int dim, bool log)
{
    softmax s = {.l = lines_of(y.layout.shape, dim), .log = log};
    if (y.storage->backend->copy(c, y, x) != TT_OK) return c->status;
    s.x = y.storage->host + y.layout.offset;
    tti_share(s.l.count, 1, s.l.count * s.l.n * 8, softmax_lines, &s);
    return c->status;
}

/* d, which holds dy, <- dy - e^y sum dy of the logarithm; y (dy - sum dy y) else. */
static void softmax_back_line(float *d, const float *y, size_t n, size_t stride, bool log)
{
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++) sum += d[i * stride] * (log ? 1.0f : y[i * stride]);
    for (size_t i = 0; i < n; i++) {
        float s = y[i * stride];
        d[i * stride] = log ? d[i * stride] - tti_expf(s) * sum : s * (d[i * stride] - sum);
    }
}

static void softmax_back_lines(void *user, size_t from, size_t to)
{
    const softmax *s = user;
    for (size_t i = from; i < to; i++)
        softmax_back_line(s->x + line_at(&s->l, i), s->y + line_at(&s->l, i), s->l.n,
                          s->l.stride, s->log);
}

static tt_status fast_softmax_back(tt_ctx *c, tt_data dx, tt_data y, tt_data dy, int dim,
                                   bool log)
{
    softmax s = {.l = lines_of(y.layout.shape, dim), .log = log};
    const float *from = tt_storage_read(y.storage);
    if (!from || dx.storage->backend->copy(c, dx, dy) != TT_OK) return c->status;
    s.x = dx.storage->host + dx.layout.offset;
    s.y = from + y.layout.offset;
    tti_share(s.l.count, 1, s.l.count * s.l.n * 8, softmax_back_lines, &s);
    return c->status;
}

/* ---- negative log likelihood ---------------------------------------------------------------------- */

/* y[b], a class id. */
static size_t class_of(const float *y, const tt_layout *l, size_t b)
{
    return (size_t)y[l->offset + b * l->stride[0]];
}

static tt_status fast_nll(tt_ctx *c, tt_data loss, tt_data log_p, tt_data y)
{
    const tt_layout *l = &log_p.layout;
    const float *from = tt_storage_read(log_p.storage), *ids = tt_storage_read(y.storage);
    float *to = written(loss);
    if (!from || !ids || !to) return c->status;
    size_t n = (size_t)l->shape.dim[0];
    double sum = 0.0;
    for (size_t b = 0; b < n; b++)
        sum += (double)
            from[l->offset + b * l->stride[0] + class_of(ids, &y.layout, b) * l->stride[1]];
    *to = (float)(-sum / (double)n);
    return c->status;
}

static tt_status fast_nll_back(tt_ctx *c, tt_data dlog_p, tt_data dloss, tt_data y)
{
    const float *d = tt_storage_read(dloss.storage), *ids = tt_storage_read(y.storage);
    float *to = written(dlog_p);
    if (!d || !ids || !to) return c->status;
    size_t n = (size_t)dlog_p.layout.shape.dim[0], k = (size_t)dlog_p.layout.shape.dim[1];
    memset(to, 0, n * k * sizeof *to);
    for (size_t b = 0; b < n; b++)
        to[b * k + class_of(ids, &y.layout, b)] = -d[dloss.layout.offset] / (float)n;
    return c->status;
}

/* ---- dropout -------------------------------------------------------------------------------------- */

typedef struct masking {
    const tti_nn_simd *simd;
    float *mask, rate, keep;
    tt_rng r;
} masking;

static void mask_piece(void *user, size_t from, size_t to)
{
    masking *m = user;
    m->simd->dropout(m->mask + from, from, to - from, m->rate, m->keep, m->r);
}

static tt_status fast_dropout_mask(tt_ctx *c, tt_data mask, float rate, tt_rng r)
{
    masking m = {tti_nn_simd_best(), written(mask), rate, 1.0f / (1.0f - rate), r};
    size_t n = tt_shape_size(mask.layout.shape);
    if (m.mask) tti_share(n, 16, 16 * n, mask_piece, &m);
    return c->status;
}

const tt_nn_backend *tti_nn_fast(void)
{
    static const tt_nn_backend fast = {.conv1d = fast_conv1d,
                                       .conv2d = fast_conv2d,
                                       .conv2d_window = tti_fast_conv2d_window,
                                       .conv2d_weight = tti_fast_conv2d_weight,
                                       .momentum = tti_host_momentum,
                                       .adam = tti_host_adam,
                                       .maxpool2d = tti_fast_maxpool2d,
                                       .maxpool2d_back = tti_fast_maxpool2d_back,
                                       .avgpool2d = tti_fast_avgpool2d,
                                       .avgpool2d_back = tti_fast_avgpool2d_back,
                                       .softmax = fast_softmax,
                                       .softmax_back = fast_softmax_back,
                                       .nll = fast_nll,
                                       .nll_back = fast_nll_back,
                                       .dropout_mask = fast_dropout_mask};
    return &fast;
}
