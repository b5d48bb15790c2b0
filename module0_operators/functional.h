/* Functional programming on lists: functions that take functions (Task 0.3).
 *
 * map, zipWith and reduce are the three loops of this whole library: module 2 does the same on
 * tensors, module 3 on threads and on the GPU. A list is a pointer and a length; `out` may be one
 * of the inputs. Nothing is allocated.
 *
 *   map      fn -> [fn(x0), fn(x1), ...]
 *   zipWith  fn -> [fn(x0,y0), fn(x1,y1), ...]
 *   reduce   fn, start -> fn(x2, fn(x1, fn(x0, start))): from the left, element first
 *
 * Source: MiniTorch Task 0.3, minitorch/operators.py.
 */
#ifndef TT_MODULE0_OPERATORS_FUNCTIONAL_H
#define TT_MODULE0_OPERATORS_FUNCTIONAL_H

#include <stddef.h>

#include "module0_operators/operators.h"

#ifdef __cplusplus
extern "C" {
#endif

/* out[i] = fn(x[i]) for i = 0 .. n-1. MiniTorch: map. */
void tt_list_map(tt_unary_fn *fn, double *out, const double *x, size_t n);

/* out[i] = fn(x[i], y[i]) for i = 0 .. n-1. MiniTorch: zipWith. */
void tt_list_zip_with(tt_binary_fn *fn, double *out, const double *x, const double *y,
                      size_t n);

/* fn(x[n-1], ... fn(x[1], fn(x[0], start)) ...); `start` when n is 0. MiniTorch: reduce. */
double tt_list_reduce(tt_binary_fn *fn, double start, const double *x, size_t n);

/* out[i] = -x[i], by map. MiniTorch: negList. */
void tt_list_neg(double *out, const double *x, size_t n);

/* out[i] = x[i] + y[i], by zipWith. MiniTorch: addLists. */
void tt_list_add(double *out, const double *x, const double *y, size_t n);

/* x[0] + ... + x[n-1], by reduce; 0 for the empty list. MiniTorch: sum. */
double tt_list_sum(const double *x, size_t n);

/* x[0] * ... * x[n-1], by reduce; 1 for the empty list. MiniTorch: prod. */
double tt_list_prod(const double *x, size_t n);

#ifdef __cplusplus
}
#endif
#endif
