/* The comparator and what it says. */
#include "tests/module2_tensors/support/tensor_expect.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t cells_in(tt_shape shape)
{
    size_t n = 1;
    for (int d = 0; d < shape.ndim; d++) n *= (size_t)shape.dim[d];
    return n;
}

static bool same_shape(tt_shape a, tt_shape b)
{
    return a.ndim == b.ndim && memcmp(a.dim, b.dim, (size_t)a.ndim * sizeof a.dim[0]) == 0;
}

/* "(2,3)", written here so that a broken tt_shape_text does not spoil the message. */
static const char *shape_text(tt_shape shape, char text[TT_SHAPE_TEXT])
{
    size_t used = (size_t)snprintf(text, TT_SHAPE_TEXT, "(");
    for (int d = 0; d < shape.ndim && d < TT_MAX_DIMS; d++)
        used += (size_t)snprintf(text + used, TT_SHAPE_TEXT - used, d > 0 ? ",%d" : "%d",
                                 shape.dim[d]);
    snprintf(text + used, TT_SHAPE_TEXT - used, shape.ndim == 1 ? ",)" : ")");
    return text;
}

static bool near(double actual, double want, double tolerance)
{
    if (actual == want) return true;                            /* infinities */
    return fabs(actual - want) <= tolerance * (1 + fabs(want)); /* false for NaN */
}

/* ---- diagnosis ------------------------------------------------------------------------------- */

/* Whether actual = ratio * want in every cell; all zeros say nothing about a ratio. */
static bool has_ratio(const double *actual, const double *want, size_t n, double ratio)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (!near(actual[i], ratio * want[i], 1e-3)) return false;
        any = any || fabs(want[i]) > 1e-2;
    }
    return any;
}

