/* Task 3.3: map, zip, the practice sum and reduce as kernels, on the simulator. */
#include "course/grade/scenarios/kernels.h"

static const tt_sim_order orders[] = {TT_SIM_FORWARD, TT_SIM_REVERSE, TT_SIM_RANDOM};

/* A layout of shape (rows, columns), turned or not, and how many numbers it spans. */
static tt_layout box(scenario *s, int rows, int columns, bool turned, int *numbers)
{
    tt_layout l = {.shape = TT_SHAPE(rows, columns), .offset = (size_t)draw_int(s, 0, 3)};
    int gap = draw_int(s, 0, 2);
    l.stride[0] = turned ? 1 : (size_t)(columns + gap);
    l.stride[1] = turned ? (size_t)(rows + gap) : 1;
    *numbers = (int)l.offset + (turned ? (rows + gap) * columns : (columns + gap) * rows);
    in_ints(s, "shape", l.shape.dim, 2);
    in_ints(s, "strides", (int[]){(int)l.stride[0], (int)l.stride[1]}, 2);
    in_i64(s, "offset", (int64_t)l.offset);
    return l;
}

static void map(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        const ttk_table *k = simulated(s, orders[i % 3]);
        int n = i == 0 ? 1 : i == 1 ? 256 : draw_int(s, 200, 1100);
        tt_unary_op op = i % 2 ? TT_OP_SIGMOID : TT_OP_NEG;
        float *in = device_draw(s, k, "in", n, -3, 3), *out = device_room(k, n);
        tt_layout l = tt_layout_of(TT_SHAPE(n));
        put_launch(s, k, k->map(op, out, l, in, l), out, n, (uint64_t)n, (uint64_t)n);
    }
}

static void map_layouts(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        const ttk_table *k = simulated(s, orders[i % 3]);
        int rows = draw_int(s, 2, 20), columns = draw_int(s, 2, 20), from_n, to_n;
        tt_layout from = box(s, rows, i % 2 ? 1 : columns, i % 3 == 1, &from_n);
        tt_layout to = box(s, rows, columns, i % 3 == 2, &to_n);
        float *in = device_draw(s, k, "in", from_n, -3, 3), *out = device_room(k, to_n);
        put_launch(s, k, k->map(TT_OP_EXP, out, to, in, from), out, to_n,
                   (uint64_t)(rows * columns), (uint64_t)(rows * columns));
    }
}

static void zip(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        const ttk_table *k = simulated(s, orders[i % 3]);
        int n = i == 0 ? 33 : draw_int(s, 200, 1100);
        float *a = device_draw(s, k, "a", n, -3, 3), *b = device_draw(s, k, "b", n, 1, 3);
        float *out = device_room(k, n);
        tt_layout l = tt_layout_of(TT_SHAPE(n));
        put_launch(s, k, k->zip(i % 2 ? TT_OP_INV_BACK : TT_OP_MUL, out, l, b, l, a, l),
                   out, n, 2 * (uint64_t)n, (uint64_t)n);
    }
}

static void zip_layouts(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        const ttk_table *k = simulated(s, orders[i % 3]);
        int rows = draw_int(s, 2, 20), columns = draw_int(s, 2, 20), an, bn, on;
        tt_layout al = box(s, rows, i % 2 ? 1 : columns, i % 3 == 1, &an);
        tt_layout bl = box(s, i > 2 ? 1 : rows, columns, i % 3 == 0, &bn);
        tt_layout to = box(s, rows, columns, i % 3 == 2, &on);
        float *a = device_draw(s, k, "a", an, -3, 3),
              *b = device_draw(s, k, "b", bn, -3, 3);
        float *out = device_room(k, on);
        put_launch(s, k, k->zip(TT_OP_RELU_BACK, out, to, a, al, b, bl), out, on,
                   2 * (uint64_t)(rows * columns), (uint64_t)(rows * columns));
    }
}

static void sum_practice(scenario *s)
{
    for (int i = 0; i < 9; i++) {
        const ttk_table *k = simulated(s, orders[i % 3]);
        int n = i < 3 ? 32 : i < 6 ? 64 * i : draw_int(s, 1, 500), groups = (n + 31) / 32;
        float *in = device_draw(s, k, "in", n, -3, 3), *out = device_room(k, groups);
        put_launch(s, k, k->sum_practice(out, in, n), out, groups, (uint64_t)n,
                   (uint64_t)groups);
    }
}

static void reduced(scenario *s, const ttk_table *k, tt_binary_op op, float start,
                    tt_shape shape, int dim, bool turned)
{
    tt_layout from = tt_layout_of(shape);
    tt_shape small = shape;
    if (turned) {
        from.stride[0] = 1;
        from.stride[1] = (size_t)shape.dim[0];
    }
    small.dim[dim] = 1;
    int n = (int)tt_shape_size(shape), cells = (int)tt_shape_size(small);
    in_ints(s, "shape", shape.dim, 2);
    in_i64(s, "dimension", dim);
    float *in = device_draw(s, k, "in", n, 0.9f, 1.1f), *out = device_room(k, cells);
    put_launch(s, k, k->reduce(op, out, tt_layout_of(small), in, from, dim, start), out,
               cells, (uint64_t)n, (uint64_t)cells);
}

static void reduce(scenario *s)
{
    for (int i = 0; i < 6; i++)
        reduced(s, simulated(s, orders[i % 3]), TT_OP_ADD, 0,
                TT_SHAPE(draw_int(s, 2, 9), draw_int(s, 2, 60)), i % 2, i > 3);
}

static void reduce_other_operators(scenario *s)
{
    for (int i = 0; i < 3; i++) {
        reduced(s, simulated(s, orders[i]), TT_OP_MUL, 1, TT_SHAPE(3, draw_int(s, 2, 40)),
                1, false);
        reduced(s, simulated(s, orders[i]), TT_OP_MAX, -100,
                TT_SHAPE(draw_int(s, 2, 40), 3), 0, false);
    }
}

/* MiniTorch's kernel gives several results for lines beyond 1024. */
static void long_lines(scenario *s)
{
    for (int i = 0; i < 3; i++)
        reduced(s, simulated(s, orders[i]), TT_OP_ADD, 0,
                TT_SHAPE(2, draw_int(s, 1100, 2600)), 1, false);
}

const scenario_case scenario_cases[] = {
    {"map", "one thread a cell, and none beyond", 3, map},
    {"map_layouts", "strides, offsets, broadcasting", 2, map_layouts},
    {"zip", "two inputs", 3, zip},
    {"zip_layouts", "both stretched, of any layout", 2, zip_layouts},
    {"sum_practice", "32 numbers a block, in shared memory", 4, sum_practice},
    {"reduce", "a block a line", 4, reduce},
    {"reduce_other_operators", "products and maxima", 2, reduce_other_operators},
    {"long_lines", "lines beyond 1024 cells", 3, long_lines},
    {0},
};
