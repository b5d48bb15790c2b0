/* Task 3.4: the matrix product as a kernel, on the simulator, with its traffic. */
#include "course/grade/scenarios/kernels.h"

static const tt_sim_order orders[] = {TT_SIM_FORWARD, TT_SIM_REVERSE, TT_SIM_RANDOM};

static void practice(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        const ttk_table *k = simulated(s, orders[i % 3]);
        int n = i == 0 ? 32 : draw_int(s, 1, 31);
        in_i64(s, "n", n);
        float *a = device_draw(s, k, "a", n * n, -2, 2),
              *b = device_draw(s, k, "b", n * n, -2, 2);
        float *out = device_room(k, n * n);
        int error = k->matmul_practice(out, a, b, n);
        tt_sim_traffic t = tt_sim_total();
        put_i64(s, "each cell is read from global memory once",
                t.global_loads <= 2 * (uint64_t)(n * n) + 64);
        put_launch(s, k, error, out, n * n, 2 * (uint64_t)(n * n), (uint64_t)(n * n));
    }
}

static tt_layout matrix(int rows, int columns, bool turned)
{
    tt_layout l = tt_layout_of(TT_SHAPE(rows, columns));
    if (!turned) return l;
    l.stride[0] = 1;
    l.stride[1] = (size_t)rows;
    return l;
}

/* Tiles: a cell of a is read once for each 32 columns of out, and not for each one. */
static void product(scenario *s, tt_sim_order order, int n, int inner, int m, bool ta,
                    bool tb)
{
    const ttk_table *k = simulated(s, order);
    in_ints(s, "n, k, m", (int[]){n, inner, m}, 3);
    float *a = device_draw(s, k, "a", n * inner, -2, 2),
          *b = device_draw(s, k, "b", inner * m, -2, 2);
    float *out = device_room(k, n * m);
    int error = k->matmul(out, matrix(n, m, false), a, matrix(n, inner, ta), b,
                          matrix(inner, m, tb));
    uint64_t across = (uint64_t)(m + 31) / 32, down = (uint64_t)(n + 31) / 32;
    uint64_t ideal = across * (uint64_t)(n * inner) + down * (uint64_t)(inner * m);
    tt_sim_traffic t = tt_sim_total();
    put_i64(s, "cells are read once a tile, and shared",
            t.global_loads <= ideal + ideal / 4);
    put_launch(s, k, error, out, n * m, (uint64_t)(n * inner), (uint64_t)(n * m));
}

static void small(scenario *s)
{
    for (int i = 0; i < 6; i++)
        product(s, orders[i % 3], draw_int(s, 1, 31), draw_int(s, 1, 31),
                draw_int(s, 1, 31), false, false);
}

static void several_tiles(scenario *s)
{
    for (int i = 0; i < 3; i++)
        product(s, orders[i], draw_int(s, 33, 60), draw_int(s, 33, 75),
                draw_int(s, 33, 60), false, false);
}

static void turned(scenario *s)
{
    for (int i = 0; i < 4; i++)
        product(s, orders[i % 3], draw_int(s, 20, 40), draw_int(s, 20, 40),
                draw_int(s, 20, 40), i != 1, i != 0);
}

static void stacks(scenario *s)
{
    for (int i = 0; i < 3; i++) {
        const ttk_table *k = simulated(s, orders[i]);
        int p = draw_int(s, 2, 4), n = draw_int(s, 2, 20), inner = draw_int(s, 2, 20),
            m = draw_int(s, 2, 20);
        in_ints(s, "batches, n, k, m", (int[]){p, n, inner, m}, 4);
        float *a = device_draw(s, k, "a", p * n * inner, -2, 2);
        float *b = device_draw(s, k, "b", inner * m, -2, 2),
              *out = device_room(k, p * n * m);
        tt_layout bl = tt_layout_of(TT_SHAPE(p, inner, m));
        bl.stride[0] = 0; /* one right matrix for all */
        int error = k->matmul(out, tt_layout_of(TT_SHAPE(p, n, m)), a,
                              tt_layout_of(TT_SHAPE(p, n, inner)), b, bl);
        uint64_t ideal =
            (uint64_t)(p * n * inner + p * inner * m); /* each matrix is one tile */
        put_i64(s, "cells are read once a tile, and shared",
                tt_sim_total().global_loads <= ideal + ideal / 4);
        put_launch(s, k, error, out, p * n * m, (uint64_t)(p * n * inner),
                   (uint64_t)(p * n * m));
    }
}

const scenario_case scenario_cases[] = {
    {"practice", "n x n in one block, by shared memory", 5, practice},
    {"small", "one tile, not full", 4, small},
    {"several_tiles", "sizes that no tile divides, each cell read once a tile", 4,
     several_tiles},
    {"turned", "operands of other strides", 3, turned},
    {"stacks", "many products, one operand shared", 3, stacks},
    {0},
};
