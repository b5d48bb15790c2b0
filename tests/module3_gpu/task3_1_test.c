/* Task 3.1: map, zip and reduce on several threads. The rules stand in module3_gpu/README.md,
 * "Task 3.1". */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "module3_gpu/fast/parallel.h"
#include "tests/module2_tensors/support/op_checks.h"

TestSuite(task3_1, .timeout = 60);

#define README "module3_gpu/README.md, Task 3.1"

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

/* ---- map --------------------------------------------------------------------------------------- */

Test(task3_1, map_of_aligned_memory_starts_at_the_offsets)
{
    float in[ROOM], out[ROOM];
    for (int i = 0; i < ROOM; i++) in[i] = (float)i;
    clear(out);
    tt_parallel_map(twice_and_one,
                    (tt_array){out, layout(TT_SHAPE(2, 2), (size_t[]){2, 1}, 5)},
                    (tt_const_array){in, layout(TT_SHAPE(2, 2), (size_t[]){2, 1}, 3)});
    only(out, (int[]){5, 6, 7, 8}, (float[]){7, 9, 11, 13}, 4, "map, aligned");
}

Test(task3_1, map_reads_and_writes_through_strides)
{
    float in[ROOM], out[ROOM];
    for (int i = 0; i < ROOM; i++) in[i] = (float)i;
    clear(out);
    tt_parallel_map(twice_and_one,
                    (tt_array){out, layout(TT_SHAPE(2, 3), (size_t[]){1, 5}, 2)},
                    (tt_const_array){in, layout(TT_SHAPE(2, 3), (size_t[]){7, 2}, 3)});
    only(out, (int[]){2, 7, 12, 3, 8, 13}, (float[]){7, 11, 15, 21, 25, 29}, 6,
         "map, strides");
}

Test(task3_1, map_with_equal_strides_and_gaps_leaves_the_gaps_alone)
{
    float in[ROOM], out[ROOM];
    for (int i = 0; i < ROOM; i++) in[i] = (float)i;
    clear(out);
    tt_layout gaps = layout(TT_SHAPE(2, 2), (size_t[]){8, 2}, 1);
    tt_parallel_map(twice_and_one, (tt_array){out, gaps}, (tt_const_array){in, gaps});
    only(out, (int[]){1, 3, 9, 11}, (float[]){3, 7, 19, 23}, 4, "map, the same gaps");
}

Test(task3_1, map_with_equal_strides_but_different_shapes)
{
    const float in[ROOM] = {1, 2, 30, 40, 50, 60};
    float out[ROOM];
    clear(out);
    /* strides (2,1) both, yet in has one row: who compares strides alone reads past it */
    tt_parallel_map(twice_and_one, (tt_array){out, tt_layout_of(TT_SHAPE(3, 2))},
                    (tt_const_array){in, layout(TT_SHAPE(1, 2), (size_t[]){2, 1}, 0)});
    only(out, (int[]){0, 1, 2, 3, 4, 5}, (float[]){3, 5, 3, 5, 3, 5}, 6,
         "map, (1,2) to (3,2)");
}

/* ---- zip --------------------------------------------------------------------------------------- */

Test(task3_1, zip_of_aligned_memory_starts_at_the_offsets)
{
    float a[ROOM], b[ROOM], out[ROOM];
    for (int i = 0; i < ROOM; i++) a[i] = (float)i, b[i] = (float)(ROOM - i);
    clear(out);
    tt_parallel_zip(ten_a_plus_b, (tt_array){out, layout(TT_SHAPE(3), (size_t[]){1}, 4)},
                    (tt_const_array){a, layout(TT_SHAPE(3), (size_t[]){1}, 1)},
                    (tt_const_array){b, layout(TT_SHAPE(3), (size_t[]){1}, 7)});
    only(out, (int[]){4, 5, 6}, (float[]){35, 44, 53}, 3, "zip, aligned");
}

