/* Task 2.3: the simple backend's loops, and the operations on tensors. */
#include <math.h>

#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module2_tensors/simple_backend.h"

typedef tt_tensor *unary(tt_ctx *c, tt_tensor *a);
typedef tt_tensor *binary(tt_ctx *c, tt_tensor *a, tt_tensor *b);

enum { ROUNDS = 6 };

/* Functions that no operator is, which tell their arguments apart. */
static float curve(float x)
{
    return 1.5f * x * x - x + 0.25f;
}

static float lopsided(float x, float y)
{
    return 2 * x - 0.5f * y + 0.125f * x * y;
}

static double folding(double x, double y)
{
    return 0.75 * y + x - 0.125 * x * y;
}

static tt_const_array read_array(tt_tensor *t)
{
    return (tt_const_array){tt_storage_read(t->data.storage), t->data.layout};
}

static tt_array write_array(tt_tensor *t)
{
    return (tt_array){tt_storage_change(t->data.storage), t->data.layout};
}

/* A shape that broadcasts to big. */
static tt_shape smaller(scenario *s, tt_shape big)
{
    tt_shape small = {.ndim = draw_int(s, 1, big.ndim)};
    for (int d = 0; d < small.ndim; d++)
        small.dim[d] = draw_int(s, 0, 2) == 0 ? 1 : big.dim[d + big.ndim - small.ndim];
    return small;
}

static tt_ctx *begin(scenario *s)
{
    tolerance(s, 1e-5, 1e-6);
    return scenario_ctx();
}

/* ---- loops ----------------------------------------------------------------------------------- */

static void map(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = draw_shape(s, 4);
        tt_tensor *in =
            draw_tensor(s, c, "in", i % 2 ? smaller(s, big) : big, i % 3 == 1, -2, 2);
        tt_tensor *out = draw_tensor(s, c, "out before", big, i % 3 == 2, 0, 1);
        tt_simple_map(curve, write_array(out), read_array(in));
        put_tensor(s, c, "out", out);
        put_tensor(s, c, "in afterwards", in);
    }
}

static void zip(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = draw_shape(s, 4);
        tt_tensor *a =
            draw_tensor(s, c, "a", i % 2 ? smaller(s, big) : big, i % 3 == 1, -2, 2);
        tt_tensor *b =
            draw_tensor(s, c, "b", i > 2 ? smaller(s, big) : big, i % 3 == 0, -2, 2);
        tt_tensor *out = draw_tensor(s, c, "out before", big, i % 3 == 2, 0, 1);
        tt_simple_zip(lopsided, write_array(out), read_array(a), read_array(b));
        put_tensor(s, c, "out", out);
    }
}

static void reduce(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 4), small = shape;
        int dim = draw_int(s, 0, shape.ndim - 1);
        small.dim[dim] = 1;
        in_i64(s, "dimension", dim);
        tt_tensor *in = draw_tensor(s, c, "in", shape, i % 2, -1, 1);
        tt_tensor *out =
            draw_tensor(s, c, "out before: the start", small, i % 3 == 2, 0, 1);
        tt_simple_reduce(folding, write_array(out), read_array(in), dim);
        put_tensor(s, c, "out", out);
    }
}

/* A sum of many small numbers beside a large one, which float would lose. */
static void reduce_in_double(scenario *s)
{
    tt_ctx *c = begin(s);
    enum { MANY = 4000 };
    float cells[MANY];
    drawf_all(s, cells, MANY, 0.4f, 0.6f);
    cells[0] = 1.6e7f;
    tt_tensor *in = tensor_of(s, c, "in", TT_SHAPE(MANY), false, cells);
    tt_tensor *out = tensor_of(s, c, "start", TT_SHAPE(1), false, (float[]){0});
    tolerance(s, 2e-7, 0);
    tt_simple_reduce(tt_binary(TT_OP_ADD), write_array(out), read_array(in), 0);
    put_tensor(s, c, "sum", out);
}

/* ---- operations ------------------------------------------------------------------------------ */

static void one(scenario *s, unary *f, float low, float high)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 4; i++)
        put_tensor(s, c, "result",
                   f(c, draw_tensor(s, c, "a", draw_shape(s, 4), i % 2, low, high)));
}

