/* Task 2.3: the three loops of the simple backend, and the operations on tensors that stand on
 * them. The rules stand in module2_tensors/README.md, "Task 2.3". */
#include <criterion/criterion.h>
#include <math.h>

#include "module2_tensors/simple_backend.h"
#include "tests/module2_tensors/support/op_checks.h"

TestSuite(task2_3, .timeout = 20);

#define README "module2_tensors/README.md, Task 2.3"

/* ---- the loops themselves: map, zip, reduce on arrays with gaps and an offset ------------------ */

enum { ROOM = 32 };
static const float UNTOUCHED = -77.0f;

static float twice_and_one(float x)
{
    return 2 * x + 1;
}

static float ten_a_plus_b(float a, float b)
{
    return 10 * a + b;
}

/* Neither commutative nor associative: digits 1, 2, 3 fold to 123, from the left. */
static double append_digit(double x, double sum)
{
    return 10 * sum + x;
}

static tt_layout layout(tt_shape shape, const size_t *stride, size_t offset)
{
    tt_layout l = {.shape = shape, .offset = offset};
    for (int d = 0; d < shape.ndim; d++) l.stride[d] = stride[d];
    return l;
}

static void clear(float *at)
{
    for (int i = 0; i < ROOM; i++) at[i] = UNTOUCHED;
}

/* at[position[i]] is want[i], and nothing else was written. */
static void only(const float *at, const int *position, const float *want, int n,
                 const char *what)
{
    for (int p = 0; p < ROOM; p++) {
        double expected = (double)UNTOUCHED;
        for (int i = 0; i < n; i++)
            if (position[i] == p) expected = (double)want[i];
        cr_assert_eq((double)at[p], expected,
                     "%s: memory position %d holds %g, expected %g (%s)", what, p,
                     (double)at[p], expected, README);
    }
}

Test(task2_3, map_reads_and_writes_through_strides_and_offset)
{
    float in[ROOM], out[ROOM];
    for (int i = 0; i < ROOM; i++) in[i] = (float)i;
    clear(out);
    /* in: rows 7 apart, cells 2 apart, from 3; out: columns 5 apart, rows 1 apart, from 2 */
    tt_simple_map(twice_and_one,
                  (tt_array){out, layout(TT_SHAPE(2, 3), (size_t[]){1, 5}, 2)},
                  (tt_const_array){in, layout(TT_SHAPE(2, 3), (size_t[]){7, 2}, 3)});
    only(out, (int[]){2, 7, 12, 3, 8, 13}, (float[]){7, 11, 15, 21, 25, 29}, 6, "map");
}

Test(task2_3, map_stretches_its_input)
{
    const float in[] = {1, 2, 3};
    float out[ROOM];
    clear(out);
    tt_simple_map(twice_and_one, (tt_array){out, tt_layout_of(TT_SHAPE(2, 3))},
                  (tt_const_array){in, tt_layout_of(TT_SHAPE(3))});
    only(out, (int[]){0, 1, 2, 3, 4, 5}, (float[]){3, 5, 7, 3, 5, 7}, 6, "(3,) to (2,3)");
    clear(out);
    tt_simple_map(twice_and_one, (tt_array){out, tt_layout_of(TT_SHAPE(3, 2))},
                  (tt_const_array){in, tt_layout_of(TT_SHAPE(3, 1))});
    only(out, (int[]){0, 1, 2, 3, 4, 5}, (float[]){3, 3, 5, 5, 7, 7}, 6, "(3,1) to (3,2)");
    clear(out);
    tt_simple_map(twice_and_one, (tt_array){out, tt_layout_of(TT_SHAPE(2))},
                  (tt_const_array){in, tt_layout_of(TT_SHAPE0)});
    only(out, (int[]){0, 1}, (float[]){3, 3}, 2, "() to (2,)");
}

Test(task2_3, zip_reads_and_writes_through_strides_and_offset)
{
    float a[ROOM], b[ROOM], out[ROOM];
    for (int i = 0; i < ROOM; i++) a[i] = (float)i, b[i] = (float)(ROOM - i);
    clear(out);
    tt_simple_zip(ten_a_plus_b,
                  (tt_array){out, layout(TT_SHAPE(2, 2), (size_t[]){3, 9}, 1)},
                  (tt_const_array){a, layout(TT_SHAPE(2, 2), (size_t[]){1, 4}, 2)},
                  (tt_const_array){b, layout(TT_SHAPE(2, 2), (size_t[]){6, 5}, 7)});
    only(out, (int[]){1, 10, 4, 13}, (float[]){45, 80, 49, 84}, 4, "zip");
}

