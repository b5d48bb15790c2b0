/* Training from within: a loss that is no number, and what a run leaves behind. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <math.h>
#include <string.h>

#include "module4_nn/loss.h"
#include "module4_nn/models.h"
#include "module4_nn/training.h"

TestSuite(module4_training, .timeout = 60);

/* A training on drawn digits, quiet, as train_main.c sets it up. */
static training set_up(tt_ctx *c, const tt_options *o)
{
    tt_data_set train, test;
    tt_seed(c, o->seed);
    cr_assert(tt_data_digits(c, "train", 200, 1, &train));
    cr_assert(tt_data_digits(c, "test", 100, 1, &test));
    training t = {
        .c = c, .options = o, .backend = tt_backend_of(c), .threads = 1, .linear = true};
    t.train = tt_loader_new(c, &train, true);
    t.test = tt_loader_new(c, &test, false);
    t.net = tt_nn_mlp(c, 784, 8, 10);
    t.sgd = tt_optim_sgd(t.net, .lr = (float)o->lr);
    t.loss = tt_meter_new(c);
    t.right = tt_meter_new(c);
    cr_assert_null(tt_error(c));
    return t;
}

static const tt_options OPTIONS = {
    .epochs = 3, .batch = 20, .lr = 0.5, .seed = 2, .quiet = true};

Test(module4_training, the_rate_falls_to_almost_nothing)
{
    tt_ctx *c = tt_ctx_new(NULL);
    training t = set_up(c, &OPTIONS);
    cr_redirect_stdout();
    cr_expect_eq(training_run(&t), TRAINING_DONE);
    cr_expect_eq(t.step, 30);
    double rate = (double)tt_optim_lr(t.sgd); /* of the last step: 1/30 of the first */
    cr_expect(fabs(rate - 0.5 / 30) < 1e-6, "%g", rate);
    tt_ctx_free(c);
}

Test(module4_training, a_loss_that_is_nan_ends_it_with_advice)
{
    char text[1024];
    tt_ctx *c = tt_ctx_new(NULL);
    training t = set_up(c, &OPTIONS);
    tt_tensor *weight = tt_find_parameter(t.net, "fc2.weight")->value;
    cr_assert_eq(tt_set(weight, (int[]){3, 4}, NAN), TT_OK);
    /* what the loss stands on, while messages can still be seen */
    cr_assert(tt_cross_entropy(c, tt_zeros(c, TT_SHAPE(1, 2)), tt_zeros(c, TT_SHAPE(1))));
    cr_redirect_stderr();
    FILE *err = cr_get_redirected_stderr();
    cr_expect_eq(training_run(&t), TRAINING_FAILED);
    cr_expect_null(tt_error(c));
    fflush(stderr);
    size_t n = fread(text, 1, 200, err);
    text[n] = '\0';
    cr_expect(strstr(text, "loss is nan after step 10 of epoch 1"), "%s", text);
    cr_expect(strstr(text, "--lr 0.05 instead of 0.5"), "%s", text);
    tt_ctx_free(c);
}
