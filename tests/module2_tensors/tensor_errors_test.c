/* Mistakes with tensors: each is named, with both values, the position and the operand. */
#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module2_tensors/network.h"
#include "tests/module2_tensors/support/tensor_expect.h"

TestSuite(tensor_errors, .timeout = 10);

static tt_case begin(void)
{
    return case_begin(tt_backend_simple(), 0);
}

/* ---- shapes ----------------------------------------------------------------------------------- */

Test(tensor_errors, shapes_that_do_not_broadcast)
{
    tt_case k = begin();
    tt_tensor *a = tt_name(tt_zeros(k.c, TT_SHAPE(2, 3)), "input");
    tt_tensor *b = tt_name(tt_zeros(k.c, TT_SHAPE(7, 4, 3)), "fc1.bias");
    cr_expect_null(tt_add(k.c, a, b));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_add", "(2,3)", "(7,4,3)",
                 "dimension 0 of the left is 2", "dimension 1 of the right is 4", "input",
                 "fc1.bias");
    cr_expect_null(tt_mul(k.c, b, a));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_mul", "(7,4,3)", "(2,3)");
    cr_expect_null(tt_lt(k.c, a, b));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_lt");
    case_end(&k);
}

Test(tensor_errors, matrices_that_do_not_fit)
{
    tt_case k = begin();
    tt_tensor *x = tt_zeros(k.c, TT_SHAPE(64, 784));
    tt_tensor *w = tt_name(tt_zeros(k.c, TT_SHAPE(100, 10)), "fc2.weight");
    cr_expect_null(tt_matmul(k.c, x, w));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_matmul: (64,784) x (100,10)",
                 "inner dimensions 784 and 100 differ", "right operand is fc2.weight");
    cr_expect_null(tt_matmul(k.c, tt_zeros(k.c, TT_SHAPE(2, 3, 4)),
                             tt_zeros(k.c, TT_SHAPE(5, 4, 3))));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_matmul", "(2,3,4)", "(5,4,3)", "broadcast");
    cr_expect_null(tt_matmul(k.c, tt_zeros(k.c, TT_SHAPE(3)), w));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_matmul", "(3,)", "two dimensions");
    case_end(&k);
}

Test(tensor_errors, views_that_cannot_be)
{
    tt_case k = begin();
    tt_tensor *a = tt_name(tt_zeros(k.c, TT_SHAPE(2, 3)), "images");
    cr_expect_null(tt_view(k.c, a, TT_SHAPE(4, 2)));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_view", "(2,3)", "(4,2)", "6 cells", "images");
    cr_expect_null(tt_view(k.c, a, TT_SHAPE(-2, -3)));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_view", "(-2,-3)");
    tt_tensor *t = tt_permute(k.c, a, (int[]){1, 0});
    cr_expect_null(tt_view(k.c, t, TT_SHAPE(6)));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_view", "(3,2)", "not contiguous", "tt_contiguous");
    case_end(&k);
}

static void refuses_order(tt_case *k, tt_tensor *a, const int *order, const char *named)
{
    cr_expect_null(tt_permute(k->c, a, order));
    EXPECT_ERROR(k, TT_ERR_AXIS, "tt_permute", named, "(2,3,4)", "images");
}

Test(tensor_errors, orders_that_are_no_permutation)
{
    tt_case k = begin();
    tt_tensor *a = tt_name(tt_zeros(k.c, TT_SHAPE(2, 3, 4)), "images");
    refuses_order(&k, a, (int[]){0, 0, 1}, "(0,0,1)");
    refuses_order(&k, a, (int[]){0, 1, 3}, "(0,1,3)");
    refuses_order(&k, a, (int[]){-1, 0, 1}, "(-1,0,1)");
    refuses_order(&k, a, (int[]){0, 1, INT_MAX}, "2147483647");
    case_end(&k);
}

