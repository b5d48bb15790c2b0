/* Notes of a checkpoint as values: for programs that go on where they stopped. Internal to module 4's
 * programs. */
#ifndef TT_MODULE4_NN_NOTE_VALUES_H
#define TT_MODULE4_NN_NOTE_VALUES_H

#include "module4_nn/checkpoint/safetensors.h"

/* Each puts a note's value, or returns false with TT_ERR_FORMAT in c, for a note that is missing, no
 * number or not in low .. high. */
bool note_whole(tt_ctx *c, const tt_safetensors *from, const char *key, int64_t low,
                int64_t high, int64_t *value);
bool note_int(tt_ctx *c, const tt_safetensors *from, const char *key, int low, int high,
              int *value);
bool note_count(tt_ctx *c, const tt_safetensors *from, const char *key, uint64_t *value);
bool note_number(tt_ctx *c, const tt_safetensors *from, const char *key, double *value);

/* Says that a note is missing or makes no sense; returns false. */
bool note_bad(tt_ctx *c, const tt_safetensors *from, const char *key);

#endif
