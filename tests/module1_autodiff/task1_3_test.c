/* Task 1.3: the chain rule at one scalar. Uses functions of its own, so it does not depend on the
 * backward functions of Task 1.4. */
#include <criterion/criterion.h>

#include "module1_autodiff/scalar_functions.h"
#include "tests/support/expect.h"

static tt_ctx *c;

static void start(void)
{
    c = tt_ctx_new(NULL);
}
static void stop(void)
{
    tt_ctx_free(c);
}

TestSuite(task1_3, .init = start, .fini = stop, .timeout = 20);

#define SEE "\nsee module1_autodiff/README.md, Task 1.3"

/* x + y + 10 */
static double first(tts_call *k, const double *x)
{
    (void)k;
    return x[0] + x[1] + 10;
}

static void first_back(const tts_call *k, double d, double *dx)
{
    (void)k;
    dx[0] = d;
    dx[1] = d;
}

static const tts_function first_fn = {"first", 2, first, first_back};

/* x y + x */
static double second(tts_call *k, const double *x)
{
    k->saved[0] = x[0];
    k->saved[1] = x[1];
    return x[0] * x[1] + x[0];
}

static void second_back(const tts_call *k, double d, double *dx)
{
    dx[0] = d * (k->saved[1] + 1);
    dx[1] = d * k->saved[0];
}

static const tts_function second_fn = {"second", 2, second, second_back};

/* 3 x */
static double triple(tts_call *k, const double *x)
{
    (void)k;
    return 3 * x[0];
}

static void triple_back(const tts_call *k, double d, double *dx)
{
    (void)k;
    dx[0] = 3 * d;
}

static const tts_function triple_fn = {"triple", 1, triple, triple_back};

static tt_scalar *apply(const tts_function *fn, tt_scalar *x, tt_scalar *y)
{
    return tts_apply(c, fn, (tt_scalar *[]){x, y});
}

static void expect_pair(tts_pair pair, const tt_scalar *input, double derivative,
                        const char *what)
{
    cr_expect(pair.input == input, "%s: the pair names another input%s", what, SEE);
    tt_expect_close(pair.derivative, derivative, 1e-12, 0, "%s" SEE, what);
}

Test(task1_3, one_pair_for_each_input_in_order)
{
    tt_scalar *x = tts_variable(c, 1, "x"), *y = tts_variable(c, 2, "y");
    tts_pair pairs[TTS_MAX_INPUTS];
    int n = tts_chain_rule(apply(&first_fn, x, y), 5, pairs);
    cr_assert(n == 2, "x + y + 10 has 2 inputs: expected 2 pairs, got %d%s", n, SEE);
    expect_pair(pairs[0], x, 5, "x + y + 10 in x, d_output 5");
    expect_pair(pairs[1], y, 5, "x + y + 10 in y, d_output 5");
}

Test(task1_3, local_derivative_times_d_output)
{
    tt_scalar *x = tts_variable(c, 5, "x"), *y = tts_variable(c, 10, "y");
    tts_pair pairs[TTS_MAX_INPUTS];
    int n = tts_chain_rule(apply(&second_fn, x, y), 5, pairs);
    cr_assert(n == 2, "expected 2 pairs, got %d%s", n, SEE);
    expect_pair(pairs[0], x, 5 * (10 + 1), "x y + x in x: d (y + 1) with d 5, y 10");
    expect_pair(pairs[1], y, 5 * 5, "x y + x in y: d x with d 5, x 5");
}

Test(task1_3, a_constant_gets_its_pair_too)
{
    tt_scalar *ten = tts_num(c, 10), *y = tts_variable(c, 5, "y");
    tts_pair pairs[TTS_MAX_INPUTS];
    int n = tts_chain_rule(apply(&first_fn, ten, y), 5, pairs);
    cr_assert(n == 2, "one input is a constant: expected 2 pairs all the same, got %d%s",
              n, SEE);
    expect_pair(pairs[0], ten, 5, "10 + y + 10 in its constant");
    expect_pair(pairs[1], y, 5, "10 + y + 10 in y");
}

Test(task1_3, one_input_one_pair)
{
    tt_scalar *x = tts_variable(c, 4, "x");
    tts_pair pairs[TTS_MAX_INPUTS] = {{NULL, 77}, {NULL, 77}};
    int n = tts_chain_rule(tts_apply(c, &triple_fn, &x), 2, pairs);
    cr_assert(n == 1, "3 x has 1 input: expected 1 pair, got %d%s", n, SEE);
    expect_pair(pairs[0], x, 6, "3 x in x, d_output 2");
    tt_expect_close(pairs[1].derivative, 77, 0, 0,
                    "a pair that is not there stays untouched" SEE);
}

Test(task1_3, the_same_input_twice_is_two_pairs)
{
    tt_scalar *x = tts_variable(c, 3, "x");
    tts_pair pairs[TTS_MAX_INPUTS];
    int n = tts_chain_rule(apply(&second_fn, x, x), 1, pairs);
    cr_assert(n == 2, "expected 2 pairs, got %d%s", n, SEE);
    expect_pair(pairs[0], x, 4, "x x + x, through the first operand: x + 1");
    expect_pair(pairs[1], x, 3, "x x + x, through the second operand: x");
}

Test(task1_3, a_leaf_has_no_pairs)
{
    tts_pair pairs[TTS_MAX_INPUTS];
    cr_expect(tts_chain_rule(tts_variable(c, 3, "x"), 1, pairs) == 0, "a variable%s", SEE);
    cr_expect(tts_chain_rule(tts_num(c, 3), 1, pairs) == 0, "a constant%s", SEE);
}

Test(task1_3, nothing_is_changed)
{
    tt_scalar *x = tts_variable(c, 5, "x"), *y = tts_variable(c, 10, "y");
    tt_scalar *z = apply(&second_fn, x, y);
    tts_pair pairs[TTS_MAX_INPUTS];
    for (int again = 0; again < 2; again++) {
        tts_chain_rule(z, 1, pairs);
        expect_pair(pairs[0], x, 11, "asked twice, the same answer");
    }
    tt_expect_close(tts_derivative(x), 0, 0, 0,
                    "the chain rule only answers; adding to x is Task 1.4's" SEE);
}
