/* What an operator should give, worked out cell by cell with the tests' own walks. */
#include "tests/module2_tensors/support/op_checks.h"

#include <criterion/criterion.h>
#include <string.h>

#include "module2_tensors/function.h"

enum { MOST = 1024 }; /* cells in any of these tests */

static const double STEP = 1e-6;

/* "gradient of neg (central difference)" in memory of the case. */
static const char *about(tt_case *k, const char *what, const char *name, const char *judge)
{
    return tt_text(k->c, "%s of %s (%s)", what, name, judge);
}

/* The same with the shapes of two operands. */
static const char *about_two(tt_case *k, const char *what, const char *name, tt_shape a,
                             tt_shape b, const char *judge)
{
    char left[TT_SHAPE_TEXT], right[TT_SHAPE_TEXT];
    return tt_text(k->c, "%s of %s of %s and %s (%s)", what, name, tt_shape_text(a, left),
                   tt_shape_text(b, right), judge);
}

static void compare(tt_case *k, tt_tensor *actual, tt_shape shape, const double *cells,
                    const char *task, const char *what)
{
    expect_tensor(
        k, actual,
        &(tt_expected){
            .shape = shape, .cells = cells, .tolerance = 2e-5, .what = what, .task = task});
}

/* ---- one argument ---------------------------------------------------------------------------- */

void check_values_one(tt_case *k, const void *op)
{
    const tt_case_one *f = op;
    tt_tensor *a = case_tensor(k, case_shape(k));
    tt_shape shape = a->data.layout.shape;
    double *x = case_cells(a), want[MOST];
    for (size_t i = 0; i < tt_numel(a); i++) want[i] = f->number(x[i]);
    compare(k, f->tensor(k->c, a), shape, want, "2.3",
            about(k, "values", f->name, "plain numbers"));
}

static tt_tensor *call_one(tt_ctx *c, tt_tensor **in, void *user)
{
    const tt_case_one *f = user;
    return f->tensor(c, in[0]);
}

/* want[i] = dy[i] f'(x[i]), by module 1. */
static void engine_one(const tt_case_one *f, const double *x, const double *dy, size_t n,
                       double *want)
{
    tt_ctx *c = tt_ctx_new(NULL);
    for (size_t i = 0; i < n; i++) {
        tt_scalar *s = tts_variable(c, x[i], "x");
        tts_backward_from(f->scalar(c, s), dy[i]);
        want[i] = tts_derivative(s);
    }
    tt_ctx_free(c);
}

void check_gradient_one(tt_case *k, const void *op)
{
    const tt_case_one *f = op;
    tt_tensor *a = tt_requires_grad(case_tensor(k, case_shape(k)), true);
    tt_shape shape = a->data.layout.shape;
    tt_tensor *d = case_tensor(k, shape);
    double *x = case_cells(a), *dy = case_cells(d), want[MOST];
    size_t n = tt_numel(a);
    tt_backward_from(f->tensor(k->c, a), d);
    expect_no_error(k, f->name);
    for (size_t i = 0; i < n; i++)
        want[i] = dy[i] * (f->number(x[i] + STEP) - f->number(x[i] - STEP)) / (2 * STEP);
    compare(k, tt_grad(a), shape, want, "2.4",
            about(k, "gradient", f->name, "central difference"));
    engine_one(f, x, dy, n, want);
    compare(k, tt_grad(a), shape, want, "2.4",
            about(k, "gradient", f->name, "module 1's engine"));
    cr_assert(tt_check_gradient_of(k->c, call_one, (void *)op, TT_IN(a), 1), "%s: %s",
              f->name, tt_error(k->c));
}

/* ---- two arguments, broadcast ---------------------------------------------------------------- */

bool check_big_shape(tt_shape a, tt_shape b, tt_shape *big)
{
    big->ndim = a.ndim > b.ndim ? a.ndim : b.ndim;
    for (int d = 0; d < big->ndim; d++) {
        int i = d - (big->ndim - a.ndim), j = d - (big->ndim - b.ndim);
        int m = i >= 0 ? a.dim[i] : 1, n = j >= 0 ? b.dim[j] : 1;
        if (m != n && m != 1 && n != 1) return false;
        big->dim[d] = m == 1 ? n : m;
    }
    return true;
}

static void values_of(tt_case *k, const tt_case_two *f, tt_tensor *a, tt_tensor *b)
{
    tt_shape sa = a->data.layout.shape, sb = b->data.layout.shape, big = {0};
    check_big_shape(sa, sb, &big);
    double *x = case_cells(a), *y = case_cells(b), want[MOST];
    int index[TT_MAX_DIMS] = {0};
    size_t n = 0;
    do {
        want[n++] = f->number(x[case_broadcast_position(index, big, sa)],
                              y[case_broadcast_position(index, big, sb)]);
    } while (case_next_index(big, index));
    compare(k, f->tensor(k->c, a, b), big, want, "2.3",
            about_two(k, "values", f->name, sa, sb, "plain numbers"));
}

void check_values_two(tt_case *k, const void *op)
{
    tt_shape shape = case_shape(k);
    values_of(k, op, case_tensor(k, shape), case_tensor(k, shape));
}