Test(task3_1, zip_with_one_operand_aligned_and_the_other_transposed)
{
    const float a[ROOM] = {1, 2, 3, 4}, b[ROOM] = {5, 6, 7, 8};
    float out[ROOM];
    tt_layout rows = tt_layout_of(TT_SHAPE(2, 2));
    tt_layout columns = layout(TT_SHAPE(2, 2), (size_t[]){1, 2}, 0);
    clear(out);
    tt_parallel_zip(ten_a_plus_b, (tt_array){out, rows}, (tt_const_array){a, rows},
                    (tt_const_array){b, columns});
    only(out, (int[]){0, 1, 2, 3}, (float[]){15, 27, 36, 48}, 4, "zip, b transposed");
    clear(out);
    tt_parallel_zip(ten_a_plus_b, (tt_array){out, rows}, (tt_const_array){a, columns},
                    (tt_const_array){b, rows});
    only(out, (int[]){0, 1, 2, 3}, (float[]){15, 36, 27, 48}, 4, "zip, a transposed");
}

Test(task3_1, zip_stretches_both_operands)
{
    const float a[] = {1, 2}, b[] = {3, 4, 5};
    float out[ROOM];
    clear(out);
    tt_parallel_zip(ten_a_plus_b, (tt_array){out, tt_layout_of(TT_SHAPE(2, 3))},
                    (tt_const_array){a, tt_layout_of(TT_SHAPE(2, 1))},
                    (tt_const_array){b, tt_layout_of(TT_SHAPE(3))});
    only(out, (int[]){0, 1, 2, 3, 4, 5}, (float[]){13, 14, 15, 23, 24, 25}, 6,
         "(2,1) with (3,)");
}

Test(task3_1, zip_with_equal_strides_but_different_shapes)
{
    const float a[] = {1, 2, 3, 4}, b[ROOM] = {5, 6, 70, 80};
    float out[ROOM];
    clear(out);
    tt_parallel_zip(ten_a_plus_b, (tt_array){out, tt_layout_of(TT_SHAPE(2, 2))},
                    (tt_const_array){a, tt_layout_of(TT_SHAPE(2, 2))},
                    (tt_const_array){b, layout(TT_SHAPE(1, 2), (size_t[]){2, 1}, 0)});
    only(out, (int[]){0, 1, 2, 3}, (float[]){15, 26, 35, 46}, 4, "(2,2) with (1,2)");
}

/* ---- reduce ------------------------------------------------------------------------------------ */

Test(task3_1, reduce_folds_in_order_from_the_start_value)
{
    const float in[] = {1, 2, 3, 4, 5, 6};
    float out[ROOM];
    clear(out);
    out[0] = 7, out[1] = 8; /* the start values */
    tt_parallel_reduce(append_digit, (tt_array){out, tt_layout_of(TT_SHAPE(2, 1))},
                       (tt_const_array){in, tt_layout_of(TT_SHAPE(2, 3))}, 1);
    only(out, (int[]){0, 1}, (float[]){7123, 8456}, 2,
         "out = fn(in[2], fn(in[1], fn(in[0], start))): cells in order, element first");
}

Test(task3_1, reduce_folds_first_middle_and_last_dimensions_of_any_layout)
{
    float in[ROOM], out[ROOM];
    clear(in);
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
        tt_parallel_reduce(append_digit, (tt_array){out, tt_layout_of(cases[dim].out)},
                           (tt_const_array){in, box}, dim);
        only(out, (int[]){0, 1, 2, 3}, cases[dim].want, 4, "reduce of a (2,2,2) with gaps");
    }
}

Test(task3_1, reduce_of_nothing_leaves_the_start_value)
{
    float out[ROOM];
    clear(out);
    out[0] = 5, out[1] = 6;
    tt_parallel_reduce(append_digit, (tt_array){out, tt_layout_of(TT_SHAPE(2, 1))},
                       (tt_const_array){out, tt_layout_of(TT_SHAPE(2, 0))}, 1);
    only(out, (int[]){0, 1}, (float[]){5, 6}, 2, "(2,0) over 1");
}

