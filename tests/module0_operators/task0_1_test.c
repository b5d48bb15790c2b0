/* Task 0.1: the value of every operator, for double and for float: ordinary numbers against a
 * formula in long double, and by name the places where mistakes hide (kinks, -0, infinities, nan).
 *
 * Nothing here is judged by tt_op_is_close: a version that always says 1 would pass everything. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "module0_operators/operators.h"
#include "support/random.h"
#include "tests/support/expect.h"

TestSuite(task0_1, .timeout = 20);

#define SEE "\nsee module0_operators/README.md, Task 0.1"

enum { SEED = 20240611, ROUNDS = 2000 };

static double drawn(uint64_t i, double low, double high)
{
    return low + (high - low) * (double)tt_rng_uniform(tt_rng_of(SEED, TT_STREAM_DATA), i);
}

/* ---- the places where mistakes hide ------------------------------------------------ */

typedef struct unary_case {
    double x, expected;
    const char *why;
} unary_case;

typedef struct binary_case {
    double x, y, expected;
    const char *why;
} binary_case;

/* Inputs and answers of these tables are exact in float too, so both types are asked the same. */
static void check_unary(tt_unary_op op, const unary_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x = cases[i].x, expected = cases[i].expected;
        for (int type = 0; type < 2; type++) {
            double answer = type ? (double)tt_unaryf(op)((float)x) : tt_unary(op)(x);
            bool close =
                tt_expect_close(answer, expected, 0, 0, "in tt_op_%s%s(%g)\nwhy: %s" SEE,
                                tt_unary_name(op), type ? "f" : "", x, cases[i].why);
            cr_expect(
                !close || isnan(expected) || signbit(answer) == signbit(expected),
                "tt_op_%s%s(%g): expected %g, got %g: the sign differs\nwhy: %s" SEE,
                tt_unary_name(op), type ? "f" : "", x, expected, answer, cases[i].why);
        }
    }
}

static void check_binary(tt_binary_op op, const binary_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x = cases[i].x, y = cases[i].y, expected = cases[i].expected;
        for (int type = 0; type < 2; type++) {
            double answer =
                type ? (double)tt_binaryf(op)((float)x, (float)y) : tt_binary(op)(x, y);
            tt_expect_close(answer, expected, 0, 0,
                            "in tt_op_%s%s(%.9g, %.9g)\nwhy: %s" SEE, tt_binary_name(op),
                            type ? "f" : "", x, y, cases[i].why);
        }
    }
}

#define CHECK_UNARY(op, ...)                                                             \
    do {                                                                                 \
        static const unary_case cases[] = {__VA_ARGS__};                                 \
        check_unary(op, cases, sizeof cases / sizeof cases[0]);                          \
    } while (0)

#define CHECK_BINARY(op, ...)                                                            \
    do {                                                                                 \
        static const binary_case cases[] = {__VA_ARGS__};                                \
        check_binary(op, cases, sizeof cases / sizeof cases[0]);                         \
    } while (0)

#define INF ((double)INFINITY)
#define NOT ((double)NAN) /* not a number */

/* ---- ordinary numbers against an independent formula ------------------------------- */

/* What `op` ought to give at (x, y), in more digits than either type has. */
typedef long double oracle(long double x, long double y);

/* The smallest numbers of a type have few digits: there the bound is three of their steps. */
static bool right(double answer, double expected, const char *call, int round)
{
    return tt_expect_close(answer, expected, 1e-15, 1.5e-323,
                           "in %s, round %d of seed %d" SEE, call, round, (int)SEED);
}

static bool rightf(double answer, double expected, const char *call, int round)
{
    return tt_expect_close(answer, expected, 6e-7, 5e-45,
                           "in %s, round %d of seed %d" SEE, call, round, (int)SEED);
}

/* "tt_op_relu(-0.5)", as a reader would type it again. `type` is "" or "f". */
static const char *call1(tt_unary_op op, const char *type, double x)
{
    static char text[80];
    snprintf(text, sizeof text, "tt_op_%s%s(%.*g)", tt_unary_name(op), type,
             *type ? 9 : 17, x);
    return text;
}

static const char *call2(tt_binary_op op, const char *type, double x, double y)
{
    static char text[120];
    int digits = *type ? 9 : 17;
    snprintf(text, sizeof text, "tt_op_%s%s(%.*g, %.*g)", tt_binary_name(op), type,
             digits, x, digits, y);
    return text;
}

