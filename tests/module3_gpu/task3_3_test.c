/* Task 3.3: map, zip, the practice sum and reduce as CUDA kernels. They run on the simulator, under
 * three orders of the threads, and on a GPU where there is one. The rules stand in
 * module3_gpu/README.md, "Task 3.3". */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "tests/module2_tensors/support/op_checks.h"
#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(task3_3, .timeout = 60);

enum { MOST = 4096 };

static tt_layout line(int n)
{
    return tt_layout_of(TT_SHAPE(n));
}

/* ---- map and zip ------------------------------------------------------------------------------- */

static void map_sizes(const kernel_place *place)
{
    double want[MOST];
    for (const int *n = kernel_sizes; *n; n++) {
        float *x = kernel_numbers(*n, *n);
        for (int i = 0; i < *n; i++) want[i] = exp((double)x[i]);
        float *in = kernel_device(place, x, (size_t)*n);
        float *out = kernel_device(place, NULL, (size_t)*n);
        int error = place->k->map(TT_OP_EXP, out, line(*n), in, line(*n));
        kernel_expect(place, error, out, want, (size_t)*n, 1e-5, "3.3",
                      "exp of %d numbers", *n);
        kernel_free(place, in);
        kernel_free(place, out);
        free(x);
    }
}

Test(task3_3, map_at_sizes_around_every_boundary)
{
    kernel_each(map_sizes);
}

/* out (3,5) in memory as (5,3), from 2 on; in (3,1) with steps of 2, from 1 on. */
static void map_layouts(const kernel_place *place)
{
    const float x[] = {9, 1.5f, 9, -2.25f, 9, 0.75f};
    tt_layout from = {.shape = TT_SHAPE(3, 1), .stride = {2, 7}, .offset = 1};
    tt_layout to = {.shape = TT_SHAPE(3, 5), .stride = {1, 3}, .offset = 2};
    double want[17] = {-77.25, -77.25};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 5; j++) want[2 + i + 3 * j] = -(double)x[1 + 2 * i];
    float *in = kernel_device(place, x, 6), *out = kernel_device(place, NULL, 17);
    int error = place->k->map(TT_OP_NEG, out, to, in, from);
    kernel_expect(place, error, out, want, 17, 0, "3.3",
                  "neg of (3,1), stretched, into a permuted (3,5)");
    kernel_free(place, in);
    kernel_free(place, out);
}

Test(task3_3, map_reads_and_writes_through_strides_offset_and_broadcasting)
{
    kernel_each(map_layouts);
}

static void zip_sizes(const kernel_place *place)
{
    double want[MOST];
    for (const int *n = kernel_sizes; *n; n++) {
        float *x = kernel_numbers(*n, *n), *y = kernel_numbers(*n, *n + 1);
        for (int i = 0; i < *n; i++) want[i] = (double)x[i] * (double)y[i];
        float *a = kernel_device(place, x, (size_t)*n),
              *b = kernel_device(place, y, (size_t)*n);
        float *out = kernel_device(place, NULL, (size_t)*n);
        int error = place->k->zip(TT_OP_MUL, out, line(*n), a, line(*n), b, line(*n));
        kernel_expect(place, error, out, want, (size_t)*n, 1e-6, "3.3",
                      "products of %d numbers", *n);
        kernel_free(place, a);
        kernel_free(place, b);
        kernel_free(place, out);
        free(x);
        free(y);
    }
}

Test(task3_3, zip_at_sizes_around_every_boundary)
{
    kernel_each(zip_sizes);
}

/* a (4,1) and b (7,), which lies backwards in memory order of the columns: every third number. */
static void zip_layouts(const kernel_place *place)
{
    float *x = kernel_numbers(4, 5), *y = kernel_numbers(21, 6);
    tt_layout al = tt_layout_of(TT_SHAPE(4, 1));
    tt_layout bl = {.shape = TT_SHAPE(7), .stride = {3}, .offset = 2};
    double want[28];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 7; j++) want[7 * i + j] = x[i] < y[2 + 3 * j] ? 1 : 0;
    float *a = kernel_device(place, x, 4), *b = kernel_device(place, y, 21);
    float *out = kernel_device(place, NULL, 28);
    int error = place->k->zip(TT_OP_LT, out, tt_layout_of(TT_SHAPE(4, 7)), a, al, b, bl);
    kernel_expect(place, error, out, want, 28, 0, "3.3",
                  "lt of (4,1) and a (7,) with stride 3");
    kernel_free(place, a);
    kernel_free(place, b);
    kernel_free(place, out);
    free(x);
    free(y);
}

Test(task3_3, zip_stretches_both_operands_of_any_layout)
{
    kernel_each(zip_layouts);
}

/* ---- the practice sum --------------------------------------------------------------------------- */