Test(tensor_errors, dimensions_that_are_not_there)
{
    tt_case k = begin();
    tt_tensor *a = tt_name(tt_zeros(k.c, TT_SHAPE(2, 3)), "hidden"),
              *number = tt_full(k.c, TT_SHAPE0, 1);
    cr_expect_null(tt_sum(k.c, a, 2));
    EXPECT_ERROR(&k, TT_ERR_AXIS, "tt_sum", "dimension 2 of (2,3)", "hidden");
    cr_expect_null(tt_mean(k.c, a, -3));
    EXPECT_ERROR(&k, TT_ERR_AXIS, "tt_mean", "dimension -3 of (2,3)");
    cr_expect_null(tt_all(k.c, a, INT_MAX));
    EXPECT_ERROR(&k, TT_ERR_AXIS, "tt_all", "2147483647");
    cr_expect_null(tt_sum(k.c, a, INT_MIN));
    EXPECT_ERROR(&k, TT_ERR_AXIS, "tt_sum", "-2147483648");
    cr_expect_null(tt_transpose(k.c, a, 0, 2));
    EXPECT_ERROR(&k, TT_ERR_AXIS, "tt_transpose", "dimension 2 of (2,3)");
    cr_expect_null(tt_sum(k.c, number, 0));
    EXPECT_ERROR(&k, TT_ERR_AXIS, "tt_sum", "()");
    case_end(&k);
}

Test(tensor_errors, indices_out_of_range)
{
    tt_case k = begin();
    tt_tensor *a = tt_name(tt_zeros(k.c, TT_SHAPE(2, 3)), "scores");
    cr_expect(isnan(tt_get(a, (int[]){1, 3})));
    EXPECT_ERROR(&k, TT_ERR_INDEX, "tt_get", "index 3 in dimension 1 of (2,3)", "size 3",
                 "scores");
    cr_expect(isnan(tt_get(a, (int[]){-1, 0})), "negative indices are not from the end");
    EXPECT_ERROR(&k, TT_ERR_INDEX, "tt_get", "index -1 in dimension 0");
    cr_expect_eq(tt_set(a, (int[]){2, 0}, 1), TT_ERR_INDEX);
    EXPECT_ERROR(&k, TT_ERR_INDEX, "tt_set", "index 2 in dimension 0", "size 2");
    cr_expect(isnan(tt_item(a)));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_item", "(2,3)", "scores");
    case_end(&k);
}

static void refuses_shape(tt_case *k, tt_shape shape, const char *named)
{
    cr_expect_null(tt_zeros(k->c, shape));
    EXPECT_ERROR(k, TT_ERR_SHAPE, "tt_zeros", named);
}

Test(tensor_errors, shapes_that_no_tensor_has)
{
    tt_case k = begin();
    refuses_shape(&k, TT_SHAPE(65536, 65536), "(65536,65536)");
    refuses_shape(&k, TT_SHAPE(65536, 65536, 65536, 65536), "2^31");
    refuses_shape(&k, TT_SHAPE(2, -1), "(2,-1)");
    refuses_shape(&k, (tt_shape){.ndim = 9}, "9 dimensions");
    cr_expect_null(tt_arange(k.c, -1));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_arange", "(-1,)");
    cr_expect_null(tt_from(k.c, TT_SHAPE(3), NULL));
    EXPECT_ERROR(&k, TT_ERR_VALUE, "tt_from", "NULL");
    tt_tensor *tall = tt_zeros(k.c, TT_SHAPE(65536, 1)),
              *wide = tt_zeros(k.c, TT_SHAPE(1, 65536));
    cr_expect_null(tt_add(k.c, tall, wide), "a result of 2^32 cells");
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_add", "(65536,65536)");
    cr_expect_null(tt_matmul(k.c, tall, wide));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_matmul", "(65536,65536)");
    case_end(&k);
}

/* ---- gradients -------------------------------------------------------------------------------- */

