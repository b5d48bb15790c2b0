/* Progress: a bar that says how far, how fast and how long still.
 *
 *   Example:
 *     tt_progress p = tt_progress_begin(stderr, "epoch 3/10", 60000, "images", false);
 *     for (uint64_t done = 0; done < 60000; done += 100) tt_progress_at(&p, done, "loss 0.4312");
 *     tt_progress_end(&p);                               // the bar is gone; print the result line
 *
 *   epoch 3/10 ━━━━━━━━━━━━━━╸────────── 56%  12.4k images/s  2s left  loss 0.4312
 *
 * On a terminal the line is drawn over in place, at most ten times a second; elsewhere nothing is
 * printed, for the line that a program prints after each epoch says enough. A call that draws
 * nothing costs one clock reading.
 */
#ifndef TT_SUPPORT_PROGRESS_H
#define TT_SUPPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "support/terminal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds on a clock that never jumps; only differences mean something. */
double tt_seconds(void);

typedef struct tt_progress {
    FILE *out; /* NULL: draws nothing */
    const char *label;
    const char *unit;
    uint64_t total;
    double started; /* tt_seconds() at the beginning */
    double next;    /* not drawn before */
    tt_terminal terminal;
} tt_progress;

/* Starts a bar of `total` units (0: unknown, a count without a bar). label and unit must live as
 * long as the bar. `off`: draw nothing (--json, --quiet). */
tt_progress tt_progress_begin(FILE *out, const char *label, uint64_t total,
                              const char *unit, bool off);

/* `done` of total are done. note: a few words at the end of the line, or NULL. */
void tt_progress_at(tt_progress *p, uint64_t done, const char *note);

/* Takes the bar off the terminal; the cursor stands at the beginning of an empty line. */
void tt_progress_end(tt_progress *p);

/* What tt_progress_at draws, without the escape codes: for tests and for other displays. Writes at
 * most p->terminal.columns - 1 columns into text[0 .. size-1]. */
void tt_progress_text(const tt_progress *p, uint64_t done, double elapsed,
                      const char *note, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
