/* The training page: what the `train` programs of modules 1 and 2 show while a network learns to
 * tell the points of the plane apart. Given code, for programs only (//module0_operators:training).
 *
 *   Example:
 *     typedef struct { double sum; tt_dataset set; tt_options options; } learner;
 *
 *     static double predict(void *user, double x1, double x2)   // is x1 + x2 below the sum?
 *     {
 *         const learner *l = user;
 *         return tt_op_sigmoid(20 * (l->sum - x1 - x2));
 *     }
 *     static tt_epoch step(void *user, int epoch)               // makes the sum a little better
 *     {
 *         learner *l = user;
 *         double rate = (double)tt_training_rate(&l->options, epoch), n = (double)l->set.n;
 *         tt_epoch e = {0, 0};
 *         for (size_t i = 0; i < l->set.n; i++) {
 *             double off = predict(l, l->set.x[i][0], l->set.x[i][1]) - l->set.y[i];
 *             e.loss += off * off / n;
 *             e.right += fabs(off) < 0.5;
 *             l->sum -= rate * off / n;
 *         }
 *         return e;
 *     }
 *
 *     tt_ctx *c = tt_ctx_new(NULL);
 *     learner l = {.sum = 1, .options = {.lr = 0.1, .epochs = 100}};
 *     tt_dataset_make(c, &l.set, "diag", 50, 1);
 *     tt_training t = {.program = "train", .model = "x1 + x2 < sum", .backend = "numbers",
 *                      .options = &l.options, .set = &l.set,
 *                      .step = step, .predict = predict, .user = &l};
 *     return tt_training_main(c, &t);
 *
 * On a terminal it redraws decision boundary, loss and progress in place; elsewhere it prints a line
 * for the first epoch and every tenth. --json: one object a line. --report: an HTML page with the
 * boundary over the epochs. Ctrl-C ends after the epoch; a loss that is no number ends with advice.
 * Source: MiniTorch project/interface/train.py.
 */
#ifndef TT_MODULE0_OPERATORS_TRAINING_H
#define TT_MODULE0_OPERATORS_TRAINING_H

#include "module0_operators/datasets.h"
#include "support/cli.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How an epoch went. */
typedef struct tt_epoch {
    double loss; /* mean over the points, before the epoch's step */
    int right;   /* points on their side, likewise */
} tt_epoch;

typedef struct tt_training {
    const char *program;       /* "train" */
    const char *model;         /* "2-10-10-1" */
    const char *backend;       /* "scalars", "simple" */
    const char *device;        /* NULL: "cpu" */
    int threads;               /* 0: 1 */
    const tt_options *options; /* epochs, lr, seed, graph, report, json, quiet are looked at */
    const tt_dataset *set;
    void *user; /* handed to the functions below */

    /* One epoch, number 1, 2, ... An error that sticks in c ends the training. */
    tt_epoch (*step)(void *user, int epoch);

    /* The probability that the label of (x1, x2) is 1, now. Leaves nothing behind. */
    double (*predict)(void *user, double x1, double x2);

    /* Writes one step's graph to a file (--graph). NULL where there is none. */
    tt_status (*graph)(void *user, const char *path);
} tt_training;

/* The learning rate of an epoch, for step: options->lr, and over the last fifth of the epochs less and
 * less of it. With a constant rate, descent on the whole set ends wherever its jumps to and fro
 * happen to be: of 50 points of "split", 43 were right at epoch 500 and 49 fifty epochs before. */
float tt_training_rate(const tt_options *options, int epoch);

/* Trains and shows. Installs tt_error_quiet: errors end the training and are printed at the end.
 * Returns what main should: 0, 1 after an error or when the loss is no number, 130 after Ctrl-C. */
int tt_training_run(tt_ctx *c, const tt_training *t);

/* The same, then frees c: for `return tt_training_main(c, &t);`. */
int tt_training_main(tt_ctx *c, const tt_training *t);

#ifdef __cplusplus
}
#endif
#endif
