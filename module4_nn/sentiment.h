/* What `sentiment` does, in the order it does it. Internal to module 4's programs.
 *
 *   sentiment_main.c         options
 *   sentiment_data.c         sentences and word vectors: built in, or from files
 *   sentiment.c              epochs and steps, validation, Ctrl-C
 *   sentiment_checkpoint.c   --save, --load, --resume
 *   sentiment_output.c       what is printed: lines, or JSON
 */
#ifndef TT_MODULE4_NN_SENTIMENT_H
#define TT_MODULE4_NN_SENTIMENT_H

#include "module1_autodiff/optim.h"
#include "module4_nn/checkpoint/safetensors.h"
#include "module4_nn/data/sentence_set.h"
#include "module4_nn/meter.h"
#include "support/cli.h"

/* Options of this program alone. */
typedef struct sentiment_choices {
    const char *glove, *load, *say; /* NULL: not asked for */
    int maps;
    double dropout;
    bool maps_given, dropout_given; /* on the command line */
    bool resume;                    /* go on where `load` stopped */
    bool eval;                      /* no training */
} sentiment_choices;

/* A list of sentences: as text, as numbers, and what the network says of each. */
typedef struct sentence_part {
    tt_sentences text;
    tt_sentence_set set;
    float *scores; /* (n,) above 0: for. Of the last validation. */
} sentence_part;

typedef struct sentiment {
    tt_ctx *c;
    const tt_options *options;
    const sentiment_choices *choices;
    const tt_backend *backend;
    int threads;
    bool built_in; /* whether the sentences are the practice ones */
    sentence_part train, valid, said;
    tt_vocabulary *vocabulary;
    tt_word_vectors vectors;
    uint32_t *order; /* (train.n,) of the present epoch */
    tt_module *net;
    tt_optim *adam;
    tt_meter *loss, *right;
    const tt_safetensors *from; /* the checkpoint to begin with, or NULL */
    uint64_t step;  /* steps made so far, over all epochs; not 0 for a run that goes on */
    double started; /* tt_seconds() */
} sentiment;

typedef struct sentiment_epoch {
    int epoch;                   /* 1 .. epochs; 0: there was none */
    int step, steps;             /* made, of how many */
    tt_meter_sum losses, rights; /* of its steps while it is not over, else none */
    double loss, accuracy;       /* means over its steps; NaN when there were none */
    int right;                   /* on the validation set */
    int best, best_epoch;        /* the most right so far, and when */
    double seconds;
} sentiment_epoch;

typedef enum sentiment_end {
    SENTIMENT_DONE,
    SENTIMENT_INTERRUPTED,
    SENTIMENT_FAILED
} sentiment_end;

/* Fills in train, valid, said, vocabulary, vectors. False after an error. */
bool sentiment_open(sentiment *s);

/* The most --maps. */
enum { SENTIMENT_MAPS = 65536 };

/* Gives values to what the command line left open: those of the checkpoint to be loaded, all of a run
 * that is resumed, else only of its network. Errors: TT_ERR_FORMAT -> false. */
bool sentiment_settle(tt_ctx *c, tt_options *o, sentiment_choices *own,
                      const tt_safetensors *from);

/* --save: a checkpoint that says where the run stands; and goes on there. Errors stick in c -> false. */
bool sentiment_save(sentiment *s, const sentiment_epoch *e);
bool sentiment_resume(sentiment *s, sentiment_epoch *e);

/* Makes network and optimiser; loads, trains, validates, saves, prints. On SENTIMENT_FAILED an error
 * sticks in c, or advice has been printed. */
sentiment_end sentiment_run(sentiment *s);

/* ---- sentiment_output.c ----------------------------------------------------------------------- */

void sentiment_say_start(const sentiment *s, const sentiment_epoch *e);
void sentiment_say_epoch(const sentiment *s, const sentiment_epoch *e);
void sentiment_say_interrupted(const sentiment *s, const sentiment_epoch *e);
void sentiment_say_diverged(const sentiment *s, const sentiment_epoch *e);
void sentiment_say_wrong(sentiment *s); /* a few sentences of the validation set */
void sentiment_say_said(const sentiment *s);
void sentiment_say_end(const sentiment *s, const sentiment_epoch *last, sentiment_end how);

#endif
