/* What `train` was asked to do: the command line, and for what it does not say, the defaults of the
 * model or a checkpoint. Internal to module 4's programs. */
#ifndef TT_MODULE4_NN_SETTINGS_H
#define TT_MODULE4_NN_SETTINGS_H

#include "module4_nn/checkpoint/safetensors.h"
#include "support/cli.h"

typedef struct settings {
    tt_options shared;
    const char *model;    /* "mlp", "cnn", "lenet5" */
    const char *optim;    /* "sgd", "momentum", "adam", "adamw" */
    const char *schedule; /* "cosine", "linear", "constant" */
    double decay;         /* of the weights */
    const char *load;     /* a checkpoint to begin with, or NULL */
    const char *log;      /* where JSON lines go, or NULL */
    bool resume;          /* go on where `load` stopped */
    bool eval;            /* only test */
    bool profile;         /* say where the time went */
} settings;

/* Reads the command line. Ends the program with status 2 after a mistake. */
settings settings_read(int argc, char **argv);

/* Gives values to what the command line left open: those of the checkpoint to be loaded (`from`, or
 * NULL), all of a run that is resumed, else only of its network; then the model's defaults.
 * Errors: TT_ERR_FORMAT for notes that make no sense -> false. */
bool settings_settle(tt_ctx *c, settings *s, const tt_safetensors *from);

/* The same as notes for a checkpoint: memory of c. *n becomes their number. */
tt_note *settings_notes(tt_ctx *c, const settings *s, size_t *n);

#endif