Test(tensor_errors, backward_of_what_has_no_gradient)
{
    tt_case k = begin();
    tt_tensor *w = tt_name(tt_requires_grad(tt_ones(k.c, TT_SHAPE(2, 3)), true), "w");
    cr_expect_eq(tt_backward(tt_exp(k.c, w)), TT_ERR_SHAPE);
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_backward", "(2,3)", "exp", "tt_sum_all");
    cr_expect_eq(tt_backward(tt_num(k.c, 1)), TT_ERR_VALUE);
    EXPECT_ERROR(&k, TT_ERR_VALUE, "tt_backward", "requires a gradient");
    cr_expect_eq(tt_backward(tt_sum_all(k.c, tt_is_close(k.c, w, w))), TT_ERR_VALUE);
    EXPECT_ERROR(&k, TT_ERR_VALUE, "tt_backward");
    cr_expect_eq(tt_backward(tt_all_all(k.c, w)), TT_ERR_VALUE, "all has no derivative");
    tt_error_clear(k.c);
    cr_expect_eq(
        tt_backward_from(tt_exp(k.c, w), tt_ones(k.c, TT_SHAPE(3))), TT_ERR_SHAPE,
        "the gradient given must have the result's shape, also where it would broadcast");
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_backward", "(2,3)", "(3,)");
    cr_expect_null(tt_grad(w), "nothing was added by a pass that failed at its door");
    case_end(&k);
}

Test(tensor_errors, requires_grad_where_it_cannot_be)
{
    tt_case k = begin();
    tt_tensor *w = tt_requires_grad(tt_ones(k.c, TT_SHAPE(2)), true),
              *plain = tt_ones(k.c, TT_SHAPE(2));
    cr_expect_null(tt_requires_grad(tt_exp(k.c, w), true));
    EXPECT_ERROR(&k, TT_ERR_VALUE, "tt_requires_grad", "exp", "tt_detach");
    TT_SCOPE (k.c) {
        cr_expect_null(tt_requires_grad(plain, true),
                       "its gradient would die with the scope");
        EXPECT_ERROR(&k, TT_ERR_OWNER, "tt_requires_grad", "gradient", "TT_SCOPE");
        cr_expect_eq(tt_requires_grad(w, true), w, "reserved already: nothing to make");
        cr_expect_not_null(tt_requires_grad(tt_ones(k.c, TT_SHAPE(1)), true),
                           "made here, ends here");
    }
    expect_no_error(&k, "requires_grad");
    case_end(&k);
}

/* ---- networks --------------------------------------------------------------------------------- */

Test(tensor_errors, networks_of_no_size_and_inputs_of_another)
{
    tt_case k = begin();
    cr_expect_null(tt_network(k.c, 0));
    EXPECT_ERROR(&k, TT_ERR_VALUE, "tt_nn_broadcast_linear", "layer1",
                 "2 inputs and 0 outputs");
    cr_expect_null(tt_nn_broadcast_linear(k.c, NULL, "l", -1, 3));
    EXPECT_ERROR(&k, TT_ERR_VALUE, "-1 inputs");
    tt_module *net = tt_network(k.c, 4);
    cr_expect_null(tt_forward(k.c, net, tt_zeros(k.c, TT_SHAPE(5, 3))));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "layer1", "(B,2)", "(5,3)");
    cr_expect_null(tt_forward(k.c, net, tt_zeros(k.c, TT_SHAPE(2))));
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "layer1", "(2,)");
    cr_expect_null(tt_forward(k.c, net, NULL), "NULL in, NULL out");
    expect_no_error(&k, "NULL");
    case_end(&k);
}

/* ---- NULL in, NULL out ------------------------------------------------------------------------ */

typedef tt_tensor *one_fn(tt_ctx *c, tt_tensor *a);
typedef tt_tensor *two_fn(tt_ctx *c, tt_tensor *a, tt_tensor *b);
static one_fn *const ones[] = {tt_neg,     tt_inv,       tt_exp,        tt_log,
                               tt_sigmoid, tt_relu,      tt_sum_all,    tt_mean_all,
                               tt_all_all, tt_flatten,   tt_contiguous, tt_clone,
                               tt_detach,  tt_empty_like};
static two_fn *const twos[] = {tt_add, tt_mul, tt_lt, tt_eq,    tt_is_close,
                               tt_sub, tt_div, tt_gt, tt_matmul};