/* The first failure ends the loop. */
static void compare_unary(tt_unary_op op, oracle *expected, double low, double high)
{
    for (int round = 0; round < ROUNDS; round++) {
        double x = drawn((uint64_t)round, low, high);
        float xf = (float)x;
        double answer = (double)expected((long double)x, 0);
        float answerf = (float)expected((long double)xf, 0);
        double got = tt_unary(op)(x), gotf = (double)tt_unaryf(op)(xf);
        if (!right(got, answer, call1(op, "", x), round)) return;
        if (!rightf(gotf, (double)answerf, call1(op, "f", (double)xf), round)) return;
    }
}

static void compare_binary(tt_binary_op op, oracle *expected, double low, double high)
{
    for (int round = 0; round < ROUNDS; round++) {
        double x = drawn(2 * (uint64_t)round, low, high);
        double y = drawn(2 * (uint64_t)round + 1, -100, 100);
        float xf = (float)x, yf = (float)y;
        double answer = (double)expected((long double)x, (long double)y);
        float answerf = (float)expected((long double)xf, (long double)yf);
        double got = tt_binary(op)(x, y), gotf = (double)tt_binaryf(op)(xf, yf);
        if (!right(got, answer, call2(op, "", x, y), round)) return;
        if (!rightf(gotf, (double)answerf, call2(op, "f", (double)xf, (double)yf), round))
            return;
    }
}

#define ORACLE(name, expression)                                                         \
    static long double name(long double x, long double y)                                \
    {                                                                                    \
        (void)x, (void)y;                                                                \
        return expression;                                                               \
    }

ORACLE(true_id, x)
ORACLE(true_neg, -1 * x)
ORACLE(true_add, y + x)
ORACLE(true_mul, y *x)
ORACLE(true_max, fmaxl(x, y))
ORACLE(true_relu, fmaxl(x, 0))
ORACLE(true_sigmoid, 0.5L + 0.5L * tanhl(x / 2))
ORACLE(true_sigmoid_left, expl(x) / (1 + expl(x)))
ORACLE(true_log, logl(x))
ORACLE(true_exp, expl(x))
ORACLE(true_inv, powl(x, -1))
ORACLE(true_log_back, y *powl(x, -1))
ORACLE(true_inv_back, -1 * y * powl(x, -2))

/* ---- id, neg, add, mul ------------------------------------------------------------- */

Test(task0_1, id_gives_its_argument)
{
    compare_unary(TT_OP_ID, true_id, -100, 100);
    CHECK_UNARY(TT_OP_ID, {-0.0, -0.0, "minus zero stays minus zero"},
                {INF, INF, "infinity"},
                {NOT, NOT, "nan stays nan, or a broken run would look healthy"});
}

Test(task0_1, neg_changes_the_sign)
{
    compare_unary(TT_OP_NEG, true_neg, -100, 100);
    CHECK_UNARY(
        TT_OP_NEG, {0.0, -0.0, "-x of zero is minus zero; 0 - x would give plus zero"},
        {-0.0, 0.0, "and back"}, {-INF, INF, "infinity"}, {NOT, NOT, "nan stays nan"});
}

Test(task0_1, add_gives_the_sum)
{
    compare_binary(TT_OP_ADD, true_add, -100, 100);
    CHECK_BINARY(TT_OP_ADD, {INF, 1, INF, "infinity"}, {INF, -INF, NOT, "has no value"},
                 {NOT, 1, NOT, "nan stays nan"});
}

Test(task0_1, mul_gives_the_product)
{
    compare_binary(TT_OP_MUL, true_mul, -100, 100);
    CHECK_BINARY(TT_OP_MUL, {-INF, 2, -INF, "infinity"}, {0, INF, NOT, "has no value"},
                 {0, NOT, NOT, "nan stays nan, even times zero"});
}

/* ---- comparisons ------------------------------------------------------------------- */

Test(task0_1, lt_is_one_only_below)
{
    CHECK_BINARY(TT_OP_LT, {1, 2, 1, "1 < 2"}, {2, 1, 0, "2 is not below 1"},
                 {2, 2, 0, "equal is not below"}, {-2, -1, 1, "negative numbers"},
                 {-3, 2, 1, "the answer is the number 1, not the difference"},
                 {-0.0, 0.0, 0, "the two zeros are equal"}, {-INF, INF, 1, "infinities"},
                 {INF, INF, 0, "infinity is not below itself"},
                 {NOT, 1, 0, "nan is never below"}, {1, NOT, 0, "and nothing is below nan"},
                 {1, 1 + 0x1p-20, 1, "a small difference counts: no tolerance"});
}

