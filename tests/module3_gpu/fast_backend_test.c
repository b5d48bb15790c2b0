/* The fast backend against the simple one: every layout, every instruction set, 1 to 3 threads.
 * Numbers of threads must not change a bit. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "module2_tensors/simple_backend.h"
#include "module2_tensors/tensor.h"
#include "module3_gpu/backends.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module3_gpu/fast/fold.h"
#include "module3_gpu/fast/passes.h"
#include "tests/module3_gpu/support/fast_cases.h"

TestSuite(module3_fast, .timeout = 120);

/* One operation on boxes: run on any backend, into `out`. */
typedef struct trial {
    const char *what;
    tt_ctx *c;
    enum { MAP, ZIP, REDUCE, MATMUL, COPY, AXPY } kind;
    unsigned op;
    int dim;
    box a, b, out, want, first;
    double tolerance;
} trial;

static void call(const trial *t, const tt_backend *k, box out)
{
    tt_ctx *c = t->c;
    switch (t->kind) {
    case MAP: k->map(c, (tt_unary_op)t->op, out.data, t->a.data); break;
    case ZIP: k->zip(c, (tt_binary_op)t->op, out.data, t->a.data, t->b.data); break;
    case REDUCE:
        k->reduce(c, (tt_binary_op)t->op, out.data, t->a.data, t->dim,
                  t->op == TT_OP_ADD ? 0.25f : -3.5f);
        break;
    case MATMUL: k->matmul(c, out.data, t->a.data, t->b.data); break;
    case COPY: k->copy(c, out.data, t->a.data); break;
    case AXPY:
        k->fill(c, out.data, 0.375f);
        k->axpy(c, out.data, -1.25f, t->a.data);
        break;
    }
    cr_assert_null(tt_error(c), "%s: %s", t->what, tt_error(c));
}

static void run_once(void *user, const char *setting)
{
    trial *t = user;
    char what[160];
    snprintf(what, sizeof what, "%s (%s)", t->what, setting);
    for (size_t i = 0; i < tt_shape_size(t->out.data.layout.shape); i++)
        t->out.at[i + 3] = NAN;
    call(t, tt_backend_fast(), t->out);
    box_expect(t->out, t->want, t->tolerance, what);
    if (strstr(setting, "1 threads"))
        memcpy(t->first.at, t->out.at,
               (tt_shape_size(t->out.data.layout.shape) + 3) * sizeof(float));
    else box_expect_same(t->out, t->first, what);
}

/* Runs t on simple once and on fast in every setting. */
static void compare(trial t, tt_shape shape)
{
    TT_SCOPE (t.c) {
        t.want = box_out(t.c, shape);
        t.first = box_out(t.c, shape);
        t.out = box_out(t.c, shape);
        call(&t, tt_backend_simple(), t.want);
        each_setting(run_once, &t);
    }
}

static trial begin(const char *what, double tolerance)
{
    trial t = {.what = what, .c = tt_ctx_new(NULL), .tolerance = tolerance};
    tt_error_handler(t.c, tt_error_quiet, NULL);
    return t;
}

/* ---- sizes -------------------------------------------------------------------------------------- */

static const int sizes[] = {1,   2,   7,   8,    31,   32,   33,
                            255, 256, 257, 1023, 1024, 1025, 70000};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

Test(module3_fast, every_map_at_every_size)
{
    for (int s = 0; s < SIZES; s++)
        for (unsigned op = 0; op < TT_UNARY_COUNT; op++) {
            char what[64];
            snprintf(what, sizeof what, "%s of %d", tt_unary_name((tt_unary_op)op),
                     sizes[s]);
            trial t = begin(what, 4e-7);
            t.kind = MAP, t.op = op;
            t.a = box_of(t.c, TT_SHAPE(sizes[s]), NULL, op == TT_OP_LOG ? 0.01 : -5, 5, op);
            compare(t, TT_SHAPE(sizes[s]));
            tt_ctx_free(t.c);
        }
}

