/* Module 1's given code: what it refuses and what it keeps, whatever the tasks do. */
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "module1_autodiff/derivative.h"
#include "module1_autodiff/network.h"
#include "module1_autodiff/scalar_functions.h"
#include "tests/support/expect.h"

enum { SEED = 1505 };

static tt_ctx *c;

static void start(void)
{
    c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
}

static void stop(void)
{
    tt_ctx_free(c);
}

TestSuite(autodiff_given, .init = start, .fini = stop, .timeout = 20);

#define SEE "\nsee module1_autodiff/scalar.h"

/* The error that sticks is of this status, its message has these words; then it is forgotten. */
static void expect_error(const tt_scalar *result, tt_status status, const char *words,
                         const char *why)
{
    const char *message = tt_error(c) ? tt_error(c) : "(no error)";
    cr_expect(result == NULL, "expected NULL, got %g\nwhy: %s" SEE, tts_value(result), why);
    cr_expect(tt_error_status(c) == status,
              "expected \"%s\", got \"%s\" with: %s\nwhy: %s" SEE, tt_status_text(status),
              tt_status_text(tt_error_status(c)), message, why);
    cr_expect(strstr(message, words) != NULL,
              "expected the words \"%s\" in: %s\nwhy: %s" SEE, words, message, why);
    tt_error_clear(c);
}

static void expect_value(const tt_scalar *s, double expected, const char *what)
{
    tt_expect_close(tts_value(s), expected, 1e-15, 0, "%s", what);
}

/* ---- leaves ---------------------------------------------------------------------------------- */

Test(autodiff_given, leaves_can_be_set)
{
    tt_scalar *x = tts_variable(c, 3, "x"), *y = tts_add(c, x, x);
    cr_expect(tts_set(x, 4) == TT_OK, "%s", tt_error(c));
    expect_value(x, 4, "x after tts_set(x, 4)");
    cr_expect(tts_set(y, 4) == TT_ERR_VALUE, "a result cannot be set%s", SEE);
    expect_error(NULL, TT_ERR_VALUE, "add", "the message says what made it");
    cr_expect(tts_set(x, NAN) == TT_ERR_DOMAIN, "nan is no value%s", SEE);
    expect_error(NULL, TT_ERR_DOMAIN, "nan", "the message says the value");
    expect_value(x, 4, "x after refused settings");
}

Test(autodiff_given, a_name_is_copied)
{
    char name[] = "weight";
    tt_scalar *x = tts_variable(c, 3, name);
    name[0] = '?';
    cr_expect(strcmp(tt_node_label(&x->node), "weight") == 0, "got %s",
              tt_node_label(&x->node));
}

Test(autodiff_given, accumulate_is_for_leaves)
{
    tt_scalar *x = tts_variable(c, 2, "x"), *y = tts_add(c, x, x);
    cr_expect(tts_accumulate(x, 3) == TT_OK && tts_accumulate(x, 4) == TT_OK, "%s",
              tt_error(c));
    tt_expect_close(tts_derivative(x), 7, 0, 0, "3 and 4 accumulated" SEE);
    cr_expect(tts_accumulate(y, 3) == TT_ERR_VALUE, "a result keeps no derivative%s", SEE);
}

/* ---- a function of one's own ----------------------------------------------------------------- */

static double hypotenuse(tts_call *k, const double *x)
{
    (void)k;
    return sqrt(x[0] * x[0] + x[1] * x[1]);
}

static void no_derivative(const tts_call *k, double d, double *dx)
{
    (void)k;
    dx[0] = dx[1] = d;
}

Test(autodiff_given, a_function_of_ones_own)
{
    static const tts_function fn = {"hypotenuse", 2, hypotenuse, no_derivative};
    tt_scalar *in[] = {tts_variable(c, 3, "a"), tts_num(c, 4)};
    tt_scalar *y = tts_apply(c, &fn, in);
    expect_value(y, 5, "hypotenuse(3, 4)");
    cr_expect(strcmp(y->node.kind->function(&y->node), "hypotenuse") == 0, "made by %s%s",
              y->node.kind->function(&y->node), SEE);
    cr_expect(y->node.n_inputs == 2 && y->node.inputs[0] == &in[0]->node &&
                  y->node.inputs[1] == &in[1]->node,
              "its inputs are a and 4, in this order%s", SEE);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

Test(autodiff_given, only_the_first_error_counts)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    tts_log(c, tts_num(c, -1));
    tts_inv(c, tts_num(c, 0));
    cr_expect(tts_add(c, x, x) == NULL, "while an error sticks, operations do nothing%s",
              SEE);
    expect_error(NULL, TT_ERR_DOMAIN, "log(-1)", "the first error is the cause");
    expect_value(tts_add(c, x, x), 6, "after tt_error_clear operations work again");
}

