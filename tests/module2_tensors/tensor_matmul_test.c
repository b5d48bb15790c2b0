/* The product of matrices: values and gradients for batches, layouts and sizes at the edges. */
#include <criterion/criterion.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "tests/module2_tensors/support/op_checks.h"

TestSuite(tensor_matmul, .timeout = 30);

enum { MOST = 33 * 32 * 4 };

/* The leading dimensions of a matrix shape. */
static tt_shape batch_of(tt_shape shape)
{
    shape.ndim -= 2;
    return shape;
}

/* out = a b, or with `d` given: da and db, all by definition in double. Returns out's shape. */
static tt_shape by_definition(tt_tensor *a, tt_tensor *b, double *out, const double *d,
                              double *da, double *db)
{
    tt_shape x = a->data.layout.shape, y = b->data.layout.shape, batch = {0}, shape;
    double *av = case_cells(a), *bv = case_cells(b);
    int n = x.dim[x.ndim - 2], kk = x.dim[x.ndim - 1], m = y.dim[y.ndim - 1];
    cr_assert(check_big_shape(batch_of(x), batch_of(y), &batch));
    shape = batch;
    shape.dim[shape.ndim++] = n;
    shape.dim[shape.ndim++] = m;
    int index[TT_MAX_DIMS] = {0};
    size_t o = 0, batches = tt_shape_size(batch);
    for (size_t t = 0; t < batches; t++, case_next_index(batch, index)) {
        size_t at = case_broadcast_position(index, batch, batch_of(x)) * (size_t)(n * kk);
        size_t bt = case_broadcast_position(index, batch, batch_of(y)) * (size_t)(kk * m);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++, o++) {
                if (out) out[o] = 0;
                for (int p = 0; p < kk; p++) {
                    size_t ai = at + (size_t)(i * kk + p), bi = bt + (size_t)(p * m + j);
                    if (out) out[o] += av[ai] * bv[bi];
                    if (da) da[ai] += d[o] * bv[bi];
                    if (db) db[bi] += d[o] * av[ai];
                }
            }
    }
    return shape;
}

static void expect(tt_case *k, tt_tensor *t, tt_shape shape, const double *want,
                   const char *what)
{
    expect_tensor(
        k, t,
        &(tt_expected){
            .shape = shape, .cells = want, .tolerance = 2e-5, .what = what, .task = "2.3"});
}

/* Values and both gradients for matrices of these shapes in random layouts. */
static void check(tt_case *k, tt_shape left, tt_shape right)
{
    static double want[MOST], da[MOST], db[MOST];
    memset(da, 0, sizeof da);
    memset(db, 0, sizeof db);
    tt_tensor *a = tt_requires_grad(case_tensor_between(k, left, -1, 1), true);
    tt_tensor *b = tt_requires_grad(case_tensor_between(k, right, -1, 1), true);
    tt_shape shape = by_definition(a, b, want, NULL, NULL, NULL);
    tt_tensor *y = tt_matmul(k->c, a, b);
    expect(k, y, shape, want, "matmul");
    tt_tensor *d = case_tensor_between(k, shape, -1, 1);
    tt_backward_from(y, d);
    expect_no_error(k, "backward of matmul");
    by_definition(a, b, NULL, case_cells(d), da, db);
    expect(k, tt_grad(a), left, da, "gradient of the left matrix: d b^T");
    expect(k, tt_grad(b), right, db, "gradient of the right matrix: a^T d");
}

static void sizes(tt_case *k, const void *user)
{
    (void)user;
    static const int edge[] = {1, 2, 31, 32, 33};
    if (k->seed > 0) return;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++)
            for (int p = 0; p < 5; p++)
                TT_SCOPE (k->c) {
                    check(k, TT_SHAPE(edge[i], edge[p]), TT_SHAPE(edge[p], edge[j]));
                }
}

Test(tensor_matmul, sizes_around_a_block)
{
    case_each(sizes, NULL);
}

