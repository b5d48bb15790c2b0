/* Task 0.4: the walks over a module tree: training flags, and parameters with dotted names. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "module0_operators/module.h"
#include "support/random.h"

TestSuite(task0_4, .timeout = 20);

#define SEE "\nsee module0_operators/README.md, Task 0.4"

/* The tree of the assignment: root (p1) - a (p2), b - c (p3). */
typedef struct demo {
    tt_ctx *c;
    tt_module *root, *a, *b, *b_c;
} demo;

static tt_module *plain(tt_ctx *c, const char *kind)
{
    return tt_module_new(c, sizeof(tt_module), kind, NULL);
}

static demo demo_new(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    demo d = {.c = c, .root = plain(c, "Root")};
    d.a = tt_module_add(d.root, "a", plain(c, "A"));
    d.b = tt_module_add(d.root, "b", plain(c, "B"));
    d.b_c = tt_module_add(d.b, "c", plain(c, "C"));
    /* parameters come after children here, so that "own first" is not "first added" */
    tt_module_number(d.b_c, "p3", 15);
    tt_module_number(d.a, "p2", 10);
    tt_module_number(d.root, "p1", 5);
    return d;
}

static void check_names(const tt_parameter_list *list, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && i < list->n; i++)
        cr_assert(strcmp(list->at[i].name, names[i]) == 0,
                  "parameter %zu of %zu: expected \"%s\", got \"%s\"\n"
                  "why: own parameters first, then each child's, in the order they were "
                  "added" SEE,
                  i, n, names[i], list->at[i].name);
    cr_assert(list->n == n, "expected %zu parameters, got %zu" SEE, n, list->n);
}

/* ---- parameters -------------------------------------------------------------------- */

Test(task0_4, names_are_dotted_paths_own_before_children)
{
    demo d = demo_new();
    tt_parameter_list list = tt_named_parameters(d.c, d.root);
    check_names(&list, (const char *const[]){"p1", "a.p2", "b.c.p3"}, 3);
    static const double values[] = {5, 10, 15};
    for (size_t i = 0; i < 3; i++) {
        double value = *(double *)list.at[i].parameter->value;
        cr_assert(value == values[i], "%s: expected %g, got %g" SEE, list.at[i].name,
                  values[i], value);
    }
    tt_ctx_free(d.c);
}

Test(task0_4, names_of_a_subtree_begin_there)
{
    demo d = demo_new();
    tt_parameter_list list = tt_named_parameters(d.c, d.b);
    check_names(&list, (const char *const[]){"c.p3"}, 1);
    list = tt_named_parameters(d.c, d.b_c);
    check_names(&list, (const char *const[]){"p3"}, 1);
    tt_ctx_free(d.c);
}

Test(task0_4, parameters_are_the_same_objects)
{
    demo d = demo_new();
    tt_parameter_list list = tt_named_parameters(d.c, d.root);
    cr_assert(list.n == 3, "expected 3 parameters, got %zu" SEE, list.n);
    cr_assert(
        list.at[2].parameter == d.b_c->parameters,
        "b.c.p3: the list must point to the tree's own parameter, not to a copy: an "
        "optimiser changes it through the list" SEE);
    tt_ctx_free(d.c);
}

Test(task0_4, collecting_appends_behind_a_prefix)
{
    demo d = demo_new();
    tt_parameter_list list = {0};
    tt_collect_parameters(d.c, d.a, "left", &list);
    tt_collect_parameters(d.c, d.b, "right.inner", &list);
    check_names(&list, (const char *const[]){"left.p2", "right.inner.c.p3"}, 2);
    tt_ctx_free(d.c);
}

Test(task0_4, a_tree_without_parameters_gives_none)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *root = plain(c, "Root");
    tt_module_add(tt_module_add(root, "a", plain(c, "A")), "b", plain(c, "B"));
    cr_assert(tt_named_parameters(c, root).n == 0, "expected no parameters" SEE);
    cr_assert(tt_named_parameters(c, NULL).n == 0, "NULL has no parameters" SEE);
    tt_ctx_free(c);
}

/* The same own name in several modules is no clash: the paths differ. */
Test(task0_4, equal_names_in_different_modules_are_kept_apart)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_module *root = plain(c, "Root");
    tt_module *left = tt_module_add(root, "left", plain(c, "Half"));
    tt_module *right = tt_module_add(root, "right", plain(c, "Half"));
    tt_module *inner = tt_module_add(right, "left", plain(c, "Half"));
    tt_module *halves[] = {root, left, right, inner};
    for (int i = 0; i < 4; i++) tt_module_number(halves[i], "w", i);
    tt_parameter_list list = tt_named_parameters(c, root);
    check_names(&list, (const char *const[]){"w", "left.w", "right.w", "right.left.w"}, 4);
    tt_ctx_free(c);
}

/* A random tree beside its expected names, which are written down while it is built: each module
 * keeps its path, and the names are put in order by a walk that uses a stack, not recursion. */
enum { SEED = 20240616, MODULES = 60, PER_MODULE = 3 };

typedef struct random_tree {
    tt_module *modules[MODULES];
    int parents[MODULES], parameters[MODULES];
    char paths[MODULES][MODULES * 4]; /* a chain of all: "m1.m2." ... */
} random_tree;

