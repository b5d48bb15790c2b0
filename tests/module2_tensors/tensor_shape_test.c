/* Shapes and layouts that are given: sizes, limits, text, contiguity. */
#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>

#include "module2_tensors/shape.h"

TestSuite(tensor_shape, .timeout = 10);

Test(tensor_shape, counts_cells)
{
    cr_expect_eq(tt_shape_size(TT_SHAPE0), 1, "() is a single number");
    cr_expect_eq(tt_shape_size(TT_SHAPE(5)), 5);
    cr_expect_eq(tt_shape_size(TT_SHAPE(2, 3, 4)), 24);
    cr_expect_eq(tt_shape_size(TT_SHAPE(2, 0, 4)), 0, "a size of 0 makes it empty");
}

Test(tensor_shape, knows_equal_from_different)
{
    cr_expect(tt_shape_equal(TT_SHAPE(2, 3), TT_SHAPE(2, 3)));
    cr_expect(tt_shape_equal(TT_SHAPE0, TT_SHAPE0));
    cr_expect_not(tt_shape_equal(TT_SHAPE(2, 3), TT_SHAPE(3, 2)));
    cr_expect_not(tt_shape_equal(TT_SHAPE(3), TT_SHAPE(1, 3)),
                  "as many cells, not the same shape");
    cr_expect_not(tt_shape_equal(TT_SHAPE0, TT_SHAPE(1)));
}

Test(tensor_shape, shape_macro_counts_and_evaluates_once)
{
    int calls = 0;
    tt_shape s = TT_SHAPE(++calls, 7, 7, 7, 7, 7, 7, 7);
    cr_expect_eq(calls, 1);
    cr_expect_eq(s.ndim, 8);
    cr_expect_eq(s.dim[0], 1);
}

Test(tensor_shape, valid_shapes_have_fewer_than_2_to_the_31_cells)
{
    cr_expect(tt_shape_valid(TT_SHAPE0));
    cr_expect(tt_shape_valid(TT_SHAPE(0)));
    cr_expect(tt_shape_valid(TT_SHAPE(INT_MAX)), "2^31 - 1 cells are allowed");
    cr_expect(tt_shape_valid(TT_SHAPE(46340, 46340)));
    cr_expect_not(tt_shape_valid(TT_SHAPE(46341, 46341)), "more than 2^31 - 1 cells");
    cr_expect_not(tt_shape_valid(TT_SHAPE(65536, 65536)), "2^32: 0 in 32 bits");
    cr_expect_not(tt_shape_valid(TT_SHAPE(65536, 65536, 65536, 65536)),
                  "2^64: 0 in 64 bits");
    cr_expect_not(tt_shape_valid(TT_SHAPE(-1)));
    cr_expect_not(tt_shape_valid(TT_SHAPE(2, -3)));
    cr_expect_not(tt_shape_valid(TT_SHAPE(-2, -3)),
                  "two negative sizes make a positive product");
    tt_shape nine = {.ndim = TT_MAX_DIMS + 1};
    cr_expect_not(tt_shape_valid(nine), "more dimensions than there is room for");
    nine.ndim = -1;
    cr_expect_not(tt_shape_valid(nine));
}

static void text_is(tt_shape shape, const char *want)
{
    char text[TT_SHAPE_TEXT];
    memset(text, '?', sizeof text);
    cr_expect_eq(tt_shape_text(shape, text), text, "returns its buffer");
    cr_expect_str_eq(text, want);
}

Test(tensor_shape, text_looks_like_a_tuple)
{
    text_is(TT_SHAPE0, "()");
    text_is(TT_SHAPE(5), "(5,)");
    text_is(TT_SHAPE(2, 3), "(2,3)");
    text_is(TT_SHAPE(INT_MIN, INT_MIN, INT_MIN, INT_MIN, INT_MIN, INT_MIN, INT_MIN, INT_MIN),
            "(-2147483648,-2147483648,-2147483648,-2147483648,-2147483648,-2147483648,"
            "-2147483648,-2147483648)");
}

