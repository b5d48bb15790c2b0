/* Meters: means weighted by examples, and accuracy counted as one would by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "module4_nn/meter.h"
#include "module4_nn/models.h"
#include "tests/support/expect.h"

TestSuite(module4_meter, .timeout = 30);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

Test(module4_meter, a_mean_weighs_batches_by_size)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_meter *meter = tt_meter_new(c);
    cr_expect(isnan(tt_meter_mean(meter)), "the mean of nothing");
    tt_meter_add(meter, tt_num(c, 1.0f), 64);
    tt_meter_add(meter, tt_num(c, 4.0f), 32);
    tt_expect_close(tt_meter_mean(meter), 2.0, 1e-6, 0.0);
    cr_expect(isnan(tt_meter_mean(meter)), "asking begins anew");
    tt_meter_add(meter, tt_num(c, 5.0f), 1);
    tt_expect_close(tt_meter_mean(meter), 5.0, 1e-6, 0.0);
    tt_ctx_free(c);
}

Test(module4_meter, a_sum_goes_on_in_another_meter)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_meter *meter = tt_meter_new(c), *other = tt_meter_new(c);
    cr_expect(tt_meter_get(meter).n == 0 && tt_meter_get(meter).sum == 0.0f);
    tt_meter_add(meter, tt_num(c, 1.0f), 64);
    tt_meter_put(other, tt_meter_get(meter));
    tt_meter_add(other, tt_num(c, 4.0f), 32);
    tt_expect_close(tt_meter_mean(other), 2.0, 1e-6, 0.0);
    tt_expect_close(tt_meter_mean(meter), 1.0, 1e-6, 0.0, "asking leaves it alone");
    tt_ctx_free(c);
}

Test(module4_meter, outlives_the_steps_it_measures)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_meter *meter = tt_meter_new(c);
    for (int i = 1; i <= 100; i++)
        TT_SCOPE (c) tt_meter_add(meter, tt_num(c, (float)i), 10);
    tt_expect_close(tt_meter_mean(meter), 50.5, 1e-6, 0.0);
    tt_ctx_free(c);
}

Test(module4_meter, refuses_what_is_no_mean)
{
    tt_ctx *c = quiet_ctx();
    tt_meter *meter = tt_meter_new(c);
    tt_meter_add(meter, tt_zeros(c, TT_SHAPE(2, 3)), 1);
    cr_expect(tt_error_status(c) == TT_ERR_SHAPE && strstr(tt_error(c), "(2,3)"));
    tt_error_clear(c);
    tt_meter_add(meter, tt_num(c, 1), -1);
    cr_expect_eq(tt_error_status(c), TT_ERR_VALUE);
    tt_error_clear(c);
    tt_meter_add(meter, NULL, 5);
    tt_meter_add(NULL, tt_num(c, 1), 5);
    cr_expect(!tt_error(c) && isnan(tt_meter_mean(meter)),
              "NULL is quiet and counts nothing");
    tt_ctx_free(c);
}

/* ---- accuracy --------------------------------------------------------------------------------- */

static const float SCORES[5][3] = {
    {1, 3, 2}, {-1, -1, -5}, {0, NAN, 9}, {-INFINITY, 5, INFINITY}, {7, 7, 7}};
static const float LABELS[5] = {1, 0, 2, 2, 1};

Test(module4_meter, counts_the_first_largest_and_no_nan)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *scores = tt_from(c, TT_SHAPE(5, 3), SCORES[0]);
    tt_tensor *y = tt_from(c, TT_SHAPE(5), LABELS);
    cr_expect_eq(
        tt_count_right(c, scores, y), 3,
        "rows 0, 1 and 3: a row with a NaN is wrong, of equal ones the first counts");
    tt_ctx_free(c);
}

Test(module4_meter, counts_through_strides)
{
    enum { B = 40, K = 6 };
    tt_ctx *c = tt_ctx_new(NULL);
    tt_seed(c, 12);
    tt_tensor *scores = tt_transpose(c, tt_randn(c, TT_SHAPE(K, B)), 0, 1);
    float y[B];
    int want = 0;
    for (int b = 0; b < B; b++) {
        int best = 0;
        for (int k = 1; k < K; k++)
            if (tt_get(scores, (int[]){b, k}) > tt_get(scores, (int[]){b, best}))
                best = k;
        y[b] = (float)(b % 3 ? best : (best + 1) % K);
        want += b % 3 != 0;
    }
    tt_tensor *labels = tt_from(c, TT_SHAPE(B), y);
    cr_expect_eq(tt_count_right(c, scores, labels), want);
    tt_expect_close((double)tt_item(tt_right_share(c, scores, labels)), (double)want / B,
                    1e-6, 0.0);
    tt_ctx_free(c);
}

Test(module4_meter, a_share_has_no_history)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *scores = tt_requires_grad(tt_randn(c, TT_SHAPE(5, 3)), true);
    tt_tensor *share = tt_right_share(c, scores, tt_from(c, TT_SHAPE(5), LABELS));
    cr_expect(share && !share->node.requires_grad, "accuracy is not to be derived by");
    tt_ctx_free(c);
}

Test(module4_meter, accuracy_is_what_counting_by_hand_gives)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set;
    tt_seed(c, 6);
    cr_assert(tt_data_digits(c, "test", 300, 1, &set));
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_module *net = tt_nn_mlp(c, 784, 8, 10);
    int want = 0, right = -1, total = -1;
    for (tt_batch b; tt_next(c, loader, 1, &b);)
        want += tt_count_right(c, tt_forward(c, net, b.x), b.y);
    tt_train(net, false);
    double accuracy = tt_accuracy_count(c, net, loader, &right, &total);
    cr_expect(right == want && total == 300, "%d of %d, by hand %d", right, total, want);
    tt_expect_close(accuracy, want / 300.0, 1e-9, 0.0);
    cr_expect(!net->training, "the mode is put back");
    tt_train(net, true);
    cr_expect_eq(tt_accuracy(c, net, loader), accuracy);
    cr_expect(net->training, "the mode is put back");
    tt_ctx_free(c);
}

Test(module4_meter, accuracy_in_the_middle_of_an_epoch_leaves_it_alone)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set;
    cr_assert(tt_data_digits(c, "train", 50, 1, &set));
    tt_loader *loader = tt_loader_new(c, &set, true);
    tt_module *net = tt_nn_mlp(c, 784, 4, 10);
    int n = 0;
    for (tt_batch b; tt_next(c, loader, 20, &b);) {
        tt_accuracy(c, net, loader);
        tt_tensor *y = tt_forward(c, net, b.x);
        cr_expect(y && y->node.requires_grad, "gradients are on again");
        n += b.n;
    }
    cr_expect_eq(n, 50);
    tt_ctx_free(c);
}

Test(module4_meter, errors_give_minus_one_and_nan)
{
    tt_ctx *c = quiet_ctx();
    tt_data_set set;
    cr_assert(tt_data_digits(c, "test", 5, 1, &set));
    tt_loader *loader = tt_loader_new(c, &set, false);
    cr_expect(isnan(tt_accuracy(c, NULL, loader)));
    cr_expect_eq(tt_count_right(c, tt_zeros(c, TT_SHAPE(2, 3)), tt_zeros(c, TT_SHAPE(3))),
                 -1);
    tt_error_clear(c);
    tt_module *wrong = tt_nn_mlp(c, 100, 4, 10); /* images have 784 pixels */
    cr_expect(isnan(tt_accuracy(c, wrong, loader)));
    cr_expect_eq(tt_error_status(c), TT_ERR_SHAPE);
    tt_ctx_free(c);
}
