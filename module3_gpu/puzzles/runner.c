/* Runs a puzzle's kernel under three orders of threads: the first that goes wrong is told. */
#include <stdio.h>
#include <stdlib.h>

#include "module3_gpu/puzzles/puzzle.h"
#include "module3_gpu/sim/sim.h"

enum { NARROW = 4, MOST_CELLS = 64 };

static const char *const orders[] = {"forward", "in reverse", "at random"};

typedef struct arrays {
    float *a, *b, *out, *want;
} arrays;

static int cells(puzzle_size s)
{
    return s.rows * s.columns;
}

/* Whole numbers below `values`, without a rule that one could guess. */
static float *numbers(puzzle_size s, int values, unsigned seed)
{
    if (cells(s) == 0) return NULL;
    float *x = calloc((size_t)cells(s), sizeof *x);
    for (int i = 0; x && i < cells(s); i++)
        x[i] = (float)((((unsigned)i + seed) * 2654435761u >> 16) % (unsigned)values);
    return x;
}

static arrays made(const puzzle *p)
{
    arrays x = {numbers(p->a, p->values, 1), numbers(p->b, p->values, 77),
                numbers(p->out, 1, 0), numbers(p->out, 1, 0)};
    for (int i = 0; i < cells(p->out); i++) x.out[i] = p->start;
    p->want(x.want, x.a, x.b);
    /* What a kernel may touch, by the names that it has there. */
    tt_sim_register(x.a, sizeof(float) * (size_t)cells(p->a), "a");
    if (x.b) tt_sim_register(x.b, sizeof(float) * (size_t)cells(p->b), "b");
    tt_sim_register(x.out, sizeof(float) * (size_t)cells(p->out), "out");
    return x;
}

static void gone(arrays x)
{
    float *all[] = {x.a, x.b, x.out, x.want};
    for (int i = 0; i < 4; i++) {
        if (all[i]) tt_sim_unregister(all[i]);
        free(all[i]);
    }
}

static void show(const char *name, const float *x, puzzle_size s)
{
    for (int i = 0; i < s.rows; i++) {
        printf("  %-9s", i == 0 ? name : "");
        for (int j = 0; j < s.columns; j++)
            printf("%*g", s.columns > 16 ? 3 : NARROW, (double)x[i * s.columns + j]);
        printf("\n");
    }
}

static int first_difference(const puzzle *p, arrays x)
{
    for (int i = 0; i < cells(p->out); i++)
        if (x.out[i] != x.want[i]) return i;
    return -1;
}

static void tell_difference(const puzzle *p, arrays x, int at)
{
    const int row = at / p->out.columns, column = at % p->out.columns;
    if (p->out.rows > 1) printf("cell [%d][%d]", row, column);
    else printf("cell [%d]", at);
    printf(" of out is %g, expected %g", (double)x.out[at], (double)x.want[at]);
    if (x.out[at] == p->start) printf("; nobody wrote it");
    printf("\n");
    show("a", x.a, p->a);
    if (x.b) show("b", x.b, p->b);
    show("out", x.out, p->out);
    show("expected", x.want, p->out);
}

/* Right numbers, but too much traffic. */
static bool tell_traffic(const puzzle *p, const tt_sim_traffic *t)
{
    const unsigned long long loads = t->global_loads, stores = t->global_stores;
    if (p->loads && loads > p->loads)
        printf("right numbers, but %llu reads of global memory, where %llu do: what "
               "several threads need goes to shared memory once\n",
               loads, (unsigned long long)p->loads);
    else if (p->stores && stores > p->stores)
        printf("right numbers, but %llu writes to global memory, where %llu do\n", stores,
               (unsigned long long)p->stores);
    else return false;
    return true;
}

/* One run: true when it is right, else the reason has been printed. */
static bool run(const puzzle *p, puzzle_launch *launch, arrays x, int order)
{
    tt_sim_options o = tt_sim_settings();
    o.order = (tt_sim_order)order;
    o.quiet = o.diagnose = true;
    tt_sim_configure(&o);
    tt_sim_forget();
    const int error = launch(x.out, x.a, x.b);
    const int at = first_difference(p, x);
    const tt_sim_traffic t = tt_sim_total();
    const tt_sim_finding *found = tt_sim_finding_at(0);
    if (!error && !found && at < 0 &&
        t.global_loads <= (p->loads ? p->loads : t.global_loads) &&
        t.global_stores <= (p->stores ? p->stores : t.global_stores))
        return true;
    printf("WRONG: %s, threads %s\n", p->name, orders[order]);
    if (found) printf("%s\n", found->text);
    else if (at >= 0) tell_difference(p, x, at);
    else if (!tell_traffic(p, &t)) printf("the launch failed with error %d\n", error);
    printf("Picture and hint: module3_gpu/puzzles/README.md, Task %s\n", p->task);
    return false;
}

bool puzzle_solved(const puzzle *p, puzzle_launch *launch)
{
    tt_sim_traffic t = {.error = 0};
    bool right = true;
    for (int order = TT_SIM_FORWARD; right && order <= TT_SIM_RANDOM; order++) {
        arrays x = made(p);
        right = run(p, launch, x, order);
        t = tt_sim_total();
        if (right && order == TT_SIM_RANDOM) {
            printf("right: %s, in every order of the threads\n", p->name);
            show("a", x.a, p->a);
            if (x.b) show("b", x.b, p->b);
            show("out", x.out, p->out);
            printf("  %llu reads of global memory, %llu writes, %llu atomics; %llu of "
                   "shared "
                   "memory\n",
                   (unsigned long long)t.global_loads, (unsigned long long)t.global_stores,
                   (unsigned long long)t.global_atomics,
                   (unsigned long long)(t.shared_loads + t.shared_stores));
        }
        gone(x);
    }
    return right;
}