Test(module3_fast, every_zip_at_every_size_with_numbers_on_either_side)
{
    for (int s = 0; s < SIZES; s++)
        for (unsigned op = 0; op < TT_BINARY_COUNT; op++)
            for (int form = 0; form < 4; form++) {
                char what[64];
                int n = sizes[s];
                snprintf(what, sizeof what, "%s of %d, form %d",
                         tt_binary_name((tt_binary_op)op), n, form);
                trial t = begin(what, 4e-7);
                t.kind = ZIP, t.op = op;
                t.a = box_of(t.c, TT_SHAPE(form & 1 ? 1 : n), NULL, -2, 2, 7);
                t.b = box_of(t.c, TT_SHAPE(form & 2 ? 1 : n), NULL, -2, 2, 8);
                compare(t, TT_SHAPE(n));
                tt_ctx_free(t.c);
            }
}

Test(module3_fast, sums_and_maxima_of_every_length)
{
    for (int s = 0; s < SIZES; s++)
        for (int form = 0; form < 6; form++) {
            char what[64];
            int n = sizes[s], m = form < 2 ? 1 : form < 4 ? 5 : n > 2000 ? 3 : 130;
            snprintf(what, sizeof what, "fold of %d x %d, form %d", n, m, form);
            trial t = begin(what, 2e-6 * sqrt(n));
            t.kind = REDUCE, t.op = form & 1 ? TT_OP_MAX : TT_OP_ADD;
            t.a = box_of(t.c, TT_SHAPE(n, m), NULL, -1, 1, 3), t.dim = 0;
            compare(t, TT_SHAPE(1, m));
            t.a = box_of(t.c, TT_SHAPE(m, n), NULL, -1, 1, 4), t.dim = 1;
            compare(t, TT_SHAPE(m, 1));
            t.a = box_of(t.c, TT_SHAPE(2, n, m), NULL, -1, 1, 5);
            compare(t, TT_SHAPE(2, 1, m));
            tt_ctx_free(t.c);
        }
}

Test(module3_fast, half_a_million)
{
    trial t = begin("half a million", 1e-5);
    t.kind = ZIP, t.op = TT_OP_MUL;
    t.a = box_of(t.c, TT_SHAPE(500000), NULL, -2, 2, 1);
    t.b = box_of(t.c, TT_SHAPE(500000), NULL, -2, 2, 2);
    compare(t, TT_SHAPE(500000));
    t.kind = REDUCE, t.op = TT_OP_ADD, t.tolerance = 2e-5;
    compare(t, TT_SHAPE(1));
    t.kind = MAP, t.op = TT_OP_SIGMOID, t.tolerance = 4e-7;
    compare(t, TT_SHAPE(500000));
    tt_ctx_free(t.c);
}

/* ---- layouts ------------------------------------------------------------------------------------ */

static tt_rng rng;
static uint64_t drawn;

static int below(int n)
{
    return (int)tt_rng_below(rng, drawn++, (uint32_t)n);
}

/* A box that broadcasts to `shape`, permuted in memory. */
static box any_box(tt_ctx *c, tt_shape shape, uint64_t seed)
{
    int order[TT_MAX_DIMS];
    tt_shape small = shape;
    for (int d = 0; d < shape.ndim; d++) {
        order[d] = d;
        if (below(5) == 0) small.dim[d] = 1;
    }
    for (int d = shape.ndim - 1; d > 0 && below(3) > 0; d--) {
        int other = below(d + 1), kept = order[d];
        order[d] = order[other], order[other] = kept;
    }
    return box_of(c, small, order, -2, 2, seed);
}

static tt_shape any_shape(void)
{
    static const int some[] = {1, 2, 3, 5, 8, 9, 17, 33, 64, 65, 70};
    tt_shape shape = {.ndim = 1 + below(4)};
    for (int d = 0; d < shape.ndim; d++)
        shape.dim[d] = some[below(shape.ndim > 3 ? 8 : 11)];
    return shape;
}

