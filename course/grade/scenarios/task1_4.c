/* Task 1.4: topological order, backpropagation, and the backward of each function. */
#include <math.h>

#include "course/grade/scenario.h"
#include "module1_autodiff/scalar_functions.h"

enum { ROUNDS = 8, NODES = 60 };

/* ---- each function's backward ---------------------------------------------------------------- */

static void backward_of(scenario *s, const tts_function *fn, double low, double high)
{
    for (int i = 0; i < ROUNDS; i++) {
        double x[2] = {draw(s, low, high), draw(s, low, high)}, d = draw(s, -3, 3);
        double dx[2] = {0, 0};
        tts_call call = {{0}};
        in_f64s(s, "x", x, (size_t)fn->inputs);
        in_f64(s, "d", d);
        fn->forward(&call, x);
        fn->backward(&call, d, dx);
        put_f64s(s, "dx", dx, (size_t)fn->inputs);
        in_f64s(s, "x afterwards", x, (size_t)fn->inputs);
    }
}

static void mul(scenario *s)
{
    backward_of(s, &tts_mul_fn, -9, 9);
}

static void inv(scenario *s)
{
    backward_of(s, &tts_inv_fn, 0.2, 5);
    backward_of(s, &tts_inv_fn, -5, -0.2);
}

static void neg(scenario *s)
{
    backward_of(s, &tts_neg_fn, -9, 9);
}

static void exponential(scenario *s)
{
    backward_of(s, &tts_exp_fn, -5, 5);
}

static void sigmoid(scenario *s)
{
    backward_of(s, &tts_sigmoid_fn, -6, 6);
}

static void relu(scenario *s)
{
    backward_of(s, &tts_relu_fn, -5, 5);
}

/* Flat functions: 0 for each operand, seen next to a derivative that is not. */
static void comparisons(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < ROUNDS; i++) {
        double a = draw(s, -3, 3), b = draw(s, -3, 3), d = draw(s, -3, 3);
        in_f64(s, "x", a);
        in_f64(s, "y", b);
        in_f64(s, "d", d);
        tt_scalar *x = tts_variable(c, a, "x"), *y = tts_variable(c, b, "y");
        tt_scalar *flat = tts_add(c, tts_lt(c, x, y), tts_eq(c, x, y));
        put_status(s, "status", tts_backward_from(tts_add(c, flat, tts_mul(c, x, x)), d));
        put_f64(s, "dx of (x < y) + (x == y) + x x", tts_derivative(x));
        put_f64(s, "dy of it", tts_derivative(y));
    }
}

/* ---- orders ---------------------------------------------------------------------------------- */

/* A random graph of scalars: node[i] of two earlier ones. */
typedef struct web {
    tt_scalar *node[NODES];
    int64_t edge[2 * NODES][2];
    size_t edges;
} web;

static void weave(scenario *s, tt_ctx *c, web *w, int leaves)
{
    w->edges = 0;
    for (int i = 0; i < NODES; i++) {
        if (i < leaves) {
            double x = draw(s, 0.5, 1.5);
            w->node[i] = i % 5 == 4 ? tts_num(c, x) : tts_variable(c, x, "x");
            continue;
        }
        int a = i == NODES - 1 ? i - 1 : draw_int(s, i > 12 ? i - 12 : 0, i - 1);
        int b = draw_int(s, 0, i - 1);
        w->node[i] = i % 3 == 0 ? tts_sigmoid(c, tts_mul(c, w->node[a], w->node[b]))
                                : tts_add(c, w->node[a], w->node[b]);
        if (i % 3 == 0) continue;
        w->edge[w->edges][0] = i, w->edge[w->edges++][1] = a;
        w->edge[w->edges][0] = i, w->edge[w->edges++][1] = b;
    }
}

static int64_t place_of(const web *w, const tt_node *node)
{
    for (int i = 0; i < NODES; i++)
        if (node == &w->node[i]->node) return i;
    return NODES; /* the product inside a sigmoid: has no number of its own */
}

static void put_web_order(scenario *s, const web *w)
{
    int64_t order[4 * NODES];
    size_t n = 0, steps = 0;
    const tt_node *node = tt_topological_sort(&w->node[NODES - 1]->node);
    for (; node != NULL && steps < 4 * NODES; node = node->next, steps++)
        if (place_of(w, node) < NODES) order[n++] = place_of(w, node);
    put_i64(s, "nodes in the order", (int64_t)steps);
    put_order(s, "order", order, n, (const int64_t(*)[2])w->edge, w->edges);
}

static void orders(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 4; i++) {
        web w;
        weave(s, c, &w, 7);
        put_web_order(s, &w);
        put_web_order(s, &w); /* a second walk of the same graph */
    }
}

static void constant_root(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double x = draw(s, -2, 2);
    in_f64(s, "x", x);
    tt_scalar *k = tts_mul(c, tts_num(c, x), tts_num(c, 3));
    put_i64(s, "order of a constant is empty", tt_topological_sort(&k->node) == NULL);
    put_i64(s, "backpropagate", tt_backpropagate(&k->node));
    tt_scalar *v = tts_variable(c, x, "x"), *y = tts_mul(c, v, k);
    put_status(s, "status", tts_backward(y));
    put_f64(s, "dx of x k", tts_derivative(v));
}

