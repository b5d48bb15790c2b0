/* Task 1.3: the chain rule at one scalar, for functions of the scenario's own. */
#include "course/grade/scenario.h"
#include "module1_autodiff/scalar_functions.h"

/* Local derivatives that no formula suggests; forward saves both operands. */
static double strange(tts_call *k, const double *x)
{
    k->saved[0] = x[0];
    k->saved[1] = x[1];
    return x[0] - 3 * x[1];
}

static void strange_back(const tts_call *k, double d, double *dx)
{
    dx[0] = d * (k->saved[0] + 11 * k->saved[1]);
    dx[1] = d * (7 * k->saved[1] - k->saved[0]) + 1;
}

static double single(tts_call *k, const double *x)
{
    k->saved[0] = x[0];
    return 2 * x[0];
}

static void single_back(const tts_call *k, double d, double *dx)
{
    dx[0] = d * d + k->saved[0];
}

static const tts_function two_fn = {"two", 2, strange, strange_back};
static const tts_function one_fn = {"one", 1, single, single_back};

/* Which of a and b an input is; -1: neither. */
static int which(const tt_scalar *input, const tt_scalar *a, const tt_scalar *b)
{
    return input == a ? 0 : input == b ? 1 : -1;
}

static void put_rule(scenario *s, const tt_scalar *result, double d, const tt_scalar *a,
                     const tt_scalar *b)
{
    tts_pair pairs[TTS_MAX_INPUTS] = {{0}};
    int n = tts_chain_rule(result, d, pairs);
    put_i64(s, "number of pairs", n);
    for (int i = 0; i < n && i < TTS_MAX_INPUTS; i++) {
        put_i64(s, "input of the pair", which(pairs[i].input, a, b));
        put_f64(s, "derivative of the pair", pairs[i].derivative);
    }
}

static void two_inputs(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 6; i++) {
        double x = draw(s, -5, 5), y = draw(s, -5, 5), d = draw(s, -3, 3);
        in_f64(s, "x", x);
        in_f64(s, "y", y);
        in_f64(s, "d_output", d);
        tt_scalar *a = tts_variable(c, x, "x"), *b = tts_variable(c, y, "y");
        put_rule(s, tts_apply(c, &two_fn, (tt_scalar *[]){a, b}), d, a, b);
    }
}

static void one_input(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 6; i++) {
        double x = draw(s, -5, 5), d = draw(s, -3, 3);
        in_f64(s, "x", x);
        in_f64(s, "d_output", d);
        tt_scalar *a = tts_variable(c, x, "x");
        put_rule(s, tts_apply(c, &one_fn, &a), d, a, NULL);
    }
}

static void constants(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 6; i++) {
        double x = draw(s, -5, 5), y = draw(s, -5, 5), d = draw(s, -3, 3);
        in_f64(s, "x", x);
        in_f64(s, "y (a constant)", y);
        tt_scalar *a = tts_variable(c, x, "x"), *b = tts_num(c, y);
        bool swapped = draw_int(s, 0, 1);
        put_rule(s,
                 tts_apply(c, &two_fn, (tt_scalar *[]){swapped ? b : a, swapped ? a : b}),
                 d, a, b);
    }
}

static void same_input_twice(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double x = draw(s, -5, 5), d = draw(s, -3, 3);
    in_f64(s, "x, both operands", x);
    in_f64(s, "d_output", d);
    tt_scalar *a = tts_variable(c, x, "x");
    put_rule(s, tts_apply(c, &two_fn, (tt_scalar *[]){a, a}), d, a, NULL);
}

static void inner_nodes(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double x = draw(s, -5, 5), d = draw(s, -3, 3);
    in_f64(s, "x", x);
    tt_scalar *a = tts_variable(c, x, "x"), *b = tts_apply(c, &one_fn, &a);
    put_rule(s, tts_apply(c, &two_fn, (tt_scalar *[]){b, a}), d, a, b);
    put_rule(s, b, d, a, b);
    put_f64(s, "derivative of x, which nobody asked for", tts_derivative(a));
}

/* A leaf has no pairs: with what follows it, so that 0 alone earns nothing. */
static void leaves(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double x = draw(s, -5, 5), d = draw(s, -3, 3);
    in_f64(s, "x", x);
    tt_scalar *a = tts_variable(c, x, "x"), *b = tts_num(c, x);
    put_rule(s, a, d, a, b);
    put_rule(s, b, d, a, b);
    put_rule(s, tts_apply(c, &two_fn, (tt_scalar *[]){a, b}), d, a, b);
}

const scenario_case scenario_cases[] = {
    {"one_input", "the local derivative times what came, for one operand", 2, one_input},
    {"two_inputs", "each operand is paired with its own derivative", 3, two_inputs},
    {"constants", "constants are paired as well, in their place", 2, constants},
    {"same_input_twice", "an operand used twice has two pairs", 1, same_input_twice},
    {"inner_nodes", "inputs may be results themselves", 1, inner_nodes},
    {"leaves", "a leaf has no pairs", 1, leaves},
    {0},
};
