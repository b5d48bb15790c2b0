/* The door for new operations, its gradient check, and TT_CHECK_FINITE. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "module2_tensors/function.h"
#include "tests/module2_tensors/support/tensor_expect.h"

TestSuite(tensor_function, .timeout = 10);

static tt_case begin(void)
{
    return case_begin(tt_backend_simple(), 0);
}

/* ---- an operation of one's own: the example of function.h -------------------------------------- */

static tt_tensor *square(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_save_for_backward(k, 0, in[0]);
    return tt_mul(c, in[0], in[0]);
}

static void square_back(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    din[0] = tt_mul(c, dy, tt_mul_num(c, tt_saved(k, 0), 2));
}

static const tt_function square_fn = {
    .name = "square", .inputs = 1, .forward = square, .backward = square_back};

Test(tensor_function, an_operation_of_ones_own)
{
    tt_case k = begin();
    tt_tensor *x = tt_requires_grad(tt_from(k.c, TT_SHAPE(2), (float[]){3, -5}), true);
    tt_tensor *y = tt_apply(k.c, &square_fn, TT_IN(x));
    EXPECT_CELLS(&k, y, TT_SHAPE(2), "2.3", "square", 9, 25);
    tt_backward_from(y, tt_from(k.c, TT_SHAPE(2), (float[]){1, 10}));
    EXPECT_CELLS(&k, tt_grad(x), TT_SHAPE(2), "2.4", "gradient of square", 6, -100);
    cr_expect_str_eq(tt_node_label(&y->node), "square", "its name stands in messages");
    cr_expect(tt_check_gradient(k.c, &square_fn, TT_IN(case_tensor(&k, TT_SHAPE(3, 2)))),
              "%s", tt_error(k.c));
    cr_expect_null(tt_apply(k.c, &square_fn, TT_IN(NULL)));
    expect_no_error(&k, "NULL in, NULL out");
    case_end(&k);
}

/* ---- parameters, any number of inputs ---------------------------------------------------------- */

typedef struct scale_params {
    float by[3];
} scale_params;

/* Sum over i of by[i] in[i]. */
static tt_tensor *blend(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    const scale_params *p = k->params;
    tt_tensor *sum = tt_mul_num(c, in[0], p->by[0]);
    for (int i = 1; i < k->n; i++) sum = tt_add(c, sum, tt_mul_num(c, in[i], p->by[i]));
    return sum;
}

static void blend_back(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    const scale_params *p = k->params;
    for (int i = 0; i < k->n; i++)
        if (tt_wants_grad(k, i)) din[i] = tt_mul_num(c, dy, p->by[i]);
}

static const tt_function blend_fn = {.name = "blend",
                                     .inputs = -1,
                                     .params_size = sizeof(scale_params),
                                     .forward = blend,
                                     .backward = blend_back};

Test(tensor_function, parameters_are_copied_and_inputs_counted)
{
    tt_case k = begin();
    scale_params p = {{2, 3, 5}};
    tt_tensor *a = tt_requires_grad(tt_ones(k.c, TT_SHAPE(2)), true),
              *b = tt_ones(k.c, TT_SHAPE(1));
    tt_tensor *d = tt_requires_grad(tt_ones(k.c, TT_SHAPE(1)), true);
    tt_tensor *y = tt_apply_with(k.c, &blend_fn, &p, TT_IN(a, b, d), 3);
    p = (scale_params){{0, 0, 0}};
    EXPECT_CELLS(&k, y, TT_SHAPE(2), "2.3", "2 a + 3 b + 5 d", 10, 10);
    tt_backward_from(y, tt_from(k.c, TT_SHAPE(2), (float[]){1, 10}));
    EXPECT_CELLS(&k, tt_grad(a), TT_SHAPE(2), "2.4", "by a", 2, 20);
    EXPECT_CELLS(&k, tt_grad(d), TT_SHAPE(1), "2.4",
                 "by d, summed where it was stretched", 55);
    cr_expect_null(tt_grad(b), "nobody asked for b's");
    cr_expect_null(tt_apply_with(k.c, &blend_fn, &p, NULL, 0));
    EXPECT_ERROR(&k, TT_ERR_VALUE, "tt_blend", "0 inputs");
    case_end(&k);
}

/* ---- gradients that do not fit by themselves are fitted, or refused ----------------------------- */

static tt_tensor *id_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    (void)k, (void)c;
    return in[0]; /* an input passed through */
}

static void wrong_shape(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    (void)k, (void)dy;
    din[0] = tt_ones(c, TT_SHAPE(7));
}

static void one_number(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    (void)k, (void)dy;
    din[0] = tt_num(c, 4);
}

static void none(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    (void)k, (void)c, (void)dy, (void)din;
}

static tt_tensor *leaf(tt_case *k)
{
    return tt_requires_grad(tt_ones(k->c, TT_SHAPE(2, 3)), true);
}

Test(tensor_function, gradients_are_fitted_to_their_inputs)
{
    tt_case k = begin();
    static const tt_function small_fn = {"small", 1, 0, id_forward, one_number};
    static const tt_function none_fn = {"none", 1, 0, id_forward, none};
    static const tt_function wrong_fn = {"wrong", 1, 0, id_forward, wrong_shape};
    tt_tensor *x = leaf(&k), *y = tt_apply(k.c, &small_fn, TT_IN(x));
    cr_expect_neq(
        y, x, "the result is a node of its own, also where an input is passed through");
    cr_assert_eq(tt_backward(tt_sum_all(k.c, y)), TT_OK, "%s", tt_error(k.c));
    EXPECT_CELLS(&k, tt_grad(x), TT_SHAPE(2, 3), "2.4", "one number, stretched", 4, 4, 4,
                 4, 4, 4);
    tt_tensor *z = leaf(&k);
    cr_assert_eq(tt_backward(tt_sum_all(k.c, tt_apply(k.c, &none_fn, TT_IN(z)))), TT_OK);
    cr_expect_null(tt_grad(z), "NULL counts as zero: nothing arrives");
    cr_expect_eq(tt_backward(tt_sum_all(k.c, tt_apply(k.c, &wrong_fn, TT_IN(z)))),
                 TT_ERR_SHAPE);
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_wrong", "(7,)", "(2,3)");
    case_end(&k);
}

