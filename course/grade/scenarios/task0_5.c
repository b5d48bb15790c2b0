/* Task 0.5: a linear model by hand. Any weights that put the points on their sides are right. */
#include "course/grade/scenario.h"
#include "module0_operators/manual.h"

enum { POINTS = 200 };

static void forward(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 12; i++) {
        double w[3], x[2];
        draw_all(s, w, 3, -4, 4);
        draw_all(s, x, 2, -2, 2);
        in_f64s(s, "w1, w2, b", w, 3);
        in_f64s(s, "x", x, 2);
        tt_manual *m = tt_manual_new(c, w[0], w[1], w[2]);
        put_f64(s, "p(x)", m != NULL ? tt_forward_number(&m->base, x) : -1);
    }
}

static void parameters(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    double w[3];
    draw_all(s, w, 3, -4, 4);
    in_f64s(s, "w1, w2, b", w, 3);
    tt_manual *m = tt_manual_new(c, w[0], w[1], w[2]);
    put_i64(s, "a model", m != NULL);
    if (m == NULL) return;
    tt_parameter_list list = tt_named_parameters(c, &m->base);
    for (size_t i = 0; i < list.n; i++) {
        put_text(s, "name", list.at[i].name);
        put_f64(s, "value", *(const double *)list.at[i].parameter->value);
    }
}

/* On which side of the line each point is; the dataset "simple" is 1 where x1 < 0.5. */
static void by_hand(scenario *s)
{
    double w[3] = {0}, x[POINTS][2];
    int side[POINTS];
    for (int i = 0; i < POINTS; i++) {
        draw_all(s, x[i], 2, 0, 1);
        if (x[i][0] > 0.49 && x[i][0] < 0.51) x[i][0] = 0.25;
    }
    in_f64s(s, "points", &x[0][0], 2 * (size_t)POINTS);
    tt_manual_by_hand(w);
    for (int i = 0; i < POINTS; i++) {
        double z = w[0] * x[i][0] + w[1] * x[i][1] + w[2];
        side[i] = z > 0 ? 1 : z < 0 ? 0 : -1;
    }
    put_ints(s, "side of each point", side, POINTS);
}

const scenario_case scenario_cases[] = {
    {"forward", "sigmoid(w1 x1 + w2 x2 + b)", 4, forward},
    {"parameters", "w1, w2, b with their names and values", 3, parameters},
    {"by_hand", "every point of \"simple\" on its side", 3, by_hand},
    {0},
};
