/* A linear model set by hand (Task 0.5): the smallest network there is, and no training
 * yet.
 *
 *   p(x) = sigmoid(w1 * x1 + w2 * x2 + b)
 *
 * p is the model's answer for the label 1. Where w1 * x1 + w2 * x2 + b = 0 it is 0.5:
 * that line is the decision boundary. The vector (w1, w2) points to the side of the ones,
 * at a right angle to the line; its length says how quickly the answer goes from 0 to 1;
 * b moves the line.
 *
 * Source: MiniTorch Task 0.5, project/run_manual.py.
 */
#ifndef TT_MODULE0_OPERATORS_MANUAL_H
#define TT_MODULE0_OPERATORS_MANUAL_H

#include "module0_operators/module.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_manual {
    tt_module base;
    double *w1, *w2, *b; /* the parameters "w1", "w2", "b" of base, in this order */
} tt_manual;

/* A model with these three parameters; answers by tt_forward_number. Owner: c.
 * Errors: TT_ERR_MEMORY -> NULL. */
tt_manual *tt_manual_new(tt_ctx *c, double w1, double w2, double b);

/* p(x) of a point x = (x1, x2), between 0 and 1. */
double tt_manual_forward(const tt_module *self, const double *x);

/* The w1, w2, b found by hand that put every point of the data set "simple" on its side.
 */
void tt_manual_by_hand(double weights[3]);

#ifdef __cplusplus
}
#endif
#endif