Test(task2_3, zip_stretches_both_operands)
{
    const float a[] = {1, 2}, b[] = {3, 4, 5};
    float out[ROOM];
    clear(out);
    tt_simple_zip(ten_a_plus_b, (tt_array){out, tt_layout_of(TT_SHAPE(2, 3))},
                  (tt_const_array){a, tt_layout_of(TT_SHAPE(2, 1))},
                  (tt_const_array){b, tt_layout_of(TT_SHAPE(3))});
    only(out, (int[]){0, 1, 2, 3, 4, 5}, (float[]){13, 14, 15, 23, 24, 25}, 6,
         "(2,1) with (3,)");
}

Test(task2_3, zip_with_equal_strides_but_different_shapes)
{
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6};
    float out[ROOM];
    clear(out);
    /* strides (2,1) everywhere, yet b has one row: who compares strides alone reads past b */
    tt_simple_zip(ten_a_plus_b, (tt_array){out, tt_layout_of(TT_SHAPE(2, 2))},
                  (tt_const_array){a, layout(TT_SHAPE(2, 2), (size_t[]){2, 1}, 0)},
                  (tt_const_array){b, layout(TT_SHAPE(1, 2), (size_t[]){2, 1}, 0)});
    only(out, (int[]){0, 1, 2, 3}, (float[]){15, 26, 35, 46}, 4, "(2,2) with (1,2)");
}

Test(task2_3, reduce_folds_in_order_from_the_start_value)
{
    const float in[] = {1, 2, 3, 4, 5, 6};
    float out[ROOM];
    clear(out);
    out[0] = 7, out[1] = 8; /* the start values */
    tt_simple_reduce(append_digit, (tt_array){out, tt_layout_of(TT_SHAPE(2, 1))},
                     (tt_const_array){in, tt_layout_of(TT_SHAPE(2, 3))}, 1);
    only(out, (int[]){0, 1}, (float[]){7123, 8456}, 2,
         "out = fn(in[2], fn(in[1], fn(in[0], start))): cells in order, element first");
}

Test(task2_3, reduce_folds_first_middle_and_last_dimensions_of_any_layout)
{
    float in[ROOM], out[ROOM];
    clear(in);
    clear(out);
    tt_layout box = layout(TT_SHAPE(2, 2, 2), (size_t[]){2, 9, 1}, 3);
    for (int n = 0; n < 8; n++) /* cell [i,j,k] holds the digit of its number, 1 to 8 */
        in[3 + (n / 4) * 2 + (n / 2 % 2) * 9 + n % 2] = (float)(n + 1);
    static const struct {
        tt_shape out;
        float want[4];
    } cases[] = {{{3, {1, 2, 2}}, {15, 26, 37, 48}},
                 {{3, {2, 1, 2}}, {13, 24, 57, 68}},
                 {{3, {2, 2, 1}}, {12, 34, 56, 78}}};
    for (int dim = 0; dim < 3; dim++) {
        clear(out);
        for (int i = 0; i < 4; i++) out[i] = 0;
        tt_simple_reduce(append_digit, (tt_array){out, tt_layout_of(cases[dim].out)},
                         (tt_const_array){in, box}, dim);
        only(out, (int[]){0, 1, 2, 3}, cases[dim].want, 4, "reduce of a (2,2,2) with gaps");
    }
}

Test(task2_3, reduce_of_nothing_leaves_the_start_value)
{
    float out[ROOM];
    clear(out);
    out[0] = 5, out[1] = 6;
    tt_simple_reduce(append_digit, (tt_array){out, tt_layout_of(TT_SHAPE(2, 1))},
                     (tt_const_array){out, tt_layout_of(TT_SHAPE(2, 0))}, 1);
    only(out, (int[]){0, 1}, (float[]){5, 6}, 2, "(2,0) over 1");
}

Test(task2_3, reduce_keeps_its_sum_in_double)
{
    const float in[] = {16777216, 1, 1, 1, 1};
    float out[ROOM];
    clear(out);
    out[0] = 0;
    tt_simple_reduce(tt_binary(TT_OP_ADD), (tt_array){out, tt_layout_of(TT_SHAPE(1))},
                     (tt_const_array){in, tt_layout_of(TT_SHAPE(5))}, 0);
    cr_expect_eq(
        out[0], 16777220.0f,
        "2^24 + 1 + 1 + 1 + 1 is %.1f, expected 16777220: a float sum loses every 1 (%s)",
        (double)out[0], README);
}

