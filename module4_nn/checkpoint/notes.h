/* Keys of the notes that every checkpoint has. Internal. */
#ifndef TT_MODULE4_NN_CHECKPOINT_NOTES_H
#define TT_MODULE4_NN_CHECKPOINT_NOTES_H

#include "support/random.h"

#define TTI_CHECKPOINT_VERSION "1"
#define TTI_NOTE_VERSION "checkpoint"
#define TTI_NOTE_OPTIM "optim"
#define TTI_NOTE_SEED "seed"

/* By tt_stream: how many numbers have been drawn of it. */
static const char *const tti_stream_notes[TT_STREAMS] = {
    [TT_STREAM_INIT] = "random.init",
    [TT_STREAM_SHUFFLE] = "random.shuffle",
    [TT_STREAM_DROPOUT] = "random.dropout",
    [TT_STREAM_DATA] = "random.data"};

#endif
