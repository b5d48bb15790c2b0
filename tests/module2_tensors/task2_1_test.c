/* Task 2.1: where a cell lies in memory, which cell comes n-th, and permuted layouts.
 * The rules stand in module2_tensors/README.md, "Task 2.1". */
#include <criterion/criterion.h>

#include "tests/module2_tensors/support/tensor_expect.h"

TestSuite(task2_1, .timeout = 10);

#define README "module2_tensors/README.md, Task 2.1"

/* ---- index_to_position ----------------------------------------------------------------------- */

Test(task2_1, position_is_the_sum_of_index_times_stride)
{
    static const struct {
        int index[4];
        size_t stride[4];
        int ndim;
        size_t position;
    } cases[] = {
        {{1, 2}, {3, 1}, 2, 5},
        {{1, 0}, {5, 1}, 2, 5},
        {{1, 2}, {5, 1}, 2, 7},
        {{2, 1}, {1, 5}, 2, 7},
        {{0, 0, 0}, {4, 2, 1}, 3, 0},
        {{3, 1, 1}, {4, 2, 1}, 3, 15},
        {{3, 1, 1, 2}, {1, 100, 7, 1000}, 4, 2110},
        {{9}, {11}, 1, 99},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t got = tt_index_to_position(cases[i].index, cases[i].stride, cases[i].ndim);
        cr_expect_eq(got, cases[i].position, "case %zu: position %zu, expected %zu (%s)",
                     i, got, cases[i].position, README);
    }
}

Test(task2_1, a_stretched_dimension_of_stride_0_does_not_move)
{
    size_t got = tt_index_to_position((int[]){2, 7}, (size_t[]){5, 0}, 2);
    cr_expect_eq(got, 10,
                 "stride 0 is how broadcasting is stored: position %zu, expected 10", got);
}

Test(task2_1, the_cell_of_a_tensor_without_dimensions_is_at_0)
{
    size_t none[TT_MAX_DIMS] = {9, 9, 9};
    size_t got = tt_index_to_position((int[]){7, 7}, none, 0);
    cr_expect_eq(got, 0, "() has one cell, at 0, not %zu: entries past ndim do not count",
                 got);
}

Test(task2_1, positions_beyond_32_bits_are_right)
{
    size_t got = tt_index_to_position((int[]){70000, 3}, (size_t[]){70000, 1}, 2);
    cr_expect_eq(got, (size_t)70000 * 70000 + 3,
                 "position %zu: multiply as size_t, an int overflows at 2^31", got);
}

/* ---- to_index -------------------------------------------------------------------------------- */

Test(task2_1, indices_come_in_row_major_order)
{
    static const int want[6][2] = {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}};
    for (size_t n = 0; n < 6; n++) {
        int index[TT_MAX_DIMS] = {-1, -1};
        tt_to_index(n, TT_SHAPE(2, 3), index);
        cr_expect(
            index[0] == want[n][0] && index[1] == want[n][1],
            "cell %zu of (2,3) is [%d,%d], expected [%d,%d]: the last dimension is the "
            "fastest (%s)",
            n, index[0], index[1], want[n][0], want[n][1], README);
    }
}

static void all_indices_in_order(tt_shape shape)
{
    char text[TT_SHAPE_TEXT];
    int want[TT_MAX_DIMS] = {0};
    size_t n = 0;
    do {
        int index[TT_MAX_DIMS + 1];
        for (int d = 0; d <= TT_MAX_DIMS; d++) index[d] = -7;
        tt_to_index(n, shape, index);
        for (int d = 0; d < shape.ndim; d++)
            cr_assert_eq(index[d], want[d],
                         "cell %zu of %s: index[%d] is %d, expected %d (%s)", n,
                         tt_shape_text(shape, text), d, index[d], want[d], README);
        cr_assert_eq(index[shape.ndim], -7, "writes index[%d] of a shape of %d dimensions",
                     shape.ndim, shape.ndim);
        n++;
    } while (case_next_index(shape, want));
}

Test(task2_1, every_index_comes_once_and_in_order)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        tt_case k = case_begin(tt_backend_simple(), seed);
        all_indices_in_order(case_shape(&k));
        case_end(&k);
    }
    all_indices_in_order(TT_SHAPE(1));
    all_indices_in_order(TT_SHAPE(1, 1, 1));
    all_indices_in_order(TT_SHAPE(5, 1, 33));
    all_indices_in_order(TT_SHAPE(2, 1, 2, 1, 3, 2, 1, 2));
}

Test(task2_1, the_only_index_of_a_shape_without_dimensions_is_empty)
{
    int index[1] = {42};
    tt_to_index(0, TT_SHAPE0, index);
    cr_expect_eq(index[0], 42, "() has no dimensions, so nothing is written");
}

