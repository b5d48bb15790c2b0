/* Task 1.4: the order, backpropagation, and the derivative of every function. */
#include <criterion/criterion.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "module1_autodiff/scalar_functions.h"
#include "support/random.h"
#include "tests/module1_autodiff/support/golden.h"
#include "tests/module1_autodiff/support/math_cases.h"
#include "tests/support/expect.h"

enum { SEED = 1404, ROUNDS = 50 };

#define SEE "\nsee module1_autodiff/README.md, Task 1.4"

static tt_ctx *c;

/* Shown under a test that does not end, or ends badly after this. */
static void slow(int number)
{
    static const char text[] =
        "no end after 2 seconds. Expected: each node is visited once. One whose ->visit\n"
        "says that it has been met must not enter the list again: ->next would lead in\n"
        "a circle. Without ->visit a walk takes every path: 2^1000 in the ladder." SEE
        "\n";
    (void)number;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
}

static void start(void)
{
    signal(SIGALRM, slow);
    alarm(2);
    c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
}

static void stop(void)
{
    tt_ctx_free(c);
}

/* Nine tests hang when nodes are visited twice: together they must end before Bazel's minute. */
TestSuite(task1_4, .init = start, .fini = stop, .timeout = 5);

static void expect_backward(tt_scalar *result)
{
    cr_assert(result != NULL, "the result is NULL: %s", tt_error(c));
    tt_status status = tts_backward(result);
    cr_assert(status == TT_OK, "tts_backward failed: %s", tt_error(c));
}

/* Says once, under a test's verdict, what a derivative of 0 is often due to. */
static void expect_arrival(const tt_scalar *s, bool close)
{
    static bool said;
    if (close || said || tts_derivative(s) != 0) return;
    said = true;
    fputs(
        "got 0: does a leaf go through ->propagate? It takes a node's derivative away,\n"
        "which a leaf is to keep. Or do inputs stand before their users in the order?\n",
        stderr);
}

#define expect_derivative(s, expected, ...)                                              \
    expect_arrival(                                                                      \
        s, tt_expect_close(tts_derivative(s), expected, 1e-12, 1e-15, __VA_ARGS__))

/* ---- values used once, several times, many times --------------------------------------------- */

Test(task1_4, one_edge)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    tt_scalar *y = tts_add(c, x, tts_num(c, 7));
    cr_assert(tts_backward_from(y, 5) == TT_OK, "%s", tt_error(c));
    expect_derivative(x, 5, "d(x + 7), started with 5" SEE);
}

Test(task1_4, a_chain)
{
    tt_scalar *x = tts_variable(c, 2, "x"), *k = tts_num(c, 0);
    expect_backward(tts_log(c, tts_log(c, tts_add(c, tts_add(c, x, k), tts_num(c, 9)))));
    expect_derivative(x, 1 / (11 * log(11)), "d log(log(x + 9)) at 2: 1 / (11 log 11)" SEE);
}

Test(task1_4, a_value_used_twice_is_a_sum)
{
    tt_scalar *x = tts_variable(c, 1, "x");
    tt_scalar *left = tts_add(c, x, tts_num(c, 1)), *right = tts_add(c, x, tts_num(c, 2));
    cr_assert(tts_backward_from(tts_add(c, left, right), 5) == TT_OK, "%s", tt_error(c));
    expect_derivative(x, 10,
                      "d((x + 1) + (x + 2)), started with 5: each use of x gives 5" SEE);
}

Test(task1_4, a_node_waits_for_all_its_users)
{
    tt_scalar *x = tts_variable(c, 2, "x");
    tt_scalar *a = tts_add(c, x, tts_num(c, 1)); /* 3, used by b and by result */
    tt_scalar *b = tts_log(c, a);                /* log 3 */
    tt_scalar *result = tts_add(c, tts_log(c, b), tts_log(c, a));
    expect_backward(result);
    expect_derivative(
        x, 1 / (3 * log(3)) + 1.0 / 3,
        "d(log(log(a)) + log(a)), a = x + 1: a is passed on once, when both its "
        "users have added their share" SEE);
}

Test(task1_4, both_operands_are_one)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    expect_backward(tts_add(c, x, x));
    expect_derivative(x, 2, "d(x + x): two edges lead to x" SEE);
    tts_zero_grad(x);
    expect_backward(tts_mul(c, x, x));
    expect_derivative(x, 6, "d(x x) at 3: 2 x" SEE);
}

Test(task1_4, a_value_used_many_times)
{
    tt_scalar *x = tts_variable(c, 0.25, "x"), *total = tts_num(c, 0);
    for (int i = 0; i < 1000; i++) total = tts_add(c, total, x);
    expect_backward(total);
    expect_derivative(x, 1000, "x added a thousand times" SEE);
}

