/* The expressions of //module1_autodiff:expression: what they mean, and what is said of mistakes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module1_autodiff/expression.h"
#include "tests/support/expect.h"

static tt_ctx *c;
static expression_variables v;
static expression_error error;

static void start(void)
{
    c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    cr_assert(expression_at(&v, "x=2, y=-3,zero = 0", &error), "%s", error.message);
}

static void stop(void)
{
    tt_ctx_free(c);
}

TestSuite(expression, .init = start, .fini = stop, .timeout = 20);

static tt_scalar *parse(const char *text)
{
    for (int i = 0; i < v.count; i++) v.at[i].scalar = NULL;
    return expression_parse(c, text, &v, &error);
}

static void expect_value(const char *text, double expected)
{
    tt_scalar *s = parse(text);
    cr_expect(s != NULL, "%s: %s", text, error.message);
    tt_expect_close(tts_value(s), expected, 1e-15, 0, "%s", text);
}

Test(expression, values)
{
    expect_value("7", 7);
    expect_value(" 1.5e3 ", 1500);
    expect_value(".5", 0.5);
    expect_value("x", 2);
    expect_value("x + y * x", -4);
    expect_value("(x + y) * x", -2);
    expect_value("x - y - 1", 4);
    expect_value("12 / x / 3", 2);
    expect_value("-x * -y", -6);
    expect_value("--x", 2);
    expect_value("2 - -x", 4);
    expect_value("relu(y) + relu(x)", 2);
    expect_value("inv(4) + neg(1)", -0.75);
    expect_value("log(exp(x))", 2);
    expect_value("sigmoid(zero)", 0.5);
    expect_value("x < 3", 1);
    expect_value("x > 3", 0);
    expect_value("x + 1 == 3", 1);
    expect_value("(x < 3) + (y < 3)", 2);
    expect_value("1e-5*1E+5", 1);
}

Test(expression, derivatives_of_shared_variables)
{
    tt_scalar *s = parse("x*x*y + 10*x");
    cr_assert(s != NULL && tts_backward(s) == TT_OK);
    tt_expect_close(tts_value(s), 8, 1e-15, 0, "x x y + 10 x at x = 2, y = -3");
    tt_expect_close(tts_derivative(v.at[0].scalar), 2 * 2 * -3 + 10, 1e-15, 0, "in x");
    tt_expect_close(tts_derivative(v.at[1].scalar), 4, 1e-15, 0, "in y");
    cr_expect(v.at[2].scalar == NULL, "zero does not occur");
}

static void expect_mistake(const char *text, size_t position, const char *words)
{
    tt_scalar *s = parse(text);
    cr_expect(s == NULL, "%s: expected a mistake, got %g", text, tts_value(s));
    cr_expect(error.position == position, "%s: expected the caret at %zu, got %zu", text,
              position, error.position);
    cr_expect(strstr(error.message, words) != NULL, "%s: expected \"%s\" in: %s", text,
              words, error.message);
    tt_error_clear(c);
}

Test(expression, mistakes_have_a_place)
{
    expect_mistake("", 0, "ends where a value is expected");
    expect_mistake("x +", 3, "ends where");
    expect_mistake("x + z", 4, "--at z=1");
    expect_mistake("(x", 2, "expected )");
    expect_mistake("x)", 1, "expected an operator");
    expect_mistake("x y", 2, "expected an operator");
    expect_mistake("x < 1 < 2", 6, "expected an operator");
    expect_mistake("* x", 0, "expected a number");
    expect_mistake("1.2.3", 0, "1.2.3 is not a number");
    expect_mistake("1e999", 0, "not a number");
    expect_mistake("log x", 4, "write log(...)");
    expect_mistake("log(x", 5, "expected )");
    expect_mistake("sin(x)", 0, "no function sin");
    expect_mistake("x = 1", 2, "expected an operator");
    expect_mistake("inf", 0, "no value");
    expect_mistake("0x10", 1, "expected an operator");
}

Test(expression, results_that_are_not_finite_have_a_place)
{
    expect_mistake("1 + log(y)", 4, "log(-3) is nan");
    expect_mistake("x / zero", 2, "inv(0)");
    expect_mistake("exp(1000)", 0, "exp(1000) is inf");
    expect_mistake("1e200 * 1e200", 6, "mul(1e+200, 1e+200)");
}

Test(expression, nesting_is_bounded_and_length_is_not)
{
    char text[200001];
    memset(text, '(', 1000);
    text[1000] = '\0';
    expect_mistake(text, EXPRESSION_NESTING, "nested more than 200 deep");
    memset(text, '-', 1000);
    expect_mistake(text, EXPRESSION_NESTING, "nested more than 200 deep");
    for (int i = 0; i < 100000; i++) memcpy(text + 2 * i, "x+", 2);
    memcpy(text + 199998, "x", 2);
    expect_value(text, 200000);
}

static void expect_at(const char *text, bool right, size_t position, const char *words)
{
    expression_variables w = {.count = 0};
    cr_expect(expression_at(&w, text, &error) == right, "%s", text);
    if (right) return;
    cr_expect(error.position == position && strstr(error.message, words),
              "%s: expected \"%s\" at %zu, got \"%s\" at %zu", text, words, position,
              error.message, error.position);
}

Test(expression, values_of_variables)
{
    expect_at("a=1", true, 0, "");
    expect_at(" a = -1e-3 , b_2=+4", true, 0, "");
    expect_at("", false, 0, "expected name=number");
    expect_at("a", false, 1, "expected =");
    expect_at("a=", false, 2, "is not a number");
    expect_at("a=1x", false, 2, "\"1x\" is not a number");
    expect_at("a=nan", false, 2, "not a number");
    expect_at("a=1,", false, 4, "expected name=number");
    expect_at("a=1,a=2", false, 4, "a has a value already");
    expect_at("a=1 b=2", false, 4, "expected a comma");
    expect_at("log=1", false, 0, "log is a function");
    expect_at("abcdefghijabcdefghijabcdefghijabcdefghij=1", false, 0, "at most 31 letters");
    char many[400] = "";
    for (int i = 0; i < 33; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%sv%d=1",
                 i > 0 ? "," : "", i);
    expect_at(many, false, strlen(many) - 5, "at most 32 variables");
}

Test(expression, the_tree_as_text)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    tt_scalar *s = parse("x*y + log(4)");
    cr_assert(s != NULL && tts_backward(s) == TT_OK);
    expression_tree(out, &s->node, false);
    fclose(out);
    const char *expected = "add = -4.61371  #1\n"
                           "|- mul = -6  #2\n"
                           "|  |- x = 2, d -3\n"
                           "|  `- y = -3, d 2\n"
                           "`- 1.38629\n";
    cr_expect(strcmp(text, expected) == 0, "expected\n%sgot\n%s", expected, text);
    free(text);
}

Test(expression, the_tree_draws_a_shared_node_once)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    tt_scalar *shared = parse("x*y"), *s = tts_add(c, shared, tts_exp(c, shared));
    expression_tree(out, &s->node, false);
    fclose(out);
    cr_expect(strstr(text, "`- mul = -6  (see #2)\n") != NULL, "got\n%s", text);
    free(text);
}

Test(expression, a_mistake_is_shown_with_a_caret)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert(parse("x + z") == NULL);
    expression_complain(out, "x + z", &error);
    fclose(out);
    cr_expect(strncmp(text, "x + z\n    ^\n", 12) == 0, "got\n%s", text);
    free(text);
}