/* ---- the check finds wrong gradients and says how they are wrong -------------------------------- */

static void back_by(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din, float factor)
{
    din[0] = tt_mul(c, dy, tt_mul_num(c, tt_saved(k, 0), 2 * factor));
}

static void back_twice(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    back_by(k, c, dy, din, 2);
}

static void back_zero(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    back_by(k, c, dy, din, 0);
}

static void back_sign(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    back_by(k, c, dy, din, -1);
}

static void back_slightly_off(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    back_by(k, c, dy, din, 1.05f);
}

static void back_nan(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    back_by(k, c, dy, din, NAN);
}

/* Ignores which cell the gradient came from: a uniform one would not tell. */
static void back_reordered(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *mixed =
        tt_view(c, tt_contiguous(c, tt_transpose(c, dy, 0, 1)), TT_SHAPE(2, 3));
    din[0] = tt_mul(c, mixed, tt_mul_num(c, tt_saved(k, 0), 2));
}

static void finds(void (*backward)(tt_call *, tt_ctx *, tt_tensor *, tt_tensor **),
                  const char *word)
{
    tt_case k = begin();
    tt_function fn = square_fn;
    fn.backward = backward;
    tt_tensor *x = tt_from(k.c, TT_SHAPE(2, 3), (float[]){0.5f, 1, 1.5f, -2, 2.5f, 3});
    cr_expect_not(tt_check_gradient(k.c, &fn, TT_IN(x)), "a wrong gradient passed (%s)",
                  word);
    EXPECT_ERROR(&k, TT_ERR_VALUE, "tt_check_gradient", "input 0", "(2,3)", word);
    case_end(&k);
}

Test(tensor_function, check_gradient_finds_what_is_wrong)
{
    finds(back_twice, "counted twice");
    finds(back_zero, "ratio 0");
    finds(back_sign, "sign");
    finds(back_slightly_off, "");
    finds(back_nan, "nan");
    finds(back_reordered, "");
}

static tt_tensor *log_sum(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_log(c, tt_sum(c, tt_exp(c, in[0]), 1));
}

Test(tensor_function, check_gradient_samples_large_inputs_and_leaves_them_alone)
{
    tt_case k = begin();
    tt_tensor *x = tt_rand(k.c, TT_SHAPE(20, 30));
    double *before = case_cells(x);
    cr_expect(tt_check_gradient_of(k.c, log_sum, NULL, TT_IN(x), 1), "%s", tt_error(k.c));
    expect_tensor(&k, x,
                  &(tt_expected){.shape = TT_SHAPE(20, 30),
                                 .cells = before,
                                 .what = "the input",
                                 .task = "2.4"});
    cr_expect_null(tt_grad(x), "works on copies");
    case_end(&k);
}

/* ---- TT_CHECK_FINITE ---------------------------------------------------------------------------- */

Test(tensor_function, check_finite_names_the_first_forward_that_is_not)
{
    setenv("TT_CHECK_FINITE", "1", 1);
    tt_case k = begin();
    tt_tensor *x = tt_from(k.c, TT_SHAPE(2, 2), (float[]){1, 2, 0, 3});
    cr_expect_not_null(tt_exp(k.c, x), "finite results pass: %s", tt_error(k.c));
    cr_expect_null(tt_mul(k.c, tt_log(k.c, x), x));
    EXPECT_ERROR(&k, TT_ERR_DOMAIN, "tt_log", "-inf", "cell 2", "(2,2)");
    cr_expect_null(tt_inv(k.c, x));
    EXPECT_ERROR(&k, TT_ERR_DOMAIN, "tt_inv", "inf", "cell 2");
    cr_expect_null(tt_mul_num(k.c, tt_full(k.c, TT_SHAPE(1), 1e30f), 1e30f));
    EXPECT_ERROR(&k, TT_ERR_DOMAIN, "tt_mul", "inf");
    case_end(&k);
}

Test(tensor_function, check_finite_names_the_first_backward_that_is_not)
{
    setenv("TT_CHECK_FINITE", "1", 1);
    tt_case k = begin();
    /* log(1e-30) is fine, its derivative times 1e30 is not */
    tt_tensor *x = tt_requires_grad(tt_full(k.c, TT_SHAPE(1), 1e-30f), true);
    tt_tensor *y = tt_mul_num(k.c, tt_log(k.c, x), 1e30f);
    cr_expect_eq(tt_backward(y), TT_ERR_DOMAIN);
    EXPECT_ERROR(&k, TT_ERR_DOMAIN, "tt_log", "backward", "inf");
    case_end(&k);
}

Test(tensor_function, without_check_finite_ieee_754_goes_its_way)
{
    unsetenv("TT_CHECK_FINITE");
    tt_case k = begin();
    tt_tensor *y = tt_log(k.c, tt_full(k.c, TT_SHAPE(1), -1));
    cr_expect(isnan(tt_item(y)));
    expect_no_error(&k, "not asked for");
    case_end(&k);
}
