#include "module4_nn/training.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "module4_nn/loss.h"
#include "support/interrupt.h"
#include "support/progress.h"

#define PI 3.14159265358979323846

/* ---- observers -------------------------------------------------------------------------------- */

void training_observe(training *t, observer *o)
{
    if (!t->last_observer) t->last_observer = &t->observers;
    o->next = NULL;
    *t->last_observer = o;
    t->last_observer = &o->next;
}

/* Calls one function of all that have it. */
#define TELL(t, what, ...)                                                               \
    for (observer *o = (t)->observers; o; o = o->next)                                   \
        if (o->what) o->what(o, __VA_ARGS__)

/* ---- steps and epochs ------------------------------------------------------------------------- */

/* The schedules fall from --lr to 0 over the whole run: large steps first, to get far, small ones at
 * the end, to settle. */
static void set_rate(training *t)
{
    int steps = tt_loader_steps(t->train, t->options->batch);
    double share = (double)t->step / ((double)steps * t->options->epochs);
    double lr = t->options->lr;
    if (strcmp(t->schedule, "linear") == 0) lr *= 1.0 - share;
    if (strcmp(t->schedule, "cosine") == 0) lr *= 0.5 * (1.0 + cos(PI * share));
    tt_optim_set_lr(t->optim, (float)lr);
    t->step++;
}

/* Forward, backward, update. Returns the loss, or NULL after an error. */
static tt_tensor *train_step(training *t, const tt_batch *b)
{
    tt_ctx *c = t->c;
    set_rate(t);
    tt_tensor *scores = tt_forward(c, t->net, b->x); /* (B, classes) */
    tt_tensor *loss = tt_cross_entropy(c, scores, b->y);
    tt_zero_grad(t->net);
    tt_backward(loss);
    tt_optim_step(t->optim);
    tt_meter_add(t->loss, loss, b->n);
    tt_meter_add(t->right, tt_right_share(c, scores, b->y), b->n);
    TELL(t, step, t, b, loss);
    return tt_error(c) ? NULL : loss;
}

/* Goes once through the training set. Looks at the loss only now and then: on a device every look
 * is a copy to the host. */
static training_end train_epoch(training *t, epoch_result *e, tt_progress *bar)
{
    enum { LOOK_EVERY = 50 };
    char note[32] = "";
    uint64_t seen = (uint64_t)e->step * (uint64_t)t->options->batch;
    for (tt_batch b; !tt_interrupted() && tt_next(t->c, t->train, t->options->batch, &b);) {
        tt_tensor *loss = train_step(t, &b);
        if (!loss) return TRAINING_FAILED;
        seen += (uint64_t)b.n;
        if (++e->step % LOOK_EVERY == 0) {
            double value = (double)tt_item(loss);
            snprintf(note, sizeof note, "loss %.4f", value);
            if (!isfinite(value)) {
                tt_progress_end(bar);
                say_diverged(t, e->epoch, e->step, value);
                return TRAINING_FAILED;
            }
        }
        tt_progress_at(bar, seen, note);
    }
    if (tt_error(t->c)) return TRAINING_FAILED;
    return tt_interrupted() ? TRAINING_INTERRUPTED : TRAINING_DONE;
}

static training_end train_with_bar(training *t, epoch_result *e)
{
    char label[48];
    snprintf(label, sizeof label, "epoch %d/%d", e->epoch, t->options->epochs);
    tt_progress bar = tt_progress_begin(stderr, label, (uint64_t)tt_loader_set(t->train)->n,
                                        "images", t->options->json || t->options->quiet);
    training_end end = train_epoch(t, e, &bar);
    tt_progress_end(&bar);
    return end;
}

/* Steps that are too large need not end in a NaN: often the units die, and the loss just stays high. */
static void warn_once(training *t, double loss)
{
    double guessing = log(tt_loader_set(t->train)->classes);
    if (t->warned || loss < 2 * guessing) return;
    t->warned = true;
    say_too_fast(t, guessing);
}

/* The test: after an epoch, or alone. */
static bool test(training *t, epoch_result *e)
{
    tt_accuracy_count(t->c, t->net, t->test, &e->right, &e->total);
    return !tt_error(t->c);
}

static training_end run_epoch(training *t, epoch_result *e)
{
    double started = tt_seconds();
    if (train_with_bar(t, e) == TRAINING_FAILED) return TRAINING_FAILED;
    double sum = (double)tt_meter_get(t->loss).sum;
    if (!isfinite(sum)) {
        say_diverged(t, e->epoch, e->step, sum);
        return TRAINING_FAILED;
    }
    TELL(t, trained, t, e);
    tt_loader_restart(t->train);
    e->loss = tt_meter_mean(t->loss);
    e->accuracy = tt_meter_mean(t->right);
    if (!test(t, e)) return TRAINING_FAILED;
    e->seconds = tt_seconds() - started;
    TELL(t, epoch, t, e);
    if (e->step == e->steps) warn_once(t, e->loss);
    if (tt_error(t->c)) return TRAINING_FAILED;
    return tt_interrupted() ? TRAINING_INTERRUPTED : TRAINING_DONE;
}

/* Where the next step belongs: a run that goes on may be in the middle of an epoch. */
static epoch_result epoch_of(const training *t)
{
    int steps = tt_loader_steps(t->train, t->options->batch);
    return (epoch_result){.epoch = (int)(t->step / (uint64_t)steps) + 1,
                          .step = (int)(t->step % (uint64_t)steps),
                          .steps = steps};
}

training_end training_run(training *t)
{
    training_end end = TRAINING_DONE;
    epoch_result e = {.epoch = 0};
    tt_catch_interrupt();
    TELL(t, start, t);
    while (!t->eval && end == TRAINING_DONE && epoch_of(t).epoch <= t->options->epochs) {
        e = epoch_of(t);
        end = run_epoch(t, &e);
    }
    if (e.epoch == 0 && !test(t, &e)) return TRAINING_FAILED;
    if (end != TRAINING_FAILED) TELL(t, end, t, &e, end);
    return tt_error(t->c) ? TRAINING_FAILED : end;
}
