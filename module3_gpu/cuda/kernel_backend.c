/* From module 2's slots to launches: see kernel_backend.h. */
#include "module3_gpu/cuda/kernel_backend.h"

#include <stdlib.h>
#include <string.h>

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

/* Memory on the device for `room` numbers that a launch works with, NULL for none. It goes back right
 * after the launch: whoever gets it next stands behind that in the stream. */
static bool scratch_get(tt_ctx *c, const tti_kernel_backend *backend, size_t room,
                        float **scratch)
{
    *scratch = room ? tti_memory_get(backend->memory, room * sizeof(float)) : NULL;
    if (*scratch || !room) return true;
    tti_fail(c, TT_ERR_MEMORY, backend->base.name,
             "no room on the device for %zu numbers to work with", room);
    return false;
}

static void scratch_put(const tti_kernel_backend *backend, float *scratch)
{
    if (scratch) tti_memory_put(backend->memory, scratch);
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
    float *scratch;
    int error = 0;
    if (!scratch_get(c, backend, parts + (ordered ? 0 : outer * n * inner), &scratch))
        return 0;
    if (ordered) {
        from += in->offset;
    } else {
        float *copy = scratch + parts;
        error = backend->k->map_fast(TT_OP_ID, copy, tt_layout_of(*shape), from, *in);
        from = copy;
    }
    if (!error)
        error = backend->k->reduce_fast(op, to, from, outer, n, inner, start, scratch);
    scratch_put(backend, scratch);
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

/* TF32 is asked for by TT_CUDA_TF32; anything but nothing and 0 is yes. */
static bool tf32_wanted(void)
{
    const char *wanted = getenv("TT_CUDA_TF32");
    return wanted && wanted[0] && strcmp(wanted, "0") != 0;
}

static int matmul_fast(tt_ctx *c, const tti_kernel_backend *backend, float *to,
                       const tt_layout *out, const float *a, const tt_layout *al,
                       const float *b, const tt_layout *bl)
{
    const int *dim = out->shape.dim, last = out->shape.ndim - 1;
    ttk_sizes sizes = {.rows = (size_t)dim[last - 1],
                       .cols = (size_t)dim[last],
                       .inner = (size_t)al->shape.dim[al->shape.ndim - 1],
                       .batches = product(dim, last - 1)};
    float *scratch;
    if (!scratch_get(c, backend, ttk_matmul_scratch(&sizes), &scratch)) return 0;
    int error = (tf32_wanted() ? backend->k->matmul_tf32 : backend->k->matmul_fast)(
        to, *out, a, *al, b, *bl, scratch);
    scratch_put(backend, scratch);
    return error;
}

tt_status tti_kernel_matmul(tt_ctx *c, tt_data out, tt_data a, tt_data b)
{
    const tti_kernel_backend *backend = of(out);
    const float *left = tt_storage_device_read(a.storage);
    const float *right = tt_storage_device_read(b.storage);
    float *to = tt_storage_device_set(out.storage);
    int error;
    if (!left || !right || !to) return tt_error_status(c);
    if (backend->fast)
        error = matmul_fast(c, backend, to, &out.layout, left, &a.layout, right, &b.layout);
    else error = backend->k->matmul(to, out.layout, left, a.layout, right, b.layout);
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