static void batches(tt_case *k, const void *user)
{
    (void)user;
    check(k, TT_SHAPE(2, 3, 4), TT_SHAPE(2, 4, 2));
    check(k, TT_SHAPE(3, 4), TT_SHAPE(2, 4, 2)); /* left broadcasts */
    check(k, TT_SHAPE(2, 3, 4), TT_SHAPE(4, 2)); /* right broadcasts */
    check(k, TT_SHAPE(1, 3, 4), TT_SHAPE(5, 4, 2));
    check(k, TT_SHAPE(2, 1, 3, 4), TT_SHAPE(3, 4, 2)); /* both broadcast */
    check(k, TT_SHAPE(2, 1, 3, 4), TT_SHAPE(1, 3, 4, 1));
    check(k, TT_SHAPE(1, 1, 1, 1), TT_SHAPE(1, 1));
}

Test(tensor_matmul, batches_broadcast_on_either_side)
{
    case_each(batches, NULL);
}

static void square_by_itself(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a = tt_requires_grad(case_tensor_between(k, TT_SHAPE(3, 3), -1, 1), true);
    double *x = case_cells(a), want[9] = {0};
    tt_backward(tt_sum_all(k->c, tt_matmul(k->c, a, tt_transpose(k->c, a, 0, 1))));
    for (int i = 0; i < 3; i++) /* d sum(a a^T) / da[i,p] = 2 sum over j of a[j,p] */
        for (int p = 0; p < 3; p++) want[3 * i + p] = 2 * (x[p] + x[3 + p] + x[6 + p]);
    expect(k, tt_grad(a), TT_SHAPE(3, 3), want, "a times its own transpose");
}

Test(tensor_matmul, a_matrix_times_its_own_transpose)
{
    case_each(square_by_itself, NULL);
}

static void nothing(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a = tt_requires_grad(tt_ones(k->c, TT_SHAPE(2, 0)), true);
    tt_tensor *b = tt_requires_grad(tt_ones(k->c, TT_SHAPE(0, 3)), true);
    tt_tensor *y = tt_matmul(k->c, a, b);
    EXPECT_CELLS(k, y, TT_SHAPE(2, 3), "2.3", "a sum over no cells is 0", 0, 0, 0, 0, 0, 0);
    cr_assert_eq(tt_backward(tt_sum_all(k->c, y)), TT_OK, "%s", tt_error(k->c));
    cr_expect(tt_shape_equal(tt_shape_of(tt_grad(a)), TT_SHAPE(2, 0)));
    tt_tensor *none =
        tt_matmul(k->c, tt_ones(k->c, TT_SHAPE(0, 4)), tt_ones(k->c, TT_SHAPE(4, 0)));
    cr_expect(tt_shape_equal(tt_shape_of(none), TT_SHAPE(0, 0)));
    none = tt_matmul(k->c, tt_ones(k->c, TT_SHAPE(0, 2, 3)), tt_ones(k->c, TT_SHAPE(3, 2)));
    cr_expect(tt_shape_equal(tt_shape_of(none), TT_SHAPE(0, 2, 2)));
    expect_no_error(k, "matrices of no cells");
}

Test(tensor_matmul, inner_or_outer_size_0)
{
    case_each(nothing, NULL);
}

static tt_tensor *product(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_matmul(c, in[0], tt_permute(c, in[1], (int[]){0, 2, 1}));
}

Test(tensor_matmul, gradient_agrees_with_differences_through_a_permuted_operand)
{
    tt_case k = case_begin(tt_backend_simple(), 1);
    tt_tensor *a = case_tensor(&k, TT_SHAPE(2, 2, 3)),
              *b = case_tensor(&k, TT_SHAPE(1, 4, 3));
    cr_assert(tt_check_gradient_of(k.c, product, NULL, TT_IN(a, b), 2), "%s",
              tt_error(k.c));
    case_end(&k);
}

Test(tensor_matmul, sums_are_kept_in_double)
{
    tt_case k = case_begin(tt_backend_simple(), 0);
    tt_tensor *a = tt_from(k.c, TT_SHAPE(1, 4), (float[]){16777216, 1, 1, 1});
    EXPECT_CELLS(&k, tt_matmul(k.c, a, tt_ones(k.c, TT_SHAPE(4, 1))), TT_SHAPE(1, 1),
                 "2.3", "2^24 + 1 + 1 + 1, to the nearest float", 16777220);
    case_end(&k);
}