/* Every operation on a and b gives NULL. */
static void all_null(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    for (size_t i = 0; i < sizeof ones / sizeof ones[0]; i++)
        cr_expect_null(ones[i](c, a), "function %zu of one argument", i);
    for (size_t i = 0; i < sizeof twos / sizeof twos[0]; i++) {
        cr_expect_null(twos[i](c, a, b), "function %zu of two arguments", i);
        cr_expect_null(twos[i](c, b, a), "function %zu of two arguments, swapped", i);
    }
    cr_expect_null(tt_add_num(c, a, 1));
    cr_expect_null(tt_mul_num(c, a, 1));
    cr_expect_null(tt_sum(c, a, 0));
    cr_expect_null(tt_mean(c, a, 0));
    cr_expect_null(tt_all(c, a, 0));
    cr_expect_null(tt_permute(c, a, (int[TT_MAX_DIMS]){0}));
    cr_expect_null(tt_transpose(c, a, 0, 1));
    cr_expect_null(tt_view(c, a, TT_SHAPE(1)));
    cr_expect_null(tt_to(c, a, tt_backend_simple()));
}

Test(tensor_errors, null_in_null_out_without_an_error)
{
    tt_case k = begin();
    all_null(k.c, NULL, tt_ones(k.c, TT_SHAPE(1)));
    all_null(k.c, NULL, NULL);
    cr_expect_null(tt_requires_grad(NULL, true));
    cr_expect_null(tt_name(NULL, "x"));
    cr_expect_null(tt_grad(NULL));
    cr_expect_null(tt_text_of(k.c, NULL));
    cr_expect_eq(tt_backward(NULL), TT_OK);
    cr_expect_eq(tt_backward_from(NULL, NULL), TT_OK);
    cr_expect_eq(tt_numel(NULL), 0);
    cr_expect_eq(tt_shape_of(NULL).ndim, 0);
    cr_expect(isnan(tt_item(NULL)) && isnan(tt_get(NULL, NULL)));
    tt_zero_grad_of(NULL);
    tt_print(NULL);
    expect_no_error(&k, "NULL is quiet");
    case_end(&k);
}

static void count_calls(tt_ctx *c, tt_status status, const char *message, void *user)
{
    (void)c, (void)status, (void)message;
    ++*(int *)user;
}

Test(tensor_errors, the_first_error_sticks_and_is_told_once)
{
    tt_case k = begin();
    int told = 0;
    tt_error_handler(k.c, count_calls, &told);
    tt_tensor *a = tt_ones(k.c, TT_SHAPE(2)), *b = tt_ones(k.c, TT_SHAPE(3));
    cr_expect_null(tt_add(k.c, a, b));
    all_null(k.c, a, a);
    cr_expect_null(tt_zeros(k.c, TT_SHAPE(2)));
    cr_expect_null(tt_sum(k.c, a, 9), "a second mistake");
    cr_expect_eq(told, 1, "the handler was called %d times", told);
    EXPECT_ERROR(&k, TT_ERR_SHAPE, "tt_add");
    cr_expect_not_null(tt_add(k.c, a, a), "after tt_error_clear, operations work again");
    case_end(&k);
}

Test(tensor_errors, default_handler_prints_and_aborts, .signal = SIGABRT)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_add(c, tt_ones(c, TT_SHAPE(2)), tt_ones(c, TT_SHAPE(3)));
}

Test(tensor_errors, messages_say_file_and_line)
{
    tt_case k = begin();
    int line = __LINE__ + 1;
    tt_tensor *a = tt_ones(TT_AT(k.c), TT_SHAPE(2)), *b = tt_ones(k.c, TT_SHAPE(3));
    cr_expect_eq(a->node.header.line, line);
    line = __LINE__ + 1;
    cr_expect_null(tt_add(TT_AT(k.c), a, b));
    char want[64];
    snprintf(want, sizeof want, "tensor_errors_test.c:%d: tt_add", line);
    EXPECT_ERROR(&k, TT_ERR_SHAPE, want);
    case_end(&k);
}
