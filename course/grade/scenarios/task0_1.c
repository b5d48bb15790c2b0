/* Task 0.1: the operators, in double and in float, by their names: the formulas are compiled into
 * module 0's table, so that this file reads nothing that was handed in. */
#include <math.h>

#include "course/grade/scenario.h"
#include "module0_operators/operators.h"

enum { ROUNDS = 24, COMPARISONS = 64 };

static tt_unary_op unary(const char *name)
{
    tt_unary_op op = TT_OP_ID;
    TT_ASSERT(tt_unary_find(name, &op));
    return op;
}

static tt_binary_op binary(const char *name)
{
    tt_binary_op op = TT_OP_ADD;
    TT_ASSERT(tt_binary_find(name, &op));
    return op;
}

static void at(scenario *s, tt_unary_op op, double x)
{
    in_f64(s, "x", x);
    tolerance(s, 1e-12, 0);
    put_f64(s, "value (double)", tt_unary(op)(x));
    tolerance(s, 2e-6, 0);
    put_f32(s, "value (float)", tt_unaryf(op)((float)x));
}

static void one(scenario *s, const char *name, double low, double high)
{
    for (int i = 0; i < ROUNDS; i++) at(s, unary(name), draw(s, low, high));
}

static void pair(scenario *s, tt_binary_op op, double x, double y)
{
    in_f64(s, "x", x);
    in_f64(s, "y", y);
    tolerance(s, 1e-12, 0);
    put_f64(s, "value (double)", tt_binary(op)(x, y));
    tolerance(s, 2e-6, 0);
    put_f32(s, "value (float)", tt_binaryf(op)((float)x, (float)y));
}

static void two(scenario *s, const char *name, double low, double high)
{
    for (int i = 0; i < ROUNDS; i++)
        pair(s, binary(name), draw(s, low, high), draw(s, low, high));
}

static void arithmetic(scenario *s)
{
    two(s, "mul", -50, 50);
    two(s, "add", 0, 50);
    two(s, "add", -50, 0);
}

static void identities(scenario *s)
{
    one(s, "id", -50, 50);
    one(s, "neg", -50, 50);
}

static void compare(scenario *s, const char *name)
{
    for (int i = 0; i < COMPARISONS; i++) {
        double x = (double)drawf(s, -2, 2), y = i % 3 == 0 ? x : (double)drawf(s, -2, 2);
        pair(s, binary(name), x, y);
    }
}

static void lt(scenario *s)
{
    compare(s, "lt");
}

static void eq(scenario *s)
{
    compare(s, "eq");
    for (int i = 0; i < COMPARISONS / 4; i++) { /* next to each other is not equal */
        double x = (double)drawf(s, 1, 2);
        pair(s, binary("eq"), x, draw_int(s, 0, 1) ? (double)nextafterf((float)x, 3) : x);
    }
}

static void larger(scenario *s)
{
    two(s, "max", -50, 50);
    two(s, "max", -50, -1);
}

static void is_close(scenario *s)
{
    for (int i = 0; i < COMPARISONS; i++) {
        double x = draw(s, -20, 20), apart = draw(s, 0, 0.02);
        if (fabs(apart - 0.01) < 1e-4) apart = 0.005; /* floats cannot tell these */
        pair(s, binary("is_close"), x, draw_int(s, 0, 1) ? x + apart : x - apart);
    }
    for (int i = 0; i < COMPARISONS / 4; i++) {
        double x = draw(s, 1000, 2000); /* an absolute distance, however large the numbers */
        pair(s, binary("is_close"), x, x + (draw_int(s, 0, 1) ? 0.5 : 0.002));
    }
}

static void sigmoid(scenario *s)
{
    one(s, "sigmoid", -10, 10);
    one(s, "sigmoid", -80, -20);
}

static void sigmoid_far_out(scenario *s)
{
    one(s, "sigmoid", -85, -60);
    tolerance(s, 1e-12, 0);
    for (int i = 0; i < ROUNDS; i++) {
        double x = draw(s, -700, -100);
        in_f64(s, "x", x);
        put_f64(s, "value (double)", tt_unary(TT_OP_SIGMOID)(x));
        put_f64(s, "value at -x", tt_unary(TT_OP_SIGMOID)(-x));
    }
    at(s, unary("sigmoid"), draw(s, 720, 5000));
}

static void relu(scenario *s)
{
    one(s, "relu", -4, 4);
    at(s, unary("relu"), 0);
    at(s, unary("relu"), (double)NAN);
}

static void logarithm(scenario *s)
{
    one(s, "log", 2, 90);
    one(s, "log", 0.01, 0.5);
    at(s, unary("log"), 0);
}

static void exponential(scenario *s)
{
    one(s, "exp", -30, 30);
}

static void inverse(scenario *s)
{
    one(s, "inv", 0.01, 30);
    one(s, "inv", -30, -0.01);
    at(s, unary("inv"), 0);
}

static void log_back(scenario *s)
{
    two(s, "log_back", 0.1, 9);
    pair(s, binary("log_back"), draw(s, 0.1, 9), draw(s, -9, -1));
}

static void inv_back(scenario *s)
{
    two(s, "inv_back", 0.2, 9);
    pair(s, binary("inv_back"), draw(s, -9, -0.2), draw(s, -9, -1));
}

static void relu_back(scenario *s)
{
    two(s, "relu_back", -9, 9);
    pair(s, binary("relu_back"), 0, draw(s, 1, 9));
}

const scenario_case scenario_cases[] = {
    {"arithmetic", "mul and add", 2, arithmetic},
    {"identities", "id and neg", 1, identities},
    {"lt", "1 where x < y, else 0", 2, lt},
    {"eq", "1 where x == y exactly, else 0", 2, eq},
    {"max", "the larger one", 2, larger},
    {"is_close", "1 where |x - y| < 0.01", 2, is_close},
    {"sigmoid", "the logistic function", 3, sigmoid},
    {"sigmoid_far_out", "no overflow, no lost digits for large |x|", 2, sigmoid_far_out},
    {"relu", "x above 0, else 0; nan stays nan", 2, relu},
    {"log", "the natural logarithm", 1, logarithm},
    {"exp", "e^x", 1, exponential},
    {"inv", "1 / x, inf at 0", 2, inverse},
    {"log_back", "d / x", 2, log_back},
    {"inv_back", "-d / x^2", 3, inv_back},
    {"relu_back", "d where x > 0, else 0", 3, relu_back},
    {0},
};
