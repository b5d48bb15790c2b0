/* Losses: the mean of the right entries, their gradient, and labels that are no classes. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module2_tensors/function.h"
#include "module4_nn/loss.h"
#include "module4_nn/ops/softmax.h"
#include "tests/support/expect.h"

TestSuite(module4_loss, .timeout = 20);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

Test(module4_loss, nll_is_the_mean_of_the_right_entries)
{
    enum { B = 37, K = 10 };
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 5);
    float p[B * K], y[B];
    tt_tensor *log_p = tt_randn(c, TT_SHAPE(B, K));
    cr_assert_eq(tt_read(log_p, p), TT_OK);
    double want = 0;
    for (int b = 0; b < B; b++) {
        y[b] = (float)(b * 7 % K);
        want -= (double)p[b * K + (int)y[b]] / B;
    }
    tt_tensor *loss = tt_nll_loss(c, log_p, tt_from(c, TT_SHAPE(B), y));
    cr_assert(tt_shape_equal(tt_shape_of(loss), TT_SHAPE(1)));
    tt_expect_close((double)tt_item(loss), want, 1e-5, 1e-6);
    tt_ctx_free(c);
}

Test(module4_loss, the_gradient_is_minus_one_over_b_at_the_label)
{
    static const float y[3] = {1, 0, 3};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *log_p = tt_requires_grad(tt_randn(c, TT_SHAPE(3, 4)), true);
    cr_assert_eq(tt_backward(tt_nll_loss(c, log_p, tt_from(c, TT_SHAPE(3), y))), TT_OK);
    for (int b = 0; b < 3; b++)
        for (int k = 0; k < 4; k++)
            tt_expect_close((double)tt_get(tt_grad(log_p), (int[]){b, k}),
                            k == (int)y[b] ? -1 / 3.0 : 0.0, 1e-6, 0.0, "at [%d,%d]", b, k);
    tt_ctx_free(c);
}

/* An impossible class of which nobody asked must not spoil the mean: 0 times inf is NaN. */
Test(module4_loss, other_entries_may_be_infinite)
{
    static const float log_p[2][2] = {{0, -INFINITY}, {-INFINITY, -0.5f}}, y[2] = {0, 1};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *p = tt_requires_grad(tt_from(c, TT_SHAPE(2, 2), log_p[0]), true);
    tt_tensor *loss = tt_nll_loss(c, p, tt_from(c, TT_SHAPE(2), y));
    tt_expect_close((double)tt_item(loss), 0.25, 1e-6, 0.0);
    cr_assert_eq(tt_backward(loss), TT_OK);
    tt_expect_close((double)tt_get(tt_grad(p), (int[]){0, 1}), 0.0, 0.0, 0.0);
    tt_ctx_free(c);
}

Test(module4_loss, cross_entropy_of_equal_scores_is_log_k)
{
    static const float y[4] = {9, 0, 3, 3};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *loss = tt_cross_entropy(c, tt_full(c, TT_SHAPE(4, 10), 1000.0f),
                                       tt_from(c, TT_SHAPE(4), y));
    tt_expect_close((double)tt_item(loss), log(10), 1e-6, 0.0);
    tt_ctx_free(c);
}

static tt_tensor *loss_of(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_cross_entropy(c, in[0], user);
}

static tt_tensor *nll_of(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_nll_loss(c, in[0], user);
}

Test(module4_loss, gradients_agree_with_central_differences)
{
    static const float labels[5] = {2, 0, 1, 1, 2};
    tt_ctx *c = quiet_ctx();
    tt_seed(c, 31);
    tt_tensor *x = tt_randn(c, TT_SHAPE(5, 3)), *y = tt_from(c, TT_SHAPE(5), labels);
    cr_expect(tt_check_gradient_of(c, loss_of, y, TT_IN(x), 1), "%s", tt_error(c));
    tt_error_clear(c);
    cr_expect(tt_check_gradient_of(c, nll_of, y, TT_IN(x), 1), "%s", tt_error(c));
    tt_ctx_free(c);
}

