/* Numerical derivatives: how a function changes, found by asking it twice (Task 1.1).
 *
 * The central difference of f in its argument i, with the others held fixed:
 *
 *   f'(x) ~ (f(.., x_i + e, ..) - f(.., x_i - e, ..)) / (2 e)
 *
 * Its error falls with e^2 (the one-sided difference: with e), until e is so small that rounding
 * takes over; 1e-6 is near the best for double. It costs two calls for each argument, where
 * backpropagation gets all derivatives for about the price of one: that is why module 1 goes on.
 * It needs no rule of calculus, so it checks those who use one. MiniTorch Task 1.1, autodiff.py.
 */
#ifndef TT_MODULE1_AUTODIFF_DERIVATIVE_H
#define TT_MODULE1_AUTODIFF_DERIVATIVE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A function of n numbers; `user` is passed through. */
typedef double tt_real_fn(const double *x, size_t n, void *user);

#define TT_EPSILON 1e-6

/* The central difference of f at x[0 .. n-1] in argument `arg` (0 <= arg < n). `x` is left as it
 * was. Cost: two calls of f and a copy of x on the stack or heap. */
double tt_central_difference(tt_real_fn *f, void *user, const double *x, size_t n,
                             size_t arg, double epsilon);

#ifdef __cplusplus
}
#endif
#endif
