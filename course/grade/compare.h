/* Comparing two records of one name: what the reference gave, and what a submission gave.
 *
 * One comparator a kind. NaN is close to nothing but NaN; an infinity is close to itself only; a wrong
 * kind or shape is a difference. Tolerances are the expected record's. */
#ifndef TT_COURSE_GRADE_COMPARE_H
#define TT_COURSE_GRADE_COMPARE_H

#include "course/grade/record.h"

typedef struct difference {
    char reason[160]; /* "3 of 6 values differ"; "" while nothing does */
    bool has_index;   /* whether it is one element that differs */
    size_t index;     /* ... which, in row-major order */
    double ratio;    /* actual / expected when all that differ have one ratio, else NaN */
    bool transposed; /* actual is the transpose of expected */
} difference;

/* False when they differ; *d says how. `edges` is the record of a graph's edges before an order, or
 * NULL. */
bool compare_records(const ttr_record *expected, const ttr_record *actual,
                     const ttr_record *edges, difference *d);

/* Element i as a number, of a record that holds numbers. */
double compare_number(const ttr_record *r, size_t i);

#endif
