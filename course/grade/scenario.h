/* Scenarios: trusted code that calls a submission and says what came of it.
 *
 * A scenario belongs to a task and has cases, each a behaviour with its share of the task's points.
 * Each case runs in a process of its own: it draws inputs from the seed, calls the module's public
 * functions, and puts what they answered into records. It never knows what is right: that says a
 * second process, in which the same scenario is linked with the reference.
 *
 *     static void mul(scenario *s)
 *     {
 *         double x = draw(s, -3, 3), y = draw(s, -3, 3);
 *         in_f64(s, "x", x);
 *         in_f64(s, "y", y);
 *         put_f64(s, "mul(x, y)", tt_binary(TT_OP_MUL)(x, y));
 *     }
 *     const scenario_case scenario_cases[] = {{"mul", "the product", 1, mul}, {0}};
 *
 * Every case must put something that nobody can guess: `self_test.py` sees that two seeds give
 * different records in each.
 */
#ifndef TT_COURSE_GRADE_SCENARIO_H
#define TT_COURSE_GRADE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/ctx.h"

typedef struct scenario {
    uint64_t seed, drawn; /* inputs drawn so far */
    uint16_t case_number, sequence;
    double rtol, atol; /* of the records that follow */
} scenario;

typedef struct scenario_case {
    const char *name; /* "mul_backward" */
    const char *title; /* what it shows, for people: "mul passes on d times the other operand" */
    int weight;        /* its share of the task's points */
    void (*run)(scenario *s);
} scenario_case;

/* The cases of this program, up to one without a name. */
extern const scenario_case scenario_cases[];

/* A context whose errors only stick. */
tt_ctx *scenario_ctx(void);

/* ---- inputs ---------------------------------------------------------------------------------- */

double draw(scenario *s, double low, double high); /* 53 random bits in [low, high) */
float drawf(scenario *s, float low, float high);
int draw_int(scenario *s, int low, int high); /* low .. high, both included */
void draw_all(scenario *s, double *x, size_t n, double low, double high);
void drawf_all(scenario *s, float *x, size_t n, float low, float high);
void draw_order(scenario *s, uint32_t *order, size_t n); /* a permutation of 0 .. n-1 */

/* ---- records --------------------------------------------------------------------------------- */

/* How close the records that follow must be; a scenario begins with 1e-9, 1e-12. */
void tolerance(scenario *s, double rtol, double atol);

void put_f64(scenario *s, const char *name, double x);
void put_f64s(scenario *s, const char *name, const double *x, size_t n);
void put_f32(scenario *s, const char *name, float x);
void put_f32s(scenario *s, const char *name, const float *x, size_t n);
void put_f32_shaped(scenario *s, const char *name, const float *x, int dims,
                    const int *dim);
void put_i64(scenario *s, const char *name, int64_t x);
void put_i64s(scenario *s, const char *name, const int64_t *x, size_t n);
void put_ints(scenario *s, const char *name, const int *x, size_t n);
void put_text(scenario *s, const char *name, const char *text); /* NULL is told from "" */
void put_status(scenario *s, const char *name, tt_status status);

/* The error that sticks in c, or none, which is then forgotten; and whether `result` is NULL. */
void put_error(scenario *s, const char *name, tt_ctx *c, const void *result);

/* An order of nodes 0 .. n-1, users before inputs, for the edges (user, input) given: of the
 * orders that a graph allows each is right. */
void put_order(scenario *s, const char *name, const int64_t *order, size_t n,
               const int64_t (*edge)[2], size_t edges);

/* What was drawn: shown with a failure. Put it again after the call, and a submission that writes to
 * its inputs is found out. */
void in_f64(scenario *s, const char *name, double x);
void in_f64s(scenario *s, const char *name, const double *x, size_t n);
void in_f32s(scenario *s, const char *name, const float *x, size_t n);
void in_f32_shaped(scenario *s, const char *name, const float *x, int dims, const int *dim);
void in_i64(scenario *s, const char *name, int64_t x);
void in_ints(scenario *s, const char *name, const int *x, size_t n);
void in_text(scenario *s, const char *name, const char *text);

#endif
