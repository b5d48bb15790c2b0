/* Training: what `train` does, in the order it does it. Internal to module 4's programs.
 *
 *   train_main.c          from the command line to the exit status
 *   settings.c            options and their defaults
 *   training_open.c       images, network, optimiser
 *   training.c            epochs and steps, Ctrl-C, a loss that is no number
 *   training_output.c     what is printed: lines, or JSON
 *   training_checkpoint.c --save, --resume
 *   training_profile.c    --profile
 *
 * Whoever wants to know how it goes is an observer, added by training_observe; what is printed, saved and
 * reported are observers themselves.
 */
#ifndef TT_MODULE4_NN_TRAINING_H
#define TT_MODULE4_NN_TRAINING_H

#include "module1_autodiff/optim.h"
#include "module4_nn/meter.h"
#include "module4_nn/settings.h"

typedef struct observer observer;

typedef struct training {
    tt_ctx *c;
    const tt_options *options;
    const char *schedule; /* of the learning rate: "cosine", "linear", "constant" */
    const tt_backend *backend;
    int threads;      /* that the backend uses */
    const char *data; /* where the images are from, for people */
    const char *note; /* one more line to say about that, or NULL */
    char model[64];   /* "mlp 784-64-10" */
    tt_loader *train, *test;
    tt_module *net;
    tt_optim *optim;
    tt_meter *loss, *right;
    observer *observers, **last_observer;
    bool warned;    /* that the steps are too large */
    bool eval;      /* only test */
    uint64_t step;  /* steps made so far, over all epochs; not 0 for a run that goes on */
    double started; /* tt_seconds() */
} training;

/* How an epoch went. */
typedef struct epoch_result {
    int epoch;             /* 1 .. epochs; 0: there was none */
    int step, steps;       /* made, of how many: fewer after Ctrl-C */
    double loss, accuracy; /* means over its steps; NaN when there were none */
    int right, total;      /* on the test set */
    double seconds;        /* steps and test */
} epoch_result;

typedef enum training_end {
    TRAINING_DONE,
    TRAINING_INTERRUPTED,
    TRAINING_FAILED
} training_end;

/* Called as the training goes; each may be NULL. A struct of one's own begins with an observer. A
 * failure is left as an error in t->c, which ends the training. */
struct observer {
    void (*start)(observer *self, training *t);
    /* after each step, while what it made still lives: loss is the root of its graph */
    void (*step)(observer *self, training *t, const tt_batch *b, tt_tensor *loss);
    /* after an epoch's steps, all or up to Ctrl-C, before the test */
    void (*trained)(observer *self, training *t, const epoch_result *e);
    /* after the test that follows */
    void (*epoch)(observer *self, training *t, const epoch_result *e);
    /* not after TRAINING_FAILED */
    void (*end)(observer *self, training *t, const epoch_result *last, training_end how);
    observer *next; /* internal */
};

/* From now on o is called, after those that came before it. It must live as long as t. */
void training_observe(training *t, observer *o);

/* Everything that lives longer than a step, from what was asked for; with s->load from a checkpoint.
 * Settles s, which must live as long as t. Only t->c must be set before. Errors stick in it -> false. */
bool training_open(training *t, settings *s);

/* The network that s names, for images of rows x columns. */
tt_module *network_of(tt_ctx *c, const settings *s, int rows, int columns, int classes);

/* Trains up to options->epochs epochs, or only tests. After Ctrl-C the step is finished and the network tested; a
 * second Ctrl-C ends at once. On TRAINING_FAILED either an error sticks in c, or the loss is no
 * number and advice has been printed. */
training_end training_run(training *t);

/* ---- training_output.c ------------------------------------------------------------------------ */

/* Observers: lines for people on standard output, or JSON lines with --json; JSON lines to `out`. */
void training_print(training *t);
void training_log(training *t, FILE *out);

/* Tells that a file has been written. */
void say_wrote(const training *t, const char *path);

void say_too_fast(const training *t, double guessing); /* guessing: its loss */
void say_diverged(const training *t, int epoch, int step, double loss);

/* ---- training_profile.c ----------------------------------------------------------------------- */

/* An observer that says where the time of the first epoch's steps went. */
typedef struct profile {
    observer base;
    struct tt_profile *lines;
    double begun;
} profile;
void training_profile(training *t, profile *p);

/* ---- training_checkpoint.c -------------------------------------------------------------------- */

/* An observer that writes a checkpoint after each epoch's steps, whole or up to Ctrl-C. */
void training_save(training *t, const settings *s);

/* Takes weights, optimiser, random streams and place from a checkpoint of such a training, so that it
 * goes on as if it had never stopped. Errors stick in t->c -> false. */
bool training_resume(training *t, const tt_safetensors *from);

#endif
