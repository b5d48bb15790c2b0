/* Task 2.4: backward of every operation on tensors.
 * The rules stand in module2_tensors/README.md, "Task 2.4". */
#include <criterion/criterion.h>
#include <math.h>

#include "module2_tensors/function.h"
#include "tests/module2_tensors/support/op_checks.h"

TestSuite(task2_4, .timeout = 30);

/* ---- the operator list ------------------------------------------------------------------------ */

#define GRADIENT_ONE(name, expression)                                                   \
    Test(task2_4, gradient_of_##name)                                                    \
    {                                                                                    \
        case_each(check_gradient_one, &case_one_##name);                                 \
    }
TT_CASE_ONE_WRITTEN(GRADIENT_ONE)

#define GRADIENT_TWO(name, expression)                                                   \
    Test(task2_4, gradient_of_##name)                                                    \
    {                                                                                    \
        case_each(check_gradient_two, &case_two_##name);                                 \
    }                                                                                    \
    Test(task2_4, gradient_of_##name##_in_every_broadcast_form)                          \
    {                                                                                    \
        case_each(check_gradient_broadcast, &case_two_##name);                           \
    }
TT_CASE_TWO(GRADIENT_TWO)

/* ---- helpers ---------------------------------------------------------------------------------- */

static void expect_gradient(tt_case *k, tt_tensor *leaf, const double *want,
                            const char *what)
{
    expect_tensor(k, tt_grad(leaf),
                  &(tt_expected){.shape = tt_shape_of(leaf),
                                 .cells = want,
                                 .tolerance = 2e-5,
                                 .what = what,
                                 .task = "2.4"});
}

/* Backward of y with gradient d; expects none to fail. */
static void back(tt_case *k, tt_tensor *y, tt_tensor *d)
{
    tt_backward_from(y, d);
    expect_no_error(k, "backward");
}

/* ---- steps, kinks ------------------------------------------------------------------------------*/

static void flat_functions(tt_case *k, const void *user)
{
    (void)user;
    static const double zeros[CASE_MAX_CELLS] = {0};
    tt_tensor *(*const functions[])(tt_ctx *, tt_tensor *, tt_tensor *) = {tt_lt, tt_eq,
                                                                           tt_gt};
    for (int i = 0; i < 3; i++) {
        tt_shape big = case_shape(k), small = case_smaller_shape(k, big);
        tt_tensor *a = tt_requires_grad(case_tensor_whole(k, big, 3), true);
        tt_tensor *b = tt_requires_grad(case_tensor_whole(k, small, 3), true);
        back(k, functions[i](k->c, a, b), case_tensor(k, big));
        expect_gradient(k, a, zeros, "left operand of a comparison: flat, so 0 everywhere");
        expect_gradient(k, b, zeros,
                        "right operand of a comparison: flat, so 0 everywhere");
    }
}

Test(task2_4, comparisons_have_gradient_0_also_where_they_jump)
{
    case_each(flat_functions, NULL);
}

static void relu_at_the_kink(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a =
        tt_requires_grad(tt_from(k->c, TT_SHAPE(4), (float[]){0, -0.0f, 1e-30f, -1}), true);
    back(k, tt_relu(k->c, a), tt_from(k->c, TT_SHAPE(4), (float[]){2, 3, 5, 7}));
    expect_gradient(k, a, (double[]){0, 0, 5, 0}, "relu: d where a > 0, else 0, also at 0");
}

Test(task2_4, relu_has_gradient_0_at_its_kink)
{
    case_each(relu_at_the_kink, NULL);
}

static void saturated_sigmoid(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a =
        tt_requires_grad(tt_from(k->c, TT_SHAPE(3), (float[]){-200, 200, 0}), true);
    back(k, tt_sigmoid(k->c, a), tt_from(k->c, TT_SHAPE(3), (float[]){1, 1, 8}));
    expect_gradient(k, a, (double[]){0, 0, 2}, "sigmoid at -200, 200, 0");
}

Test(task2_4, saturated_sigmoid_has_gradient_0_and_no_nan)
{
    case_each(saturated_sigmoid, NULL);
}

static void small_slopes(tt_case *k, const void *user)
{
    (void)user;
    /* A tolerance of 1e-2 would take 0 for these: compare ratios. */
    tt_tensor *a =
        tt_requires_grad(tt_from(k->c, TT_SHAPE(2), (float[]){1e5f, 2e5f}), true);
    back(k, tt_log(k->c, a), tt_ones(k->c, TT_SHAPE(2)));
    tt_tensor *g = tt_mul_num(k->c, tt_grad(a), 1e5f);
    EXPECT_CELLS(k, g, TT_SHAPE(2), "2.4", "1e5 times the gradient of log at 1e5 and 2e5",
                 1, 0.5);
    tt_tensor *b = tt_requires_grad(tt_from(k->c, TT_SHAPE(1), (float[]){-20}), true);
    back(k, tt_exp(k->c, b), tt_ones(k->c, TT_SHAPE(1)));
    EXPECT_CELLS(k, tt_mul_num(k->c, tt_grad(b), 1e9f), TT_SHAPE(1), "2.4",
                 "1e9 times the gradient of exp at -20", 1e9 * exp(-20));
}

Test(task2_4, small_slopes_are_not_lost)
{
    case_each(small_slopes, NULL);
}

/* ---- reductions -------------------------------------------------------------------------------*/

/* want[i] = scale * d of the cell of the reduced tensor that cell i went into. */
static void spread(tt_shape shape, tt_shape small, const double *d, double scale,
                   double *want)
{
    int index[TT_MAX_DIMS] = {0};
    size_t n = 0;
    do want[n++] = scale * d[case_broadcast_position(index, shape, small)];
    while (case_next_index(shape, index));
}

static tt_tensor *sum_last(tt_ctx *c, tt_tensor **in, void *dim)
{
    return tt_mul(c, tt_sum(c, in[0], *(int *)dim), tt_mean(c, in[0], *(int *)dim));
}

static void gradient_of_reductions(tt_case *k, const void *user)
{
    (void)user;
    tt_shape shape = case_shape(k);
    double want[CASE_MAX_CELLS];
    for (int dim = 0; dim < shape.ndim; dim++) {
        tt_shape small = shape;
        small.dim[dim] = 1;
        tt_tensor *a = tt_requires_grad(case_tensor(k, shape), true),
                  *d = case_tensor(k, small);
        back(k, tt_sum(k->c, a, dim), d);
        spread(shape, small, case_cells(d), 1, want);
        expect_gradient(k, a, want, "sum: each cell gets the gradient of its sum");
        tt_zero_grad_of(a);
        back(k, tt_mean(k->c, a, dim), d);
        spread(shape, small, case_cells(d), 1.0 / shape.dim[dim], want);
        expect_gradient(k, a, want, "mean: as sum, divided by the size");
        cr_assert(tt_check_gradient_of(k->c, sum_last, &dim, TT_IN(a), 1), "%s",
                  tt_error(k->c));
    }
}

Test(task2_4, gradient_of_sum_and_mean_over_each_dimension)
{
    case_each(gradient_of_reductions, NULL);
}

static void gradient_of_full_reductions(tt_case *k, const void *user)
{
    (void)user;
    tt_shape shape = case_shape(k);
    double want[CASE_MAX_CELLS], d = -1.75;
    tt_tensor *a = tt_requires_grad(case_tensor(k, shape), true);
    back(k, tt_sum_all(k->c, a), tt_num(k->c, (float)d));
    spread(shape, TT_SHAPE(1), &d, 1, want);
    expect_gradient(k, a, want, "sum_all");
    tt_zero_grad_of(a);
    back(k, tt_mean_all(k->c, a), tt_num(k->c, (float)d));
    spread(shape, TT_SHAPE(1), &d, 1.0 / (double)tt_numel(a), want);
    expect_gradient(k, a, want, "mean_all");
}

Test(task2_4, gradient_of_sum_and_mean_over_all_cells)
{
    case_each(gradient_of_full_reductions, NULL);
}

static void reduced_operands(tt_case *k, const void *user)
{
    (void)user;
    tt_shape shape = case_shape(k);
    tt_tensor *a = tt_requires_grad(case_tensor(k, shape), true);
    tt_tensor *b = tt_requires_grad(case_tensor(k, shape), true);
    back(k, tt_add(k->c, tt_sum(k->c, a, 0), b), case_tensor(k, shape));
    back(k, tt_mul(k->c, a, tt_sum(k->c, b, 0)), case_tensor(k, shape));
    cr_assert(tt_shape_equal(tt_shape_of(tt_grad(a)), shape));
    cr_assert(tt_shape_equal(tt_shape_of(tt_grad(b)), shape));
}

static tt_tensor *product_with_sum(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_mul(c, tt_sum(c, in[0], 0), tt_sigmoid(c, in[1]));
}

Test(task2_4, reduced_tensors_broadcast_in_later_operations)
{
    case_each(reduced_operands, NULL);
    tt_case k = case_begin(tt_backend_simple(), 3);
    cr_assert(tt_check_gradient_of(k.c, product_with_sum, NULL,
                                   TT_IN(case_tensor(&k, TT_SHAPE(3, 2, 2)),
                                         case_tensor(&k, TT_SHAPE(3, 2, 2))),
                                   2),
              "%s", tt_error(k.c));
    case_end(&k);
}

/* ---- permute, view ---------------------------------------------------------------------------- */

/* Where the cells of a permuted tensor come from: to[n] is the ordinal of cell n's original. */
static void origins(tt_shape shape, const int *order, size_t *to)
{
    tt_shape turned = {.ndim = shape.ndim};
    int at[TT_MAX_DIMS] = {0}, from[TT_MAX_DIMS] = {0};
    for (int d = 0; d < shape.ndim; d++) turned.dim[d] = shape.dim[order[d]];
    size_t n = 0;
    do {
        size_t i = 0;
        for (int d = 0; d < shape.ndim; d++) from[order[d]] = at[d];
        for (int d = 0; d < shape.ndim; d++)
            i = i * (size_t)shape.dim[d] + (size_t)from[d];
        to[n++] = i;
    } while (case_next_index(turned, at));
}

static void gradient_of_permute(tt_case *k, const void *user)
{
    (void)user;
    tt_shape shape = case_shape(k), turned = {.ndim = shape.ndim};
    int order[TT_MAX_DIMS] = {0};
    for (int d = 0; d < shape.ndim; d++)
        order[d] = (d + 1) % shape.ndim; /* not its own inverse */
    for (int d = 0; d < shape.ndim; d++) turned.dim[d] = shape.dim[order[d]];
    tt_tensor *a = tt_requires_grad(case_tensor(k, shape), true),
              *d = case_tensor(k, turned);
    back(k, tt_permute(k->c, a, order), d);
    size_t to[CASE_MAX_CELLS];
    double *dy = case_cells(d), want[CASE_MAX_CELLS];
    origins(shape, order, to);
    for (size_t n = 0; n < tt_numel(d); n++) want[to[n]] = dy[n];
    expect_gradient(k, a, want, "permute: the gradient goes back by the inverse order");
}

Test(task2_4, gradient_of_permute_goes_back_by_the_inverse)
{
    case_each(gradient_of_permute, NULL);
}

static tt_tensor *view_permute_square(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user; /* (4,3) -> (2,2,3) -> (3,2,2) -> (6,2), squared */
    tt_tensor *v = tt_permute(c, tt_view(c, in[0], TT_SHAPE(2, 2, 3)), (int[]){2, 0, 1});
    v = tt_view(c, tt_contiguous(c, v), TT_SHAPE(6, 2));
    return tt_mul(c, v, v);
}

/* The original mixes up these cells: its view hands back the raw storage of a permuted gradient.
 * A sum of the outputs cannot see it, for a uniform gradient is itself in any order. */
static void gradient_of_tiles(tt_case *k, const void *user)
{
    (void)user;
    tt_tensor *a = tt_requires_grad(tt_zeros(k->c, TT_SHAPE(1, 1, 2, 4)), true);
    tt_tensor *tiles = tt_view(k->c, a, TT_SHAPE(1, 1, 1, 2, 2, 2)); /* B C, h kh, w kw */
    tiles = tt_permute(k->c, tiles, (int[]){0, 1, 2, 4, 3, 5});      /* B C, h w, kh kw */
    tt_tensor *first =
        tt_from(k->c, TT_SHAPE(1, 1, 1, 2, 2, 2), (float[]){1, 1, 1, 1, 0, 0, 0, 0});
    back(k, tiles, first);
    expect_gradient(k, a, (double[]){1, 1, 0, 0, 1, 1, 0, 0},
                    "view, then permute (tiles of 2x2)");
    tt_zero_grad_of(a);
    tt_tensor *numbers = tt_view(k->c, tt_arange(k->c, 8), TT_SHAPE(1, 1, 1, 2, 2, 2));
    back(k, tiles, numbers);
    expect_gradient(k, a, (double[]){0, 1, 4, 5, 2, 3, 6, 7},
                    "view, then permute (tiles of 2x2)");
}

Test(task2_4, gradient_of_a_view_that_was_permuted)
{
    case_each(gradient_of_tiles, NULL);
    tt_case k = case_begin(tt_backend_simple(), 5);
    tt_tensor *a = tt_rand(k.c, TT_SHAPE(4, 3));
    cr_assert(tt_check_gradient_of(k.c, view_permute_square, NULL, TT_IN(a), 1), "%s",
              tt_error(k.c));
    case_end(&k);
}

/* ---- a small network, by hand and by difference ----------------------------------------------- */

static tt_tensor *network(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user; /* x (3,2), w (2,4), b (4,): all used, b broadcast */
    tt_tensor *h = tt_sigmoid(c, tt_add(c, tt_matmul(c, in[0], in[1]), in[2]));
    return tt_log(c, tt_add_num(c, tt_sum(c, tt_mul(c, h, h), 1), 1));
}

Test(task2_4, gradient_of_a_small_network)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        tt_case k = case_begin(tt_backend_simple(), seed);
        tt_tensor **in =
            TT_IN(case_tensor(&k, TT_SHAPE(3, 2)), case_tensor(&k, TT_SHAPE(2, 4)),
                  case_tensor(&k, TT_SHAPE(4)));
        cr_assert(tt_check_gradient_of(k.c, network, NULL, in, 3), "seed %d: %s",
                  (int)seed, tt_error(k.c));
        case_end(&k);
    }
}
