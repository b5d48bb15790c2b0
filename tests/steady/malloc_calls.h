/* Counting what a program asks of malloc, to show that a steady training step asks for nothing.
 *
 * A program linked with this has a malloc of its own that counts and hands on to the C library's, so
 * that calls of every thread and from inside the C library are seen. Criterion allocates as it
 * pleases: use it in a tt_plain_test. Under a sanitizer that has taken malloc's place nothing is
 * counted.
 */
#ifndef TT_TESTS_STEADY_MALLOC_CALLS_H
#define TT_TESTS_STEADY_MALLOC_CALLS_H

#include <stdbool.h>

#include "support/ctx_struct.h"
#include "support/quarantine.h"

/* A step is steady after three, in which buffers come into being. Builds that name stale nodes keep
 * what rewound scopes held for TT_QUARANTINE rewinds more, and are steady so many steps later. */
enum { STEADY_AFTER = 3 + TTI_CHECK_STALE * TT_QUARANTINE, STEADY_STEPS = 10 };

/* Whether calls are counted in this build. */
bool malloc_counted(void);

/* Calls so far of malloc, calloc, realloc, memalign, aligned_alloc, posix_memalign and free. */
long malloc_calls(void);

/* The verdict on `during` calls in STEADY_STEPS steps: prints it and returns main's value. A count
 * that is 0 from the program's start on is broken, not steady. */
int malloc_verdict(long during);

#endif
