/* Task 2.1: positions, indices, permuted layouts. */
#include "course/grade/scenario.h"
#include "module2_tensors/shape.h"

enum { ROUNDS = 20 };

static tt_shape drawn_shape(scenario *s, int dims)
{
    tt_shape shape = {.ndim = dims};
    for (int d = 0; d < dims; d++) shape.dim[d] = draw_int(s, 1, 6);
    in_ints(s, "shape", shape.dim, (size_t)dims);
    return shape;
}

static void put_strides(scenario *s, const char *name, const size_t *stride, int dims)
{
    int64_t wide[TT_MAX_DIMS];
    for (int d = 0; d < dims; d++) wide[d] = (int64_t)stride[d];
    put_i64s(s, name, wide, (size_t)dims);
}

static void position(scenario *s)
{
    for (int i = 0; i < ROUNDS; i++) {
        int dims = draw_int(s, 1, TT_MAX_DIMS), index[TT_MAX_DIMS], strides[TT_MAX_DIMS];
        size_t stride[TT_MAX_DIMS];
        for (int d = 0; d < dims; d++) {
            index[d] = draw_int(s, 0, 9);
            strides[d] = draw_int(s, 0, 400); /* any strides, not those of a shape */
            stride[d] = (size_t)strides[d];
        }
        in_ints(s, "index", index, (size_t)dims);
        in_ints(s, "strides", strides, (size_t)dims);
        put_i64(s, "position", (int64_t)tt_index_to_position(index, stride, dims));
    }
}

static void large_position(scenario *s)
{
    for (int i = 0; i < 4; i++) {
        int index[2] = {draw_int(s, 1000, 40000), draw_int(s, 0, 9)};
        size_t stride[2] = {(size_t)draw_int(s, 100000, 900000), 1};
        in_ints(s, "index", index, 2);
        in_i64(s, "stride of dimension 0", (int64_t)stride[0]);
        put_i64(s, "position", (int64_t)tt_index_to_position(index, stride, 2));
    }
}

static void to_index(scenario *s)
{
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = drawn_shape(s, draw_int(s, 1, 6));
        int index[TT_MAX_DIMS + 1];
        size_t n = (size_t)draw_int(s, 0, (int)tt_shape_size(shape) - 1);
        for (int d = 0; d <= TT_MAX_DIMS; d++) index[d] = -5;
        in_i64(s, "ordinal", (int64_t)n);
        tt_to_index(n, shape, index);
        put_ints(s, "index, and what stands behind it", index, TT_MAX_DIMS + 1);
    }
}

static void every_ordinal(scenario *s)
{
    tt_shape shape = drawn_shape(s, 4);
    for (size_t n = 0; n < tt_shape_size(shape) && n < 200; n++) {
        int index[TT_MAX_DIMS];
        tt_to_index(n, shape, index);
        put_ints(s, "index", index, 4);
    }
}

static void permute(scenario *s)
{
    for (int i = 0; i < ROUNDS; i++) {
        int dims = draw_int(s, 2, TT_MAX_DIMS), order[TT_MAX_DIMS];
        tt_layout in = {.shape = drawn_shape(s, dims),
                        .offset = (size_t)draw_int(s, 0, 99)},
                  out;
        uint32_t drawn[TT_MAX_DIMS];
        draw_order(s, drawn, (size_t)dims);
        for (int d = 0; d < dims; d++) {
            in.stride[d] = (size_t)draw_int(s, 0, 300);
            order[d] = (int)drawn[d];
        }
        in_ints(s, "order", order, (size_t)dims);
        put_i64(s, "permuted", tt_layout_permute(&in, order, &out));
        put_ints(s, "shape", out.shape.dim, (size_t)out.shape.ndim);
        put_strides(s, "strides", out.stride, dims);
        put_i64(s, "offset", (int64_t)out.offset);
    }
}

static void permute_in_place(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        tt_layout both = tt_layout_of(drawn_shape(s, 4));
        uint32_t drawn[4];
        draw_order(s, drawn, 4);
        int order[4] = {(int)drawn[0], (int)drawn[1], (int)drawn[2], (int)drawn[3]};
        in_ints(s, "order", order, 4);
        tt_layout_permute(&both, order, &both);
        put_ints(s, "shape", both.shape.dim, 4);
        put_strides(s, "strides", both.stride, 4);
    }
}

const scenario_case scenario_cases[] = {
    {"position", "the sum of index times stride, for any strides", 3, position},
    {"large_position", "beyond 2^31", 1, large_position},
    {"to_index", "the index of a cell, the last dimension fastest", 3, to_index},
    {"every_ordinal", "every cell once, in order", 2, every_ordinal},
    {"permute", "sizes and strides change places, the offset stays", 3, permute},
    {"permute_in_place", "a layout may be its own result", 1, permute_in_place},
    {0},
};