Test(module3_fast, any_layout)
{
    rng = tt_rng_of(20, TT_STREAM_DATA);
    for (int i = 0; i < 60; i++) {
        char what[64];
        snprintf(what, sizeof what, "layouts, trial %d", i);
        trial t = begin(what, 4e-6);
        tt_shape shape = any_shape();
        t.a = any_box(t.c, shape, 1), t.b = any_box(t.c, shape, 2);
        t.kind = ZIP, t.op = TT_OP_ADD;
        compare(t, shape);
        t.kind = MAP, t.op = TT_OP_EXP;
        compare(t, shape);
        t.kind = COPY;
        compare(t, shape);
        t.kind = AXPY;
        compare(t, shape);
        t.kind = REDUCE, t.op = i % 2 ? TT_OP_ADD : TT_OP_MAX;
        for (t.dim = 0; t.dim < shape.ndim; t.dim++) {
            tt_shape out = t.a.data.layout.shape;
            out.dim[t.dim] = 1;
            t.tolerance = 4e-5;
            compare(t, out);
        }
        tt_ctx_free(t.c);
    }
}

Test(module3_fast, what_is_written_past_the_caches_is_the_same)
{
    tti_pass_stream_from(1000);
    rng = tt_rng_of(21, TT_STREAM_DATA);
    for (int i = 0; i < 30; i++) {
        trial t = begin("past the caches", 4e-6);
        tt_shape shape = any_shape();
        t.a = any_box(t.c, shape, 1), t.b = any_box(t.c, shape, 2);
        t.kind = ZIP, t.op = TT_OP_MUL;
        compare(t, shape);
        t.kind = COPY;
        compare(t, shape);
        tt_ctx_free(t.c);
    }
    tti_pass_stream_from(0);
}

Test(module3_fast, other_operators_fold_as_well)
{
    trial t = begin("products and comparisons", 1e-4);
    t.kind = REDUCE;
    t.a = box_of(t.c, TT_SHAPE(20, 30), NULL, 0.9, 1.1, 3);
    for (t.op = 0; t.op < TT_BINARY_COUNT; t.op++)
        for (t.dim = 0; t.dim < 2; t.dim++)
            compare(t, t.dim ? TT_SHAPE(20, 1) : TT_SHAPE(1, 30));
    tt_ctx_free(t.c);
}

Test(module3_fast, nan_and_infinity)
{
    trial t = begin("nan and infinity", 4e-7);
    t.a = box_of(t.c, TT_SHAPE(300), NULL, -2, 2, 3);
    t.b = box_of(t.c, TT_SHAPE(300), NULL, -2, 2, 4);
    for (int i = 0; i < 300; i += 7) {
        t.a.at[3 + i] = (float[]){NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1e-40f}[i % 6];
        t.b.at[3 + i] = (float[]){INFINITY, NAN, 1.0f, -INFINITY, 3e38f}[i % 5];
    }
    t.kind = MAP;
    for (t.op = 0; t.op < TT_UNARY_COUNT; t.op++) compare(t, TT_SHAPE(300));
    t.kind = ZIP;
    for (t.op = 0; t.op < TT_BINARY_COUNT; t.op++) compare(t, TT_SHAPE(300));
    t.kind = REDUCE, t.dim = 0, t.op = TT_OP_ADD;
    compare(t, TT_SHAPE(1));
    tt_ctx_free(t.c);
}

/* Denormal, infinite and no numbers in sums, maxima and products: what they touch becomes what it
 * becomes on simple, and nothing else does. Sizes end inside a register and inside a tile. */