Test(task2_1, ordinals_near_the_limit_are_right)
{
    int index[2];
    tt_to_index((size_t)46340 * 46339 + 46338, TT_SHAPE(46340, 46340), index);
    cr_expect(index[0] == 46339 && index[1] == 46338,
              "got [%d,%d], expected [46339,46338]", index[0], index[1]);
}

Test(task2_1, to_index_and_position_undo_each_other_in_row_major_order)
{
    tt_layout layout = tt_layout_of(TT_SHAPE(3, 1, 4, 2));
    for (size_t n = 0; n < 24; n++) {
        int index[TT_MAX_DIMS];
        tt_to_index(n, layout.shape, index);
        size_t got = tt_index_to_position(index, layout.stride, layout.shape.ndim);
        cr_assert_eq(got, n, "cell %zu of a row-major (3,1,4,2) is at %zu (%s)", n, got,
                     README);
    }
}

/* ---- permute --------------------------------------------------------------------------------- */

Test(task2_1, permute_reorders_shape_and_strides_together)
{
    tt_layout in = tt_layout_of(TT_SHAPE(2, 3, 4)), out;
    in.offset = 5;
    cr_assert(tt_layout_permute(&in, (int[]){2, 0, 1}, &out), "(2,0,1) is a permutation");
    static const int dim[3] = {4, 2, 3};
    static const size_t stride[3] = {1, 12, 4};
    cr_expect_eq(out.shape.ndim, 3);
    for (int d = 0; d < 3; d++) {
        cr_expect_eq(out.shape.dim[d], dim[d],
                     "dimension %d has size %d, expected %d: dimension d "
                     "of the result is dimension order[d] of the input (%s)",
                     d, out.shape.dim[d], dim[d], README);
        cr_expect_eq(out.stride[d], stride[d],
                     "dimension %d has stride %zu, expected %zu: the "
                     "memory stays, so strides move with their dimension",
                     d, out.stride[d], stride[d]);
    }
    cr_expect_eq(out.offset, 5, "the first cell stays where it is");
}

/* Cell j of the permuted layout is cell i of the input where i[order[d]] = j[d]. */
static void permuted_cells_are_the_same_cells(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *t = case_tensor(k, case_shape(k));
    int ndim = t->data.layout.shape.ndim, order[TT_MAX_DIMS] = {0};
    uint32_t random[TT_MAX_DIMS];
    tt_rng_permutation(k->rng, random, (size_t)ndim);
    for (int d = 0; d < ndim; d++) order[d] = (int)random[d];
    tt_layout out;
    cr_assert(tt_layout_permute(&t->data.layout, order, &out), "seed %d", (int)k->seed);
    int j[TT_MAX_DIMS] = {0}, i[TT_MAX_DIMS] = {0};
    do {
        size_t got = 0, want = 0;
        for (int d = 0; d < ndim; d++) i[order[d]] = j[d];
        for (int d = 0; d < ndim; d++) got += (size_t)j[d] * out.stride[d];
        for (int d = 0; d < ndim; d++) want += (size_t)i[d] * t->data.layout.stride[d];
        cr_assert_eq(got, want,
                     "seed %d: a permuted cell is at %zu, its original at %zu (%s)",
                     (int)k->seed, got, want, README);
    } while (case_next_index(out.shape, j));
}

Test(task2_1, permuted_cells_are_the_same_cells)
{
    case_each(permuted_cells_are_the_same_cells, NULL);
}

Test(task2_1, reversing_twice_is_the_identity)
{
    tt_layout in = tt_layout_of(TT_SHAPE(2, 3, 5, 7)), once, twice;
    const int reverse[4] = {3, 2, 1, 0};
    cr_assert(tt_layout_permute(&in, reverse, &once));
    cr_expect_not(tt_layout_contiguous(&once),
                  "reversed, the cells do not lie in row-major order");
    cr_assert(tt_layout_permute(&once, reverse, &twice));
    for (int d = 0; d < 4; d++) {
        cr_expect_eq(twice.shape.dim[d], in.shape.dim[d], "size of dimension %d", d);
        cr_expect_eq(twice.stride[d], in.stride[d], "stride of dimension %d", d);
    }
}

Test(task2_1, permute_may_write_over_its_input)
{
    tt_layout layout = tt_layout_of(TT_SHAPE(2, 3, 4));
    cr_assert(tt_layout_permute(&layout, (int[]){1, 2, 0}, &layout));
    cr_expect(layout.shape.dim[0] == 3 && layout.shape.dim[1] == 4 &&
                  layout.shape.dim[2] == 2,
              "in place: shape (%d,%d,%d), expected (3,4,2)", layout.shape.dim[0],
              layout.shape.dim[1], layout.shape.dim[2]);
    cr_expect(layout.stride[0] == 4 && layout.stride[1] == 1 && layout.stride[2] == 12,
              "in place: strides (%zu,%zu,%zu), expected (4,1,12)", layout.stride[0],
              layout.stride[1], layout.stride[2]);
}
