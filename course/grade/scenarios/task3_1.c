/* Task 3.1: map, zip and reduce on several threads. Threads and index computations are counted. */
#include <math.h>
#include <stdatomic.h>

#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module3_gpu/fast/parallel.h"

enum { ROUNDS = 6, MANY = 1 << 18, MOST_THREADS = 16 };

static atomic_int worked[MOST_THREADS];
static atomic_long helped;

static void note_thread(void)
{
    int thread = tti_thread();
    if (thread >= 0 && thread < MOST_THREADS) atomic_store(&worked[thread], 1);
}

static float curve(float x)
{
    note_thread();
    return 1.5f * x * x - x + 0.25f;
}

static float lopsided(float x, float y)
{
    note_thread();
    return 2 * x - 0.5f * y + 0.125f * x * y;
}

static double folding(double x, double y)
{
    note_thread();
    return 0.75 * y + x - 0.125 * x * y;
}

/* The linker sends the submission's calls of these helpers here (tasks.bzl: "counted"). */
size_t __real_tt_index_to_position(const int *index, const size_t *stride, int ndim);
size_t __wrap_tt_index_to_position(const int *index, const size_t *stride, int ndim);
size_t __wrap_tt_index_to_position(const int *index, const size_t *stride, int ndim)
{
    atomic_fetch_add(&helped, 1);
    return __real_tt_index_to_position(index, stride, ndim);
}

void __real_tt_to_index(size_t ordinal, tt_shape shape, int *index);
void __wrap_tt_to_index(size_t ordinal, tt_shape shape, int *index);
void __wrap_tt_to_index(size_t ordinal, tt_shape shape, int *index)
{
    atomic_fetch_add(&helped, 1);
    __real_tt_to_index(ordinal, shape, index);
}

static tt_const_array read_array(tt_tensor *t)
{
    return (tt_const_array){tt_storage_read(t->data.storage), t->data.layout};
}

static tt_array write_array(tt_tensor *t)
{
    return (tt_array){tt_storage_change(t->data.storage), t->data.layout};
}

static tt_shape smaller(scenario *s, tt_shape big)
{
    tt_shape small = {.ndim = draw_int(s, 1, big.ndim)};
    for (int d = 0; d < small.ndim; d++)
        small.dim[d] = draw_int(s, 0, 2) == 0 ? 1 : big.dim[d + big.ndim - small.ndim];
    return small;
}

static tt_ctx *begin(scenario *s, int threads)
{
    tolerance(s, 1e-5, 1e-6);
    tt_set_threads(threads);
    for (int i = 0; i < MOST_THREADS; i++) atomic_store(&worked[i], 0);
    return scenario_ctx();
}

static void maps(scenario *s, int threads)
{
    tt_ctx *c = begin(s, threads);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = draw_shape(s, 4);
        if (i % 3 == 2) big.dim[0] = draw_int(s, 700, 900); /* enough for threads */
        tt_tensor *in =
            draw_tensor(s, c, "in", i % 2 ? smaller(s, big) : big, i % 3 == 1, -2, 2);
        tt_tensor *out = draw_tensor(s, c, "out before", big, i > 3, 0, 1);
        tt_parallel_map(curve, write_array(out), read_array(in));
        put_tensor(s, c, "out", out);
    }
}

static void map(scenario *s)
{
    maps(s, 1);
    maps(s, 3);
}

static void zips(scenario *s, int threads)
{
    tt_ctx *c = begin(s, threads);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = draw_shape(s, 4);
        if (i % 3 == 2) big.dim[0] = draw_int(s, 700, 900);
        tt_tensor *a =
            draw_tensor(s, c, "a", i % 2 ? smaller(s, big) : big, i % 3 == 1, -2, 2);
        tt_tensor *b =
            draw_tensor(s, c, "b", i > 2 ? smaller(s, big) : big, i % 3 == 0, -2, 2);
        tt_tensor *out = draw_tensor(s, c, "out before", big, i > 3, 0, 1);
        tt_parallel_zip(lopsided, write_array(out), read_array(a), read_array(b));
        put_tensor(s, c, "out", out);
    }
}

static void zip(scenario *s)
{
    zips(s, 1);
    zips(s, 3);
}