Test(autodiff_given, operands_of_other_contexts)
{
    tt_ctx *other = tt_ctx_new(NULL), *child = tt_ctx_new(c);
    tt_scalar *mine = tts_variable(c, 1, "mine"),
              *strange = tts_variable(other, 2, "strange");
    tt_scalar *young = tts_variable(child, 3, "young");
    expect_error(tts_add(c, mine, strange), TT_ERR_OWNER, "right operand strange",
                 "it belongs to a context that may end first");
    expect_error(tts_neg(c, strange), TT_ERR_OWNER, "operand strange", "likewise");
    expect_error(tts_mul(c, young, mine), TT_ERR_OWNER, "left operand young",
                 "a child ends before its parent");
    expect_value(tts_add(child, mine, young), 4, "a child may point into its parent");
    tt_ctx_free(other);
}

#ifdef TT_CHECK_STALE
Test(autodiff_given, operands_whose_scope_has_ended)
{
    tt_scalar *kept = NULL, *x = tts_variable(c, 1, "x");
    TT_SCOPE (c) kept = tts_add(c, x, x);
    expect_error(tts_mul(c, kept, x), TT_ERR_OWNER, "left operand",
                 "what was made inside a TT_SCOPE is gone after it");
}
#endif

Test(autodiff_given, backward_from_a_constant_is_refused)
{
    tt_scalar *y = tts_add(c, tts_num(c, 1), tts_num(c, 2));
    cr_expect(tts_backward(y) == TT_ERR_VALUE, "1 + 2 depends on no variable%s", SEE);
    cr_expect(tt_error(c) && strstr(tt_error(c), "tts_variable"),
              "expected a hint at tts_variable, got: %s", tt_error(c));
}

Test(autodiff_given, null_and_sticky_errors_are_quiet)
{
    tt_scalar *x = tts_variable(c, 3, "x"), *y = tts_add(c, x, x);
    cr_expect(tts_backward(NULL) != TT_OK && tt_error(c) == NULL,
              "NULL is quiet, and not ok");
    tts_log(c, tts_num(c, -1));
    cr_expect(tts_backward(y) == TT_ERR_DOMAIN, "the error that sticks is returned");
    tt_expect_close(tts_derivative(x), 0, 0, 0, "and nothing is passed on" SEE);
}

static double identity(const double *x, size_t n, void *user)
{
    (void)n;
    (void)user;
    return x[0];
}

Test(autodiff_given, argument_out_of_range_is_refused, .signal = SIGABRT)
{
    double x[] = {1.0};
    tt_central_difference(identity, NULL, x, 1, 1, TT_EPSILON);
}

/* ---- Linear's parameters --------------------------------------------------------------------- */

static tt_scalar *parameter(tt_module *m, const char *name)
{
    tt_parameter *p = tt_find_parameter(m, name);
    cr_assert(p != NULL, "no parameter %s: %s", name, tt_error(c));
    cr_assert(p->kind == &tts_parameter_kind, "%s is a %s, not a scalar", name,
              p->kind->name);
    return p->value;
}

Test(autodiff_given, linear_starts_between_minus_one_and_one)
{
    tt_seed(c, SEED);
    tt_module *l = tts_nn_linear(c, NULL, "l", 20, 20);
    tt_parameter_list list = tt_named_parameters(c, l);
    cr_assert(list.n == 20 * 20 + 20, "expected 420 parameters, got %zu", list.n);
    double sum = 0, lowest = 1, highest = -1;
    for (size_t i = 0; i < list.n; i++) {
        double w = tts_value(list.at[i].parameter->value);
        sum += w;
        lowest = fmin(lowest, w);
        highest = fmax(highest, w);
    }
    cr_expect(lowest >= -1 && lowest < -0.9 && highest < 1 && highest > 0.9,
              "initial parameters lie in [-1, 1): got %g to %g", lowest, highest);
    tt_expect_close(sum / (double)list.n, 0, 0, 0.1, "mean of 420 initial parameters");
}

Test(autodiff_given, the_seed_decides_the_start)
{
    double weights[3];
    for (int i = 0; i < 3; i++) {
        tt_seed(c, i < 2 ? SEED : SEED + 1);
        weights[i] =
            tts_value(parameter(tts_nn_linear(c, NULL, "l", 2, 2), "weight_1_0"));
    }
    tt_expect_close(weights[1], weights[0], 0, 0, "the same seed, the same weights");
    cr_expect(fabs(weights[2] - weights[0]) > 1e-9, "another seed, other weights");
}

Test(autodiff_given, linear_refuses_sizes_below_one)
{
    cr_expect(tts_nn_linear(c, NULL, "l", 0, 3) == NULL, "no inputs");
    cr_expect(tt_error(c) && strstr(tt_error(c), "0 inputs and 3 outputs"), "got: %s",
              tt_error(c));
    tt_error_clear(c);
    cr_expect(tts_nn_linear(c, NULL, "l", 3, -1) == NULL, "-1 outputs");
    cr_expect(tt_error_status(c) == TT_ERR_VALUE, "got: %s", tt_error(c));
}
