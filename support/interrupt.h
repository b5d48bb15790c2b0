/* Ctrl-C as a wish: the program finishes its step, saves what it has, and ends.
 *
 *   Example:
 *     #include "support/interrupt.h"
 *
 *     tt_catch_interrupt();
 *     for (int step = 0; step < 1000 && !tt_interrupted(); step++) { }
 *     printf("%d\n", tt_interrupted()); // prints: 0
 */
#ifndef TT_SUPPORT_INTERRUPT_H
#define TT_SUPPORT_INTERRUPT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on the first Ctrl-C (SIGINT) only makes tt_interrupted true; a second one kills. Not where
 * interrupts are ignored: under nohup, in a background job. */
void tt_catch_interrupt(void);

bool tt_interrupted(void);

#ifdef __cplusplus
}
#endif
#endif