Test(task1_4, a_variable_is_its_own_result)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    expect_backward(x);
    expect_derivative(x, 1, "dx/dx: a leaf keeps what it was given" SEE);
}

/* ---- who keeps a derivative ------------------------------------------------------------------ */

Test(task1_4, only_variables_keep_a_derivative)
{
    tt_scalar *x = tts_variable(c, 2, "x"), *k = tts_num(c, 3);
    tt_scalar *a = tts_add(c, x, k), *y = tts_log(c, a);
    expect_backward(y);
    expect_derivative(x, 0.2, "d log(x + 3) at 2" SEE);
    expect_derivative(k, 0, "the constant 3: nobody wants a derivative of it" SEE);
    expect_derivative(a, 0, "the inner node x + 3: what it got, it passed on" SEE);
    expect_derivative(y, 0, "the result itself" SEE);
}

Test(task1_4, a_second_pass_adds)
{
    tt_scalar *x = tts_variable(c, 2, "x");
    tt_scalar *y = tts_log(c, tts_add(c, x, tts_num(c, 3)));
    expect_backward(y);
    expect_backward(y);
    expect_derivative(x, 0.4,
                      "two passes of 0.2 each: leaves add up, and the second walk starts "
                      "anew: ->cursor still "
                      "holds what the first left there" SEE);
    tts_zero_grad(x);
    expect_derivative(x, 0, "after tts_zero_grad" SEE);
    expect_backward(y);
    expect_derivative(x, 0.2, "and one pass more" SEE);
}

Test(task1_4, results_that_share_a_part)
{
    tt_scalar *x = tts_variable(c, 2, "x");
    tt_scalar *shared = tts_add(c, x, tts_num(c, 3));
    tt_scalar *first = tts_log(c, shared), *second = tts_add(c, shared, shared);
    expect_backward(first);
    expect_backward(second);
    expect_backward(first);
    expect_derivative(x, 0.2 + 2 + 0.2,
                      "passes from two results through the same node" SEE);
}

/* ---- the order ------------------------------------------------------------------------------- */

/* Where a node stands in an order; 0 when it is not in it. */
static size_t place_in(const tt_node *first, const tt_node *node)
{
    size_t place = 1;
    for (const tt_node *n = first; n != NULL; n = n->next, place++)
        if (n == node) return place;
    return 0;
}

enum { NODES = 60 };

/* What `root` depends on: reached[i] for node i. Inputs of a node have lower numbers than it. */
static void reach(tt_scalar *const *all, int root, bool *reached)
{
    memset(reached, 0, NODES * sizeof *reached);
    reached[root] = true;
    for (int i = root; i >= 0; i--)
        for (int k = 0; reached[i] && k < all[i]->node.n_inputs; k++)
            for (int j = 0; j < i; j++)
                if (all[i]->node.inputs[k] == &all[j]->node) reached[j] = true;
}

static void check_order(tt_scalar *const *all, int root, unsigned seed)
{
    bool reached[NODES];
    reach(all, root, reached);
    tt_node *first = tt_topological_sort(&all[root]->node);
    cr_assert(first == &all[root]->node, "the order begins with the root (seed %u)%s",
              seed, SEE);
    size_t length = 0, expected = 0;
    for (tt_node *n = first; n != NULL && length <= NODES; n = n->next) length++;
    for (int i = 0; i < NODES; i++) {
        const tt_node *node = &all[i]->node;
        bool wanted = reached[i] && !tt_node_is_constant(node);
        size_t place = place_in(first, node);
        expected += wanted;
        cr_assert(wanted == (place != 0), "node %d %s%s (seed %u)%s", i,
                  wanted ? "is missing" : "has no place in the order: ",
                  wanted       ? ""
                  : reached[i] ? "it is a constant"
                               : "root does not depend on it",
                  seed, SEE);
        for (int k = 0; wanted && k < node->n_inputs; k++) {
            size_t input = place_in(first, node->inputs[k]);
            cr_assert(input == 0 || input > place,
                      "node %d stands at place %zu, after its input at place %zu: its "
                      "derivative would be passed on too late (seed %u)%s",
                      i, place, input, seed, SEE);
        }
    }
    cr_assert(length == expected,
              "%zu nodes in the order, expected %zu, each once (seed %u)%s", length,
              expected, seed, SEE);
}