Test(task3_1, reduce_keeps_its_sum_in_double)
{
    const float in[] = {16777216, 1, 1, 1, 1};
    float out[1] = {0};
    tt_parallel_reduce(tt_binary(TT_OP_ADD), (tt_array){out, tt_layout_of(TT_SHAPE(1))},
                       (tt_const_array){in, tt_layout_of(TT_SHAPE(5))}, 0);
    cr_expect_eq(
        out[0], 16777220.0f,
        "2^24 + 1 + 1 + 1 + 1 is %.1f, expected 16777220: a float sum loses every "
        "1 (%s)",
        (double)out[0], README);
}

Test(task3_1, loops_over_no_cells_write_nothing)
{
    float none[ROOM];
    clear(none);
    tt_layout empty = tt_layout_of(TT_SHAPE(3, 0));
    tt_parallel_map(twice_and_one, (tt_array){none, empty}, (tt_const_array){none, empty});
    tt_parallel_zip(ten_a_plus_b, (tt_array){none, empty}, (tt_const_array){none, empty},
                    (tt_const_array){none, tt_layout_of(TT_SHAPE(3, 1))});
    only(none, NULL, NULL, 0, "shape (3,0)");
}

/* ---- several threads --------------------------------------------------------------------------- */

static unsigned seen; /* a bit for each thread that called the function below */

static float id_of_a_thread(float x)
{
    __atomic_fetch_or(&seen, 1u << (tti_thread() & 31), __ATOMIC_RELAXED);
    return x;
}

static double sum_of_a_thread(double x, double sum)
{
    __atomic_fetch_or(&seen, 1u << (tti_thread() & 31), __ATOMIC_RELAXED);
    return x + sum;
}

static float first_of_a_thread(float x, float y)
{
    return id_of_a_thread(x + 0 * y);
}

static void expect_threads(const char *what)
{
    if (tt_threads() > 1) /* else this build has no OpenMP */
        cr_expect(seen & (seen - 1),
                  "%s of 500000 cells ran on one thread of %d: is the main loop marked "
                  "TT_PARALLEL_FOR? (%s)",
                  what, tt_threads(), README);
    seen = 0;
}

enum { MANY = 500000 };

Test(task3_1, long_loops_run_on_several_threads)
{
    float *in = calloc(2 * MANY, sizeof *in), *out = in + MANY, *line = calloc(500, 4);
    tt_set_threads(3);
    tt_layout whole = tt_layout_of(TT_SHAPE(500, 1000));
    tt_layout turned = layout(TT_SHAPE(500, 1000), (size_t[]){1, 500}, 0);
    tt_layout sums = tt_layout_of(TT_SHAPE(500, 1));
    tt_parallel_map(id_of_a_thread, (tt_array){out, whole}, (tt_const_array){in, whole});
    expect_threads("map, aligned,");
    tt_parallel_map(id_of_a_thread, (tt_array){out, whole}, (tt_const_array){in, turned});
    expect_threads("map, transposed,");
    tt_parallel_zip(first_of_a_thread, (tt_array){out, whole},
                    (tt_const_array){in, whole}, (tt_const_array){in, whole});
    expect_threads("zip, aligned,");
    tt_parallel_zip(first_of_a_thread, (tt_array){out, whole},
                    (tt_const_array){in, whole}, (tt_const_array){in, turned});
    expect_threads("zip, transposed,");
    tt_parallel_reduce(sum_of_a_thread, (tt_array){line, sums},
                       (tt_const_array){in, whole}, 1);
    expect_threads("reduce");
    tt_set_threads(0);
    free(in);
    free(line);
}

