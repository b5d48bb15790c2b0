/* Scalars: numbers that remember how they were made (Tasks 1.2, 1.3).
 *
 * A scalar is a double with a history. Ordinary arithmetic on scalars builds the graph; tts_backward
 * walks it and leaves in every variable the derivative of the result:
 *
 *   Example:
 *     tt_scalar *x = tts_variable(c, 3.0, "x");
 *     tt_scalar *y = tts_add(c, tts_mul(c, x, x), tts_num(c, 1));   // x^2 + 1
 *     tts_backward(y);
 *     printf("%g %g\n", tts_value(y), tts_derivative(x));           // prints: 10 6
 *
 * Every function here takes the context first, returns a new scalar of that context, and answers
 * NULL to NULL. Errors of all of them: TT_ERR_OWNER when an operand belongs to another or an ended
 * scope; TT_ERR_DOMAIN when the result is not finite (log(-3), inv(0), exp(1000)). Cost: 128
 * bytes a node, and what //module1_autodiff:bench measures: forward and backward together about 20
 * nanoseconds where PyTorch takes 4700.
 * Source: MiniTorch Tasks 1.2 and 1.3, scalar.py; micrograd.
 */
#ifndef TT_MODULE1_AUTODIFF_SCALAR_H
#define TT_MODULE1_AUTODIFF_SCALAR_H

#include "module1_autodiff/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tts_function tts_function; /* scalar_functions.h */
typedef struct tt_scalar tt_scalar;

enum { TTS_MAX_INPUTS = 2 };

/* What a function keeps between forward and backward. MiniTorch: Context.save_for_backward. */
typedef struct tts_call {
    double saved[2];
} tts_call;

struct tt_scalar {
    tt_node node;
    double value;
    double derivative;      /* d result / d this; only variables keep it after a pass */
    const tts_function *fn; /* what made it; NULL for a leaf */
    tts_call call;          /* what fn saved */
    tt_node *inputs[TTS_MAX_INPUTS]; /* what it was made from */
};

/* ---- making, reading --------------------------------------------------------------------------*/

/* A constant. */
tt_scalar *tts_num(tt_ctx *c, double value);

/* A leaf whose derivative is wanted. `name` (copied, may be NULL) is for messages and drawings. */
tt_scalar *tts_variable(tt_ctx *c, double value, const char *name);

/* The number itself; NaN for NULL. */
double tts_value(const tt_scalar *s);

/* The derivative that backward passes have added up so far; 0 before, NaN for NULL. */
double tts_derivative(const tt_scalar *s);

/* Gives a leaf another value. Graphs made from it before keep what they saved. NULL is quiet.
 * Errors: TT_ERR_VALUE for a scalar with a history; TT_ERR_DOMAIN for a value not finite. */
tt_status tts_set(tt_scalar *leaf, double value);

/* Forgets the derivative. */
void tts_zero_grad(tt_scalar *s);

/* Whether the value counts as true: it is not 0. MiniTorch: __bool__. */
bool tts_truth(const tt_scalar *s);

/* ---- arithmetic ------------------------------------------------------------------------------ */

tt_scalar *tts_add(tt_ctx *c, tt_scalar *a, tt_scalar *b); /* a + b           d, d */
tt_scalar *tts_mul(tt_ctx *c, tt_scalar *a, tt_scalar *b); /* a * b           d b, d a */
tt_scalar *tts_lt(tt_ctx *c, tt_scalar *a, tt_scalar *b);  /* 1 if a < b      0, 0 */
tt_scalar *tts_eq(tt_ctx *c, tt_scalar *a, tt_scalar *b);  /* 1 if a == b     0, 0 */
tt_scalar *tts_neg(tt_ctx *c, tt_scalar *a);               /* -a              -d */
tt_scalar *tts_inv(tt_ctx *c, tt_scalar *a);               /* 1 / a           -d / a^2 */
tt_scalar *tts_log(tt_ctx *c, tt_scalar *a);               /* ln a            d / a */
tt_scalar *tts_exp(tt_ctx *c, tt_scalar *a);               /* e^a             d e^a */
tt_scalar *tts_sigmoid(tt_ctx *c, tt_scalar *a); /* s = 1/(1+e^-a)  d s (1 - s) */
tt_scalar *tts_relu(tt_ctx *c, tt_scalar *a);    /* max(a, 0)       d if a > 0 else 0 */

/* Composed of the above (Task 1.2): */
tt_scalar *tts_sub(tt_ctx *c, tt_scalar *a, tt_scalar *b); /* a - b = a + (-b) */
tt_scalar *tts_div(tt_ctx *c, tt_scalar *a, tt_scalar *b); /* a / b = a * inv b */
tt_scalar *tts_gt(tt_ctx *c, tt_scalar *a, tt_scalar *b);  /* a > b is b < a */

/* ---- derivatives ----------------------------------------------------------------------------- */

/* An input and the derivative that flows to it. */
typedef struct tts_pair {
    tt_scalar *input;
    double derivative;
} tts_pair;

/* The chain rule at one scalar (Task 1.3): asks the function that made `s` for its local
 * derivatives times d_output, and pairs each with its input, in order, constants included.
 * Returns how many pairs it wrote (0 for a leaf). MiniTorch: Scalar.chain_rule. */
int tts_chain_rule(const tt_scalar *s, double d_output, tts_pair pairs[TTS_MAX_INPUTS]);

/* Adds d to the derivative of a leaf. Errors: TT_ERR_VALUE for a scalar with a history.
 * MiniTorch: accumulate_derivative. */
tt_status tts_accumulate(tt_scalar *leaf, double d);

/* Adds d result / d leaf to the derivative of every variable that `result` depends on.
 * NULL is quiet (TT_ERR_VALUE). Errors: TT_ERR_VALUE when it depends on no variable; TT_ERR_DOMAIN
 * when a derivative is not finite. MiniTorch: backward. */
tt_status tts_backward(tt_scalar *result);

/* The same with the derivative of the result given: seeds with d instead of 1. */
tt_status tts_backward_from(tt_scalar *result, double d);

/* Compares backward with the central difference for a function of n variables, at x. Returns true
 * when every derivative agrees within 1e-3 of it, plus 1e-8, plus what rounding in a value as large
 * as f(x) can do; else records TT_ERR_VALUE naming the argument, both values and their ratio. f must
 * be smooth at x: not on a kink of relu or a jump of lt. (MiniTorch's derivative_check allows 1e-2
 * of it plus 1e-2, and so takes 0 for the derivative of log(x + 100000).) */
typedef tt_scalar *tts_fn(tt_ctx *c, tt_scalar *const *x, void *user);
bool tts_check_derivative(tt_ctx *c, tts_fn *f, void *user, const double *x, int n);

#ifdef __cplusplus
}
#endif
#endif
