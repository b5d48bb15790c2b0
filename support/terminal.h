/* What the other end of a stream can show: colour, Unicode, redrawing, and how wide it is. */
#ifndef TT_SUPPORT_TERMINAL_H
#define TT_SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_terminal {
    bool live;   /* a terminal on which a line can be drawn over (not TERM=dumb) */
    bool colour; /* live, and NO_COLOR is not set */
    bool utf8; /* the locale (LC_ALL, LC_CTYPE, LANG: the first that is set) says UTF-8 */
    int columns; /* at least 20; 80 where nobody says */
    int rows;    /* at least 5; 24 where nobody says */
} tt_terminal;

/* Asks the system about `out`: isatty, the window size, COLUMNS, LINES, TERM, NO_COLOR, LANG. */
tt_terminal tt_terminal_of(FILE *out);

/* How many columns a UTF-8 text takes (one a character; combining and wide ones not known). */
int tt_terminal_width(const char *text);

#ifdef __cplusplus
}
#endif
#endif
