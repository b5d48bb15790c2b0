/* Task 1.1: the central difference. Steps are large, so that no other formula gives the same. */
#include <math.h>

#include "course/grade/scenario.h"
#include "module1_autodiff/derivative.h"

enum { MOST = 40 };

typedef struct curve {
    double a, b, c, d;
} curve;

static double smooth(const double *x, size_t n, void *user)
{
    const curve *k = user;
    (void)n;
    return k->a * sin(k->b * x[0]) + k->c * x[0] * x[0] * x[0] + exp(k->d * x[0]);
}

/* Different in every argument, with products between neighbours. */
static double tangled(const double *x, size_t n, void *user)
{
    const curve *k = user;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += k->a * (double)(i + 1) * x[i] * x[i] * x[i] +
               sin(k->b * x[i] * x[(i + 1) % n]);
    return sum;
}

static curve drawn(scenario *s)
{
    curve k;
    k.a = draw(s, 0.5, 2);
    k.b = draw(s, 0.5, 2);
    k.c = draw(s, -1, 1);
    k.d = draw(s, -1, 1);
    return k;
}

static void one_argument(scenario *s)
{
    for (int i = 0; i < 5; i++) {
        curve k = drawn(s);
        double x = draw(s, -2, 2), epsilon = draw(s, 0.05, 0.3);
        in_f64(s, "x", x);
        in_f64(s, "epsilon", epsilon);
        put_f64(s, "central difference",
                tt_central_difference(smooth, &k, &x, 1, 0, epsilon));
        in_f64(s, "x afterwards", x);
    }
}

static void small_step(scenario *s)
{
    tolerance(s, 1e-7, 1e-7);
    for (int i = 0; i < 5; i++) {
        curve k = drawn(s);
        double x = draw(s, -2, 2);
        in_f64(s, "x", x);
        put_f64(s, "central difference",
                tt_central_difference(smooth, &k, &x, 1, 0, TT_EPSILON));
    }
}

static void each_argument(scenario *s)
{
    double x[5];
    curve k = drawn(s);
    draw_all(s, x, 5, -2, 2);
    for (size_t arg = 0; arg < 5; arg++) {
        double epsilon = draw(s, 0.05, 0.3);
        in_f64s(s, "x", x, 5);
        in_i64(s, "arg", (int64_t)arg);
        in_f64(s, "epsilon", epsilon);
        put_f64(s, "central difference",
                tt_central_difference(tangled, &k, x, 5, arg, epsilon));
    }
    in_f64s(s, "x afterwards", x, 5);
}

static void many_arguments(scenario *s)
{
    double x[MOST];
    curve k = drawn(s);
    draw_all(s, x, MOST, -1, 1);
    for (int i = 0; i < 4; i++) {
        size_t arg = (size_t)draw_int(s, 0, MOST - 1);
        double epsilon = draw(s, 0.05, 0.3);
        in_f64s(s, "x", x, MOST);
        in_i64(s, "arg", (int64_t)arg);
        in_f64(s, "epsilon", epsilon);
        put_f64(s, "central difference",
                tt_central_difference(tangled, &k, x, MOST, arg, epsilon));
    }
    in_f64s(s, "x afterwards", x, MOST);
}

const scenario_case scenario_cases[] = {
    {"one_argument", "the slope between x - e and x + e", 2, one_argument},
    {"small_step", "a step of 1e-6 gives the derivative", 1, small_step},
    {"each_argument", "only the argument asked for moves", 3, each_argument},
    {"many_arguments", "forty arguments, and x is left as it was", 1, many_arguments},
    {0},
};