/* A random graph: variables, constants, and sums of any two earlier nodes. */
Test(task1_4, order_of_random_graphs)
{
    for (unsigned seed = SEED; seed < SEED + 200; seed++)
        TT_SCOPE (c) {
            tt_rng r = tt_rng_of(seed, TT_STREAM_DATA);
            tt_scalar *all[NODES];
            for (uint32_t i = 0; i < NODES; i++) {
                uint32_t what = tt_rng_below(r, 3 * i, 10);
                if (i < 2 || what == 0) all[i] = tts_variable(c, i, NULL);
                else if (what <= 2) all[i] = tts_num(c, i);
                else
                    all[i] = tts_add(c, all[tt_rng_below(r, 3 * i + 1, i)],
                                     all[tt_rng_below(r, 3 * i + 2, i)]);
            }
            for (int root = NODES - 1; root >= NODES - 5; root--)
                if (!tt_node_is_constant(&all[root]->node)) check_order(all, root, seed);
        }
}

Test(task1_4, order_of_a_constant_is_empty)
{
    cr_expect(tt_topological_sort(&tts_num(c, 3)->node) == NULL,
              "expected NULL: no node below a constant wants a derivative%s", SEE);
}

/* (a + b) / 2, which keeps a ladder's values in range, and counts how often it is asked. */
static int asked;

static double mean(tts_call *k, const double *x)
{
    (void)k;
    return 0.5 * (x[0] + x[1]);
}

static void mean_back(const tts_call *k, double d, double *dx)
{
    (void)k;
    asked++;
    dx[0] = 0.5 * d;
    dx[1] = 0.5 * d;
}

static const tts_function mean_fn = {"mean", 2, mean, mean_back};

static tt_scalar *ladder(tt_scalar *x, int rungs)
{
    for (int i = 0; i < rungs; i++) x = tts_apply(c, &mean_fn, (tt_scalar *[]){x, x});
    return x;
}

Test(task1_4, a_ladder_of_a_thousand_reused_nodes)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    asked = 0;
    expect_backward(ladder(x, 1000));
    expect_derivative(x, 1, "of a thousand times x = (x + x) / 2" SEE);
    cr_expect(asked == 1000,
              "a backward function was called %d times for 1000 nodes: a node passes its "
              "derivative on once, not once a path (there are 2^1000)%s",
              asked, SEE);
}

/* A thread with a stack of 512 KiB: a walk that calls itself needs some 50 MB for this chain. */
static void *backward_of_long_chain(void *slope)
{
    tt_ctx *mine = tt_ctx_new(NULL);
    tt_scalar *x = tts_variable(mine, 1, "x"), *y = x, *zero = tts_num(mine, 0);
    for (int i = 0; i < 1000000; i++) y = tts_add(mine, y, zero);
    tts_backward(y);
    *(double *)slope = tts_derivative(x);
    tt_ctx_free(mine);
    return NULL;
}

