/* JSON lines: one object a line, flushed, so that another program can follow a run.
 *
 *   Example:
 *     tt_json *j = tt_json_event("epoch");
 *     tt_json_whole(j, "epoch", 3);
 *     tt_json_number(j, "loss", 0.25);                // NaN and infinities become null
 *     tt_json_print(j, stdout);
 *     // prints: {"event":"epoch","epoch":3,"loss":0.25}
 *
 * With --json nothing else may go to standard output. Keys keep the order in which they were
 * added. Numbers are written so that reading them back gives the same double, in every locale.
 * The tree and the escaping are cJSON's. Running out of memory is seen by tt_json_print only.
 */
#ifndef TT_SUPPORT_JSON_H
#define TT_SUPPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cJSON tt_json;

/* An empty object; and one that begins with {"event":"name". tt_json_print frees it. */
tt_json *tt_json_new(void);
tt_json *tt_json_event(const char *name);

/* The last line of a program that measures: {"event":"end","seconds":2.5,"failed":false}, to standard
 * output. */
void tt_json_end(double seconds, bool failed);

/* Adds one member. A NULL object is allowed and does nothing. */
void tt_json_number(tt_json *j, const char *key, double value); /* not finite: null */
void tt_json_whole(tt_json *j, const char *key, int64_t value); /* all 64 bits are kept */
void tt_json_count(tt_json *j, const char *key, uint64_t value); /* likewise */
void tt_json_bool(tt_json *j, const char *key, bool value);
void tt_json_text(tt_json *j, const char *key, const char *value); /* NULL: null */
void tt_json_null(tt_json *j, const char *key);
void tt_json_numbers(tt_json *j, const char *key, const double *values, size_t n);

/* Adds an object or array to an array under `key` of j, making the array at first: a list of
 * objects. Takes `item` over. */
void tt_json_append(tt_json *j, const char *key, tt_json *item);

/* Prints j as one line, flushes, and frees j. False when it could not be written. */
bool tt_json_print(tt_json *j, FILE *out);

/* Frees j without printing. NULL is allowed. */
void tt_json_free(tt_json *j);

#ifdef __cplusplus
}
#endif
#endif
