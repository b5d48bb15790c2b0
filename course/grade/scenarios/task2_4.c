/* Task 2.4: gradients of the operations on tensors. */
#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"

typedef tt_tensor *unary(tt_ctx *c, tt_tensor *a);
typedef tt_tensor *binary(tt_ctx *c, tt_tensor *a, tt_tensor *b);

enum { ROUNDS = 5 };

static tt_ctx *begin(scenario *s)
{
    tolerance(s, 2e-5, 2e-6);
    return scenario_ctx();
}

/* For the gradient of a leaf that was stretched: the sum of n numbers, each `most` or less. Right
 * solutions round each up to four times by 2^-24 of it, each in its own way, and that is seen
 * where the numbers cancel out. */
static void of_sum(scenario *s, size_t n, double most)
{
    tolerance(s, 2e-5, 2e-6 + (double)n * most * 0x1p-22);
}

static tt_shape smaller(scenario *s, tt_shape big)
{
    tt_shape small = {.ndim = draw_int(s, 1, big.ndim)};
    for (int d = 0; d < small.ndim; d++)
        small.dim[d] = draw_int(s, 0, 1) == 0 ? 1 : big.dim[d + big.ndim - small.ndim];
    return small;
}

static tt_tensor *leaf(scenario *s, tt_ctx *c, const char *name, tt_shape shape,
                       bool turned, float low, float high)
{
    return tt_requires_grad(draw_tensor(s, c, name, shape, turned, low, high), true);
}

/* The gradient of result, weighted by drawn numbers of its shape, in every leaf. */
static void backward(scenario *s, tt_ctx *c, tt_tensor *result, tt_tensor **leaves, int n)
{
    put_error(s, "result is NULL, or an error", c, result);
    if (result == NULL) return;
    tt_tensor *d = draw_tensor(s, c, "d", tt_shape_of(result), false, -1, 1);
    put_status(s, "status", tt_backward_from(result, d));
    for (int i = 0; i < n; i++)
        put_tensor(s, c, i == 0 ? "gradient of a" : "gradient of b", tt_grad(leaves[i]));
}

static void one(scenario *s, unary *f, float low, float high)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_tensor *a = leaf(s, c, "a", draw_shape(s, 4), i % 2, low, high);
        backward(s, c, f(c, a), &a, 1);
    }
}

/* most: of one cell's gradient. */
static void two(scenario *s, binary *f, float low, float high, double most)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape big = draw_shape(s, 4), small = smaller(s, big);
        tt_tensor *in[2];
        of_sum(s, i == 1 || i == 2 ? cells_in(big) / cells_in(small) : 1, most);
        in[0] = leaf(s, c, "a", i == 1 ? small : big, i % 2, low, high);
        in[1] = leaf(s, c, "b", i == 2 ? small : big, i % 2, low, high);
        backward(s, c, f(c, in[0], in[1]), in, 2);
    }
}

static void mul(scenario *s)
{
    two(s, tt_mul, -3, 3, 3);
}

static void sub_div(scenario *s)
{
    two(s, tt_sub, -3, 3, 1);
    two(s, tt_div, 0.4f, 3, 3 / (0.4 * 0.4));
}

static void sigmoid(scenario *s)
{
    one(s, tt_sigmoid, -4, 4);
}

static void relu(scenario *s)
{
    one(s, tt_relu, -4, 4);
}

static void logarithm(scenario *s)
{
    one(s, tt_log, 0.2f, 5);
}

static void exponential(scenario *s)
{
    one(s, tt_exp, -3, 3);
}

static tt_tensor *with_comparison(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_mul(c, tt_add(c, tt_lt(c, a, b), tt_eq(c, a, b)), a);
}

static void comparisons(scenario *s)
{
    two(s, with_comparison, -2, 2, 1);
}

static void sum(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 4);
        int dim = draw_int(s, 0, shape.ndim - 1);
        in_i64(s, "dimension", dim);
        tt_tensor *a = leaf(s, c, "a", shape, i % 2, -2, 2);
        backward(s, c, tt_sum(c, tt_mul(c, a, a), dim), &a, 1);
    }
}

static void mean(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 3);
        int dim = draw_int(s, 0, shape.ndim - 1);
        in_i64(s, "dimension", dim);
        tt_tensor *a = leaf(s, c, "a", shape, i % 2, -2, 2);
        backward(s, c, tt_mean(c, tt_mul(c, a, a), dim), &a, 1);
        tt_tensor *b = leaf(s, c, "b", shape, i % 2, -2, 2);
        backward(s, c, tt_mean_all(c, tt_mul(c, b, b)), &b, 1);
    }
}

static void permute(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 4);
        shape.ndim = shape.ndim < 3 ? 3 : shape.ndim;
        for (int d = 0; d < shape.ndim; d++) shape.dim[d] = draw_int(s, 2, 4);
        uint32_t drawn[5];
        int order[TT_MAX_DIMS] = {0};
        draw_order(s, drawn, (size_t)shape.ndim);
        for (int d = 0; d < shape.ndim; d++) order[d] = (int)drawn[d];
        in_ints(s, "order", order, (size_t)shape.ndim);
        tt_tensor *a = leaf(s, c, "a", shape, i % 2, -2, 2);
        backward(s, c, tt_permute(c, tt_mul(c, a, a), order), &a, 1);
    }
}

static void expression(scenario *s)
{
    tt_ctx *c = begin(s);
    tolerance(s, 1e-4, 1e-5);
    for (int i = 0; i < ROUNDS; i++) {
        tt_tensor *in[2];
        int n = draw_int(s, 2, 4), m = draw_int(s, 2, 4);
        in[0] = leaf(s, c, "a", TT_SHAPE(n, 1, m), i % 2, 0.5f, 2);
        in[1] = leaf(s, c, "b", TT_SHAPE(3, 1), i % 2, 0.5f, 2);
        tt_tensor *x = tt_mul(c, in[0], tt_sigmoid(c, in[1])); /* (n,3,m) */
        tt_tensor *y = tt_div(c, tt_exp(c, tt_neg(c, x)), tt_add(c, x, tt_log(c, in[0])));
        y = tt_sum(
            c, tt_relu(c, tt_sub(c, tt_permute(c, y, (int[]){2, 0, 1}), tt_num(c, 0.01f))),
            1);
        backward(s, c, y, in, 2);
    }
}

static void passes_add_up(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_tensor *a = leaf(s, c, "a", draw_shape(s, 3), false, -2, 2);
    tt_tensor *y = tt_sum_all(c, tt_mul(c, a, tt_sigmoid(c, a)));
    for (int i = 0; i < 3; i++) {
        put_status(s, "status", tt_backward(y));
        put_tensor(s, c, "gradient so far", tt_grad(a));
    }
}

const scenario_case scenario_cases[] = {
    {"mul", "d b and d a, summed where a or b was stretched", 4, mul},
    {"sub_div", "what is composed derives by itself", 2, sub_div},
    {"sigmoid", "d s (1 - s)", 2, sigmoid},
    {"relu", "d where a > 0", 2, relu},
    {"log", "d / a", 2, logarithm},
    {"exp", "d e^a", 2, exponential},
    {"comparisons", "lt and eq are flat", 1, comparisons},
    {"sum", "d stretched back along the dimension", 3, sum},
    {"mean", "mean along a dimension and of all", 2, mean},
    {"permute", "d permuted back", 3, permute},
    {"expression", "an expression of all of them", 3, expression},
    {"passes_add_up", "passes add into leaves", 1, passes_add_up},
    {0},
};