Test(task1_4, a_chain_of_a_million_nodes, .timeout = 20)
{
    alarm(0);
    fputs("a million nodes on a stack of 512 KiB: killed by SIGSEGV means that the walk\n"
          "calls itself, and has no stack left. Keep the way back in the nodes." SEE "\n",
          stderr);
    double slope = NAN;
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    cr_assert(pthread_attr_setstacksize(&small, 512 << 10) == 0);
    cr_assert(pthread_create(&thread, &small, backward_of_long_chain, &slope) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
    tt_expect_close(slope, 1, 0, 0, "d(x + 0 + 0 ...)" SEE);
}

/* ---- every function's derivative ------------------------------------------------------------- */

/* One wrong derivative is enough to look into: the tests below stop there. */
static bool right_slope(double actual, double expected, const char *name,
                        const char *formula, const char *argument, double a, double b)
{
    return tt_expect_close(
        actual, expected, 1e-9, 1e-12,
        "derivative of %s = %s in %s at a = %.17g, b = %.17g, seed %d%s" SEE, name,
        formula, argument, a, b, SEED, math_diagnosis(actual, expected));
}

Test(task1_4, derivatives_of_functions_of_one_argument)
{
    bool right = true;
    for (size_t k = 0; k < MATH_CASES1; k++)
        for (size_t i = 0; right && i < ROUNDS; i++)
            TT_SCOPE (c) {
                const math_case1 *m = &math_cases1[k];
                tt_scalar *a = tts_variable(c, math_point1(m, SEED, i), "a");
                expect_backward(m->build(c, a));
                right = right_slope(tts_derivative(a), m->slope(tts_value(a)), m->name,
                                    m->formula, "a", tts_value(a), 0);
            }
}

Test(task1_4, derivatives_of_functions_of_two_arguments)
{
    bool right = true;
    for (size_t k = 0; k < MATH_CASES2; k++)
        for (size_t i = 0; right && i < ROUNDS; i++)
            TT_SCOPE (c) {
                const math_case2 *m = &math_cases2[k];
                double x, y;
                math_point2(m, SEED, i, &x, &y);
                tt_scalar *a = tts_variable(c, x, "a"), *b = tts_variable(c, y, "b");
                expect_backward(m->build(c, a, b));
                right = right_slope(tts_derivative(a), m->slope_a(x, y), m->name,
                                    m->formula, "a", x, y) &&
                        right_slope(tts_derivative(b), m->slope_b(x, y), m->name,
                                    m->formula, "b", x, y);
            }
}

static void expect_slope(tt_scalar *(*fn)(tt_ctx *, tt_scalar *), double at,
                         double expected, const char *what)
{
    tt_scalar *x = tts_variable(c, at, "x");
    expect_backward(fn(c, x));
    expect_derivative(x, expected, "%s" SEE, what);
}

Test(task1_4, derivatives_at_particular_places)
{
    expect_slope(tts_relu, 0, 0, "relu at its kink 0: 0 by agreement");
    expect_slope(tts_relu, -2, 0, "relu at -2");
    expect_slope(tts_relu, 2, 1, "relu at 2");
    expect_slope(tts_sigmoid, 0, 0.25, "sigmoid at 0");
    expect_slope(tts_sigmoid, 40, exp(-40), "sigmoid at 40: flat");
    expect_slope(tts_exp, 1, exp(1), "exp at 1");
    expect_slope(tts_inv, 4, -1.0 / 16, "inv at 4");
    expect_slope(tts_inv, -4, -1.0 / 16, "inv at -4");
    expect_slope(tts_log, 4, 0.25, "log at 4");
    expect_slope(tts_neg, 4, -1, "neg at 4");
}

Test(task1_4, derivatives_scale_with_what_flows_in)
{
    tt_scalar *a = tts_variable(c, 3, "a"), *b = tts_variable(c, 0.5, "b");
    tt_scalar *parts[] = {tts_mul(c, a, b), tts_exp(c, b),  tts_sigmoid(c, b),
                          tts_inv(c, a),    tts_relu(c, a), tts_neg(c, a),
                          tts_log(c, a)};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        tts_zero_grad(a);
        tts_zero_grad(b);
        expect_backward(parts[i]);
        double da = tts_derivative(a), db = tts_derivative(b);
        tts_zero_grad(a);
        tts_zero_grad(b);
        tts_backward_from(parts[i], -3);
        const char *name = parts[i]->node.kind->function(&parts[i]->node);
        expect_derivative(a, -3 * da, "of %s in a, started with -3 instead of 1" SEE, name);
        expect_derivative(b, -3 * db, "of %s in b, started with -3 instead of 1" SEE, name);
    }
}

Test(task1_4, comparisons_have_derivative_zero)
{
    tt_scalar *a = tts_variable(c, 3, "a"), *b = tts_variable(c, 3, "b");
    expect_backward(tts_lt(c, a, b));
    expect_backward(tts_gt(c, a, b));
    expect_backward(tts_eq(c, a, b));
    expect_derivative(a, 0, "a comparison is flat" SEE);
    expect_derivative(b, 0, "a comparison is flat" SEE);
}

Test(task1_4, golden_values_of_pytorch)
{
    for (int i = 0; i < GOLDEN; i++)
        TT_SCOPE (c) {
            const golden_case *g = &golden_cases[i];
            tt_scalar *x = tts_variable(c, g->x, "x"), *y = tts_variable(c, g->y, "y");
            tt_scalar *result = g->build(c, x, y);
            expect_backward(result);
            tt_expect_close(tts_value(result), g->value, 1e-13, 0, "%s" SEE, g->formula);
            tt_expect_close(tts_derivative(x), g->dx, 1e-12, 1e-15, "%s in x" SEE,
                            g->formula);
            tt_expect_close(tts_derivative(y), g->dy, 1e-12, 1e-15, "%s in y" SEE,
                            g->formula);
        }
}

/* ---- mistakes -------------------------------------------------------------------------------- */

Test(task1_4, a_derivative_that_is_not_finite_is_refused)
{
    tt_scalar *x = tts_variable(c, 1e-310, "x");
    tt_scalar *y = tts_log(c, x);
    cr_assert(y != NULL, "log(1e-310) is finite: %s", tt_error(c));
    cr_expect(
        tts_backward(y) == TT_ERR_DOMAIN,
        "expected TT_ERR_DOMAIN of tts_backward: d log(x) at 1e-310 is beyond the "
        "largest "
        "double; tt_backpropagate returns what ->propagate says when that is not TT_OK%s",
        SEE);
    cr_expect(tt_error(c) && strstr(tt_error(c), "log passes the derivative inf"),
              "expected the function's name, got: %s", tt_error(c));
}