/* ---- backpropagation ------------------------------------------------------------------------- */

static void graphs(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 6; i++) {
        web w;
        weave(s, c, &w, 9);
        double d = draw(s, -2, 2);
        in_f64(s, "d", d);
        put_status(s, "status", tts_backward_from(w.node[NODES - 1], d));
        double all[9];
        for (int n = 0; n < 9; n++) all[n] = tts_derivative(w.node[n]);
        put_f64s(s, "derivatives of the leaves", all, 9);
    }
}

/* A ladder of 300 steps: 2^300 paths, so each node must be visited once. */
static void ladder(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double a = draw(s, 0.1, 0.4);
    in_f64(s, "x", a);
    tt_scalar *x = tts_variable(c, a, "x"), *y = x;
    for (int i = 0; i < 300; i++)
        y = tts_mul(c, tts_add(c, y, y), tts_num(c, draw(s, 0.4, 0.6)));
    put_status(s, "status", tts_backward(y));
    put_f64(s, "dx", tts_derivative(x));
}

/* A chain of 200000 nodes: no recursion. */
static void long_chain(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double a = draw(s, 0.5, 1), d = draw(s, 0.5, 1), k = draw(s, 1e-7, 1e-6);
    in_f64(s, "x", a);
    tt_scalar *x = tts_variable(c, a, "x"), *y = x, *rate = tts_num(c, 1 + k);
    for (int i = 0; i < 200000; i++)
        y = i % 2 ? tts_mul(c, y, rate) : tts_add(c, y, rate);
    put_status(s, "status", tts_backward_from(y, d));
    put_f64(s, "dx", tts_derivative(x));
}

static void passes_add_up(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double a = draw(s, 0.5, 2), b = draw(s, 0.5, 2);
    in_f64(s, "x", a);
    in_f64(s, "y", b);
    tt_scalar *x = tts_variable(c, a, "x"), *y = tts_variable(c, b, "y");
    tt_scalar *product = tts_mul(c, x, y),
              *result = tts_add(c, tts_exp(c, product), product);
    for (int i = 0; i < 3; i++) {
        double d = draw(s, -2, 2);
        in_f64(s, "d", d);
        put_status(s, "status", tts_backward_from(result, d));
        put_f64(s, "dx so far", tts_derivative(x));
        put_f64(s, "dy so far", tts_derivative(y));
    }
    put_f64(s, "derivative of the inner node", tts_derivative(product));
    tts_zero_grad(x);
    put_status(s, "status", tts_backward(result));
    put_f64(s, "dx after tts_zero_grad", tts_derivative(x));
}

static void a_variable_alone(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double a = draw(s, -2, 2), d = draw(s, -2, 2);
    in_f64(s, "x", a);
    in_f64(s, "d", d);
    tt_scalar *x = tts_variable(c, a, "x");
    put_status(s, "status", tts_backward_from(x, d));
    put_f64(s, "dx of x itself", tts_derivative(x));
}

/* The first status of a propagate that is not TT_OK ends the walk. */
static void error_in_the_middle(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double a = draw(s, 1e-3, 2e-3);
    in_f64(s, "x", a);
    tt_scalar *x = tts_variable(c, a, "x"), *tiny = tts_mul(c, x, tts_num(c, 1e-200));
    tt_scalar *result = tts_mul(c, tts_inv(c, tiny), tts_num(c, 1e-100));
    put_f64(s, "value", tts_value(result));
    put_i64(s, "status when a derivative overflows", tts_backward_from(result, 1e200));
    put_error(s, "error", c, NULL);
    tt_scalar *y = tts_mul(c, x, x);
    tts_zero_grad(x);
    put_status(s, "status of the next pass", tts_backward(y));
    put_f64(s, "dx of it", tts_derivative(x));
}

const scenario_case scenario_cases[] = {
    {"mul_backward", "mul passes on d times the other operand", 2, mul},
    {"inv_backward", "inv passes on -d / x^2", 2, inv},
    {"neg_backward", "neg passes on -d", 1, neg},
    {"exp_backward", "exp passes on d e^x", 1, exponential},
    {"sigmoid_backward", "sigmoid passes on d s (1 - s)", 2, sigmoid},
    {"relu_backward", "relu passes on d where x > 0", 1, relu},
    {"comparisons_backward", "lt and eq are flat", 1, comparisons},
    {"order", "each node once, users before inputs, constants left out", 4, orders},
    {"constant_root", "what depends on no variable has an empty order", 1, constant_root},
    {"graphs", "derivatives through random graphs", 4, graphs},
    {"ladder", "each node is visited once, however many paths lead to it", 2, ladder},
    {"long_chain", "two hundred thousand nodes in a row", 2, long_chain},
    {"passes_add_up", "passes add into leaves, inner nodes keep nothing", 2, passes_add_up},
    {"variable_alone", "a variable is its own result", 1, a_variable_alone},
    {"error_in_the_middle", "a derivative that overflows ends the pass", 1,
     error_in_the_middle},
    {0},
};