static void practice(const kernel_place *place)
{
    double want[MOST / TTK_SUM];
    for (const int *n = kernel_sizes; *n; n++) {
        float *x = kernel_numbers(*n, *n);
        int groups = (*n + TTK_SUM - 1) / TTK_SUM;
        for (int j = 0; j < groups; j++) want[j] = 0;
        for (int i = 0; i < *n; i++) want[i / TTK_SUM] += (double)x[i];
        float *in = kernel_device(place, x, (size_t)*n);
        float *out = kernel_device(place, NULL, (size_t)groups);
        kernel_count_begins();
        int error = place->k->sum_practice(out, in, *n);
        kernel_expect(place, error, out, want, (size_t)groups, 1e-5, "3.3",
                      "sums of 32 neighbours among %d numbers", *n);
        tt_sim_traffic t;
        if (kernel_counted(place, &t)) {
            cr_expect_eq(
                t.global_loads, (uint64_t)*n,
                "%d numbers: %llu reads of global memory; each is to be read once", *n,
                (unsigned long long)t.global_loads);
            cr_expect_eq(t.global_stores, (uint64_t)groups,
                         "%d numbers: %llu writes to global memory; one a block", *n,
                         (unsigned long long)t.global_stores);
            cr_expect(t.shared_loads > 0,
                      "the block's numbers are to meet in shared memory");
        }
        kernel_free(place, in);
        kernel_free(place, out);
        free(x);
    }
}

Test(task3_3, sum_practice_sums_each_block_in_shared_memory)
{
    kernel_each(practice);
}

/* ---- reduce --------------------------------------------------------------------------------------- */

/* (2, n, 3) over its middle, whose cells lie in reverse order of dimensions in memory, as the result's. */
static void reduce_of(const kernel_place *place, tt_binary_op op, float start, int n)
{
    double want[7] = {-77.25}; /* before the offset: untouched */
    float *x = kernel_numbers(6 * n, n);
    tt_layout from = {.shape = TT_SHAPE(2, n, 3), .stride = {1, 2, 2 * (size_t)n}};
    tt_layout to = {.shape = TT_SHAPE(2, 1, 3), .stride = {1, 1, 2}, .offset = 1};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++) {
            double sum = (double)start;
            for (int k = 0; k < n; k++)
                sum = tt_binary(op)((double)x[i + 2 * k + 2 * n * j], sum);
            want[1 + i + 2 * j] = sum;
        }
    float *in = kernel_device(place, x, 6 * (size_t)n),
          *out = kernel_device(place, NULL, 7);
    kernel_count_begins();
    int error = place->k->reduce(op, out, to, in, from, 1, start);
    kernel_expect(place, error, out, want, 7, 1e-4, "3.3",
                  "%s over dimension 1 of a permuted (2,%d,3), into a permuted (2,1,3)",
                  tt_binary_name(op), n);
    tt_sim_traffic t;
    if (kernel_counted(place, &t)) {
        cr_expect_eq(t.global_loads, 6 * (uint64_t)n,
                     "lines of %d: %llu reads of global memory; each cell is to be read "
                     "once",
                     n, (unsigned long long)t.global_loads);
        cr_expect(t.shared_loads > 0,
                  "lines of %d: the threads of a block are to share a line, and their "
                  "numbers to meet in shared memory",
                  n);
    }
    kernel_free(place, in);
    kernel_free(place, out);
    free(x);
}

static void reduce_sizes(const kernel_place *place)
{
    for (const int *n = kernel_sizes; *n; n++) {
        reduce_of(place, TT_OP_ADD, 0.0f, *n);
        reduce_of(place, TT_OP_MAX, -INFINITY, *n);
    }
    reduce_of(place, TT_OP_MUL, 1.0f, 40);
}

Test(task3_3, reduce_of_any_length_and_layout)
{
    kernel_each(reduce_sizes);
}

static void reduce_nothing(const kernel_place *place)
{
    const double want[] = {0, 0, 0};
    float *in = kernel_device(place, want[0] ? NULL : (float[]){0}, 1);
    float *out = kernel_device(place, NULL, 3);
    int error = place->k->reduce(TT_OP_ADD, out, tt_layout_of(TT_SHAPE(3, 1)), in,
                                 tt_layout_of(TT_SHAPE(3, 0)), 1, 0.0f);
    kernel_expect(place, error, out, want, 3, 0, "3.3", "the sum of nothing, (3,0) over 1");
    kernel_free(place, in);
    kernel_free(place, out);
}

Test(task3_3, reduce_of_nothing_gives_the_start_value)
{
    kernel_each(reduce_nothing);
}

/* ---- through tensors ------------------------------------------------------------------------------ */

/* The backends whose kernels are the course's. */
static void on_course_backends(case_body *body, const void *op)
{
    kernel_stop_at_findings();
    case_each_on(tt_backend_sim(), body, op);
    if (tt_backend_cuda_course()) case_each_on(tt_backend_cuda_course(), body, op);
}

#define ONE(name, expression)                                                            \
    Test(task3_3, tensors_##name)                                                        \
    {                                                                                    \
        on_course_backends(check_values_one, &case_one_##name);                          \
        on_course_backends(check_gradient_one, &case_one_##name);                        \
    }
TT_CASE_ONE(ONE)

#define TWO(name, expression)                                                            \
    Test(task3_3, tensors_##name)                                                        \
    {                                                                                    \
        on_course_backends(check_values_two, &case_two_##name);                          \
        on_course_backends(check_gradient_two, &case_two_##name);                        \
    }                                                                                    \
    Test(task3_3, tensors_##name##_in_every_broadcast_form)                              \
    {                                                                                    \
        on_course_backends(check_values_broadcast, &case_two_##name);                    \
        on_course_backends(check_gradient_broadcast, &case_two_##name);                  \
    }
TT_CASE_TWO(TWO)
