/* The tokens of C++, as far as the pass of rewrite.h tells them apart. */
#ifndef TT_MODULE3_GPU_SIM_PROGRAM_TOKEN_H
#define TT_MODULE3_GPU_SIM_PROGRAM_TOKEN_H

#include <stdbool.h>

/* The end of what begins at s: a comment, a text (also R"(raw)"), a character, a number with its
 * separators, a name, or else one character. s itself only at the end of all. */
const char *sim_token_end(const char *s);

/* The token s .. end is this word. */
bool sim_token_is(const char *s, const char *end, const char *word);

/* A name begins at s, if a token does. */
bool sim_is_name(const char *s);
bool sim_part_of_name(char c);

/* Past blanks, comments and ends of lines. */
const char *sim_skip_blank(const char *s);

/* Past blanks and an opened parenthesis and what it holds, if there is one. */
const char *sim_skip_parentheses(const char *s);

/* From s to the next `end` (or comma) outside of all brackets; NULL when the statement or
 * a bracket around s ends before it comes. */
const char *sim_find(const char *s, const char *end, bool comma);

#endif