Test(task2_3, loops_over_no_cells_write_nothing)
{
    float none[ROOM];
    clear(none);
    tt_layout empty = tt_layout_of(TT_SHAPE(3, 0));
    tt_simple_map(twice_and_one, (tt_array){none, empty}, (tt_const_array){none, empty});
    tt_simple_zip(ten_a_plus_b, (tt_array){none, empty}, (tt_const_array){none, empty},
                  (tt_const_array){none, tt_layout_of(TT_SHAPE(3, 1))});
    only(none, NULL, NULL, 0, "shape (3,0)");
}

/* ---- the operator list, on tensors in random layouts ------------------------------------------ */

#define VALUES_ONE(name, expression)                                                     \
    Test(task2_3, values_of_##name)                                                      \
    {                                                                                    \
        case_each(check_values_one, &case_one_##name);                                   \
    }
TT_CASE_ONE(VALUES_ONE)

#define VALUES_TWO(name, expression)                                                     \
    Test(task2_3, values_of_##name)                                                      \
    {                                                                                    \
        case_each(check_values_two, &case_two_##name);                                   \
    }                                                                                    \
    Test(task2_3, values_of_##name##_in_every_broadcast_form)                            \
    {                                                                                    \
        case_each(check_values_broadcast, &case_two_##name);                             \
    }
TT_CASE_TWO(VALUES_TWO)

/* ---- values at special places ----------------------------------------------------------------- */

static tt_tensor *row(tt_case *k, int n, const float *values)
{
    return tt_from(k->c, (tt_shape){1, {n}}, values);
}

static void comparisons(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a = row(k, 5, (float[]){1, 2, 2, -1, 0}),
              *b = row(k, 5, (float[]){2, 1, 2, -1, -0.0f});
    EXPECT_CELLS(k, tt_lt(k->c, a, b), TT_SHAPE(5), "2.3", "lt", 1, 0, 0, 0, 0);
    EXPECT_CELLS(k, tt_gt(k->c, a, b), TT_SHAPE(5), "2.3", "gt", 0, 1, 0, 0, 0);
    EXPECT_CELLS(k, tt_eq(k->c, a, b), TT_SHAPE(5), "2.3", "eq", 0, 0, 1, 1, 1);
    tt_tensor *c = row(k, 5, (float[]){1.009f, 1, 2.02f, -1.009f, 0.011f});
    EXPECT_CELLS(k, tt_is_close(k->c, c, row(k, 5, (float[]){1, 1, 2, -1, 0})),
                 TT_SHAPE(5), "2.3", "is_close", 1, 1, 0, 1, 0);
}

Test(task2_3, comparisons_answer_0_or_1)
{
    case_each(comparisons, NULL);
}

static void special_values(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *x = row(k, 4, (float[]){0, -1, 1e30f, -1e30f});
    EXPECT_CELLS(k, tt_relu(k->c, x), TT_SHAPE(4), "2.3", "relu", 0, 0, (double)1e30f, 0);
    EXPECT_CELLS(k, tt_sigmoid(k->c, x), TT_SHAPE(4), "2.3", "sigmoid", 0.5,
                 1 / (1 + exp(1)), 1, 0);
    EXPECT_CELLS(k, tt_exp(k->c, x), TT_SHAPE(4), "2.3", "exp", 1, exp(-1),
                 (double)INFINITY, 0);
    tt_tensor *y = row(k, 3, (float[]){0, 1, 2});
    EXPECT_CELLS(k, tt_log(k->c, y), TT_SHAPE(3), "2.3", "log", (double)-INFINITY, 0,
                 log(2));
    EXPECT_CELLS(k, tt_sub(k->c, y, x = row(k, 1, (float[]){3})), TT_SHAPE(3), "2.3",
                 "sub", -3, -2, -1);
    EXPECT_CELLS(k, tt_div(k->c, x, y), TT_SHAPE(3), "2.3", "div", (double)INFINITY, 3,
                 1.5);
}

Test(task2_3, values_at_zero_and_at_the_ends)
{
    case_each(special_values, NULL);
}

/* ---- reductions -------------------------------------------------------------------------------*/

/* Folds x over dim with the tests' own walk: + from 0 or * from 1. */
static tt_shape folded(const double *x, tt_shape shape, int dim, bool product, double *out)
{
    tt_shape small = shape;
    small.dim[dim] = 1;
    for (size_t i = 0; i < tt_shape_size(small); i++) out[i] = product ? 1 : 0;
    int index[TT_MAX_DIMS] = {0};
    size_t n = 0;
    do {
        double *to = &out[case_broadcast_position(index, shape, small)];
        *to = product ? *to * x[n] : *to + x[n];
        n++;
    } while (case_next_index(shape, index));
    return small;
}

static void expect_folded(tt_case *k, tt_tensor *actual, tt_shape shape,
                          const double *want, const char *what)
{
    expect_tensor(k, actual,
                  &(tt_expected){.shape = shape,
                                 .cells = want,
                                 .tolerance = 1e-5,
                                 .what = what,
                                 .task = "2.3",
                                 .hint = "the reduced dimension stays, with size 1"});
}

static void reductions_over_each_dimension(tt_case *k, const void *user)
{
    (void)user;
    double want[CASE_MAX_CELLS];
    tt_tensor *a = case_tensor(k, case_shape(k)),
              *ones = case_tensor_whole(k, case_shape(k), 2);
    tt_shape shape = a->data.layout.shape, small;
    for (int dim = 0; dim < shape.ndim; dim++) {
        small = folded(case_cells(a), shape, dim, false, want);
        expect_folded(k, tt_sum(k->c, a, dim), small, want, "sum");
        expect_folded(k, tt_sum(k->c, a, dim - shape.ndim), small, want,
                      "sum, dim from the end");
        for (size_t i = 0; i < tt_shape_size(small); i++) want[i] /= shape.dim[dim];
        expect_folded(k, tt_mean(k->c, a, dim), small, want, "mean");
    }
    for (int dim = 0; dim < tt_shape_of(ones).ndim; dim++) {
        small = folded(case_cells(ones), tt_shape_of(ones), dim, true, want);
        expect_folded(k, tt_all(k->c, ones, dim), small, want, "all");
    }
}

Test(task2_3, reductions_over_each_dimension)
{
    case_each(reductions_over_each_dimension, NULL);
}

static void reductions_over_all_cells(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a = case_tensor(k, case_shape(k)),
              *ones = case_tensor_whole(k, TT_SHAPE(2, 2), 2);
    double *x = case_cells(a), *y = case_cells(ones), sum = 0,
           all = y[0] * y[1] * y[2] * y[3];
    for (size_t i = 0; i < tt_numel(a); i++) sum += x[i];
    double mean = sum / (double)tt_numel(a);
    expect_folded(k, tt_sum_all(k->c, a), TT_SHAPE(1), &sum, "sum_all");
    expect_folded(k, tt_mean_all(k->c, a), TT_SHAPE(1), &mean, "mean_all");
    expect_folded(k, tt_all_all(k->c, ones), TT_SHAPE(1), &all, "all_all");
}

Test(task2_3, reductions_over_all_cells_have_shape_1)
{
    case_each(reductions_over_all_cells, NULL);
}

Test(task2_3, sum_of_a_3x2_by_hand)
{
    tt_case k = case_begin(tt_backend_simple(), 0);
    tt_tensor *t = tt_from(k.c, TT_SHAPE(3, 2), (float[]){2, 3, 4, 6, 5, 7});
    EXPECT_CELLS(&k, tt_sum(k.c, t, 0), TT_SHAPE(1, 2), "2.3", "sum over 0", 11, 16);
    EXPECT_CELLS(&k, tt_sum(k.c, t, 1), TT_SHAPE(3, 1), "2.3", "sum over 1", 5, 10, 12);
    EXPECT_CELLS(&k, tt_sum_all(k.c, t), TT_SHAPE(1), "2.3", "sum of all", 27);
    case_end(&k);
}

/* ---- shape ------------------------------------------------------------------------------------ */

static void permuted_values(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a = case_tensor(k, case_shape(k));
    tt_shape shape = a->data.layout.shape, turned = {.ndim = shape.ndim};
    int order[TT_MAX_DIMS] = {0}, from[TT_MAX_DIMS] = {0}, to[TT_MAX_DIMS] = {0};
    for (int d = 0; d < shape.ndim; d++)
        order[d] = (d + 1) % shape.ndim; /* not its own inverse */
    for (int d = 0; d < shape.ndim; d++) turned.dim[d] = shape.dim[order[d]];
    double *x = case_cells(a), want[CASE_MAX_CELLS];
    size_t n = 0;
    do {
        size_t at = 0;
        for (int d = 0; d < shape.ndim; d++) from[order[d]] = to[d];
        for (int d = 0; d < shape.ndim; d++)
            at = at * (size_t)shape.dim[d] + (size_t)from[d];
        want[n++] = x[at];
    } while (case_next_index(turned, to));
    tt_tensor *b = tt_permute(k->c, a, order);
    expect_tensor(k, b,
                  &(tt_expected){.shape = turned,
                                 .cells = want,
                                 .what = "permute by (1,2,..,0)",
                                 .task = "2.3"});
    cr_assert_eq(b->data.storage, a->data.storage,
                 "permute shares storage, it does not copy");
    tt_tensor *c = tt_contiguous(k->c, b);
    expect_tensor(k, c,
                  &(tt_expected){
                      .shape = turned, .cells = want, .what = "contiguous", .task = "2.3"});
    cr_assert(tt_layout_contiguous(&c->data.layout));
}

Test(task2_3, permute_moves_cells_and_shares_storage)
{
    case_each(permuted_values, NULL);
}

Test(task2_3, view_of_contiguous_keeps_row_major_order)
{
    tt_case k = case_begin(tt_backend_simple(), 0);
    tt_tensor *a = tt_mul(k.c, tt_arange(k.c, 6), tt_num(k.c, 2));
    tt_tensor *b = tt_view(k.c, a, TT_SHAPE(2, 3)), *t = tt_transpose(k.c, b, 0, 1);
    EXPECT_CELLS(&k, b, TT_SHAPE(2, 3), "2.3", "view", 0, 2, 4, 6, 8, 10);
    EXPECT_CELLS(&k, t, TT_SHAPE(3, 2), "2.3", "transpose", 0, 6, 2, 8, 4, 10);
    EXPECT_CELLS(&k, tt_view(k.c, tt_contiguous(k.c, t), TT_SHAPE(6)), TT_SHAPE(6), "2.3",
                 "view of a copy", 0, 6, 2, 8, 4, 10);
    EXPECT_CELLS(&k, tt_flatten(k.c, t), TT_SHAPE(3, 2), "2.3", "flatten", 0, 6, 2, 8, 4,
                 10);
    case_end(&k);
}

/* ---- no dimensions, no cells ------------------------------------------------------------------ */

static void empty_and_0d(tt_case *k, const void *user)
{
    (void)user;
    tt_ctx *c = k->c;
    tt_tensor *number = tt_full(c, TT_SHAPE0, 3), *empty = tt_zeros(c, TT_SHAPE(2, 0));
    EXPECT_CELLS(k, tt_mul(c, number, number), TT_SHAPE0, "2.3", "() times ()", 9);
    EXPECT_CELLS(k, tt_mul(c, number, tt_ones(c, TT_SHAPE(2, 1))), TT_SHAPE(2, 1), "2.3",
                 "() times (2,1)", 3, 3);
    EXPECT_CELLS(k, tt_sum_all(c, number), TT_SHAPE(1), "2.3", "sum of ()", 3);
    EXPECT_CELLS(k, tt_sum(c, empty, 1), TT_SHAPE(2, 1), "2.3", "sum of nothing is 0", 0,
                 0);
    EXPECT_CELLS(k, tt_all(c, empty, 1), TT_SHAPE(2, 1), "2.3", "all of nothing is 1", 1,
                 1);
    EXPECT_CELLS(k, tt_sum_all(c, empty), TT_SHAPE(1), "2.3", "sum of nothing is 0", 0);
    cr_expect(tt_shape_equal(tt_shape_of(tt_exp(c, empty)), TT_SHAPE(2, 0)),
              "exp of (2,0)");
    cr_expect(tt_shape_equal(tt_shape_of(tt_mul(c, empty, tt_ones(c, TT_SHAPE(2, 1)))),
                             TT_SHAPE(2, 0)),
              "(2,0) times (2,1) is (2,0)");
    cr_expect(tt_shape_equal(tt_shape_of(tt_sum(c, empty, 0)), TT_SHAPE(1, 0)),
              "sum of (2,0) over 0");
    expect_no_error(k, "empty shapes are allowed");
    cr_expect_null(tt_mean(c, empty, 1), "the mean of nothing");
    EXPECT_ERROR(k, TT_ERR_VALUE, "tt_mean", "(2,0)");
}

Test(task2_3, no_dimensions_and_no_cells_are_defined)
{
    case_each(empty_and_0d, NULL);
}
