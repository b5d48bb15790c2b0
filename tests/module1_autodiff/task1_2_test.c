/* Task 1.2: what scalars compute, what they remember, and what they refuse. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module1_autodiff/scalar_functions.h"
#include "tests/module1_autodiff/support/math_cases.h"
#include "tests/support/expect.h"

enum { SEED = 1202, ROUNDS = 100 };

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

TestSuite(task1_2, .init = start, .fini = stop, .timeout = 20);

#define SEE "\nsee module1_autodiff/README.md, Task 1.2"

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

/* ---- values ---------------------------------------------------------------------------------- */

/* One wrong value is enough to look into: the two tests below stop there. */

Test(task1_2, functions_of_one_argument)
{
    bool right = true;
    for (size_t k = 0; k < MATH_CASES1; k++)
        for (size_t i = 0; right && i < ROUNDS; i++)
            TT_SCOPE (c) {
                const math_case1 *m = &math_cases1[k];
                double a = math_point1(m, SEED, i);
                tt_scalar *y = m->build(c, tts_num(c, a));
                right = tt_expect_close(tts_value(y), m->value(a), 1e-9, 1e-12,
                                        "%s = %s at a = %.17g, seed %d" SEE, m->name,
                                        m->formula, a, SEED);
            }
}

Test(task1_2, functions_of_two_arguments)
{
    bool right = true;
    for (size_t k = 0; k < MATH_CASES2; k++)
        for (size_t i = 0; right && i < ROUNDS; i++)
            TT_SCOPE (c) {
                const math_case2 *m = &math_cases2[k];
                double a, b;
                math_point2(m, SEED, i, &a, &b);
                tt_scalar *y = m->build(c, tts_num(c, a), tts_num(c, b));
                right = tt_expect_close(tts_value(y), m->value(a, b), 1e-9, 1e-12,
                                        "%s = %s at a = %.17g, b = %.17g, seed %d" SEE,
                                        m->name, m->formula, a, b, SEED);
            }
}

static void expect_value(const tt_scalar *s, double expected, const char *what)
{
    tt_expect_close(tts_value(s), expected, 1e-15, 0, "%s" SEE, what);
}

Test(task1_2, comparisons_at_equality)
{
    tt_scalar *two = tts_num(c, 2), *same = tts_num(c, 2), *three = tts_num(c, 3);
    expect_value(tts_lt(c, two, same), 0, "2 < 2 is false");
    expect_value(tts_gt(c, two, same), 0, "2 > 2 is false");
    expect_value(tts_eq(c, two, same), 1, "2 == 2 is true");
    expect_value(tts_lt(c, two, three), 1, "2 < 3 is true");
    expect_value(tts_gt(c, two, three), 0, "2 > 3 is false");
    expect_value(tts_gt(c, three, two), 1, "3 > 2 is true");
    expect_value(tts_eq(c, two, three), 0, "2 == 3 is false");
    cr_expect(tts_truth(tts_lt(c, two, three)) && !tts_truth(tts_lt(c, three, two)),
              "tts_truth: 0 is false, anything else is true%s", SEE);
}

Test(task1_2, order_of_operands)
{
    tt_scalar *six = tts_num(c, 6), *two = tts_num(c, 2);
    expect_value(tts_sub(c, six, two), 4, "6 - 2");
    expect_value(tts_sub(c, two, six), -4, "2 - 6");
    expect_value(tts_div(c, six, two), 3, "6 / 2");
    expect_value(tts_neg(c, six), -6, "-6");
    expect_value(tts_inv(c, two), 0.5, "inv(2)");
}

Test(task1_2, far_from_zero)
{
    expect_value(tts_sigmoid(c, tts_num(c, -700)), exp(-700),
                 "sigmoid(-700) is tiny, not 0");
    expect_value(tts_sigmoid(c, tts_num(c, 800)), 1, "sigmoid(800)");
    expect_value(tts_relu(c, tts_num(c, 0)), 0, "relu(0)");
    expect_value(tts_relu(c, tts_num(c, -1e300)), 0, "relu(-1e300)");
    expect_value(tts_exp(c, tts_num(c, -1000)), 0, "e^-1000 is 0 in double, and no error");
    cr_expect(tt_error(c) == NULL, "unexpected error: %s", tt_error(c));
}

/* ---- history --------------------------------------------------------------------------------- */

static void expect_made_by(const tt_scalar *s, const char *fn, const tt_scalar *first,
                           const tt_scalar *second, const char *what)
{
    cr_assert(s != NULL, "%s is NULL: %s", what, tt_error(c));
    cr_assert(!tt_node_is_leaf(&s->node), "%s has no history%s", what, SEE);
    const char *actual = s->node.kind->function(&s->node);
    cr_expect(strcmp(actual, fn) == 0, "%s: expected to be made by %s, got %s%s", what,
              fn, actual, SEE);
    int expected = second != NULL ? 2 : 1;
    cr_assert(s->node.n_inputs == expected, "%s: expected %d inputs, got %d%s", what,
              expected, s->node.n_inputs, SEE);
    cr_expect(s->node.inputs[0] == &first->node &&
                  (!second || s->node.inputs[1] == &second->node),
              "%s: its inputs are not the operands in their order%s", what, SEE);
}