/* da[i] = sum over the cells that read a[i] of dy f_a, by central differences; db likewise. */
static void differences(const tt_case_two *f, const double *x, const double *y,
                        const double *dy, tt_shape sa, tt_shape sb, double *da, double *db)
{
    tt_shape big = {0};
    check_big_shape(sa, sb, &big);
    int index[TT_MAX_DIMS] = {0};
    size_t n = 0;
    do {
        size_t i = case_broadcast_position(index, big, sa);
        size_t j = case_broadcast_position(index, big, sb);
        double slope_a = f->number(x[i] + STEP, y[j]) - f->number(x[i] - STEP, y[j]);
        double slope_b = f->number(x[i], y[j] + STEP) - f->number(x[i], y[j] - STEP);
        da[i] += dy[n] * slope_a / (2 * STEP);
        db[j] += dy[n] * slope_b / (2 * STEP);
        n++;
    } while (case_next_index(big, index));
}

/* The same by module 1: one graph of scalars, each cell of a and b a variable. */
static void engine_two(const tt_case_two *f, const double *x, const double *y,
                       const double *dy, tt_shape sa, tt_shape sb, double *da, double *db)
{
    static tt_scalar *a[MOST], *b[MOST];
    tt_ctx *c = tt_ctx_new(NULL);
    tt_shape big = {0};
    check_big_shape(sa, sb, &big);
    size_t na = tt_shape_size(sa), nb = tt_shape_size(sb), n = 0;
    for (size_t i = 0; i < na; i++) a[i] = tts_variable(c, x[i], "a");
    for (size_t j = 0; j < nb; j++) b[j] = tts_variable(c, y[j], "b");
    tt_scalar *sum = tts_num(c, 0);
    int index[TT_MAX_DIMS] = {0};
    do {
        tt_scalar *cell = f->scalar(c, a[case_broadcast_position(index, big, sa)],
                                    b[case_broadcast_position(index, big, sb)]);
        sum = tts_add(c, sum, tts_mul(c, tts_num(c, dy[n++]), cell));
    } while (case_next_index(big, index));
    tts_backward(sum);
    for (size_t i = 0; i < na; i++) da[i] = tts_derivative(a[i]);
    for (size_t j = 0; j < nb; j++) db[j] = tts_derivative(b[j]);
    tt_ctx_free(c);
}

static tt_tensor *call_two(tt_ctx *c, tt_tensor **in, void *user)
{
    const tt_case_two *f = user;
    return f->tensor(c, in[0], in[1]);
}

static void gradient_of(tt_case *k, const tt_case_two *f, tt_tensor *a, tt_tensor *b)
{
    tt_shape sa = a->data.layout.shape, sb = b->data.layout.shape, big = {0};
    check_big_shape(sa, sb, &big);
    tt_tensor *d = case_tensor(k, big);
    double *x = case_cells(a), *y = case_cells(b), *dy = case_cells(d);
    double da[MOST] = {0}, db[MOST] = {0};
    tt_requires_grad(a, true);
    tt_requires_grad(b, true);
    tt_backward_from(f->tensor(k->c, a, b), d);
    expect_no_error(k, f->name);
    differences(f, x, y, dy, sa, sb, da, db);
    compare(k, tt_grad(a), sa, da, "2.4",
            about_two(k, "gradient of the left operand", f->name, sa, sb,
                      "central difference"));
    compare(k, tt_grad(b), sb, db, "2.4",
            about_two(k, "gradient of the right operand", f->name, sa, sb,
                      "central difference"));
    engine_two(f, x, y, dy, sa, sb, da, db);
    compare(k, tt_grad(a), sa, da, "2.4",
            about_two(k, "gradient of the left operand", f->name, sa, sb,
                      "module 1's engine"));
    compare(k, tt_grad(b), sb, db, "2.4",
            about_two(k, "gradient of the right operand", f->name, sa, sb,
                      "module 1's engine"));
    cr_assert(tt_check_gradient_of(k->c, call_two, (void *)f, TT_IN(a, b), 2), "%s: %s",
              f->name, tt_error(k->c));
}

void check_gradient_two(tt_case *k, const void *op)
{
    tt_shape shape = case_shape(k);
    gradient_of(k, op, case_tensor(k, shape), case_tensor(k, shape));
}

/* ---- every form of broadcasting -------------------------------------------------------------- */

static const tt_shape forms[] = {
    {0, {0}},       {1, {1}},       {1, {3}},          {2, {1, 1}},       {2, {1, 3}},
    {2, {2, 1}},    {2, {2, 3}},    {3, {2, 1, 1}},    {3, {1, 2, 3}},    {3, {2, 2, 1}},
    {3, {2, 1, 3}}, {3, {2, 2, 3}}, {4, {3, 1, 2, 1}}, {4, {1, 2, 1, 3}},
};

typedef void pair_body(tt_case *k, const tt_case_two *f, tt_tensor *a, tt_tensor *b);

static void each_form(tt_case *k, const tt_case_two *f, pair_body *body)
{
    enum { N = sizeof forms / sizeof forms[0] };
    tt_shape big;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            if (check_big_shape(forms[i], forms[j], &big))
                TT_SCOPE (k->c) {
                    body(k, f, case_tensor(k, forms[i]), case_tensor(k, forms[j]));
                }
}

void check_values_broadcast(tt_case *k, const void *op)
{
    if (k->seed == 0) each_form(k, op, values_of);
}

void check_gradient_broadcast(tt_case *k, const void *op)
{
    if (k->seed == 0) each_form(k, op, gradient_of);
}