static void grow(tt_ctx *c, random_tree *t, uint64_t seed)
{
    tt_rng r = tt_rng_of(seed, TT_STREAM_DATA);
    for (int i = 0; i < MODULES; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%d", i);
        t->modules[i] = plain(c, "Node");
        t->parents[i] = i ? (int)tt_rng_below(r, (uint64_t)(2 * i), (uint32_t)i) : -1;
        if (i) {
            char path[MODULES * 4 + 16];
            const char *above = t->paths[t->parents[i]];
            snprintf(path, sizeof path, "%s%s%s", above, above[0] ? "." : "", name);
            memcpy(t->paths[i], path, sizeof t->paths[i]);
            tt_module_add(t->modules[t->parents[i]], name, t->modules[i]);
        }
        t->parameters[i] = (int)tt_rng_below(r, (uint64_t)(2 * i + 1), PER_MODULE + 1);
        for (int p = 0; p < t->parameters[i]; p++) {
            snprintf(name, sizeof name, "p%d", p);
            tt_module_number(t->modules[i], name, 100 * i + p);
        }
    }
}

/* The modules in the order in which they are visited: a parent before its children, and among
 * siblings the one added first with all that is below it. */
static int visit_order(const random_tree *t, int order[MODULES])
{
    int stack[MODULES], height = 0, n = 0;
    stack[height++] = 0;
    while (height > 0) {
        int at = stack[--height];
        order[n++] = at;
        for (int i = MODULES - 1; i > 0; i--) /* last child first: it is taken off last */
            if (t->parents[i] == at) stack[height++] = i;
    }
    return n;
}

Test(task0_4, names_and_values_of_random_trees)
{
    static random_tree t;
    for (uint64_t seed = SEED; seed < SEED + 5; seed++) {
        tt_ctx *c = tt_ctx_new(NULL);
        memset(&t, 0, sizeof t);
        grow(c, &t, seed);
        tt_parameter_list list = tt_named_parameters(c, t.modules[0]);
        int order[MODULES], modules = visit_order(&t, order);
        size_t n = 0;
        for (int k = 0; k < modules; k++)
            for (int p = 0; p < t.parameters[order[k]]; p++, n++) {
                char expected[MODULES * 4 + 16];
                const char *path = t.paths[order[k]];
                snprintf(expected, sizeof expected, "%s%sp%d", path, path[0] ? "." : "", p);
                cr_assert(n < list.n, "seed %lu: expected more than %zu parameters" SEE,
                          (unsigned long)seed, list.n);
                double value = *(double *)list.at[n].parameter->value;
                cr_assert(strcmp(list.at[n].name, expected) == 0 &&
                              value == 100 * order[k] + p,
                          "parameter %zu (seed %lu): expected %s = %d, got %s = %g" SEE,
                          n, (unsigned long)seed, expected, 100 * order[k] + p,
                          list.at[n].name, value);
            }
        cr_assert(list.n == n, "seed %lu: expected %zu parameters, got %zu" SEE,
                  (unsigned long)seed, n, list.n);
        tt_ctx_free(c);
    }
}

/* ---- training and eval ------------------------------------------------------------- */

static void check_flags(const demo *d, bool root, bool a, bool b, bool b_c,
                        const char *after)
{
    const struct {
        const char *name;
        bool expected, actual;
    } rows[] = {{"the root", root, d->root->training},
                {"child a", a, d->a->training},
                {"child b", b, d->b->training},
                {"grandchild b.c", b_c, d->b_c->training}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert(rows[i].actual == rows[i].expected,
                  "after %s, %s: expected training %s, got %s" SEE, after, rows[i].name,
                  rows[i].expected ? "true" : "false", rows[i].actual ? "true" : "false");
}

Test(task0_4, eval_and_train_reach_all_descendants)
{
    demo d = demo_new();
    check_flags(&d, true, true, true, true, "tt_module_new");
    tt_eval(d.root);
    check_flags(&d, false, false, false, false, "tt_eval(root)");
    tt_train(d.root, true);
    check_flags(&d, true, true, true, true, "tt_train(root, true)");
    tt_train(d.root, false);
    check_flags(&d, false, false, false, false, "tt_train(root, false)");
    tt_ctx_free(d.c);
}

Test(task0_4, eval_and_train_leave_the_rest_alone)
{
    demo d = demo_new();
    tt_eval(d.b);
    check_flags(&d, true, true, false, false, "tt_eval(b)");
    tt_eval(d.root);
    tt_train(d.a, true);
    check_flags(&d, false, true, false, false, "tt_eval(root), tt_train(a, true)");
    tt_ctx_free(d.c);
}

Test(task0_4, a_flag_that_differs_below_is_still_overwritten)
{
    demo d = demo_new();
    tt_eval(d.b_c);
    tt_train(d.root, true);
    check_flags(&d, true, true, true, true, "tt_eval(b.c), tt_train(root, true)");
    d.root->training = d.b->training = false;
    tt_eval(d.root);
    check_flags(&d, false, false, false, false,
                "tt_eval(root), when root and b were not training but b.c was");
    tt_ctx_free(d.c);
}
