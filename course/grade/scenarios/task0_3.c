/* Task 0.3: map, zipWith, reduce and what is made of them. */
#include <math.h>
#include <string.h>

#include "course/grade/scenario.h"
#include "module0_operators/functional.h"

enum { MOST = 64 };

/* Functions that no operator is, which tell their arguments apart. */
static double curve(double x)
{
    return 3 * x * x - sin(x) + 0.25;
}

static double lopsided(double x, double y)
{
    return 2 * x - 0.5 * y + x * y * 0.125;
}

static size_t length(scenario *s, int round)
{
    return round == 0 ? 0 : (size_t)draw_int(s, 1, MOST);
}

static void map(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        double x[MOST], out[MOST] = {0};
        size_t n = length(s, i);
        draw_all(s, x, n, -3, 3);
        in_f64s(s, "x", x, n);
        tt_list_map(curve, out, x, n);
        put_f64s(s, "out", out, MOST); /* behind n nothing is written */
        in_f64s(s, "x afterwards", x, n);
    }
}

static void map_in_place(scenario *s)
{
    double x[MOST];
    draw_all(s, x, MOST, -3, 3);
    in_f64s(s, "x, also out", x, MOST);
    tt_list_map(curve, x, x, MOST);
    put_f64s(s, "out", x, MOST);
}

static void zip_with(scenario *s)
{
    for (int i = 0; i < 6; i++) {
        double x[MOST], y[MOST], out[MOST] = {0};
        size_t n = length(s, i);
        draw_all(s, x, n, -3, 3);
        draw_all(s, y, n, -3, 3);
        in_f64s(s, "x", x, n);
        in_f64s(s, "y", y, n);
        tt_list_zip_with(lopsided, out, x, y, n);
        put_f64s(s, "out", out, MOST);
        in_f64s(s, "x afterwards", x, n);
        in_f64s(s, "y afterwards", y, n);
    }
}

static void zip_in_place(scenario *s)
{
    double x[MOST], y[MOST];
    draw_all(s, x, MOST, -3, 3);
    draw_all(s, y, MOST, -3, 3);
    in_f64s(s, "x", x, MOST);
    in_f64s(s, "y, also out", y, MOST);
    tt_list_zip_with(lopsided, y, x, y, MOST);
    put_f64s(s, "out", y, MOST);
}

static void reduce(scenario *s)
{
    for (int i = 0; i < 8; i++) {
        double x[MOST], start = draw(s, -3, 3);
        size_t n = length(s, i);
        draw_all(s, x, n, -1, 1);
        in_f64(s, "start", start);
        in_f64s(s, "x", x, n);
        put_f64(s, "reduced", tt_list_reduce(lopsided, start, x, n));
        in_f64s(s, "x afterwards", x, n);
    }
}

static void neg(scenario *s)
{
    double x[MOST], out[MOST] = {0};
    size_t n = length(s, 1);
    draw_all(s, x, n, -3, 3);
    in_f64s(s, "x", x, n);
    tt_list_neg(out, x, n);
    put_f64s(s, "out", out, MOST);
}

static void add(scenario *s)
{
    double x[MOST], y[MOST], out[MOST] = {0};
    size_t n = length(s, 1);
    draw_all(s, x, n, -3, 3);
    draw_all(s, y, n, -3, 3);
    in_f64s(s, "x", x, n);
    in_f64s(s, "y", y, n);
    tt_list_add(out, x, y, n);
    put_f64s(s, "out", out, MOST);
}

static void sum(scenario *s)
{
    for (int i = 0; i < 5; i++) {
        double x[MOST];
        size_t n = length(s, i);
        draw_all(s, x, n, 0.5, 3);
        in_f64s(s, "x", x, n);
        put_f64(s, "sum", tt_list_sum(x, n));
    }
}

static void prod(scenario *s)
{
    for (int i = 0; i < 5; i++) {
        double x[MOST];
        size_t n = length(s, i);
        draw_all(s, x, n, 0.8, 1.3);
        in_f64s(s, "x", x, n);
        put_f64(s, "product", tt_list_prod(x, n));
    }
}

const scenario_case scenario_cases[] = {
    {"map", "the function of each element, for lists of any length", 4, map},
    {"map_in_place", "out may be the input", 1, map_in_place},
    {"zip_with", "the function of each pair", 4, zip_with},
    {"zip_in_place", "out may be an input", 1, zip_in_place},
    {"reduce", "from the left, the element first", 4, reduce},
    {"neg", "each element negated", 1, neg},
    {"add", "lists added", 1, add},
    {"sum", "the sum, 0 for the empty list", 2, sum},
    {"prod", "the product, 1 for the empty list", 2, prod},
    {0},
};
