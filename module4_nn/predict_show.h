/* Images and bars in the terminal. Internal to predict. */
#ifndef TT_MODULE4_NN_PREDICT_SHOW_H
#define TT_MODULE4_NN_PREDICT_SHOW_H

#include "support/terminal.h"

/* pixels (rows, columns), 0 black .. 1 white; what is no number is black. Two rows a line: half blocks in
 * 24 greys where there is colour and Unicode, else one character for both. Wider than the terminal it is
 * cut off. */
void show_picture(FILE *out, const tt_terminal *t, const float *pixels, int rows,
                  int columns);

/* A line a class: name, bar, per cent; the best one is marked. */
void show_chances(FILE *out, const tt_terminal *t, const char *const *names,
                  const float *chances, int classes, int best);

#endif
