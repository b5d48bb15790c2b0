/* What the launcher wrote: for each case a line, records, and what the program printed. */
#ifndef TT_COURSE_GRADE_BUNDLE_H
#define TT_COURSE_GRADE_BUNDLE_H

#include "course/grade/record.h"

typedef struct bundle {
    const unsigned char *at;
    size_t left;
} bundle;

/* The next case: its number and its records. False at the end or at what is no bundle (left > 0). */
bool bundle_next(bundle *b, long *number, ttr_stream *records);

/* Reads a whole file into memory; NULL when that cannot be done. Owner: the caller, free. */
unsigned char *bundle_read(const char *path, size_t *bytes);

#endif
