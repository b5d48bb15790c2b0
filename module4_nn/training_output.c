/* What a training prints: see training.h. With --json one object a line and nothing else. */
#include <math.h>
#include <stdio.h>

#include "module4_nn/optim.h"
#include "module4_nn/training.h"
#include "support/json.h"
#include "support/progress.h"

/* Where the backend computes. */
static const char *device(const training *t)
{
    return t->backend->device_get ? t->backend->name : "cpu";
}

/* ---- lines ------------------------------------------------------------------------------------ */

static void say_goes_on(const training *t)
{
    uint64_t steps = (uint64_t)tt_loader_steps(t->train, t->options->batch);
    printf("goes on after %d epochs and %d steps", (int)(t->step / steps),
           (int)(t->step % steps));
    if (t->step >= steps * (uint64_t)t->options->epochs)
        printf(": nothing is left to do; --epochs N trains up to N");
    putchar('\n');
}

static void say_start(observer *self, training *t)
{
    const tt_options *o = t->options;
    (void)self;
    if (o->quiet) return;
    printf("%s, backend %s on %s, %d thread%s, data %s (%d train, %d test), seed %llu\n",
           t->model, t->backend->name, device(t), t->threads, t->threads == 1 ? "" : "s",
           t->data, tt_loader_set(t->train)->n, tt_loader_set(t->test)->n,
           (unsigned long long)o->seed);
    if (t->note) printf("%s\n", t->note);
    if (t->step > 0) say_goes_on(t);
    if (o->threads > t->threads)
        printf("The %s backend uses %d thread; --threads is for those that use more.\n",
               t->backend->name, t->threads);
    fflush(stdout);
}

static void say_epoch(observer *self, training *t, const epoch_result *e)
{
    (void)self;
    if (e->step < e->steps)
        printf("interrupted in epoch %d after %d of %d steps\n", e->epoch, e->step,
               e->steps);
    else if (!t->options->quiet)
        printf(
            "epoch %d/%d  loss %.4f  train accuracy %.4f  test accuracy %.4f  %.1f s\n",
            e->epoch, t->options->epochs, e->loss, e->accuracy,
            (double)e->right / e->total, e->seconds);
    fflush(stdout);
}

static void say_end(observer *self, training *t, const epoch_result *last, training_end how)
{
    (void)self;
    if (how == TRAINING_INTERRUPTED && last->step == last->steps)
        printf("interrupted after epoch %d of %d\n", last->epoch, t->options->epochs);
    printf("test accuracy %.4f (%d/%d)\n", (double)last->right / last->total, last->right,
           last->total);
    fflush(stdout);
}

/* ---- JSON ------------------------------------------------------------------------------------- */

typedef struct printer {
    observer base;
    FILE *out;
} printer;

static void json_start(observer *self, training *t)
{
    const tt_options *o = t->options;
    tt_json *j = tt_json_event("start");
    tt_json_text(j, "program", "train");
    tt_json_text(j, "model", t->model);
    tt_json_text(j, "backend", t->backend->name);
    tt_json_text(j, "device", device(t));
    tt_json_whole(j, "threads", t->threads);
    tt_json_text(j, "data", t->data);
    tt_json_whole(j, "train_examples", tt_loader_set(t->train)->n);
    tt_json_whole(j, "test_examples", tt_loader_set(t->test)->n);
    tt_json_count(j, "seed", o->seed);
    tt_json_whole(j, "epochs", o->epochs);
    tt_json_whole(j, "batch", o->batch);
    tt_json_number(j, "lr", o->lr);
    tt_json_text(j, "schedule", t->schedule);
    tt_json_text(j, "optim", tti_optim_kind(t->optim));
    tt_json_count(j, "step", t->step);
    tt_json_print(j, ((printer *)self)->out);
}

static void json_epoch(observer *self, training *t, const epoch_result *e)
{
    tt_json *j = e->step < e->steps ? NULL : tt_json_event("epoch");
    (void)t;
    tt_json_whole(j, "epoch", e->epoch);
    tt_json_number(j, "loss", e->loss);
    tt_json_number(j, "train_accuracy", e->accuracy);
    tt_json_number(j, "test_accuracy", (double)e->right / e->total);
    tt_json_number(j, "seconds", e->seconds);
    if (j) tt_json_print(j, ((printer *)self)->out);
}

static void json_end(observer *self, training *t, const epoch_result *last, training_end how)
{
    tt_json *j = tt_json_event("end");
    tt_json_number(j, "test_accuracy", (double)last->right / last->total);
    tt_json_whole(j, "right", last->right);
    tt_json_whole(j, "total", last->total);
    tt_json_number(j, "seconds", tt_seconds() - t->started);
    tt_json_bool(j, "interrupted", how == TRAINING_INTERRUPTED);
    tt_json_print(j, ((printer *)self)->out);
}

/* ---- both ------------------------------------------------------------------------------------- */

void training_log(training *t, FILE *out)
{
    printer *p = tt_alloc(t->c, sizeof *p);
    if (!p) return;
    p->base = (observer){.start = json_start, .epoch = json_epoch, .end = json_end};
    p->out = out;
    training_observe(t, &p->base);
}

void training_print(training *t)
{
    if (t->options->json) {
        training_log(t, stdout);
        return;
    }
    observer *o = tt_alloc(t->c, sizeof *o);
    if (!o) return;
    *o = (observer){.start = say_start, .epoch = say_epoch, .end = say_end};
    training_observe(t, o);
}

void say_wrote(const training *t, const char *path)
{
    if (t->options->json) {
        tt_json *j = tt_json_event("file");
        tt_json_text(j, "path", path);
        tt_json_print(j, stdout);
    } else if (!t->options->quiet) {
        printf("wrote %s\n", path);
        fflush(stdout);
    }
}

/* ---- advice ----------------------------------------------------------------------------------- */

void say_too_fast(const training *t, double guessing)
{
    fprintf(
        stderr,
        "train: the loss is far above %.2f, that of guessing: the steps are too large; "
        "try --lr %g\n",
        guessing, t->options->lr / 10);
}

void say_diverged(const training *t, int epoch, int step, double loss)
{
    fprintf(
        stderr,
        "train: the loss is %s after step %d of epoch %d: the training has diverged.\n"
        "Take smaller steps: --lr %g instead of %g. TT_CHECK_FINITE=1 in the "
        "environment\n"
        "stops at the first operation whose result is not finite, and names it.\n",
        isnan(loss) ? "nan" : "infinite", step, epoch, t->options->lr / 10, t->options->lr);
}