/* Index buffers shared by threads give wrong cells, now and then: so several times. */
Test(task3_1, threads_do_not_share_an_index)
{
    float *in = malloc(MANY * sizeof *in), *out = malloc(MANY * sizeof *out);
    for (int i = 0; i < MANY; i++) in[i] = (float)i;
    tt_set_threads(3);
    tt_layout whole = tt_layout_of(TT_SHAPE(500, 1000));
    tt_layout turned = layout(TT_SHAPE(500, 1000), (size_t[]){1, 500}, 0);
    for (int round = 0; round < 5; round++) {
        tt_parallel_map(tt_unaryf(TT_OP_NEG), (tt_array){out, whole},
                        (tt_const_array){in, turned});
        for (int i = 0; i < MANY; i++)
            cr_assert_eq(out[i], -in[i / 1000 + i % 1000 * 500],
                         "map: cell number %d is %g, expected %g (%s)", i, (double)out[i],
                         -(double)in[i / 1000 + i % 1000 * 500], README);
        tt_parallel_zip(tt_binaryf(TT_OP_ADD), (tt_array){out, whole},
                        (tt_const_array){in, turned}, (tt_const_array){in, whole});
        for (int i = 0; i < MANY; i++)
            cr_assert_eq(out[i], in[i / 1000 + i % 1000 * 500] + in[i],
                         "zip: cell number %d is %g (%s)", i, (double)out[i], README);
    }
    tt_set_threads(0);
    free(in);
    free(out);
}

Test(task3_1, sizes_around_every_boundary)
{
    static const int sizes[] = {1, 31, 32, 33, 255, 256, 257, 1023, 1024, 1025, 40000};
    float *in = malloc(40000 * sizeof *in), *out = malloc(40001 * sizeof *out);
    for (int i = 0; i < 40000; i++) in[i] = (float)(i % 23) - 11.5f;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int n = sizes[s];
        tt_layout line = tt_layout_of(TT_SHAPE(n)), one = tt_layout_of(TT_SHAPE(1));
        double sum = 0;
        out[n] = UNTOUCHED;
        tt_parallel_map(twice_and_one, (tt_array){out, line}, (tt_const_array){in, line});
        for (int i = 0; i < n; i++) {
            cr_assert_eq(out[i], twice_and_one(in[i]), "map of %d: cell %d", n, i);
            sum += (double)in[i];
        }
        cr_assert_eq(out[n], UNTOUCHED, "map of %d wrote a cell more", n);
        out[0] = 0.5f;
        tt_parallel_reduce(tt_binary(TT_OP_ADD), (tt_array){out, one},
                           (tt_const_array){in, line}, 0);
        cr_assert_eq((double)out[0], (double)(float)(sum + 0.5),
                     "sum of %d is %g, not %g", n, (double)out[0], sum + 0.5);
    }
    free(in);
    free(out);
}

/* ---- the operator list, on tensors in random layouts -------------------------------------------- */

static void each(case_body *body, const void *user)
{
    for (uint64_t seed = 0; seed < CASE_SEEDS; seed++) {
        tt_case k = case_begin(tti_backend_parallel(), seed);
        body(&k, user);
        case_end(&k);
    }
}

#define ONE(name, expression)                                                            \
    Test(task3_1, values_of_##name)                                                      \
    {                                                                                    \
        each(check_values_one, &case_one_##name);                                        \
    }                                                                                    \
    Test(task3_1, gradient_of_##name)                                                    \
    {                                                                                    \
        each(check_gradient_one, &case_one_##name);                                      \
    }
TT_CASE_ONE(ONE)

#define TWO(name, expression)                                                            \
    Test(task3_1, values_of_##name)                                                      \
    {                                                                                    \
        each(check_values_two, &case_two_##name);                                        \
        each(check_values_broadcast, &case_two_##name);                                  \
    }                                                                                    \
    Test(task3_1, gradient_of_##name)                                                    \
    {                                                                                    \
        each(check_gradient_two, &case_two_##name);                                      \
        each(check_gradient_broadcast, &case_two_##name);                                \
    }
TT_CASE_TWO(TWO)
