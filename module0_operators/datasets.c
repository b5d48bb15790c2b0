/* Six data sets of the plane. Five are a rule on points drawn uniformly from the unit
 * square; the sixth, spiral, is two curves. */
#include "module0_operators/datasets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/random.h"

enum { MOST_POINTS = 10000000 };

static const double TURN = 6.283185307179586476925286766559; /* 2 pi */

static int simple_label(double x1, double x2)
{
    (void)x2;
    return x1 < 0.5;
}

static int diag_label(double x1, double x2)
{
    return x1 + x2 < 0.5;
}

static int split_label(double x1, double x2)
{
    (void)x2;
    return x1 < 0.2 || x1 > 0.8;
}

static int xor_label(double x1, double x2)
{
    return (x1 < 0.5 && x2 > 0.5) || (x1 > 0.5 && x2 < 0.5);
}

static int circle_label(double x1, double x2)
{
    double a = x1 - 0.5, b = x2 - 0.5;
    return a * a + b * b > 0.1;
}

/* Along an arm the angle grows with the distance from the centre: at parameter t, arm 0
 * is at distance t/20 in direction t, arm 1 at the same distance a quarter turn behind.
 * So the place's own distance says at which angle each arm passes, and the nearer angle
 * wins. */
static int spiral_label(double x1, double x2)
{
    double a = x1 - 0.5, b = x2 - 0.5;
    double ahead = 20 * sqrt(a * a + b * b) - atan2(b, a);
    return fabs(remainder(ahead - TURN / 4, TURN)) < fabs(remainder(ahead, TURN));
}

static void draw(tt_dataset *set, uint64_t seed, int (*label)(double, double))
{
    tt_rng r = tt_rng_of(seed, TT_STREAM_DATA);
    for (size_t i = 0; i < set->n; i++) {
        set->x[i][0] = (double)tt_rng_uniform(r, 2 * i);
        set->x[i][1] = (double)tt_rng_uniform(r, 2 * i + 1);
        set->y[i] = label(set->x[i][0], set->x[i][1]);
    }
}

/* MiniTorch's curve: t runs in steps of 10/half from 50/half. With odd n, where MiniTorch
 * loses a point, arm 0 has one point more. */
static void wind(tt_dataset *set)
{
    size_t half = (set->n + 1) / 2;
    for (size_t i = 0; i < set->n; i++) {
        int arm = i >= half;
        double t = 10.0 * (double)(i - (arm ? half : 0) + 5) / (double)half;
        double across = t * cos(t) / 20, up = t * sin(t) / 20;
        set->x[i][0] = 0.5 + (arm ? up : across);
        set->x[i][1] = 0.5 + (arm ? -across : up);
        set->y[i] = arm;
    }
}

static const struct {
    const char *name;
    int (*label)(double x1, double x2);
} kinds[] = {
    {"simple", simple_label}, {"diag", diag_label},     {"split", split_label},
    {"xor", xor_label},       {"circle", circle_label}, {"spiral", spiral_label},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *const tt_dataset_names[] = {"simple", "diag",   "split", "xor",
                                        "circle", "spiral", NULL};

static int find(const char *name)
{
    for (int k = 0; name && k < KINDS; k++)
        if (strcmp(name, kinds[k].name) == 0) return k;
    return -1;
}

bool tt_dataset_make(tt_ctx *c, tt_dataset *set, const char *name, size_t n, uint64_t seed)
{
    memset(set, 0, sizeof *set);
    if (!c || tt_error(c)) return false;
    int kind = find(name);
    if (kind < 0)
        return tti_fail(
            c, TT_ERR_NAME, "tt_dataset_make",
            "no data set is called \"%s\"; there are simple, diag, split, xor, "
            "circle and spiral",
            name ? name : "(null)");
    if (n < 1 || n > MOST_POINTS)
        return tti_fail(c, TT_ERR_VALUE, "tt_dataset_make",
                        "a data set of %zu points; allowed is 1 to %d", n,
                        (int)MOST_POINTS);

    double(*x)[2] = tt_alloc(c, n * sizeof *x);
    int *y = tt_alloc(c, n * sizeof *y);
    if (!x || !y) return false;
    *set = (tt_dataset){.name = kinds[kind].name, .n = n, .x = x, .y = y};
    if (strcmp(set->name, "spiral") == 0) wind(set);
    else draw(set, seed, kinds[kind].label);
    return true;
}

int tt_dataset_label(const char *name, double x1, double x2)
{
    int kind = find(name);
    return kind < 0 ? -1 : kinds[kind].label(x1, x2);
}
