#include "module4_nn/ops/embedding.h"

#include <math.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"
#include "module4_nn/ops/nn_backend.h"

/* Inside, ids are (N,) and in order, and so is the table. */

/* ---- for backends in host memory -------------------------------------------------------------- */

static void host_gather(tt_tensor *out, tt_tensor *table, tt_tensor *ids)
{
    const float *from = tt_storage_read(table->data.storage);
    const float *id = tt_storage_read(ids->data.storage);
    float *to = tt_storage_set(out->data.storage);
    size_t width = (size_t)tt_shape_of(table).dim[1];
    if (!from || !id || !to) return;
    from += table->data.layout.offset, id += ids->data.layout.offset;
    for (size_t n = 0; n < tt_numel(ids); n++)
        memcpy(to + n * width, from + (size_t)id[n] * width, width * sizeof *to);
}

static void host_gather_back(tt_tensor *dtable, tt_tensor *dout, tt_tensor *ids)
{
    const float *from = tt_storage_read(dout->data.storage);
    const float *id = tt_storage_read(ids->data.storage);
    float *to = tt_storage_set(dtable->data.storage);
    size_t width = (size_t)tt_shape_of(dtable).dim[1];
    if (!from || !id || !to) return;
    from += dout->data.layout.offset, id += ids->data.layout.offset;
    memset(to, 0, tt_numel(dtable) * sizeof *to);
    for (size_t n = 0; n < tt_numel(ids); n++)
        for (size_t d = 0; d < width; d++)
            to[(size_t)id[n] * width + d] += from[n * width + d];
}

/* ---- the function ----------------------------------------------------------------------------- */

static tt_tensor *embedding_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_tensor *table = tt_contiguous(c, in[0]), *ids = in[1];
    if (!table) return NULL;
    tt_shape shape = TT_SHAPE((int)tt_numel(ids), tt_shape_of(table).dim[1]);
    tt_tensor *out = tti_new(c, tti_backend(table), shape, "tt_embedding");
    if (!out) return NULL;
    const tt_nn_backend *slots = tti_nn_backend(tti_backend(table));
    if (slots->gather) slots->gather(c, out->data, table->data, ids->data);
    else host_gather(out, table, ids);
    tt_save_for_backward(k, 0, ids);
    return out;
}

static void embedding_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *ids = tt_saved(k, 0);
    dy = tt_contiguous(c, dy);
    din[0] = tti_new(c, tti_backend(ids), tt_shape_of(k->inputs[0]), "tt_embedding");
    if (!dy || !din[0]) return;
    const tt_nn_backend *slots = tti_nn_backend(tti_backend(ids));
    if (slots->gather_back) slots->gather_back(c, din[0]->data, dy->data, ids->data);
    else host_gather_back(din[0], dy, ids);
}

static bool ids_have_rows(tt_ctx *c, const tt_tensor *ids, int rows)
{
    const float *at = tt_storage_read(ids->data.storage);
    if (!at) return false;
    at += ids->data.layout.offset;
    for (size_t n = 0; n < tt_numel(ids); n++) {
        if (at[n] >= 0 && at[n] < (float)rows && at[n] == floorf(at[n])) continue;
        tti_fail(c, TT_ERR_VALUE, "tt_embedding",
                 "id number %zu is %g, which has no row: there are %d, numbered 0 to %d",
                 n, (double)at[n], rows, rows - 1);
        return false;
    }
    return true;
}

tt_tensor *tt_embedding(tt_ctx *c, tt_tensor *table, tt_tensor *ids)
{
    static const tt_function embedding_fn = {.name = "embedding",
                                             .inputs = 2,
                                             .forward = embedding_forward,
                                             .backward = embedding_backward};
    char text[TT_SHAPE_TEXT];
    if (!table || !ids || tt_error(c)) return NULL;
    tt_shape shape = tt_shape_of(table), out = tt_shape_of(ids);
    if (shape.ndim != 2 || out.ndim == TT_MAX_DIMS)
        return tti_fail(
            c, TT_ERR_SHAPE, "tt_embedding",
            "the table is %s and ids have %d dimensions; needed are (V,D) and at "
            "most %d",
            tt_shape_text(shape, text), out.ndim, TT_MAX_DIMS - 1);
    ids = tt_view(c, tt_contiguous(c, ids), TT_SHAPE((int)tt_numel(ids)));
    if (!ids || !ids_have_rows(c, ids, shape.dim[0])) return NULL;
    out.dim[out.ndim++] = shape.dim[1];
    return tt_view(c, tt_apply(c, &embedding_fn, TT_IN(table, ids)), out);
}