Test(module3_fast, special_numbers_in_folds)
{
    trial t = begin("special numbers in folds", 4e-7);
    t.kind = REDUCE;
    t.a = box_of(t.c, TT_SHAPE(37, 45), NULL, -2, 2, 3);
    for (int i = 0; i < 37 * 45; i += 97)
        t.a.at[3 + i] = (float[]){NAN, INFINITY, -INFINITY, 1e-40f, -0.0f}[i % 5];
    for (int form = 0; form < 4; form++) {
        t.op = form & 1 ? TT_OP_MAX : TT_OP_ADD, t.dim = form / 2;
        t.tolerance = 1e-5;
        compare(t, t.dim ? TT_SHAPE(37, 1) : TT_SHAPE(1, 45));
    }
    t.a = box_of(t.c, TT_SHAPE(500), NULL, 1e-41, 9e-41, 5);
    t.op = TT_OP_MAX, t.dim = 0, t.tolerance = 0;
    compare(t, TT_SHAPE(1));
    tt_ctx_free(t.c);
}

Test(module3_fast, special_numbers_in_products)
{
    static const float special[] = {NAN, INFINITY, -INFINITY, 1e-40f, 0.0f};
    for (int i = 0; i < 5; i++) {
        trial t = begin("special numbers in products", 1e-5);
        t.kind = MATMUL;
        t.a = box_of(t.c, TT_SHAPE(13, 7), NULL, 0.5, 1, 1);
        t.b = box_of(t.c, TT_SHAPE(7, 37), NULL, 0.5, 1, 2);
        t.a.at[3 + 5 * 7 + 2] = special[i];   /* row 5 of out */
        t.b.at[3 + 3 * 37 + 36] = special[i]; /* its last column */
        compare(t, TT_SHAPE(13, 37));
        t.b = box_of(t.c, TT_SHAPE(7, 300), NULL, 0.5, 1, 2); /* packed */
        t.b.at[3 + 6 * 300 + 299] = special[i];
        compare(t, TT_SHAPE(13, 300));
        tt_ctx_free(t.c);
    }
}

Test(module3_fast, denormals_are_not_flushed)
{
    trial t = begin("denormals", 0);
    t.kind = ZIP, t.op = TT_OP_ADD;
    t.a = box_of(t.c, TT_SHAPE(100), NULL, 1e-41, 9e-41, 1);
    t.b = box_of(t.c, TT_SHAPE(100), NULL, 1e-41, 9e-41, 2);
    compare(t, TT_SHAPE(100));
    tt_use(t.c, tt_backend_fast());
    tt_tensor *y = tt_full(t.c, TT_SHAPE(100), 1e-40f);
    cr_assert(y);
    cr_expect_eq(tt_get(tt_add(t.c, y, y), (int[]){99}), 2 * 1e-40f);
    cr_expect_eq(tt_get(tt_mul_num(t.c, y, 0.5f), (int[]){42}), 0.5f * 1e-40f);
    tt_ctx_free(t.c);
}