static void two(scenario *s, binary *f, float low, float high)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = draw_shape(s, 4), small = smaller(s, big);
        tt_tensor *a = draw_tensor(s, c, "a", i % 3 == 2 ? small : big, i % 2, low, high);
        tt_tensor *b =
            i == 4 ? a : draw_tensor(s, c, "b", i % 3 == 1 ? small : big, i % 2, low, high);
        put_tensor(s, c, "result", f(c, a, b));
    }
}

static void mul(scenario *s)
{
    two(s, tt_mul, -4, 4);
}

static void comparisons(scenario *s)
{
    two(s, tt_lt, -4, 4);
    two(s, tt_gt, -4, 4);
    two(s, tt_eq, -4, 4);
    two(s, tt_eq, 0, 0.01f); /* close is not equal */
    two(s, tt_is_close, 0, 0.05f);
}

static void functions(scenario *s)
{
    one(s, tt_sigmoid, -6, 6);
    one(s, tt_relu, -3, 3);
}

static void log_exp(scenario *s)
{
    one(s, tt_log, 0.1f, 9);
    one(s, tt_exp, -4, 4);
}

static void sub_div(scenario *s)
{
    two(s, tt_sub, -4, 4);
    two(s, tt_div, 0.3f, 4);
}

static void sums(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 4);
        int dim = draw_int(s, -shape.ndim, shape.ndim - 1);
        in_i64(s, "dimension", dim);
        tt_tensor *a = draw_tensor(s, c, "a", shape, i % 2, -2, 2);
        put_tensor(s, c, "sum", tt_sum(c, a, dim));
        put_tensor(s, c, "mean", tt_mean(c, a, dim));
    }
}

static void over_all(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_tensor *a = draw_tensor(s, c, "a", draw_shape(s, 4), i % 2, 0.9f, 1.1f);
        put_tensor(s, c, "sum of all", tt_sum_all(c, a));
        put_tensor(s, c, "mean of all", tt_mean_all(c, a));
        put_tensor(s, c, "product of all", tt_all_all(c, a));
    }
}

static void permute(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 5);
        uint32_t drawn[5];
        int order[TT_MAX_DIMS] = {0};
        draw_order(s, drawn, (size_t)shape.ndim);
        for (int d = 0; d < shape.ndim; d++) order[d] = (int)drawn[d];
        in_ints(s, "order", order, (size_t)shape.ndim);
        tt_tensor *a = draw_tensor(s, c, "a", shape, i % 2, -2, 2);
        tt_tensor *p = tt_permute(c, a, order);
        put_tensor(s, c, "permuted", p);
        put_i64(s, "shares storage", p != NULL && p->data.storage == a->data.storage);
    }
}

static void errors(scenario *s)
{
    tt_ctx *c = begin(s);
    int n = draw_int(s, 2, 5);
    tt_tensor *a = draw_tensor(s, c, "a", TT_SHAPE(n, 4), false, 1, 2);
    tt_tensor *b = draw_tensor(s, c, "b", TT_SHAPE(n + 1, 4), false, 1, 2);
    put_tensor(s, c, "shapes that do not fit", tt_mul(c, a, b));
    put_tensor(s, c, "the same, subtracted", tt_sub(c, a, b));
    put_tensor(s, c, "no such dimension", tt_sum(c, a, 2));
    put_tensor(s, c, "no permutation", tt_permute(c, a, (int[]){1, 1}));
    put_tensor(s, c, "what is right goes on", tt_mul(c, a, a));
}

const scenario_case scenario_cases[] = {
    {"map", "each cell, whatever the strides, broadcast", 4, map},
    {"zip", "each pair of cells, both broadcast", 4, zip},
    {"reduce", "a fold along a dimension, from the start that is there", 4, reduce},
    {"reduce_in_double", "the fold is kept in double", 1, reduce_in_double},
    {"mul", "a b, broadcast", 2, mul},
    {"comparisons", "lt, gt, eq, is_close", 2, comparisons},
    {"sigmoid_relu", "sigmoid and relu of tensors", 2, functions},
    {"log_exp", "log and exp of tensors", 2, log_exp},
    {"sub_div", "a - b and a / b", 2, sub_div},
    {"sums", "sum and mean along a dimension", 3, sums},
    {"over_all", "sum, mean and product of all cells", 2, over_all},
    {"permute", "dimensions change places, memory stays", 2, permute},
    {"errors", "what does not fit is refused, what fits goes on", 1, errors},
    {0},
};
