/* A profile: where the time of a training step goes, function by function.
 *
 * Once started, every function that comes in by the door (function.h) is timed, forward and backward,
 * and counted under its name and the shape of its result: so two convolutions of a network are two
 * lines. Functions used inside others count with these. While none is started the door looks at one
 * pointer.
 *
 *   Example:
 *     tt_tensor *w = tt_requires_grad(tt_randn(c, TT_SHAPE(64, 32)), true);
 *     tt_profile *p = tt_profile_start(c);
 *     tt_backward(tt_sum_all(c, tt_matmul(c, tt_randn(c, TT_SHAPE(16, 64)), w)));
 *     tt_profile_stop(p);
 *     for (int i = 0; i < tt_profile_count(p); i++) {
 *         const tt_profile_line *l = tt_profile_line_at(p, i);
 *         if (l->operations > 0)
 *             printf("%s %s: %g operations\n", l->name, l->shape, l->operations);
 *     }
 *     // prints: matmul (16,32): 131072 operations
 *
 * Of a device backend it shows how long it takes to start the work, not to do it.
 */
#ifndef TT_MODULE2_TENSORS_PROFILE_H
#define TT_MODULE2_TENSORS_PROFILE_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One function with results of one shape. */
typedef struct tt_profile_line {
    const char *name;             /* "conv2d" */
    char shape[TT_SHAPE_TEXT];    /* of the result */
    long forward, backward;       /* how often */
    double forward_s, backward_s; /* seconds, in all */
    double operations; /* additions and multiplications of products and convolutions, in all; else 0 */
    double bytes; /* of inputs and results, each counted once a call; in all */
} tt_profile_line;

typedef struct tt_profile tt_profile;

/* Begins one for c's whole tree; NULL after an error. Owner: c. One at a time: starting another
 * stops the first. Errors: TT_ERR_MEMORY. */
tt_profile *tt_profile_start(tt_ctx *c);

/* Ends it; what it has counted stays. NULL is quiet. */
void tt_profile_stop(tt_profile *p);

/* The lines, those with the most time first; this ends the profile. After 127 different ones the others
 * are "(rest)". */
int tt_profile_count(tt_profile *p);
const tt_profile_line *tt_profile_line_at(tt_profile *p, int i);

/* ---- for the door ----------------------------------------------------------------------------- */

struct tt_call;

/* The clock before a call, with one level more; and the call's line, when it was the outermost. */
double tti_profile_enter(tt_profile *p);
void tti_profile_leave(tt_profile *p, const struct tt_call *k, const tt_tensor *out,
                       bool backward, double begun);

#ifdef __cplusplus
}
#endif
#endif