Test(task1_2, a_result_remembers_function_and_operands)
{
    tt_scalar *a = tts_variable(c, 2, "a"), *b = tts_variable(c, 3, "b");
    expect_made_by(tts_add(c, a, b), "add", a, b, "a + b");
    expect_made_by(tts_mul(c, a, b), "mul", a, b, "a * b");
    expect_made_by(tts_lt(c, a, b), "lt", a, b, "a < b");
    expect_made_by(tts_gt(c, a, b), "lt", b, a, "a > b, which is b < a,");
    expect_made_by(tts_eq(c, a, b), "eq", a, b, "a == b");
    expect_made_by(tts_neg(c, a), "neg", a, NULL, "-a");
    expect_made_by(tts_inv(c, a), "inv", a, NULL, "inv(a)");
    expect_made_by(tts_log(c, a), "log", a, NULL, "log(a)");
    expect_made_by(tts_exp(c, a), "exp", a, NULL, "exp(a)");
    expect_made_by(tts_sigmoid(c, a), "sigmoid", a, NULL, "sigmoid(a)");
    expect_made_by(tts_relu(c, a), "relu", a, NULL, "relu(a)");
}

Test(task1_2, differences_and_quotients_are_composed)
{
    tt_scalar *a = tts_variable(c, 2, "a"), *b = tts_variable(c, 3, "b");
    tt_scalar *difference = tts_sub(c, a, b), *quotient = tts_div(c, a, b);
    expect_made_by(difference, "add", a, (tt_scalar *)difference->node.inputs[1], "a - b");
    expect_made_by((tt_scalar *)difference->node.inputs[1], "neg", b, NULL, "-b in a - b");
    expect_made_by(quotient, "mul", a, (tt_scalar *)quotient->node.inputs[1], "a / b");
    expect_made_by((tt_scalar *)quotient->node.inputs[1], "inv", b, NULL,
                   "inv(b) in a / b");
}

Test(task1_2, constants_make_constants)
{
    tt_scalar *two = tts_num(c, 2), *x = tts_variable(c, 3, "x");
    tt_scalar *four = tts_mul(c, two, two);
    cr_expect(tt_node_is_constant(&four->node) && tt_node_is_leaf(&four->node),
              "2 * 2 depends on no variable: no history is kept%s", SEE);
    cr_expect(!tt_node_is_constant(&tts_mul(c, two, x)->node), "2 * x depends on x%s", SEE);
}

Test(task1_2, no_grad_keeps_no_history)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    TT_SCOPE (c) {
        tt_no_grad(c);
        tt_scalar *y = tts_mul(c, x, x);
        expect_value(y, 9, "x * x without gradients");
        cr_expect(tt_node_is_constant(&y->node), "under tt_no_grad x * x is a constant%s",
                  SEE);
    }
    cr_expect(!tt_node_is_constant(&tts_mul(c, x, x)->node),
              "after the scope gradients are on again%s", SEE);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

Test(task1_2, results_that_are_not_finite)
{
    tt_scalar *x = tts_variable(c, -3, "x"), *zero = tts_num(c, 0),
              *huge = tts_num(c, 1e200);
    expect_error(tts_log(c, x), TT_ERR_DOMAIN, "log(-3) is nan",
                 "log of a negative number");
    expect_error(tts_log(c, x), TT_ERR_DOMAIN, "operand is x", "the operand is named");
    expect_error(tts_log(c, zero), TT_ERR_DOMAIN, "log(0) is -inf", "log of 0");
    expect_error(tts_inv(c, zero), TT_ERR_DOMAIN, "inv(0) is inf", "0 has no inverse");
    expect_error(tts_div(c, x, zero), TT_ERR_DOMAIN, "inv(0)", "division by 0");
    expect_error(tts_exp(c, tts_num(c, 1000)), TT_ERR_DOMAIN, "exp(1000) is inf",
                 "overflow");
    expect_error(tts_mul(c, huge, huge), TT_ERR_DOMAIN, "mul(1e+200, 1e+200)", "overflow");
    expect_error(tts_num(c, NAN), TT_ERR_DOMAIN, "nan is not a finite",
                 "a constant must be one");
    expect_error(tts_variable(c, INFINITY, "x"), TT_ERR_DOMAIN, "inf is not",
                 "a variable too");
}

Test(task1_2, null_in_null_out)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    cr_expect(!tts_add(c, NULL, x) && !tts_add(c, x, NULL) && !tts_mul(c, NULL, NULL) &&
                  !tts_neg(c, NULL) && !tts_sub(c, x, NULL) && !tts_div(c, NULL, x) &&
                  !tts_gt(c, x, NULL) && !tts_relu(c, NULL) && !tts_add(NULL, x, x),
              "an operation given NULL answers NULL%s", SEE);
    cr_expect(tt_error(c) == NULL, "and records nothing, but got: %s", tt_error(c));
    cr_expect(isnan(tts_value(NULL)) && isnan(tts_derivative(NULL)) && !tts_truth(NULL),
              "NULL has no value%s", SEE);
    tts_zero_grad(NULL);
}
