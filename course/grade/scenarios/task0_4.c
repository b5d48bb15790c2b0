/* Task 0.4: walks over random trees of modules. */
#include <stdio.h>

#include "course/grade/scenario.h"
#include "module0_operators/module.h"

enum { MODULES = 12 };

typedef struct grove {
    tt_module *at[MODULES];
    int n;
} grove;

/* A random tree of n modules, with parameters of random names and values. */
static grove grow(scenario *s, tt_ctx *c, int n)
{
    grove g = {.n = n};
    int above[MODULES];
    for (int i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "m%d_%d", i, draw_int(s, 0, 9999));
        g.at[i] = tt_module_new(c, sizeof(tt_module), "Twig", NULL);
        above[i] = i > 0 ? draw_int(s, i > 4 ? i - 4 : 0, i - 1) : -1;
        if (i > 0) tt_module_add(g.at[above[i]], name, g.at[i]);
        for (int p = draw_int(s, 0, 3); p > 0; p--) {
            snprintf(name, sizeof name, "p%d_%d", p, draw_int(s, 0, 9999));
            tt_module_number(g.at[i], name, draw(s, -9, 9));
        }
    }
    in_ints(s, "parent of each module", above, (size_t)n);
    return g;
}

static void put_list(scenario *s, const tt_parameter_list *list)
{
    put_i64(s, "parameters", (int64_t)list->n);
    for (size_t i = 0; i < list->n; i++) {
        put_text(s, "name", list->at[i].name);
        put_f64(s, "value", *(const double *)list->at[i].parameter->value);
    }
}

static void flags(scenario *s, const grove *g, const char *name)
{
    int all[MODULES];
    for (int i = 0; i < g->n; i++) all[i] = g->at[i]->training;
    put_ints(s, name, all, (size_t)g->n);
}

static void named(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 5; i++) {
        grove g = grow(s, c, i == 0 ? 1 : draw_int(s, 2, MODULES));
        tt_parameter_list list = tt_named_parameters(c, g.at[0]);
        put_list(s, &list);
    }
}

static void below(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    grove g = grow(s, c, MODULES);
    for (int i = 1; i < MODULES; i += 3) {
        in_i64(s, "module asked", i);
        tt_parameter_list list = tt_named_parameters(c, g.at[i]);
        put_list(s, &list);
    }
}

static void collected(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_parameter_list list = {0};
    for (int i = 0; i < 3; i++) {
        char prefix[32];
        snprintf(prefix, sizeof prefix, "net%d.x%d", i, draw_int(s, 0, 9999));
        grove g = grow(s, c, draw_int(s, 2, 6));
        in_text(s, "prefix", prefix);
        tt_collect_parameters(c, g.at[0], prefix, &list);
    }
    put_list(s, &list); /* of all three: each call appends */
}

/* Flags that a walk changes, and none besides: some parts are set the other way before. */
static void switched(scenario *s, bool eval)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 5; i++) {
        grove g = grow(s, c, MODULES);
        for (int n = 0; n < MODULES; n++) g.at[n]->training = draw_int(s, 0, 1);
        int root = i == 0 ? 0 : draw_int(s, 0, MODULES - 1), on = draw_int(s, 0, 1);
        in_i64(s, "module", root);
        if (eval) tt_eval(g.at[root]);
        else tt_train(g.at[root], on);
        in_i64(s, "training", on);
        flags(s, &g, "training flags");
    }
}

static void train(scenario *s)
{
    switched(s, false);
}

static void eval(scenario *s)
{
    switched(s, true);
}

/* A chain of modules: names of many parts. */
static void deep(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_module *root = tt_module_new(c, sizeof(tt_module), "Root", NULL), *at = root;
    for (int i = 0; i < 40; i++) {
        char name[32];
        snprintf(name, sizeof name, "d%d", draw_int(s, 0, 999));
        at = tt_module_add(at, name, tt_module_new(c, sizeof(tt_module), "Deep", NULL));
        if (i % 7 == 3) tt_module_number(at, "w", draw(s, 0, 1));
    }
    tt_parameter_list list = tt_named_parameters(c, root);
    put_list(s, &list);
    tt_eval(root);
    put_i64(s, "training of the deepest", at->training);
}

const scenario_case scenario_cases[] = {
    {"named_parameters", "dotted names, own before children's", 4, named},
    {"below_a_module", "names begin at the module asked", 2, below},
    {"collect_parameters", "appends, each name behind the prefix", 3, collected},
    {"train", "sets the flag of a module and all below it", 3, train},
    {"eval", "clears the flag of a module and all below it", 3, eval},
    {"deep", "forty levels", 1, deep},
    {0},
};
