/* Comparing tensors with what they should be; and a message that says what went wrong.
 *
 *   values of neg (plain numbers): cell [1,0] of (3,2) is 0.25, expected -0.25; 6 of 6 cells differ
 *     -1 times the right value: the sign is turned
 *     seed 17, backend simple, result has strides (2,1), offset 0
 *     Task 2.3: module2_tensors/README.md
 *
 * Never judged by the library's own is_close. NaN and a wrong shape always fail.
 */
#ifndef TT_TESTS_MODULE2_TENSORS_SUPPORT_TENSOR_EXPECT_H
#define TT_TESTS_MODULE2_TENSORS_SUPPORT_TENSOR_EXPECT_H

#include "tests/module2_tensors/support/tensor_cases.h"

/* What is compared and where the rule stands, for messages. */
typedef struct tt_expected {
    tt_shape shape;
    const double *cells; /* row-major */
    double tolerance;    /* allowed: tolerance * (1 + |expected|) */
    const char *what;    /* "neg of a", "gradient of the left operand" */
    const char *task;    /* "2.3" */
    const char *hint;    /* one sentence on why it matters, or NULL */
} tt_expected;

/* Fails the test unless `actual` is there, has the shape and the cells. */
void expect_tensor(tt_case *k, tt_tensor *actual, const tt_expected *want);

/* The same for cells given in place: EXPECT_CELLS(&k, t, TT_SHAPE(2, 1), "2.3", "sum", 5, 10) */
#define EXPECT_CELLS(k, actual, shape, task, what, ...)                                  \
    expect_listed((k), (actual), (shape), (task), (what), (const double[]){__VA_ARGS__}, \
                  sizeof((const double[]){__VA_ARGS__}) / sizeof(double))
void expect_listed(tt_case *k, tt_tensor *actual, tt_shape shape, const char *task,
                   const char *what, const double *cells, size_t n);

/* No error sticks in the case's context. */
void expect_no_error(tt_case *k, const char *what);

/* An error of that status sticks, and its message has each of the words; then clears it:
 * EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_add", "(2,3)", "(4,3)"). */
#define EXPECT_ERROR(k, status, ...)                                                     \
    expect_error((k), (status), (const char *const[]){__VA_ARGS__, NULL})
void expect_error(tt_case *k, tt_status status, const char *const *words);

/* "transposed", "counted twice" ..: what the difference between two lists of cells looks like, or
 * "" where nothing is known. For the comparator and its own test. */
const char *expect_diagnosis(const double *actual, const double *want, tt_shape shape);

#endif
