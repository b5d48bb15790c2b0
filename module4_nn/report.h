/* The page of `train --report FILE.html`: how a training went, to look at. Internal to module 4's
 * programs.
 *
 *   report.c            the observer: curves, and the page in its order
 *   report_mistakes.c   the test set once more: confusion matrix, worst mistakes
 *   report_times.c      time and memory of a step
 *   report_net.c        the network: its first layer's filters, its layers, the graph of one step
 */
#ifndef TT_MODULE4_NN_REPORT_H
#define TT_MODULE4_NN_REPORT_H

#include <stdio.h>

#include "module4_nn/training.h"

typedef struct report {
    observer base;
    const char *path;
    int argc;
    char **argv;
    double *loss, *train_accuracy, *test_accuracy; /* of epochs 1 .. epochs */
    int epochs;
    char *graph; /* of the first step, as a piece of the page */
    size_t graph_size;
} report;

/* From now on the training is written down, and a page put at `path` at its end; argv is what was
 * typed. Failures are errors in t->c. */
void training_report(training *t, report *r, const char *path, int argc, char **argv);

/* ---- report_mistakes.c ---------------------------------------------------------------------------- */

enum { REPORT_WORST = 40 };

/* An image of the test set that the network got wrong. */
typedef struct mistake {
    int image;    /* its number in the set */
    int is, seen; /* the right class, and the one taken instead */
    double p_is, p_seen;
} mistake;

typedef struct examination {
    int *counts; /* (classes, classes): is, taken for; memory of the context */
    int n_worst; /* mistakes, the one least believed in first */
    mistake worst[REPORT_WORST];
} examination;

/* One pass over the test set. false: an error sticks in t->c. */
bool report_examine(training *t, examination *x);
void report_mistakes(FILE *out, const training *t, const examination *x);

/* ---- report_net.c ----------------------------------------------------------------------------- */

/* The weights that look at the image itself, each drawn as an image; nothing where there are none. */
void report_filters(FILE *out, training *t);

/* A row a module that has parameters. */
void report_layers(FILE *out, training *t);

/* Time and memory of a step, function by function (report_times.c). */
void report_times(FILE *out, training *t);

/* The graph below root, drawn by Graphviz where that is installed, else as its text. */
void report_graph(FILE *out, tt_tensor *root);

#endif