/* 2^31 cells and more are refused before anything is computed or allocated, on this backend too. */
Test(module3_fast, too_many_cells_are_refused)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_use(c, tt_backend_fast());
    tt_tensor *column = tt_ones(c, TT_SHAPE(65536, 1)),
              *row = tt_ones(c, TT_SHAPE(1, 32768));
    cr_assert(column && row);
    cr_expect_null(tt_add(c, column, row));
    cr_expect(tt_error(c) && strstr(tt_error(c), "2^31"), "%s", tt_error(c));
    tt_ctx_free(c);
    c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_use(c, tt_backend_fast());
    column = tt_ones(c, TT_SHAPE(65536, 1)), row = tt_ones(c, TT_SHAPE(1, 32768));
    cr_expect_null(tt_matmul(c, column, row));
    cr_expect(tt_error(c) && strstr(tt_error(c), "2^31"), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(module3_fast, nothing_and_a_single_number)
{
    trial t = begin("no cells", 4e-7);
    t.a = box_of(t.c, TT_SHAPE(0, 3), NULL, 0, 1, 1), t.b = t.a;
    t.kind = MAP, t.op = TT_OP_EXP;
    compare(t, TT_SHAPE(0, 3));
    t.kind = ZIP, t.op = TT_OP_ADD;
    compare(t, TT_SHAPE(0, 3));
    t.kind = COPY;
    compare(t, TT_SHAPE(0, 3));
    t.kind = AXPY;
    compare(t, TT_SHAPE(0, 3));
    t.kind = REDUCE, t.dim = 0, t.what = "a fold over no cells is the start";
    compare(t, TT_SHAPE(1, 3));
    t.dim = 1;
    compare(t, TT_SHAPE(0, 1));
    t.what = "a number";
    t.a = box_of(t.c, TT_SHAPE0, NULL, 1, 2, 1),
    t.b = box_of(t.c, TT_SHAPE0, NULL, 1, 2, 2);
    t.kind = MAP, t.op = TT_OP_LOG;
    compare(t, TT_SHAPE0);
    t.kind = ZIP, t.op = TT_OP_ADD;
    compare(t, TT_SHAPE0);
    compare(t, TT_SHAPE(4, 5)); /* stretched */
    tt_ctx_free(t.c);
}

/* ---- which way ---------------------------------------------------------------------------------- */

static void expect_path(tt_shape shape, const size_t *stride, tti_path want)
{
    tt_layout out = tt_layout_of(shape), in = out;
    memcpy(in.stride, stride, sizeof(size_t) * (size_t)shape.ndim);
    tti_walk w = tti_walk_of(shape, (const size_t *const[]){out.stride, in.stride}, 2);
    cr_expect_eq(tti_walk_path(&w), want, "path %s, expected %s",
                 tti_path_name(tti_walk_path(&w)), tti_path_name(want));
}

Test(module3_fast, layouts_take_the_path_that_suits_them)
{
    expect_path(TT_SHAPE(4, 5, 6), (size_t[]){30, 6, 1}, TTI_PATH_LINE);
    expect_path(TT_SHAPE(4, 5, 6), (size_t[]){0, 6, 1}, TTI_PATH_ROWS);
    expect_path(TT_SHAPE(4, 5, 6), (size_t[]){1, 0, 0}, TTI_PATH_ROWS);
    expect_path(TT_SHAPE(4, 5, 6), (size_t[]){30, 1, 5}, TTI_PATH_TILES);
    expect_path(TT_SHAPE(4, 5, 6), (size_t[]){1, 24, 4}, TTI_PATH_TILES);
    expect_path(TT_SHAPE(4, 5, 6), (size_t[]){60, 12, 2}, TTI_PATH_GENERAL);
    expect_path(TT_SHAPE(4, 1, 6), (size_t[]){6, 99, 1}, TTI_PATH_LINE);
    expect_path(TT_SHAPE(1, 1), (size_t[]){7, 9}, TTI_PATH_LINE);
}

/* ---- matrix products ----------------------------------------------------------------------------- */

/* Bits 1 and 2 of form: a, b transposed in memory. */
static void products(int n, int k, int m, int form)
{
    static const int turned[] = {1, 0};
    char what[64];
    snprintf(what, sizeof what, "%dx%dx%d, form %d", n, k, m, form);
    trial t = begin(what, 1e-6 + 6e-8 * k); /* half an ulp of 1 for each of k sums */
    t.kind = MATMUL;
    t.a = box_of(t.c, TT_SHAPE(n, k), form & 1 ? turned : NULL, -1, 1, 1);
    t.b = box_of(t.c, TT_SHAPE(k, m), form & 2 ? turned : NULL, -1, 1, 2);
    compare(t, TT_SHAPE(n, m));
    tt_ctx_free(t.c);
}

Test(module3_fast, matrix_products_of_every_form)
{
    static const int shapes[][3] = {
        {1, 1, 1},    {2, 3, 4},      {8, 8, 8},    {7, 9, 33},    {33, 32, 31},
        {64, 64, 64}, {65, 63, 66},   {10, 100, 1}, {100, 10, 1},  {1, 100, 100},
        {1, 900, 40}, {10, 2, 100},   {100, 1, 40}, {64, 400, 12}, {16, 392, 64},
        {13, 5, 200}, {57, 300, 260}, {3, 1, 700}};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
        for (int form = 0; form < 4; form++)
            products(shapes[s][0], shapes[s][1], shapes[s][2], form);
}

/* One tile, two of about the same height, three; panels full, half full, and less. */
Test(module3_fast, matrix_products_of_every_height)
{
    static const int columns[] = {4, 8, 9, 16, 17, 32, 36, 100, 135};
    for (int n = 1; n <= 27; n++)
        for (size_t j = 0; j < sizeof columns / sizeof columns[0]; j++)
            products(n, 7 + n % 4, columns[j], n % 2);
    for (int n = 17; n <= 27; n++) products(n, 600, 36, n % 2); /* on several threads */
}

Test(module3_fast, products_larger_than_a_block)
{
    products(300, 800, 150, 0);
    products(290, 390, 129, 3);
    products(3, 40, 4200, 0);
    products(20, 30, 4130, 2);
    products(64, 1030, 70, 1);
}

Test(module3_fast, batches_of_products)
{
    static const int swapped[] = {0, 2, 1};
    for (int form = 0; form < 18; form++) {
        static const int size[][3] = {{3, 4, 5}, {20, 30, 40}, {70, 65, 68}};
        const int *s = size[form % 3];
        trial t = begin("batches", 4e-6);
        t.kind = MATMUL;
        t.a = box_of(t.c, TT_SHAPE(form % 2 ? 1 : 6, s[0], s[1]),
                     form % 5 ? NULL : swapped, -1, 1, 1);
        t.b = box_of(t.c, TT_SHAPE(form > 8 ? 1 : 6, s[1], s[2]),
                     form % 4 ? NULL : swapped, -1, 1, 2);
        if (form % 2) t.a = box_stretched(t.a, 0, 6);
        if (form > 8) t.b = box_stretched(t.b, 0, 6);
        compare(t, TT_SHAPE(6, s[0], s[2]));
        tt_ctx_free(t.c);
    }
}

Test(module3_fast, products_of_nothing)
{
    trial t = begin("a product over no cells is 0", 0);
    t.kind = MATMUL;
    t.a = box_of(t.c, TT_SHAPE(20, 0), NULL, 0, 1, 1);
    t.b = box_of(t.c, TT_SHAPE(0, 30), NULL, 0, 1, 1);
    compare(t, TT_SHAPE(20, 30));
    t.a = box_of(t.c, TT_SHAPE(0, 40), NULL, 0, 1, 1);
    t.b = box_of(t.c, TT_SHAPE(40, 30), NULL, 0, 1, 1);
    compare(t, TT_SHAPE(0, 30));
    tt_ctx_free(t.c);
}

Test(module3_fast, stretched_operands_of_a_product)
{
    trial t = begin("every row the same, every column the same", 4e-6);
    t.kind = MATMUL;
    t.a = box_stretched(box_of(t.c, TT_SHAPE(1, 50), NULL, -1, 1, 1), 0, 40);
    t.b = box_stretched(box_of(t.c, TT_SHAPE(50, 1), NULL, -1, 1, 2), 1, 60);
    compare(t, TT_SHAPE(40, 60));
    t.a = box_stretched(box_of(t.c, TT_SHAPE(40, 1), NULL, -1, 1, 1), 1, 50);
    compare(t, TT_SHAPE(40, 60));
    tt_ctx_free(t.c);
}

/* ---- the door ------------------------------------------------------------------------------------ */

Test(module3_fast, is_the_best_backend_of_the_processor)
{
    tt_ctx *c = tt_ctx_new(NULL);
    const tt_backend *backend = NULL;
    cr_expect_eq(tt_backend_open(c, "fast", &backend), TT_OK);
    cr_expect_eq(backend, tt_backend_fast());
    cr_expect(tt_threads() >= 1);
    tt_set_threads(3);
    cr_expect(tt_threads() == 3 || tt_threads() == 1 /* no OpenMP */);
    tt_set_threads(0);
    tt_ctx_free(c);
}
