/* From module 4's slots to launches: see nn_device.h. */
#include "module4_nn/cuda/nn_device.h"

#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/cuda/launched.h"

/* ---- tables of launchers ---------------------------------------------------------------------- */

const ttk_nn_table *tti_nn_sim_kernels(void)
{
    static const ttk_nn_table sim = {
#define ENTRY(name, arguments) .name = ttk_sim_nn_##name,
        TTK_NN_ALL(ENTRY)
#undef ENTRY
    };
    return &sim;
}

const ttk_nn_table *tti_nn_cuda_kernels(void)
{
#ifdef TT_HAVE_CUDA
    static const ttk_nn_table cuda = {
#define ENTRY(name, arguments) .name = ttk_cuda_nn_##name,
        TTK_NN_ALL(ENTRY)
#undef ENTRY
    };
    return tti_cuda_kernels() ? &cuda : NULL;
#else
    return NULL;
#endif
}

static const tti_kernel_backend *backend_of(tt_data a)
{
    return (const tti_kernel_backend *)a.storage->backend;
}

static const ttk_nn_table *kernels_of(tt_data a)
{
    return backend_of(a)->k == tti_sim_kernels() ? tti_nn_sim_kernels()
                                                 : tti_nn_cuda_kernels();
}

static tt_status done(tt_ctx *c, tt_data out, int error)
{
    const tti_kernel_backend *b = backend_of(out);
    return tti_launch_status(c, b->base.name, b->k, error);
}

/* Where the numbers are on the device: to be read, all set, or changed. With the offset where a
 * kernel gets no layout. NULL after an error. */
static const float *reading(tt_data a)
{
    return tt_storage_device_read(a.storage);
}

static const float *reading_on(tt_data a)
{
    const float *at = reading(a);
    return at ? at + a.layout.offset : NULL;
}

static float *setting(tt_data a)
{
    float *at = tt_storage_device_set(a.storage);
    return at ? at + a.layout.offset : NULL;
}

static float *changing(tt_data a)
{
    float *at = tt_storage_device_change(a.storage);
    return at ? at + a.layout.offset : NULL;
}

/* ---- convolution ------------------------------------------------------------------------------ */

typedef struct operands {
    const float *in, *weight;
    float *out; /* start of the storage */
} operands;

static bool reach(operands *o, tt_data out, tt_data in, tt_data weight)
{
    o->in = reading(in), o->weight = reading(weight);
    o->out = tt_storage_device_set(out.storage);
    return o->in && o->weight && o->out;
}

static tt_status course_conv1d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                               bool reverse)
{
    operands o;
    if (!reach(&o, out, in, weight)) return tt_error_status(c);
    return done(c, out,
                kernels_of(out)->conv1d(o.out, out.layout, o.in, in.layout, o.weight,
                                        weight.layout, reverse));
}

static tt_status course_conv2d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                               bool reverse)
{
    operands o;
    if (!reach(&o, out, in, weight)) return tt_error_status(c);
    return done(c, out,
                kernels_of(out)->conv2d(o.out, out.layout, o.in, in.layout, o.weight,
                                        weight.layout, reverse));
}

static tt_status course_window(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                               tt_window w)
{
    operands o;
    if (!reach(&o, out, in, weight)) return tt_error_status(c);
    return done(c, out,
                kernels_of(out)->conv2d_window(o.out, out.layout, o.in, in.layout,
                                               o.weight, weight.layout, w));
}

static tt_status fast_window(tt_ctx *c, tt_data out, tt_data in, tt_data weight, tt_window w)
{
    const tti_kernel_backend *b = backend_of(out);
    ttk_conv_size size = ttk_conv_size_of(&out.layout.shape, &weight.layout.shape);
    unsigned pieces = ttk_conv_pieces(size);
    size_t room = pieces > 1 ? pieces * size.m * size.n : 0;
    operands o;
    if (!reach(&o, out, in, weight)) return tt_error_status(c);
    if (size.m * size.n == 0) return TT_OK;
    if (size.k == 0) return b->base.fill(c, out, 0.0f);
    float *scratch = room ? tti_memory_get(b->memory, room * sizeof(float)) : NULL;
    if (room && !scratch)
        return tti_fail_status(
            c, TT_ERR_MEMORY, b->base.name,
            "no room on the device for %zu numbers that a convolution works with", room);
    int error = kernels_of(out)->conv_fast(o.out, out.layout, o.in, in.layout, o.weight,
                                           weight.layout, w, ttk_conv_tile_for(size),
                                           pieces, scratch);
    if (scratch) tti_memory_put(b->memory, scratch);
    return done(c, out, error);
}