/* Whether actual holds want's cells with dimensions running in the opposite order. */
static bool is_transposed(const double *actual, const double *want, tt_shape shape)
{
    int index[TT_MAX_DIMS] = {0};
    for (size_t i = 0, n = cells_in(shape); i < n; i++) {
        size_t at = 0;
        for (int d = shape.ndim - 1; d >= 0; d--)
            at = at * (size_t)shape.dim[d] + (size_t)index[d];
        if (!near(actual[i], want[at], 1e-3) && !near(actual[at], want[i], 1e-3))
            return false;
        case_next_index(shape, index);
    }
    return true;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool is_reordered(const double *actual, const double *want, size_t n)
{
    double x[1024], y[1024];
    if (n > 1024 || n < 2) return false;
    memcpy(x, actual, n * sizeof *x);
    memcpy(y, want, n * sizeof *y);
    qsort(x, n, sizeof *x, by_size);
    qsort(y, n, sizeof *y, by_size);
    for (size_t i = 0; i < n; i++)
        if (!near(x[i], y[i], 1e-3)) return false;
    return true;
}

const char *expect_diagnosis(const double *actual, const double *want, tt_shape shape)
{
    size_t n = cells_in(shape);
    for (size_t i = 0; i < n; i++)
        if (isnan(actual[i]) && !isnan(want[i]))
            return "not a number: 0/0, inf - inf, log(-1)?";
    if (has_ratio(actual, want, n, 2)) return "twice the right value: counted twice";
    if (has_ratio(actual, want, n, 0)) return "0 in every cell: nothing arrived";
    if (has_ratio(actual, want, n, -1))
        return "-1 times the right value: the sign is turned";
    if (has_ratio(actual, want, n, 0.5))
        return "half of the right value: one use is missing";
    if (shape.ndim > 1 && is_transposed(actual, want, shape))
        return "the right values transposed: dimensions taken in the opposite order";
    if (is_reordered(actual, want, n))
        return "the right values in wrong places: memory order taken for row-major "
               "order?";
    return "";
}

/* Whose README explains the task. */
static const char *folder(const char *task)
{
    return task[0] == '3'   ? "module3_gpu"
           : task[0] == '4' ? "module4_nn"
                            : "module2_tensors";
}

/* ---- comparing ------------------------------------------------------------------------------- */

static void fail_shape(tt_case *k, tt_shape actual, const tt_expected *want)
{
    char a[TT_SHAPE_TEXT], w[TT_SHAPE_TEXT];
    bool larger = cells_in(actual) > cells_in(want->shape);
    cr_assert_fail(
        "%s: shape %s, expected %s%s\n  seed %llu, backend %s\n  Task %s: "
        "%s/README.md",
        want->what, shape_text(actual, a), shape_text(want->shape, w),
        larger
            ? "; larger than it should be: stretched by broadcasting and not summed back?"
            : "",
        (unsigned long long)k->seed, k->backend->name, want->task, folder(want->task));
}

static void index_text(size_t ordinal, tt_shape shape, char text[TT_SHAPE_TEXT])
{
    int index[TT_MAX_DIMS] = {0};
    for (size_t i = 0; i < ordinal; i++) case_next_index(shape, index);
    size_t used = (size_t)snprintf(text, TT_SHAPE_TEXT, "[");
    for (int d = 0; d < shape.ndim; d++)
        used += (size_t)snprintf(text + used, TT_SHAPE_TEXT - used, d > 0 ? ",%d" : "%d",
                                 index[d]);
    snprintf(text + used, TT_SHAPE_TEXT - used, "]");
}

static void fail_cell(tt_case *k, const tt_tensor *t, const double *actual, size_t first,
                      size_t wrong, const tt_expected *want)
{
    char shape[TT_SHAPE_TEXT], index[TT_SHAPE_TEXT];
    index_text(first, want->shape, index);
    const char *looks = expect_diagnosis(actual, want->cells, want->shape);
    cr_assert_fail(
        "%s: cell %s of %s is %.9g, expected %.9g; %zu of %zu cells differ%s%s%s%s\n"
        "  seed %llu, backend %s, result has %s\n  Task %s: %s/README.md",
        want->what, index, shape_text(want->shape, shape), actual[first],
        want->cells[first], wrong, cells_in(want->shape), looks[0] ? "\n  " : "", looks,
        want->hint ? "\n  " : "", want->hint ? want->hint : "",
        (unsigned long long)k->seed, k->backend->name,
        case_layout_text(k->c, &t->data.layout), want->task, folder(want->task));
}

void expect_tensor(tt_case *k, tt_tensor *actual, const tt_expected *want)
{
    if (actual == NULL)
        cr_assert_fail(
            "%s: NULL instead of a tensor; error: %s\n  seed %llu, backend %s\n  Task "
            "%s: %s/README.md",
            want->what, tt_error(k->c) ? tt_error(k->c) : "none",
            (unsigned long long)k->seed, k->backend->name, want->task, folder(want->task));
    tt_shape shape = actual->data.layout.shape;
    if (!same_shape(shape, want->shape)) fail_shape(k, shape, want);
    const double *cells = case_cells(actual);
    size_t n = cells_in(shape), first = n, wrong = 0;
    for (size_t i = n; i-- > 0;)
        if (!near(cells[i], want->cells[i], want->tolerance)) first = i, wrong++;
    if (wrong > 0) fail_cell(k, actual, cells, first, wrong, want);
}

void expect_listed(tt_case *k, tt_tensor *actual, tt_shape shape, const char *task,
                   const char *what, const double *cells, size_t n)
{
    cr_assert_eq(n, cells_in(shape), "this test lists %zu cells for a shape of %zu", n,
                 cells_in(shape));
    expect_tensor(
        k, actual,
        &(tt_expected){
            .shape = shape, .cells = cells, .tolerance = 1e-6, .what = what, .task = task});
}

void expect_no_error(tt_case *k, const char *what)
{
    cr_assert_null(tt_error(k->c), "%s: unexpected error: %s (seed %llu)", what,
                   tt_error(k->c), (unsigned long long)k->seed);
}

void expect_error(tt_case *k, tt_status status, const char *const *words)
{
    const char *message = tt_error(k->c);
    cr_assert_not_null(message, "expected an error (%s) about %s, but none sticks",
                       tt_status_text(status), words[0]);
    cr_assert_eq(tt_error_status(k->c), status, "expected status \"%s\", got \"%s\": %s",
                 tt_status_text(status), tt_status_text(tt_error_status(k->c)), message);
    for (int i = 0; words[i] != NULL; i++)
        cr_assert_not_null(strstr(message, words[i]),
                           "the message should name \"%s\", but is: %s", words[i], message);
    tt_error_clear(k->c);
}