/* (softmax - one-hot) / B, the formula one knows; scores and labels are not contiguous. */
Test(module4_loss, cross_entropy_reads_strides)
{
    static const float pairs[2][2] = {{2, 1}, {9, 9}}; /* its first row, seen as a column */
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *wide = tt_requires_grad(tt_randn(c, TT_SHAPE(3, 2)), true);
    tt_tensor *scores = tt_transpose(c, wide, 0, 1); /* (2,3) */
    tt_tensor *labels = tt_from(c, TT_SHAPE(2, 2), pairs[0]);
    labels->data.layout = (tt_layout){TT_SHAPE(2), {1}, 0};
    tt_tensor *loss = tt_cross_entropy(c, scores, labels), *p = tt_softmax(c, scores, 1);
    cr_assert_eq(tt_backward(loss), TT_OK);
    for (int b = 0; b < 2; b++)
        for (int k = 0; k < 3; k++) {
            double hot = k == (b == 0 ? 2 : 1) ? 1.0 : 0.0;
            double want = ((double)tt_get(p, (int[]){b, k}) - hot) / 2;
            tt_expect_close((double)tt_get(tt_grad(wide), (int[]){k, b}), want, 1e-4, 1e-6);
        }
    tt_ctx_free(c);
}

/* ---- mistakes --------------------------------------------------------------------------------- */

static void refuse_label(float label, const char *words)
{
    tt_ctx *c = quiet_ctx();
    float y[3] = {0, 9, label};
    tt_tensor *scores = tt_zeros(c, TT_SHAPE(3, 10)), *labels = tt_from(c, TT_SHAPE(3), y);
    tt_tensor *(*losses[])(tt_ctx *, tt_tensor *, tt_tensor *) = {tt_nll_loss,
                                                                  tt_cross_entropy};
    for (int i = 0; i < 2; i++) {
        cr_expect_null(losses[i](c, scores, labels), "label %g was taken", (double)label);
        cr_expect_eq(tt_error_status(c), TT_ERR_VALUE);
        cr_expect(strstr(tt_error(c), "row 2") && strstr(tt_error(c), words), "%s",
                  tt_error(c));
        tt_error_clear(c);
    }
    tt_ctx_free(c);
}

Test(module4_loss, refuses_labels_that_are_no_class)
{
    refuse_label(NAN, "nan");
    refuse_label(10, "label 10");
    refuse_label(-1, "label -1");
    refuse_label(2.5f, "label 2.5");
    refuse_label(INFINITY, "inf");
    refuse_label(1e30f, "1e+30");
}

static void refuse_shapes(tt_shape scores, tt_shape labels, tt_status status,
                          const char *words)
{
    tt_ctx *c = quiet_ctx();
    cr_expect_null(tt_cross_entropy(c, tt_zeros(c, scores), tt_zeros(c, labels)));
    cr_expect_eq(tt_error_status(c), status, "%s", tt_error(c));
    cr_expect(strstr(tt_error(c), words), "\"%s\" should hold \"%s\"", tt_error(c), words);
    tt_ctx_free(c);
}

Test(module4_loss, refuses_shapes_that_do_not_fit)
{
    refuse_shapes(TT_SHAPE(64, 10), TT_SHAPE(64, 1), TT_ERR_SHAPE, "(64,1)");
    refuse_shapes(TT_SHAPE(64, 10), TT_SHAPE(63), TT_ERR_SHAPE, "(63,)");
    refuse_shapes(TT_SHAPE(10), TT_SHAPE(10), TT_ERR_SHAPE, "(B,K)");
    refuse_shapes(TT_SHAPE(2, 5, 10), TT_SHAPE(2), TT_ERR_SHAPE, "(2,5,10)");
    refuse_shapes(TT_SHAPE(0, 10), TT_SHAPE(0), TT_ERR_VALUE, "(0,10)");
}

Test(module4_loss, null_is_quiet)
{
    tt_ctx *c = quiet_ctx();
    cr_expect_null(tt_cross_entropy(c, NULL, tt_zeros(c, TT_SHAPE(2))));
    cr_expect_null(tt_nll_loss(c, tt_zeros(c, TT_SHAPE(2, 2)), NULL));
    cr_expect_null(tt_error(c));
    tt_ctx_free(c);
}
