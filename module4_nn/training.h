/* Training: what `train` does, in the order it does it. Internal to module 4's programs.
 *
 *   train_main.c        options, data, network
 *   training.c          epochs and steps, Ctrl-C, a loss that is no number
 *   training_output.c   what is printed: lines, or JSON
 */
#ifndef TT_MODULE4_NN_TRAINING_H
#define TT_MODULE4_NN_TRAINING_H

#include "module1_autodiff/optim.h"
#include "module4_nn/meter.h"
#include "support/cli.h"

typedef struct training {
    tt_ctx *c;
    const tt_options *options;
    const tt_backend *backend;
    int threads;      /* that the backend uses */
    const char *data; /* where the images are from, for people */
    const char *note; /* one more line to say about that, or NULL */
    char model[64];   /* "mlp 784-64-10" */
    tt_loader *train, *test;
    tt_module *net;
    tt_optim *sgd;
    tt_meter *loss, *right;
    bool warned;    /* that the steps are too large */
    bool linear;    /* the schedule; else the rate is constant */
    uint64_t step;  /* steps made so far, over all epochs */
    double started; /* tt_seconds() */
} training;

/* How an epoch went. */
typedef struct epoch_result {
    int epoch;             /* 1 .. epochs; 0: there was none */
    double loss, accuracy; /* means over its steps; NaN when there were none */
    int right, total;      /* on the test set */
    double seconds;        /* steps and test */
} epoch_result;

typedef enum training_end {
    TRAINING_DONE,
    TRAINING_INTERRUPTED,
    TRAINING_FAILED
} training_end;

/* Trains for options->epochs epochs and prints as it goes. After Ctrl-C the step is finished, the
 * network tested, and what was reached printed; a second Ctrl-C ends at once. On TRAINING_FAILED
 * either an error sticks in c, or the loss is no number and advice has been printed. */
training_end training_run(training *t);

/* ---- training_output.c ------------------------------------------------------------------------ */

void say_start(const training *t);
void say_epoch(const training *t, const epoch_result *e);
void say_interrupted(const training *t, int epoch, int step, int steps);
void say_too_fast(const training *t, double guessing); /* guessing: its loss */
void say_diverged(const training *t, int epoch, int step, double loss);
void say_end(const training *t, const epoch_result *last, bool interrupted);

#endif