static void strides_are(tt_shape shape, const size_t *want)
{
    char text[TT_SHAPE_TEXT];
    tt_layout layout = tt_layout_of(shape);
    cr_expect_eq(layout.offset, 0);
    for (int d = 0; d < shape.ndim; d++)
        cr_expect_eq(layout.stride[d], want[d], "%s: stride %d is %zu, expected %zu",
                     tt_shape_text(shape, text), d, layout.stride[d], want[d]);
    cr_expect(tt_layout_contiguous(&layout), "%s is row-major", tt_shape_text(shape, text));
}

Test(tensor_shape, new_layouts_are_row_major)
{
    strides_are(TT_SHAPE(4, 2, 2), (size_t[]){4, 2, 1});
    strides_are(TT_SHAPE(3, 5), (size_t[]){5, 1});
    strides_are(TT_SHAPE(7), (size_t[]){1});
    strides_are(TT_SHAPE(1, 1, 6), (size_t[]){6, 6, 1});
    strides_are(TT_SHAPE0, NULL);
}

static bool contiguous(tt_shape shape, const size_t *stride)
{
    tt_layout layout = {.shape = shape};
    for (int d = 0; d < shape.ndim; d++) layout.stride[d] = stride[d];
    return tt_layout_contiguous(&layout);
}

Test(tensor_shape, contiguous_is_row_major_without_gaps)
{
    cr_expect(contiguous(TT_SHAPE(3, 5), (size_t[]){5, 1}));
    cr_expect_not(contiguous(TT_SHAPE(5, 3), (size_t[]){1, 5}), "transposed");
    cr_expect_not(contiguous(TT_SHAPE(3, 5), (size_t[]){6, 1}), "a gap after each row");
    cr_expect_not(contiguous(TT_SHAPE(5), (size_t[]){2}), "every second cell");
    cr_expect_not(contiguous(TT_SHAPE(3, 5), (size_t[]){0, 1}),
                  "stretched: one row for all");
    cr_expect_not(contiguous(TT_SHAPE(3, 3), (size_t[]){1, 1}), "rows overlap");
    cr_expect_not(contiguous(TT_SHAPE(2, 3, 4), (size_t[]){4, 8, 1}),
                  "outer two swapped");
}

Test(tensor_shape, strides_of_dimensions_of_size_1_do_not_matter)
{
    cr_expect(contiguous(TT_SHAPE(1, 5), (size_t[]){77, 1}),
              "MiniTorch gets this one wrong");
    cr_expect(contiguous(TT_SHAPE(5, 1), (size_t[]){1, 5}));
    cr_expect(contiguous(TT_SHAPE(2, 1, 3), (size_t[]){3, 0, 1}));
    cr_expect(contiguous(TT_SHAPE(1, 1), (size_t[]){0, 9}));
}

Test(tensor_shape, an_empty_layout_is_contiguous_whatever_its_strides)
{
    cr_expect(contiguous(TT_SHAPE(3, 0), (size_t[]){9, 9}));
    cr_expect(contiguous(TT_SHAPE(0, 3), (size_t[]){9, 9}),
              "also when the size 0 is on the left");
    cr_expect(contiguous(TT_SHAPE(2, 0, 3), (size_t[]){1, 1, 7}));
}

Test(tensor_shape, no_permutation_is_refused_and_out_stays)
{
    static const int wrong[][3] = {{0, 0, 1}, {0, 1, 3}, {-1, 0, 1},
                                   {2, 2, 2}, {1, 2, 3}, {0, 1, 64}};
    tt_layout in = tt_layout_of(TT_SHAPE(2, 3, 4));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        tt_layout out = tt_layout_of(TT_SHAPE(9));
        cr_expect_not(tt_layout_permute(&in, wrong[i], &out), "order (%d,%d,%d)",
                      wrong[i][0], wrong[i][1], wrong[i][2]);
        cr_expect(tt_shape_equal(out.shape, TT_SHAPE(9)), "out is untouched");
    }
}