Test(task0_1, eq_is_one_only_for_the_same_number)
{
    CHECK_BINARY(TT_OP_EQ, {2.5, 2.5, 1, "the same"}, {2, 3, 0, "different"},
                 {1, 1 + 0x1p-20, 0, "a small difference counts: no tolerance"},
                 {-1, 1, 0, "the sign counts"}, {0.0, -0.0, 1, "the two zeros are equal"},
                 {INF, INF, 1, "infinity equals itself"},
                 {INF, -INF, 0, "but not its negative"},
                 {NOT, NOT, 0, "nan equals nothing, not even itself"});
}

Test(task0_1, max_gives_the_larger)
{
    compare_binary(TT_OP_MAX, true_max, -100, 100);
    CHECK_BINARY(TT_OP_MAX, {3, 3, 3, "equal numbers"}, {-3, -2, -2, "negative numbers"},
                 {-INF, -100, -100, "anything is above minus infinity"},
                 {INF, 1, INF, "infinity is the largest"});
}

Test(task0_1, is_close_means_less_than_a_hundredth_apart)
{
    CHECK_BINARY(
        TT_OP_IS_CLOSE, {1, 1, 1, "the same number"},
        {1, 1.0078125, 1, "0.0078 apart is close"},
        {1.0078125, 1, 1, "whichever comes first"},
        {1, 1.015625, 0, "0.0156 apart is not close"},
        {1.015625, 1, 0, "whichever comes first: take the absolute value"},
        {1000000, 1000000.0625, 0, "the distance is absolute, not relative"},
        {0x1p-30, -0x1p-30, 1, "also around zero, where relative distances are large"},
        {5, -5, 0, "the sign counts"}, {NOT, NOT, 0, "nan is close to nothing"},
        {INF, 1, 0, "infinity is far from any number"});
}

Test(task0_1, is_close_is_strict)
{
    cr_assert(tt_op_is_close(0.01, 0) == 0,
              "tt_op_is_close(0.01, 0): expected 0, got 1\n"
              "why: a distance of exactly 0.01 is not below 0.01" SEE);
    cr_assert(tt_op_is_closef(0.01f, 0) == 0,
              "tt_op_is_closef(0.01f, 0): expected 0, got 1\n"
              "why: 0.01f is below the double 0.01, but not below itself: the bound is "
              "R(0.01), "
              "the distance TT_FABS" SEE);
    cr_assert(tt_op_is_close(0, nextafter(0.01, 0)) == 1,
              "tt_op_is_close(0, the double before 0.01): expected 1, got 0\n"
              "why: the bound is 0.01 itself" SEE);
    cr_assert(tt_op_is_closef(0, nextafterf(0.01f, 0)) == 1,
              "tt_op_is_closef(0, the float before 0.01f): expected 1, got 0\n"
              "why: the bound is 0.01 itself" SEE);
}

/* ---- functions of one number ------------------------------------------------------- */

Test(task0_1, sigmoid_gives_one_over_one_plus_e_to_minus_x)
{
    double answer = (double)tt_op_sigmoidf(-100);
    if (!tt_expect_close(
            answer, exp(-100), 0, 1.5e-45,
            "in tt_op_sigmoidf(-100)\nwhy: e^100 is more than a float holds: only "
            "use e to a negative number" SEE))
        return;
    compare_unary(TT_OP_SIGMOID, true_sigmoid, 0, 100);
    compare_unary(TT_OP_SIGMOID, true_sigmoid_left, -100, 0);
    compare_unary(TT_OP_SIGMOID, true_sigmoid_left, -3, 3);
}

Test(task0_1, sigmoid_does_not_overflow)
{
    CHECK_UNARY(
        TT_OP_SIGMOID, {0, 0.5, "the middle"}, {-0.0, 0.5, "the middle"},
        {1000, 1, "e^1000 is more than a double holds: only use e to a negative number"},
        {-1000, 0, "e^1000 is more than a double holds: only use e to a negative number"},
        {INF, 1, "the end on the right"}, {-INF, 0, "the end on the left"},
        {NOT, NOT, "nan stays nan"});
}

Test(task0_1, relu_keeps_what_is_positive)
{
    compare_unary(TT_OP_RELU, true_relu, -100, 100);
    CHECK_UNARY(TT_OP_RELU, {0, 0, "the kink"}, {0x1p-30, 0x1p-30, "just above the kink"},
                {-0x1p-30, 0, "just below the kink"}, {INF, INF, "infinity"},
                {-INF, 0, "minus infinity"},
                {NOT, NOT, "nan stays nan: 0 would hide that a network broke"});
    cr_assert(tt_op_relu(-0.0) == 0, "tt_op_relu(-0): expected 0, got %g" SEE,
              tt_op_relu(-0.0));
}

