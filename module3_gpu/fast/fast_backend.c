/* The tables of the backends fast and parallel: from storages to arrays, tuned loops first. */
#include "module3_gpu/fast/fast_backend.h"

#include "module3_gpu/fast/fold.h"
#include "module3_gpu/fast/gemm.h"
#include "module3_gpu/fast/parallel.h"
#include "module3_gpu/fast/passes.h"
#include "support/ctx_struct.h"

/* The numbers behind a data handle; at is NULL after an error. */
static tt_const_array reading(tt_data data)
{
    return (tt_const_array){tt_storage_read(data.storage), data.layout};
}

static tt_array writing(tt_data data)
{
    return (tt_array){tt_storage_set(data.storage), data.layout};
}

/* ---- parallel: Tasks 3.1 and 3.2 ---------------------------------------------------------------- */

static tt_status parallel_map(tt_ctx *c, tt_unary_op op, tt_data out, tt_data in)
{
    tt_const_array from = reading(in);
    tt_array to = writing(out);
    if (from.at && to.at) tt_parallel_map(tt_unaryf(op), to, from);
    return c->status;
}

static tt_status parallel_zip(tt_ctx *c, tt_binary_op op, tt_data out, tt_data a, tt_data b)
{
    tt_const_array left = reading(a), right = reading(b);
    tt_array to = writing(out);
    if (left.at && right.at && to.at) tt_parallel_zip(tt_binaryf(op), to, left, right);
    return c->status;
}

static tt_status parallel_reduce(tt_ctx *c, tt_binary_op op, tt_data out, tt_data in,
                                 int dim, float start)
{
    tt_const_array from = reading(in);
    tt_array to = writing(out);
    if (!from.at || !to.at) return c->status;
    tti_pass_fill(to.at + to.layout.offset, start, tt_shape_size(to.layout.shape));
    tt_parallel_reduce(tt_binary(op), to, from, dim);
    return c->status;
}

static tt_status parallel_matmul(tt_ctx *c, tt_data out, tt_data a, tt_data b)
{
    tt_const_array left = reading(a), right = reading(b);
    tt_array to = writing(out);
    if (left.at && right.at && to.at) tt_parallel_matmul(to, left, right);
    return c->status;
}

/* ---- fast: tuned loops; where there are none, parallel's, or simple's if one thread is enough ------ */

/* The other backend for a loop over that many cells. */
static const tt_backend *readable(size_t cells)
{
    return tti_threads_for(cells) > 1 ? tti_backend_parallel() : tt_backend_simple();
}

static tt_status fast_map(tt_ctx *c, tt_unary_op op, tt_data out, tt_data in)
{
    tt_const_array from = reading(in);
    tt_array to = writing(out);
    if (!from.at || !to.at || tti_pass_map(op, to, from)) return c->status;
    return readable(tt_shape_size(out.layout.shape))->map(c, op, out, in);
}

static tt_status fast_zip(tt_ctx *c, tt_binary_op op, tt_data out, tt_data a, tt_data b)
{
    tt_const_array left = reading(a), right = reading(b);
    tt_array to = writing(out);
    if (!left.at || !right.at || !to.at || tti_pass_zip(op, to, left, right))
        return c->status;
    return readable(tt_shape_size(out.layout.shape))->zip(c, op, out, a, b);
}

static tt_status fast_reduce(tt_ctx *c, tt_binary_op op, tt_data out, tt_data in, int dim,
                             float start)
{
    tt_const_array from = reading(in);
    tt_array to = writing(out);
    if (!from.at || !to.at || tti_fold(c, op, to, from, dim, start)) return c->status;
    return readable(tt_shape_size(in.layout.shape))->reduce(c, op, out, in, dim, start);
}

static tt_status fast_matmul(tt_ctx *c, tt_data out, tt_data a, tt_data b)
{
    bool there = tt_storage_read(a.storage) && tt_storage_read(b.storage) &&
                 tt_storage_set(out.storage);
    if (!there || tti_gemm_batches(c, &out, &a, &b)) return c->status;
    return readable(tt_shape_size(out.layout.shape))->matmul(c, out, a, b);
}

static tt_status fast_copy(tt_ctx *c, tt_data out, tt_data in)
{
    tt_const_array from = reading(in);
    tt_array to = writing(out);
    if (!from.at || !to.at || tti_pass_copy(to, from)) return c->status;
    return readable(tt_shape_size(out.layout.shape))->map(c, TT_OP_ID, out, in);
}

static tt_status fast_fill(tt_ctx *c, tt_data out, float value)
{
    tt_array to = writing(out);
    if (to.at)
        tti_pass_fill(to.at + to.layout.offset, value, tt_shape_size(to.layout.shape));
    return c->status;
}

static tt_status fast_axpy(tt_ctx *c, tt_data y, float alpha, tt_data x)
{
    tt_array to = {tt_storage_change(y.storage), y.layout};
    tt_const_array from = reading(x);
    if (!from.at || !to.at || tti_pass_axpy(to, alpha, from)) return c->status;
    return tt_backend_simple()->axpy(c, y, alpha, x);
}

const tt_backend *tt_backend_fast(void)
{
    static const tt_backend fast = {.name = "fast",
                                    .map = fast_map,
                                    .zip = fast_zip,
                                    .reduce = fast_reduce,
                                    .matmul = fast_matmul,
                                    .copy = fast_copy,
                                    .fill = fast_fill,
                                    .axpy = fast_axpy};
    return &fast;
}

const tt_backend *tti_backend_parallel(void)
{
    static const tt_backend parallel = {.name = "parallel",
                                        .map = parallel_map,
                                        .zip = parallel_zip,
                                        .reduce = parallel_reduce,
                                        .matmul = parallel_matmul,
                                        .copy = fast_copy,
                                        .fill = fast_fill,
                                        .axpy = fast_axpy};
    return &parallel;
}

const char *tt_simd_name(void)
{
    return tti_kernels_best()->name;
}
