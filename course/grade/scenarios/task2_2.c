/* Task 2.2: broadcasting. */
#include "course/grade/scenario.h"
#include "module2_tensors/shape.h"

enum { ROUNDS = 30 };

static tt_shape told(scenario *s, const char *name, tt_shape shape)
{
    in_ints(s, name, shape.dim, (size_t)shape.ndim);
    return shape;
}

/* A shape that broadcasts to big: dimensions cut off on the left, some stretched. */
static tt_shape smaller(scenario *s, tt_shape big)
{
    tt_shape small = {.ndim = draw_int(s, 0, big.ndim)};
    for (int d = 0; d < small.ndim; d++)
        small.dim[d] = draw_int(s, 0, 2) == 0 ? 1 : big.dim[d + big.ndim - small.ndim];
    return small;
}

static tt_shape drawn(scenario *s, int least, int low)
{
    tt_shape shape = {.ndim = draw_int(s, least, 6)};
    for (int d = 0; d < shape.ndim; d++) shape.dim[d] = draw_int(s, low, 7);
    return shape;
}

static void put_shape(scenario *s, tt_shape a, tt_shape b)
{
    tt_shape out = {.ndim = 2, .dim = {-3, -4}};
    told(s, "a", a);
    told(s, "b", b);
    put_i64(s, "they fit", tt_shape_broadcast(a, b, &out));
    put_ints(s, "shape", out.dim, (size_t)out.ndim);
}

static void fitting(scenario *s)
{
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = drawn(s, 1, 1), a = smaller(s, big), b = smaller(s, big);
        put_shape(s, a, b);
    }
}

/* Sizes that differ and are not 1: told next to pairs that fit. */
static void not_fitting(scenario *s)
{
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape a = drawn(s, 1, 2), b = smaller(s, a);
        int d = draw_int(s, 0, b.ndim > 0 ? b.ndim - 1 : 0);
        if (b.ndim == 0) b = (tt_shape){1, {a.dim[a.ndim - 1]}};
        b.dim[d] = draw_int(s, 0, 1) ? b.dim[d] : 8 + draw_int(s, 0, 3);
        put_shape(s, draw_int(s, 0, 1) ? a : b, draw_int(s, 0, 1) ? b : a);
    }
}

static void empty(scenario *s)
{
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = drawn(s, 1, 0), a = smaller(s, big), b = smaller(s, big);
        put_shape(s, a, b);
    }
}

static void index_of(scenario *s, tt_shape big, tt_shape small)
{
    int at[TT_MAX_DIMS], index[TT_MAX_DIMS + 1];
    told(s, "big", big);
    told(s, "shape", small);
    for (int d = 0; d < big.ndim; d++) at[d] = draw_int(s, 0, big.dim[d] - 1);
    for (int d = 0; d <= TT_MAX_DIMS; d++) index[d] = -9;
    in_ints(s, "index in big", at, (size_t)big.ndim);
    tt_broadcast_index(at, big, small, index);
    put_ints(s, "index, and what stands behind it", index, TT_MAX_DIMS + 1);
    in_ints(s, "index in big afterwards", at, (size_t)big.ndim);
}

static void indices(scenario *s)
{
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = drawn(s, 1, 2);
        index_of(s, big, smaller(s, big));
    }
}

static void same_shape(scenario *s)
{
    for (int i = 0; i < 8; i++) {
        tt_shape big = drawn(s, 2, 1);
        index_of(s, big, big);
    }
}

static void fewer_dimensions(scenario *s)
{
    for (int i = 0; i < 12; i++) {
        tt_shape big = drawn(s, 3, 2), small = {.ndim = draw_int(s, 1, big.ndim - 1)};
        for (int d = 0; d < small.ndim; d++)
            small.dim[d] = big.dim[d + big.ndim - small.ndim];
        index_of(s, big, small);
    }
}

const scenario_case scenario_cases[] = {
    {"fitting", "the shape that two operands stretch to", 4, fitting},
    {"not_fitting", "sizes that do not fit are refused", 2, not_fitting},
    {"empty", "a size of 0 stretches like any other", 1, empty},
    {"indices", "which cell a cell of the broadcast shape reads", 4, indices},
    {"same_shape", "an index of the same shape is itself", 1, same_shape},
    {"fewer_dimensions", "dimensions on the left are dropped", 2, fewer_dimensions},
    {0},
};
