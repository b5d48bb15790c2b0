/* What the training page prints and draws. Internal to training.c and training_page.c. */
#ifndef TT_MODULE0_OPERATORS_TRAINING_PAGE_H
#define TT_MODULE0_OPERATORS_TRAINING_PAGE_H

#include <stdio.h>

#include "module0_operators/training.h"
#include "support/plot.h"

/* A training under way. */
typedef struct tti_training {
    tt_ctx *c;
    const tt_training *t;
    double *losses; /* of epochs 1 .. done */
    int done;       /* epochs */
    tt_epoch last;
    double started;  /* tt_seconds() */
    double finished; /* likewise, of the last epoch */
    double spent;    /* seconds in epochs; pictures and files take their time apart */
    bool interrupted;
    bool drawing; /* in place, on a terminal */
    tt_plot_live live;
    double next_frame; /* tt_seconds() before which no frame is drawn */
    FILE *pictures;    /* with --report: the boundary over the epochs, so far */
    char *pictures_text;
    size_t pictures_size;
} tti_training;

void tti_training_say_start(tti_training *r);
void tti_training_say_epoch(tti_training *r, double seconds);
void tti_training_say_diverged(const tti_training *r);
void tti_training_say_end(tti_training *r);
void tti_training_say_wrote(const tti_training *r, const char *path);

/* A picture of the present for the report, at the beginning, at the end and where epochs have
 * doubled in between. */
void tti_training_picture(tti_training *r);
void tti_training_report(tti_training *r);

#endif