Test(task0_1, log_is_the_natural_logarithm)
{
    compare_unary(TT_OP_LOG, true_log, 1e-3, 100);
    CHECK_UNARY(TT_OP_LOG, {1, 0, "log 1 is exactly 0: add no epsilon"},
                {0, -INF, "minus infinity; modules 1 and 2 make a message of it"},
                {-1, NOT, "there is no logarithm of a negative number"},
                {INF, INF, "infinity"}, {NOT, NOT, "nan stays nan"});
}

Test(task0_1, exp_is_e_to_the_x)
{
    compare_unary(TT_OP_EXP, true_exp, -80, 80);
    CHECK_UNARY(TT_OP_EXP, {0, 1, "e^0"}, {-0.0, 1, "e^0"},
                {1000, INF, "too large for a double"}, {-1000, 0, "too small for a double"},
                {-INF, 0, "the end on the left"}, {NOT, NOT, "nan stays nan"});
}

Test(task0_1, inv_is_one_over_x)
{
    compare_unary(TT_OP_INV, true_inv, -100, 100);
    CHECK_UNARY(TT_OP_INV, {4, 0.25, "1/4"}, {-2, -0.5, "the sign stays"},
                {0, INF, "infinity; modules 1 and 2 make a message of it"},
                {-0.0, -INF, "from the left, minus infinity"}, {INF, 0, "the far end"},
                {-INF, -0.0, "the far end on the left"}, {NOT, NOT, "nan stays nan"});
}

/* ---- derivatives times d ----------------------------------------------------------- */

Test(task0_1, log_back_is_d_over_x)
{
    compare_binary(TT_OP_LOG_BACK, true_log_back, 0.1, 100);
    CHECK_BINARY(TT_OP_LOG_BACK, {4, 2, 0.5, "2 / 4: x comes first, d second"},
                 {4, -2, -0.5, "d may be negative"},
                 {4, 0, 0, "nothing flows back when d is 0"});
}

Test(task0_1, inv_back_is_minus_d_over_x_squared)
{
    compare_binary(TT_OP_INV_BACK, true_inv_back, 0.1, 100);
    compare_binary(TT_OP_INV_BACK, true_inv_back, -100, -0.1);
    CHECK_BINARY(TT_OP_INV_BACK, {4, 2, -0.125, "-2 / 16: x comes first, d second"},
                 {-4, 2, -0.125, "1/x falls on the left too"});
}

Test(task0_1, relu_back_lets_d_through_where_x_is_positive)
{
    CHECK_BINARY(TT_OP_RELU_BACK, {3, 5, 5, "x > 0: d itself, not 1"},
                 {3, -5, -5, "d may be negative: the condition is on x"},
                 {-3, 5, 0, "x < 0: nothing"}, {0, 5, 0, "at the kink: nothing"},
                 {-0.0, 5, 0, "at the kink: nothing"},
                 {0x1p-30, 5, 5, "just above the kink: d"});
}

/* ---- one formula, two types -------------------------------------------------------- */

/* Inputs that float holds exactly: then the answers differ by the rounding of the answer only.
 * Where the formula jumps or cancels they would differ by more, but not at such inputs. */
Test(task0_1, double_and_float_agree)
{
    for (uint64_t i = 0; i < 500; i++) {
        float x = (float)drawn(2 * i, -20, 20), y = (float)drawn(2 * i + 1, -20, 20);
        for (int k = 0; k < TT_UNARY_COUNT; k++) {
            tt_unary_op op = (tt_unary_op)k;
            double answer = (double)tt_unaryf(op)(x);
            if (!tt_expect_close(answer, tt_unary(op)((double)x), 1e-6, 1e-44,
                                 "in %s; expected is what tt_op_%s gives, seed %d" SEE,
                                 call1(op, "f", (double)x), tt_unary_name(op), (int)SEED))
                return;
        }
        for (int k = 0; k < TT_BINARY_COUNT; k++) {
            tt_binary_op op = (tt_binary_op)k;
            double answer = (double)tt_binaryf(op)(x, y);
            if (!tt_expect_close(answer, tt_binary(op)((double)x, (double)y), 1e-6, 1e-44,
                                 "in %s; expected is what tt_op_%s gives, seed %d" SEE,
                                 call2(op, "f", (double)x, (double)y), tt_binary_name(op),
                                 (int)SEED))
                return;
        }
    }
}
