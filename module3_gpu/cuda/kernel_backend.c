/* From module 2's slots to launches: see kernel_backend.h. */
#include "module3_gpu/cuda/kernel_backend.h"

#include "module3_gpu/cuda/launched.h"

static const tti_kernel_backend *of(tt_data data)
{
    return (const tti_kernel_backend *)data.storage->backend;
}

static tt_status done(tt_ctx *c, tt_data out, int error)
{
    const tti_kernel_backend *backend = of(out);
    return tti_launch_status(c, backend->base.name, backend->k, error);
}

tt_status tti_kernel_map(tt_ctx *c, tt_unary_op op, tt_data out, tt_data in)
{
    const tti_kernel_backend *backend = of(out);
    const float *from = tt_storage_device_read(in.storage);
    float *to = tt_storage_device_set(out.storage);
    if (!from || !to) return tt_error_status(c);
    int error = (backend->fast ? backend->k->map_fast
                               : backend->k->map)(op, to, out.layout, from, in.layout);
    return done(c, out, error);
}

tt_status tti_kernel_zip(tt_ctx *c, tt_binary_op op, tt_data out, tt_data a, tt_data b)
{
    const tti_kernel_backend *backend = of(out);
    const float *left = tt_storage_device_read(a.storage);
    const float *right = tt_storage_device_read(b.storage);
    float *to = tt_storage_device_set(out.storage);
    if (!left || !right || !to) return tt_error_status(c);
    int error = (backend->fast ? backend->k->zip_fast : backend->k->zip)(
        op, to, out.layout, left, a.layout, right, b.layout);
    return done(c, out, error);
}

/* Kernels fold in a tree and bring start in more than once. */
static bool tree_allowed(tt_binary_op op, float start)
{
    return op == TT_OP_MAX || (op == TT_OP_ADD && start == 0.0f) ||
           (op == TT_OP_MUL && start == 1.0f);
}

static size_t product(const int *dim, int n)
{
    size_t size = 1;
    for (int d = 0; d < n; d++) size *= (size_t)dim[d];
    return size;
}

/* `in` brought into order first where it is not; scratch memory for both on the device. */
static int reduce_fast(tt_ctx *c, const tti_kernel_backend *backend, tt_binary_op op,
                       float *to, const float *from, const tt_layout *in, int dim,
                       float start)
{
    const tt_shape *shape = &in->shape;
    size_t outer = product(shape->dim, dim), n = (size_t)shape->dim[dim];
    size_t inner = product(shape->dim + dim + 1, shape->ndim - dim - 1);
    size_t parts = ttk_reduce_scratch(outer, n, inner);
    bool ordered = tt_layout_contiguous(in);
    size_t room = parts + (ordered ? 0 : outer * n * inner);
    float *scratch = room ? tti_memory_get(backend->memory, room * sizeof(float)) : NULL;
    if (room && !scratch) {
        tti_fail(c, TT_ERR_MEMORY, backend->base.name,
                 "no room on the device for %zu numbers that reduce works with", room);
        return 0;
    }
    int error = 0;
    if (ordered) {
        from += in->offset;
    } else {
        float *copy = scratch + parts;
        error = backend->k->map_fast(TT_OP_ID, copy, tt_layout_of(*shape), from, *in);
        from = copy;
    }
    if (!error)
        error = backend->k->reduce_fast(op, to, from, outer, n, inner, start, scratch);
    if (scratch) tti_memory_put(backend->memory, scratch);
    return error;
}

tt_status tti_kernel_reduce(tt_ctx *c, tt_binary_op op, tt_data out, tt_data in, int dim,
                            float start)
{
    const tti_kernel_backend *backend = of(out);
    const float *from = tt_storage_device_read(in.storage);
    float *to = tt_storage_device_set(out.storage);
    int error;
    if (!from || !to) return tt_error_status(c);
    if (!tree_allowed(op, start))
        error = backend->k->fold(op, to, out.layout, from, in.layout, dim, start);
    else if (backend->fast)
        error = reduce_fast(c, backend, op, to + out.layout.offset, from, &in.layout, dim,
                            start);
    else error = backend->k->reduce(op, to, out.layout, from, in.layout, dim, start);
    return done(c, out, error);
}

tt_status tti_kernel_matmul(tt_ctx *c, tt_data out, tt_data a, tt_data b)
{
    const tti_kernel_backend *backend = of(out);
    const float *left = tt_storage_device_read(a.storage);
    const float *right = tt_storage_device_read(b.storage);
    float *to = tt_storage_device_set(out.storage);
    if (!left || !right || !to) return tt_error_status(c);
    int error = (backend->fast ? backend->k->matmul_fast : backend->k->matmul)(
        to, out.layout, left, a.layout, right, b.layout);
    return done(c, out, error);
}

tt_status tti_kernel_copy(tt_ctx *c, tt_data out, tt_data in)
{
    const float *from = tt_storage_device_read(in.storage);
    float *to = tt_storage_device_set(out.storage);
    if (!from || !to) return tt_error_status(c);
    return done(c, out, of(out)->k->map_fast(TT_OP_ID, to, out.layout, from, in.layout));
}

tt_status tti_kernel_fill(tt_ctx *c, tt_data out, float value)
{
    float *to = tt_storage_device_set(out.storage);
    if (!to) return tt_error_status(c);
    size_t size = tt_shape_size(out.layout.shape);
    return done(c, out, of(out)->k->fill(to + out.layout.offset, value, size));
}

tt_status tti_kernel_axpy(tt_ctx *c, tt_data y, float alpha, tt_data x)
{
    const float *from = tt_storage_device_read(x.storage);
    float *to = tt_storage_device_change(y.storage);
    if (!from || !to) return tt_error_status(c);
    tt_layout walk = tt_layout_stretch(&x.layout, y.layout.shape);
    return done(c, y, of(y)->k->axpy(to + y.layout.offset, alpha, from, walk));
}