static tt_status fast_conv2d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                             bool reverse)
{
    return fast_window(c, out, in, weight, tti_anchored(reverse));
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

static tt_status fast_conv1d(tt_ctx *c, tt_data out, tt_data in, tt_data weight,
                             bool reverse)
{
    return fast_window(c, with_height(out), with_height(in), with_height(weight),
                       tti_anchored(reverse));
}

/* Dimensions 0 and 1 exchanged. */
static tt_data exchanged(tt_data a)
{
    tt_layout *l = &a.layout;
    int dim = l->shape.dim[0];
    size_t stride = l->stride[0];
    l->shape.dim[0] = l->shape.dim[1], l->shape.dim[1] = dim;
    l->stride[0] = l->stride[1], l->stride[1] = stride;
    return a;
}

static tt_status fast_weight(tt_ctx *c, tt_data dweight, tt_data x, tt_data dy, tt_window w)
{
    return fast_window(c, exchanged(dweight), exchanged(x), exchanged(dy), tti_across(w));
}

/* ---- updates, masks --------------------------------------------------------------------------- */

static tt_status device_momentum(tt_ctx *c, tt_data p, tt_data g, tt_data velocity,
                                 const tt_momentum_numbers *k)
{
    const float *from = reading_on(g);
    float *to = changing(p), *v = changing(velocity);
    if (!from || !to || !v) return tt_error_status(c);
    size_t n = tt_shape_size(p.layout.shape);
    return done(c, p, kernels_of(p)->momentum(to, from, v, n, *k));
}

static tt_status device_adam(tt_ctx *c, tt_data p, tt_data g, tt_data mean,
                             tt_data square, const tt_adam_numbers *k)
{
    const float *from = reading_on(g);
    float *to = changing(p), *m = changing(mean), *s = changing(square);
    if (!from || !to || !m || !s) return tt_error_status(c);
    size_t n = tt_shape_size(p.layout.shape);
    return done(c, p, kernels_of(p)->adam(to, from, m, s, n, *k));
}

static tt_status device_arange(tt_ctx *c, tt_data out)
{
    float *to = setting(out);
    if (!to) return tt_error_status(c);
    return done(c, out, kernels_of(out)->arange(to, tt_shape_size(out.layout.shape)));
}

static tt_status device_mask(tt_ctx *c, tt_data mask, float rate, tt_rng r)
{
    float *to = setting(mask);
    if (!to) return tt_error_status(c);
    size_t n = tt_shape_size(mask.layout.shape);
    return done(c, mask, kernels_of(mask)->dropout_mask(to, n, rate, r));
}

/* ---- pooling ---------------------------------------------------------------------------------- */

static tt_status device_maxpool2d(tt_ctx *c, tt_data out, tt_data winner, tt_data in,
                                  int kh, int kw)
{
    const float *from = reading(in);
    float *to = setting(out), *at = setting(winner);
    if (!from || !to || !at) return tt_error_status(c);
    return done(
        c, out,
        kernels_of(out)->maxpool2d(to, at, out.layout.shape, from, in.layout, kh, kw));
}

static tt_status device_maxpool2d_back(tt_ctx *c, tt_data din, tt_data dout,
                                       tt_data winner, int kh, int kw)
{
    const float *from = reading(dout), *at = reading_on(winner);
    float *to = setting(din);
    if (!from || !at || !to) return tt_error_status(c);
    return done(c, din,
                kernels_of(din)->maxpool2d_back(to, din.layout.shape, from, dout.layout,
                                                at, kh, kw));
}

static tt_status device_avgpool2d(tt_ctx *c, tt_data out, tt_data in, int kh, int kw)
{
    const float *from = reading(in);
    float *to = setting(out);
    if (!from || !to) return tt_error_status(c);
    return done(c, out,
                kernels_of(out)->avgpool2d(to, out.layout.shape, from, in.layout, kh, kw));
}

static tt_status device_avgpool2d_back(tt_ctx *c, tt_data din, tt_data dout, int kh, int kw)
{
    const float *from = reading(dout);
    float *to = setting(din);
    if (!from || !to) return tt_error_status(c);
    return done(
        c, din,
        kernels_of(din)->avgpool2d_back(to, din.layout.shape, from, dout.layout, kh, kw));
}

/* ---- softmax, classes ------------------------------------------------------------------------- */

static tt_status fast_softmax(tt_ctx *c, tt_data y, tt_data x, int dim, bool log)
{
    const float *from = reading(x);
    float *to = setting(y);
    if (!from || !to) return tt_error_status(c);
    return done(c, y, kernels_of(y)->softmax(to, from, x.layout, dim, log));
}

static tt_status fast_softmax_back(tt_ctx *c, tt_data dx, tt_data y, tt_data dy, int dim,
                                   bool log)
{
    const float *from = reading(dy), *result = reading_on(y);
    float *to = setting(dx);
    if (!from || !result || !to) return tt_error_status(c);
    return done(c, dx, kernels_of(dx)->softmax_back(to, result, from, dy.layout, dim, log));
}

static tt_status fast_nll(tt_ctx *c, tt_data loss, tt_data log_p, tt_data y)
{
    const float *from = reading(log_p), *ids = reading(y);
    float *to = setting(loss);
    if (!from || !ids || !to) return tt_error_status(c);
    return done(c, loss, kernels_of(loss)->nll(to, from, log_p.layout, ids, y.layout));
}

static tt_status fast_nll_back(tt_ctx *c, tt_data dlog_p, tt_data dloss, tt_data y)
{
    const float *from = reading_on(dloss), *ids = reading(y);
    float *to = setting(dlog_p);
    const int *size = dlog_p.layout.shape.dim;
    if (!from || !ids || !to) return tt_error_status(c);
    return done(c, dlog_p,
                kernels_of(dlog_p)->nll_back(to, size[0], size[1], from, ids, y.layout));
}

static tt_status device_gather(tt_ctx *c, tt_data out, tt_data table, tt_data ids)
{
    const float *from = reading(table), *at = reading(ids);
    float *to = setting(out);
    if (!from || !at || !to) return tt_error_status(c);
    return done(c, out,
                kernels_of(out)->gather(to, out.layout.shape.dim[0], from, table.layout,
                                        at, ids.layout));
}

static tt_status device_gather_back(tt_ctx *c, tt_data dtable, tt_data dout, tt_data ids)
{
    if (dtable.storage->backend->fill(c, dtable, 0.0f)) return tt_error_status(c);
    const float *from = reading(dout), *at = reading(ids);
    float *to = changing(dtable);
    if (!from || !at || !to) return tt_error_status(c);
    return done(c, dtable,
                kernels_of(dtable)->gather_back(to, from, dout.layout, at, ids.layout));
}

/* ---- tables of slots -------------------------------------------------------------------------- */

#define SLOTS_OF_ALL                                                                     \
    .momentum = device_momentum, .adam = device_adam, .arange = device_arange,           \
    .dropout_mask = device_mask, .gather = device_gather,                                \
    .gather_back = device_gather_back, .maxpool2d = device_maxpool2d,                    \
    .maxpool2d_back = device_maxpool2d_back, .avgpool2d = device_avgpool2d,              \
    .avgpool2d_back = device_avgpool2d_back

const tt_nn_backend *tti_nn_device(const tt_backend *backend)
{
    static const tt_nn_backend course = {SLOTS_OF_ALL, .conv1d = course_conv1d,
                                         .conv2d = course_conv2d,
                                         .conv2d_window = course_window};
    static const tt_nn_backend fast = {SLOTS_OF_ALL,
                                       .conv1d = fast_conv1d,
                                       .conv2d = fast_conv2d,
                                       .conv2d_window = fast_window,
                                       .conv2d_weight = fast_weight,
                                       .softmax = fast_softmax,
                                       .softmax_back = fast_softmax_back,
                                       .nll = fast_nll,
                                       .nll_back = fast_nll_back};
    if (backend == tt_backend_sim() || backend == tt_backend_cuda_course())
        return &course;
    if (backend == tt_backend_sim_fast() || backend == tt_backend_cuda()) return &fast;
    return NULL;
}
