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
    training t = {.c = c,
                  .options = o,
                  .backend = tt_backend_of(c),
                  .threads = 1,
                  .schedule = "linear"};
    t.train = tt_loader_new(c, &train, true);
    t.test = tt_loader_new(c, &test, false);
    t.net = tt_nn_mlp(c, 784, 8, 10);
    t.optim = tt_optim_sgd(t.net, .lr = (float)o->lr);
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
    double rate = (double)tt_optim_lr(t.optim); /* of the last step: 1/30 of the first */
    cr_expect(fabs(rate - 0.5 / 30) < 1e-6, "%g", rate);
    tt_ctx_free(c);
}

/* Counts what it is told. */
typedef struct counter {
    observer base;
    int starts, steps, trained, epochs, ends;
} counter;

static void count_start(observer *o, training *t)
{
    (void)t;
    ((counter *)o)->starts++;
}

static void count_step(observer *o, training *t, const tt_batch *b, tt_tensor *loss)
{
    counter *k = (counter *)o;
    cr_expect_eq(++k->steps, (int)t->step);
    cr_expect(b->n == 20 && isfinite(tt_item(loss)), "the step's own tensors live");
}

static void count_trained(observer *o, training *t, const epoch_result *e)
{
    (void)t;
    cr_expect_eq(++((counter *)o)->trained, e->epoch);
    cr_expect_eq(e->total, 0, "not yet tested");
}

static void count_epoch(observer *o, training *t, const epoch_result *e)
{
    (void)t;
    cr_expect_eq(++((counter *)o)->epochs, e->epoch);
    cr_expect(e->step == 10 && e->steps == 10 && e->total == 100);
}

static void count_end(observer *o, training *t, const epoch_result *e, training_end how)
{
    (void)t;
    ((counter *)o)->ends++;
    cr_expect(e->epoch == 3 && how == TRAINING_DONE);
}

Test(module4_training, observers_are_told_what_happens)
{
    tt_ctx *c = tt_ctx_new(NULL);
    training t = set_up(c, &OPTIONS);
    counter all = {
        .base = {count_start, count_step, count_trained, count_epoch, count_end, NULL}};
    counter none = {.starts = 0}; /* wants to know nothing */
    training_observe(&t, &none.base);
    training_observe(&t, &all.base);
    cr_expect_eq(training_run(&t), TRAINING_DONE);
    cr_expect(all.starts == 1 && all.steps == 30 && all.trained == 3 && all.epochs == 3 &&
                  all.ends == 1,
              "%d starts, %d steps, %d, %d epochs, %d ends", all.starts, all.steps,
              all.trained, all.epochs, all.ends);
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