static void reduces(scenario *s, int threads)
{
    tt_ctx *c = begin(s, threads);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 4), small = shape;
        if (i % 3 == 2) shape.dim[0] = small.dim[0] = draw_int(s, 500, 700);
        int dim = draw_int(s, 0, shape.ndim - 1);
        small.dim[dim] = 1;
        in_i64(s, "dimension", dim);
        tt_tensor *in = draw_tensor(s, c, "in", shape, i % 2, -1, 1);
        tt_tensor *out = draw_tensor(s, c, "out before: the start", small, i > 3, 0, 1);
        tt_parallel_reduce(folding, write_array(out), read_array(in), dim);
        put_tensor(s, c, "out", out);
    }
}

static void reduce(scenario *s)
{
    reduces(s, 1);
    reduces(s, 3);
}

/* Equal strides, but another shape: who compares strides alone reads what is not there. */
static void equal_strides(scenario *s)
{
    tt_ctx *c = begin(s, 2);
    for (int i = 0; i < 4; i++) {
        int n = draw_int(s, 2, 5), m = draw_int(s, 2, 6);
        tt_tensor *in = draw_tensor(s, c, "in", TT_SHAPE(1, m), false, -2, 2);
        in->data.layout.stride[0] = (size_t)m;
        tt_tensor *out = draw_tensor(s, c, "out before", TT_SHAPE(n, m), false, 0, 1);
        tt_parallel_map(curve, write_array(out), read_array(in));
        put_tensor(s, c, "map", out);
        tt_tensor *a = draw_tensor(s, c, "a", TT_SHAPE(n, m), false, -2, 2);
        tt_parallel_zip(lopsided, write_array(out), read_array(a), read_array(in));
        put_tensor(s, c, "zip", out);
    }
}

static void put_threads(scenario *s)
{
    int seen = 0;
    for (int i = 0; i < MOST_THREADS; i++) seen += atomic_load(&worked[i]);
    put_i64(s, "several threads worked", seen > 1);
    put_i64(s, "and no more than were allowed", seen <= 3);
}

static void put_sum(scenario *s, tt_ctx *c, tt_tensor *t)
{
    double sum = 0;
    const float *at = cells_of(c, t);
    for (int i = 0; i < MANY; i++) sum += (double)at[i] * (1 + i % 7);
    put_f64(s, "weighted sum of the result", sum);
}

/* Aligned memory: all threads, and no index computed for its cells. */
static void aligned(scenario *s)
{
    tt_ctx *c = begin(s, 3);
    float *x = tt_alloc(c, MANY * sizeof *x);
    drawf_all(s, x, MANY, -2, 2);
    tt_tensor *a = tensor_of(s, c, "a", TT_SHAPE(MANY / 64, 64), false, x);
    tt_tensor *out = tensor_of(s, c, "out before", TT_SHAPE(MANY / 64, 64), false, x);
    atomic_store(&helped, 0);
    tt_parallel_map(curve, write_array(out), read_array(a));
    put_sum(s, c, out);
    put_threads(s);
    put_i64(s, "indices were computed for few cells only", atomic_load(&helped) < MANY / 8);
    atomic_store(&helped, 0);
    tt_parallel_zip(lopsided, write_array(out), read_array(a), read_array(a));
    put_sum(s, c, out);
    put_i64(s, "indices were computed for few cells only", atomic_load(&helped) < MANY / 8);
}

/* One index for each line of a reduction, and none for its cells. */
static void lines(scenario *s)
{
    tt_ctx *c = begin(s, 3);
    float *x = tt_alloc(c, MANY * sizeof *x);
    drawf_all(s, x, MANY, -1, 1);
    tt_tensor *in = tensor_of(s, c, "in", TT_SHAPE(MANY / 512, 512), false, x);
    tt_tensor *out = tensor_of(s, c, "out before", TT_SHAPE(MANY / 512, 1), false, x);
    atomic_store(&helped, 0);
    tt_parallel_reduce(folding, write_array(out), read_array(in), 1);
    put_tensor(s, c, "out", out);
    put_threads(s);
    put_i64(s, "indices were computed for lines only", atomic_load(&helped) < MANY / 8);
}

const scenario_case scenario_cases[] = {
    {"map", "each cell, on one thread and on three", 3, map},
    {"zip", "each pair of cells, on one thread and on three", 3, zip},
    {"reduce", "each line, on one thread and on three", 3, reduce},
    {"equal_strides", "equal strides with another shape are not aligned", 1, equal_strides},
    {"aligned", "aligned memory: several threads, no index a cell", 3, aligned},
    {"lines", "a reduction: several threads, an index a line", 2, lines},
    {0},
};
