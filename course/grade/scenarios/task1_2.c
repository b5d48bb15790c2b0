/* Task 1.2: the forward of every scalar function, and those that are composed. */
#include <math.h>

#include "course/grade/scenario.h"
#include "module1_autodiff/scalar_functions.h"

typedef tt_scalar *unary(tt_ctx *c, tt_scalar *a);
typedef tt_scalar *binary(tt_ctx *c, tt_scalar *a, tt_scalar *b);

enum { ROUNDS = 12 };

static void put_scalar(scenario *s, tt_ctx *c, const char *name, tt_scalar *result)
{
    put_f64(s, name, tts_value(result));
    put_error(s, "error", c, result);
}

static void one(scenario *s, unary *f, double low, double high)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < ROUNDS; i++) {
        double x = draw(s, low, high);
        in_f64(s, "x", x);
        put_scalar(s, c, "value", f(c, tts_variable(c, x, "x")));
    }
}

static void two(scenario *s, binary *f, double low, double high)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < ROUNDS; i++) {
        double x = draw(s, low, high), y = draw(s, low, high);
        if (i % 4 == 3) y = x;
        in_f64(s, "x", x);
        in_f64(s, "y", y);
        put_scalar(s, c, "value",
                   f(c, tts_variable(c, x, "x"),
                     i % 2 ? tts_num(c, y) : tts_variable(c, y, "y")));
    }
}

static void mul(scenario *s)
{
    two(s, tts_mul, -30, 30);
}

static void inv(scenario *s)
{
    one(s, tts_inv, 0.01, 4);
    one(s, tts_inv, -4, -0.01);
    tt_ctx *c = scenario_ctx();
    put_scalar(s, c, "inv(0)", tts_inv(c, tts_variable(c, 0, "x")));
}

static void neg(scenario *s)
{
    one(s, tts_neg, -50, 50);
}

static void sigmoid(scenario *s)
{
    one(s, tts_sigmoid, -6, 6);
    tolerance(s, 1e-9, 0);
    one(s, tts_sigmoid, -700, -30);
}

static void relu(scenario *s)
{
    one(s, tts_relu, -5, 5);
}

static void exponential(scenario *s)
{
    one(s, tts_exp, -20, 20);
    tt_ctx *c = scenario_ctx();
    put_scalar(s, c, "exp(1000)", tts_exp(c, tts_variable(c, 1000, "x")));
}

/* Results of comparisons alone could be guessed: they choose among drawn numbers. */
static void compared(scenario *s, binary *f)
{
    tt_ctx *c = scenario_ctx();
    double code = 0;
    for (int i = 0; i < 64; i++) {
        double x = draw(s, -1, 1), y = i % 3 == 2 ? x : draw(s, -1, 1),
               weight = draw(s, 1, 2);
        in_f64(s, "x", x);
        in_f64(s, "y", y);
        tt_scalar *r = f(c, tts_variable(c, x, "x"), tts_variable(c, y, "y"));
        code += weight * tts_value(r);
        put_scalar(s, c, "value", r);
    }
    put_f64(s, "weighted sum of all", code);
}

static void lt(scenario *s)
{
    compared(s, tts_lt);
}

static void eq(scenario *s)
{
    compared(s, tts_eq);
}

static void gt(scenario *s)
{
    compared(s, tts_gt);
}

static void sub(scenario *s)
{
    two(s, tts_sub, -30, 30);
}

static void division(scenario *s)
{
    two(s, tts_div, 0.2, 9);
    two(s, tts_div, -9, -0.2);
    tt_ctx *c = scenario_ctx();
    put_scalar(s, c, "1 / 0", tts_div(c, tts_variable(c, 1, "x"), tts_num(c, 0)));
}

/* Values that were made from values: what is composed carries a history, too. */
static void composed(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < ROUNDS; i++) {
        double a = draw(s, 0.5, 2), b = draw(s, 0.5, 2);
        in_f64(s, "a", a);
        in_f64(s, "b", b);
        tt_scalar *x = tts_variable(c, a, "x"), *y = tts_variable(c, b, "y");
        tt_scalar *r = tts_div(c, tts_sub(c, tts_mul(c, x, y), tts_exp(c, y)),
                               tts_add(c, tts_sigmoid(c, x), tts_relu(c, tts_neg(c, x))));
        put_scalar(s, c, "(x y - e^y) / (sigmoid(x) + relu(-x))", r);
        put_i64(s, "requires a derivative", r != NULL && r->node.requires_grad);
    }
}

const scenario_case scenario_cases[] = {
    {"mul", "x y", 2, mul},
    {"inv", "1 / x, and an error at 0", 2, inv},
    {"neg", "-x", 1, neg},
    {"sigmoid", "the logistic function, also far out", 2, sigmoid},
    {"relu", "max(x, 0)", 2, relu},
    {"exp", "e^x, and an error beyond the doubles", 2, exponential},
    {"lt", "x < y as 1 or 0", 1, lt},
    {"eq", "x == y as 1 or 0", 1, eq},
    {"gt", "x > y as 1 or 0", 1, gt},
    {"sub", "x - y", 2, sub},
    {"div", "x / y, and an error at 0", 2, division},
    {"composed", "a formula of all of them, with its history", 2, composed},
    {0},
};
