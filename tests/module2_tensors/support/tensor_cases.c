/* Random tensors in random layouts, and walks over them that owe nothing to the code under test. */
#include "tests/module2_tensors/support/tensor_cases.h"

#include <criterion/criterion.h>
#include <stdio.h>

tt_case case_begin(const tt_backend *backend, uint64_t seed)
{
    tt_case k = {.c = tt_ctx_new(NULL), .seed = seed, .backend = backend};
    cr_assert_not_null(k.c, "tt_ctx_new returned NULL");
    tt_error_handler(k.c, tt_error_quiet, NULL);
    tt_use(k.c, backend);
    k.rng = tt_rng_of(seed, TT_STREAM_DATA);
    return k;
}

void case_end(tt_case *k)
{
    tt_ctx_free(k->c);
    k->c = NULL;
}

int case_below(tt_case *k, int n)
{
    return (int)tt_rng_below(k->rng, k->next++, (uint32_t)n);
}

double case_uniform(tt_case *k, double low, double high)
{
    return low + (high - low) * (double)tt_rng_uniform(k->rng, k->next++);
}

tt_shape case_shape(tt_case *k)
{
    tt_shape shape = {.ndim = 1 + case_below(k, 4)};
    for (int d = 0; d < shape.ndim; d++) shape.dim[d] = 1 + case_below(k, 3);
    return shape;
}

tt_shape case_smaller_shape(tt_case *k, tt_shape shape)
{
    int dropped = case_below(k, shape.ndim);
    tt_shape small = {.ndim = shape.ndim - dropped};
    for (int d = 0; d < small.ndim; d++)
        small.dim[d] = case_below(k, 2) == 0 ? 1 : shape.dim[d + dropped];
    return small;
}

/* ---- layouts --------------------------------------------------------------------------------- */

static size_t cells_in(tt_shape shape)
{
    size_t n = 1;
    for (int d = 0; d < shape.ndim; d++) n *= (size_t)shape.dim[d];
    return n;
}

bool case_next_index(tt_shape shape, int *index)
{
    for (int d = shape.ndim - 1; d >= 0; d--) {
        if (++index[d] < shape.dim[d]) return true;
        index[d] = 0;
    }
    return false;
}

static size_t position(const tt_layout *layout, const int *index)
{
    size_t at = layout->offset;
    for (int d = 0; d < layout->shape.ndim; d++)
        at += (size_t)index[d] * layout->stride[d];
    return at;
}

tt_tensor *case_tensor_laid(tt_ctx *c, tt_shape shape, const int *order, const float *values)
{
    tt_tensor *t = tt_empty(c, shape);
    cr_assert_not_null(t, "tt_empty returned NULL: %s", tt_error(c));
    size_t step = 1;
    for (int d = shape.ndim - 1; d >= 0; d--) {
        t->data.layout.stride[order[d]] = step;
        step *= (size_t)shape.dim[order[d]];
    }
    float *at = tt_storage_set(t->data.storage);
    int index[TT_MAX_DIMS] = {0};
    for (size_t i = 0, n = cells_in(shape); i < n; i++) {
        at[position(&t->data.layout, index)] = values[i];
        case_next_index(shape, index);
    }
    return t;
}

static tt_tensor *in_random_layout(tt_case *k, tt_shape shape, const float *values)
{
    int order[TT_MAX_DIMS];
    for (int d = 0; d < shape.ndim; d++) order[d] = d;
    for (int d = shape.ndim - 1; d > 0; d--) {
        int other = case_below(k, d + 1), kept = order[d];
        order[d] = order[other];
        order[other] = kept;
    }
    return case_tensor_laid(k->c, shape, order, values);
}

static float *room_for(tt_case *k, tt_shape shape)
{
    float *values = tt_alloc(k->c, (cells_in(shape) + 1) * sizeof *values);
    cr_assert_not_null(values);
    return values;
}

tt_tensor *case_tensor(tt_case *k, tt_shape shape)
{
    float *values = room_for(k, shape);
    for (size_t i = 0, n = cells_in(shape); i < n; i++) {
        double centre = (2 * case_below(k, 32) - 31) / 16.0;
        values[i] = (float)(centre + case_uniform(k, -1.0 / 64, 1.0 / 64));
    }
    return in_random_layout(k, shape, values);
}

tt_tensor *case_tensor_between(tt_case *k, tt_shape shape, double low, double high)
{
    float *values = room_for(k, shape);
    for (size_t i = 0, n = cells_in(shape); i < n; i++)
        values[i] = (float)case_uniform(k, low, high);
    return in_random_layout(k, shape, values);
}

tt_tensor *case_tensor_whole(tt_case *k, tt_shape shape, int n)
{
    float *values = room_for(k, shape);
    for (size_t i = 0, cells = cells_in(shape); i < cells; i++)
        values[i] = (float)case_below(k, n);
    return in_random_layout(k, shape, values);
}

/* ---- reading --------------------------------------------------------------------------------- */

double *case_cells(tt_tensor *t)
{
    size_t n = cells_in(t->data.layout.shape);
    double *cells = tt_alloc(t->node.header.ctx, (n + 1) * sizeof *cells);
    cr_assert_not_null(cells, "%s", tt_error(t->node.header.ctx));
    const float *at = tt_storage_read(t->data.storage);
    int index[TT_MAX_DIMS] = {0};
    for (size_t i = 0; i < n; i++) {
        cells[i] = (double)at[position(&t->data.layout, index)];
        case_next_index(t->data.layout.shape, index);
    }
    return cells;
}

size_t case_broadcast_position(const int *index, tt_shape big, tt_shape small)
{
    size_t at = 0;
    int shift = big.ndim - small.ndim;
    for (int d = 0; d < small.ndim; d++)
        at = at * (size_t)small.dim[d] + (size_t)(small.dim[d] == 1 ? 0 : index[d + shift]);
    return at;
}

const char *case_layout_text(tt_ctx *c, const tt_layout *layout)
{
    char text[256] = "";
    size_t used = 0;
    for (int d = 0; d < layout->shape.ndim && used < sizeof text; d++)
        used += (size_t)snprintf(text + used, sizeof text - used, d > 0 ? ",%zu" : "%zu",
                                 layout->stride[d]);
    return tt_text(c, "strides (%s), offset %zu", text, layout->offset);
}

/* ---- running --------------------------------------------------------------------------------- */

#define BACKEND_GETTER(name, get) get,
static const tt_backend *(*const backends[])(void) = {TT_CASE_BACKENDS(BACKEND_GETTER)};
#undef BACKEND_GETTER

void case_each_on(const tt_backend *backend, case_body *body, const void *user)
{
    for (uint64_t seed = 0; seed < CASE_SEEDS; seed++) {
        tt_case k = case_begin(backend, seed);
        body(&k, user);
        case_end(&k);
    }
}

void case_each(case_body *body, const void *user)
{
    for (size_t b = 0; b < sizeof backends / sizeof backends[0]; b++)
        case_each_on(backends[b](), body, user);
}
