/* Task 3.2: the matrix product on several threads. The rules stand in module3_gpu/README.md,
 * "Task 3.2". */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module3_gpu/fast/parallel.h"
#include "tests/module3_gpu/support/fast_cases.h"

TestSuite(task3_2, .timeout = 30);

#define README "module3_gpu/README.md, Task 3.2"

static tt_const_array reading(const box *b)
{
    return (tt_const_array){b->at, b->data.layout};
}

/* Cell (index, i, j) of the product of boxes, in double. */
static double product(const box *a, const box *b, const int *batch, int dims, int i, int j)
{
    const tt_layout *x = &a->data.layout, *y = &b->data.layout;
    size_t p = x->offset + (size_t)i * x->stride[dims];
    size_t q = y->offset + (size_t)j * y->stride[dims + 1];
    for (int d = 0; d < dims; d++) {
        p += (size_t)batch[d] * x->stride[d];
        q += (size_t)batch[d] * y->stride[d];
    }
    double sum = 0;
    for (int k = 0; k < x->shape.dim[dims + 1]; k++)
        sum += (double)a->at[p + (size_t)k * x->stride[dims + 1]] *
               (double)b->at[q + (size_t)k * y->stride[dims]];
    return sum;
}

/* out = a x b, compared with the definition cell by cell; all have the same leading dimensions. */
static void check(tt_ctx *c, box a, box b, const char *what)
{
    tt_shape shape = a.data.layout.shape;
    int dims = shape.ndim - 2, m = b.data.layout.shape.dim[dims + 1], n = shape.dim[dims];
    shape.dim[dims + 1] = m;
    box out = box_out(c, shape);
    tt_parallel_matmul((tt_array){out.at, out.data.layout}, reading(&a), reading(&b));
    for (size_t cell = 0; cell < tt_shape_size(shape); cell++) {
        int batch[TT_MAX_DIMS], i = (int)(cell / (size_t)m) % n,
                                j = (int)(cell % (size_t)m);
        tt_to_index(cell, shape, batch);
        double want = product(&a, &b, batch, dims, i, j);
        double got = (double)out.at[out.data.layout.offset + cell];
        cr_assert(fabs(got - want) <= 1e-6 * (1 + fabs(want)),
                  "%s: out[%d,%d] of matrix %zu is %.8g, expected %.8g (%s)", what, i, j,
                  cell / (size_t)(n * m), got, want, README);
    }
}

Test(task3_2, two_by_three_times_three_by_four)
{
    tt_ctx *c = tt_ctx_new(NULL);
    check(c, box_of(c, TT_SHAPE(2, 3), NULL, -2, 2, 1),
          box_of(c, TT_SHAPE(3, 4), NULL, -2, 2, 2), "(2,3) x (3,4)");
    tt_ctx_free(c);
}

Test(task3_2, transposed_operands_are_read_by_their_strides)
{
    static const int turned[] = {1, 0};
    tt_ctx *c = tt_ctx_new(NULL);
    for (int form = 0; form < 4; form++)
        check(c, box_of(c, TT_SHAPE(5, 7), form & 1 ? turned : NULL, -2, 2, 1),
              box_of(c, TT_SHAPE(7, 3), form & 2 ? turned : NULL, -2, 2, 2), "transposed");
    tt_ctx_free(c);
}

Test(task3_2, batches)
{
    tt_ctx *c = tt_ctx_new(NULL);
    check(c, box_of(c, TT_SHAPE(4, 2, 3), NULL, -2, 2, 1),
          box_of(c, TT_SHAPE(4, 3, 5), NULL, -2, 2, 2), "four products");
    check(c, box_of(c, TT_SHAPE(2, 3, 2, 2), (int[]){1, 3, 0, 2}, -2, 2, 1),
          box_of(c, TT_SHAPE(2, 3, 2, 3), (int[]){3, 1, 2, 0}, -2, 2, 2),
          "permuted batches");
    tt_ctx_free(c);
}

Test(task3_2, batches_of_one_are_stretched)
{
    tt_ctx *c = tt_ctx_new(NULL);
    box a = box_of(c, TT_SHAPE(1, 2, 3), NULL, -2, 2, 1);
    box b = box_of(c, TT_SHAPE(4, 3, 5), NULL, -2, 2, 2);
    check(c, box_stretched(a, 0, 4), b, "one left matrix for four");
    a = box_of(c, TT_SHAPE(4, 3, 3), NULL, -2, 2, 3);
    b = box_of(c, TT_SHAPE(1, 3, 5), NULL, -2, 2, 4);
    check(c, a, box_stretched(b, 0, 4), "one right matrix for four");
    tt_ctx_free(c);
}

