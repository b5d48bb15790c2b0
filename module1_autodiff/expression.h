/* Expressions typed by a user, made into scalars: "x*x*y + 10*x".
 *
 *   expression = sum [ ("<" | ">" | "==") sum ]
 *   sum        = product { ("+" | "-") product }
 *   product    = unary { ("*" | "/") unary }
 *   unary      = [ "-" ] unary | atom
 *   atom       = number | name | function "(" expression ")" | "(" expression ")"
 *
 * Functions: log exp sigmoid relu inv neg. Every other name is a variable. */
#ifndef TT_MODULE1_AUTODIFF_EXPRESSION_H
#define TT_MODULE1_AUTODIFF_EXPRESSION_H

#include <stdio.h>

#include "module1_autodiff/scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 200 is deeper than anyone types, and far from the end of the stack. */
enum { EXPRESSION_VARIABLES = 32, EXPRESSION_NAME = 32, EXPRESSION_NESTING = 200 };

/* The variables, with the values given for them. */
typedef struct expression_variables {
    int count;
    struct expression_variable {
        char name[EXPRESSION_NAME];
        double value;
        tt_scalar *scalar; /* made when the expression first uses it; NULL: it does not */
    } at[EXPRESSION_VARIABLES];
} expression_variables;

/* What is wrong with a text, and where. */
typedef struct expression_error {
    size_t position; /* in the text, in bytes */
    char message[240];
} expression_error;

/* Reads "x=1,y=2" into *v. False: *error says why. */
bool expression_at(expression_variables *v, const char *text, expression_error *error);

/* Computes the expression in c. NULL when it cannot be read or has no value: *error says why. Uses
 * of a variable share one scalar. c must have a handler that returns (tt_error_quiet). */
tt_scalar *expression_parse(tt_ctx *c, const char *text, expression_variables *v,
                            expression_error *error);

/* Prints the text with a caret below the position, and the message. */
void expression_complain(FILE *out, const char *text, const expression_error *error);

/* Prints the graph below root as a tree of lines; what is used twice is drawn once and then named. */
void expression_tree(FILE *out, const tt_node *root, bool utf8);

#ifdef __cplusplus
}
#endif
#endif
