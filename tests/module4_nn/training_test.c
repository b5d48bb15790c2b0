/* Training from within: a loss that is no number, and what a run leaves behind. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* ---- Ctrl-C, to the step ---------------------------------------------------------------------- */

typedef struct interrupter {
    observer base;
    uint64_t at; /* the step at whose end Ctrl-C comes; 0: never */
    double loss; /* of the last whole epoch */
} interrupter;

static void interrupt_step(observer *o, training *t, const tt_batch *b, tt_tensor *loss)
{
    (void)b, (void)loss;
    if (t->step == ((interrupter *)o)->at) raise(SIGINT);
}

static void keep_loss(observer *o, training *t, const epoch_result *e)
{
    (void)t;
    if (e->step == e->steps) ((interrupter *)o)->loss = e->loss;
}

enum { CUT_STEPS = 5, CUT_EPOCHS = 3 };

/* Trains as train does, into a file, from it when `resume`, until Ctrl-C at step `at`. */
static training_end cut_run(const char *path, bool resume, uint64_t at, double *loss)
{
    settings s = {
        .shared = {.backend = "simple",
                   .data = "digits",
                   .limit = 90,
                   .batch = 20,
                   .epochs = CUT_EPOCHS,
                   .hidden = 5,
                   .lr = 0.05,
                   .seed = 3,
                   .quiet = true,
                   .save = path,
                   .given = TT_CLI_LR | TT_CLI_BATCH | TT_CLI_EPOCHS | TT_CLI_HIDDEN},
        .model = "mlp",
        .optim = resume ? NULL : "adam",
        .schedule = resume ? NULL : "cosine",
        .load = resume ? path : NULL,
        .resume = resume};
    interrupter o = {.base = {.step = interrupt_step, .epoch = keep_loss}, .at = at};
    training t = {.c = tt_ctx_new(NULL)};
    cr_assert(training_open(&t, &s), "%s", tt_error(t.c));
    training_observe(&t, &o.base);
    training_save(&t, &s);
    training_end end = training_run(&t);
    cr_expect_null(tt_error(t.c), "%s", tt_error(t.c));
    *loss = o.loss;
    tt_ctx_free(t.c);
    return end;
}

static bool same_files(const char *a, const char *b)
{
    static char x[1 << 18], y[1 << 18];
    FILE *f = fopen(a, "rb"), *g = fopen(b, "rb");
    cr_assert(f && g);
    size_t n = fread(x, 1, sizeof x, f), m = fread(y, 1, sizeof y, g);
    fclose(f);
    fclose(g);
    return n > 0 && n < sizeof x && n == m && memcmp(x, y, n) == 0;
}

/* At every step of the run, and at two: the last of an epoch, and the last of all, among them. */
Test(module4_training, it_goes_on_from_every_step_bit_by_bit)
{
    char whole[256], cut[256];
    double loss, again;
    const char *base = getenv("TEST_TMPDIR") ? getenv("TEST_TMPDIR") : "/tmp";
    snprintf(whole, sizeof whole, "%s/whole.%ld", base, (long)getpid());
    snprintf(cut, sizeof cut, "%s/cut.%ld", base, (long)getpid());
    signal(SIGINT, SIG_DFL);
    cr_assert_eq(cut_run(whole, false, 0, &loss), TRAINING_DONE);
    for (uint64_t at = 1; at <= CUT_STEPS * CUT_EPOCHS; at++) {
        cr_expect_eq(cut_run(cut, false, at, &again), TRAINING_INTERRUPTED);
        if (at % 2 && at + 4 < CUT_STEPS * CUT_EPOCHS) cut_run(cut, true, at + 4, &again);
        if (at < CUT_STEPS * CUT_EPOCHS)
            cr_expect_eq(cut_run(cut, true, 0, &again), TRAINING_DONE);
        cr_expect(same_files(whole, cut), "interrupted after step %d", (int)at);
        cr_expect_eq(again, loss, "after step %d: the last epoch's loss is %g, not %g",
                     (int)at, again, loss);
    }
    unlink(whole);
    unlink(cut);
}