Test(task3_2, out_of_any_layout_is_written_by_its_strides)
{
    float out[20];
    for (int i = 0; i < 20; i++) out[i] = -77;
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    tt_layout square = tt_layout_of(TT_SHAPE(2, 2)), to = square;
    to.offset = 1, to.stride[0] = 3, to.stride[1] = 7;
    tt_parallel_matmul((tt_array){out, to}, (tt_const_array){a, square},
                       (tt_const_array){b, square});
    cr_expect(
        out[1] == 19 && out[8] == 22 && out[4] == 43 && out[11] == 50,
        "[[1,2],[3,4]] x [[5,6],[7,8]] is [[%g,%g],[%g,%g]], expected [[19,22],[43,50]]",
        (double)out[1], (double)out[8], (double)out[4], (double)out[11]);
    cr_expect_eq(out[2], -77.0f, "a cell between was written (%s)", README);
}

Test(task3_2, sizes_around_every_boundary)
{
    static const int sizes[] = {1, 2, 31, 32, 33, 64, 65};
    tt_ctx *c = tt_ctx_new(NULL);
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++)
            TT_SCOPE (c) {
                int n = sizes[i], m = sizes[j], k = sizes[(i + 2 * j) % 7];
                check(c, box_of(c, TT_SHAPE(n, k), NULL, -2, 2, 5),
                      box_of(c, TT_SHAPE(k, m), NULL, -2, 2, 6), "sizes");
            }
    tt_ctx_free(c);
}

Test(task3_2, a_sum_over_no_cells_is_0)
{
    float out[6] = {9, 9, 9, 9, 9, 9};
    tt_layout left = tt_layout_of(TT_SHAPE(2, 0)), right = tt_layout_of(TT_SHAPE(0, 3));
    tt_parallel_matmul((tt_array){out, tt_layout_of(TT_SHAPE(2, 3))},
                       (tt_const_array){out, left}, (tt_const_array){out, right});
    for (int i = 0; i < 6; i++) cr_expect_eq(out[i], 0.0f);
}

Test(task3_2, sums_are_kept_in_double)
{
    const float a[] = {16777216, 1, 1, 1}, b[] = {1, 1, 1, 1};
    float out[1];
    tt_parallel_matmul((tt_array){out, tt_layout_of(TT_SHAPE(1, 1))},
                       (tt_const_array){a, tt_layout_of(TT_SHAPE(1, 4))},
                       (tt_const_array){b, tt_layout_of(TT_SHAPE(4, 1))});
    cr_expect_eq(out[0], 16777220.0f,
                 "2^24 + 1 + 1 + 1 is %.1f, to the nearest float 16777220", (double)out[0]);
}

Test(task3_2, any_number_of_threads_gives_the_same_bits)
{
    tt_ctx *c = tt_ctx_new(NULL);
    box a = box_of(c, TT_SHAPE(3, 70, 80), NULL, -2, 2, 1);
    box b = box_of(c, TT_SHAPE(3, 80, 60), NULL, -2, 2, 2);
    box one = box_out(c, TT_SHAPE(3, 70, 60)), more = box_out(c, TT_SHAPE(3, 70, 60));
    tt_set_threads(1);
    tt_parallel_matmul((tt_array){one.at, one.data.layout}, reading(&a), reading(&b));
    for (int threads = 2; threads <= 5; threads++) {
        tt_set_threads(threads);
        tt_parallel_matmul((tt_array){more.at, more.data.layout}, reading(&a), reading(&b));
        box_expect_same(more, one, "a batch of three");
    }
    tt_set_threads(0);
    tt_ctx_free(c);
}

Test(task3_2, is_the_backend_s_matrix_product)
{
    tt_ctx *c = tt_ctx_new(NULL);
    box a = box_of(c, TT_SHAPE(3, 4), NULL, -2, 2, 1),
        b = box_of(c, TT_SHAPE(4, 2), NULL, -2, 2, 2);
    box out = box_out(c, TT_SHAPE(3, 2)), want = box_out(c, TT_SHAPE(3, 2));
    tti_backend_parallel()->matmul(c, out.data, a.data, b.data);
    tt_backend_simple()->matmul(c, want.data, a.data, b.data);
    box_expect(out, want, 1e-6, "matmul of backend parallel");
    tt_ctx_free(c);
}
