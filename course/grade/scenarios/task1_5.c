/* Task 1.5: the network of scalars, trained with the judge's seed. */
#include <math.h>

#include "course/grade/scenario.h"
#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"

enum { POINTS = 12, MOST_PARAMETERS = 200 };

typedef struct points {
    double x[POINTS][2], y[POINTS];
} points;

static points drawn_points(scenario *s)
{
    points p;
    for (int i = 0; i < POINTS; i++) {
        draw_all(s, p.x[i], 2, 0, 1);
        p.y[i] = p.x[i][0] + p.x[i][1] > 1 ? 1 : 0;
    }
    in_f64s(s, "points", &p.x[0][0], 2 * (size_t)POINTS);
    return p;
}

static void put_parameters(scenario *s, tt_ctx *c, const char *name, tt_module *m,
                           bool derivatives)
{
    double all[MOST_PARAMETERS];
    tt_parameter_list list = tt_named_parameters(c, m);
    size_t n = list.n < MOST_PARAMETERS ? list.n : MOST_PARAMETERS;
    for (size_t i = 0; i < n; i++) {
        const tt_scalar *p = list.at[i].parameter->value;
        all[i] = derivatives ? tts_derivative(p) : tts_value(p);
    }
    put_f64s(s, name, all, n);
}

/* The mean of the binary cross entropy, and one step of gradient descent. */
static double step(tt_ctx *c, tt_module *net, tt_optim *optim, const points *p)
{
    double loss = 0;
    tt_zero_grad(net);
    TT_SCOPE (c) {
        tt_scalar *total = tts_num(c, 0);
        for (int i = 0; i < POINTS; i++) {
            tt_scalar *x[2] = {tts_num(c, p->x[i][0]), tts_num(c, p->x[i][1])}, *y = NULL;
            tts_forward(c, net, x, &y);
            tt_scalar *right = p->y[i] > 0.5 ? y : tts_sub(c, tts_num(c, 1), y);
            total = tts_sub(c, total, tts_log(c, right));
        }
        total = tts_div(c, total, tts_num(c, POINTS));
        loss = tts_value(total);
        tts_backward(total);
        if (optim != NULL) tt_optim_step(optim);
    }
    return loss;
}

static tt_module *network(scenario *s, tt_ctx *c, int hidden)
{
    tt_seed(c, s->seed + 17);
    in_i64(s, "hidden", hidden);
    return tts_network(c, hidden);
}

static void linear(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_seed(c, s->seed);
    for (int round = 0; round < 3; round++) {
        int in = draw_int(s, 1, 5), out = draw_int(s, 2, 5);
        double x[5];
        tt_scalar *from[5], *to[5] = {NULL};
        draw_all(s, x, 5, -2, 2);
        in_f64s(s, "x", x, (size_t)in);
        in_i64(s, "outputs", out);
        for (int i = 0; i < in; i++) from[i] = tts_variable(c, x[i], "x");
        tt_module *layer = tts_nn_linear(c, NULL, "fc", in, out);
        tts_forward(c, layer, from, to);
        double y[5];
        for (int j = 0; j < out; j++) y[j] = tts_value(to[j]);
        put_f64s(s, "y", y, (size_t)out);
    }
}

static void structure(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_module *net = network(s, c, draw_int(s, 2, 6));
    put_i64(s, "parameters", (int64_t)tt_module_count(net));
    tt_parameter_list list = tt_named_parameters(c, net);
    for (size_t i = 0; i < list.n; i++) put_text(s, "name", list.at[i].name);
    put_parameters(s, c, "initial parameters", net, false);
}

static void forward(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_module *net = network(s, c, draw_int(s, 3, 6));
    points p = drawn_points(s);
    for (int i = 0; i < POINTS; i++) {
        tt_scalar *x[2] = {tts_num(c, p.x[i][0]), tts_num(c, p.x[i][1])}, *y = NULL;
        tts_forward(c, net, x, &y);
        put_f64(s, "answer", tts_value(y));
    }
}

static void every_parameter_learns(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_module *net = network(s, c, 5);
    points p = drawn_points(s);
    put_f64(s, "loss", step(c, net, NULL, &p));
    put_parameters(s, c, "derivatives of the parameters", net, true);
}

static void training(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_module *net = network(s, c, 5);
    points p = drawn_points(s);
    tt_optim *optim = tt_optim_sgd(net, .lr = 0.5f);
    tolerance(s, 1e-7, 1e-9);
    for (int i = 0; i < 60; i++) {
        double loss = step(c, net, optim, &p);
        if (i < 5 || i == 59) put_f64(s, "loss", loss);
    }
    tolerance(s, 1e-5, 1e-7);
    put_parameters(s, c, "final parameters", net, false);
}

const scenario_case scenario_cases[] = {
    {"linear", "y_j = b_j + sum_i x_i w_ij", 3, linear},
    {"structure", "three layers with their names and parameters", 2, structure},
    {"forward", "the network's answers", 2, forward},
    {"every_parameter_learns", "every parameter gets its derivative", 1,
     every_parameter_learns},
    {"training", "the first losses and the final parameters", 2, training},
    {0},
};
