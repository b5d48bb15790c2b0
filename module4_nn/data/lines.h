/* Text files line by line, checked. Internal to module4_nn/data.
 *
 * What no text file has is refused, with its line: a zero byte (the file is binary), a line that is
 * longer than allowed, bytes that are no UTF-8. Lines end with \n or \r\n, the last one also with the
 * file; a byte order mark at the beginning is passed over.
 */
#ifndef TT_MODULE4_NN_DATA_LINES_H
#define TT_MODULE4_NN_DATA_LINES_H

#include <stdint.h>

#include "support/ctx.h"

typedef struct tti_lines {
    tt_ctx *ctx;
    const char *who;  /* the function that reads */
    const char *name; /* of the file, for messages */
    const char *at, *end;
    size_t most; /* bytes allowed in a line */
    /* the present line, without its end */
    const char *text;
    size_t length;
    int number; /* counted from 1 */
} tti_lines;

tti_lines tti_lines_of(tt_ctx *c, const char *who, const char *name, const char *text,
                       size_t size, size_t most);

/* The next line; false at the end, and after an error. */
bool tti_next_line(tti_lines *l);

/* How many lines there are from here to the end. */
size_t tti_lines_left(const tti_lines *l);

/* An error "name:line: text", the text being printf's. */
#define TTI_LINE_FAIL(l, ...) tti_line_fail((l), tt_text((l)->ctx, __VA_ARGS__))
tt_status tti_line_fail(tti_lines *l, const char *message);

#endif
