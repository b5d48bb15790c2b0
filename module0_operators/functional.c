/* Task 0.3: map, zipWith, reduce, and four functions made of them.
 *
 * Every element is read before its place in `out` is written, so `out` may be one of the
 * inputs. */
#include "module0_operators/functional.h"

void tt_list_map(tt_unary_fn *fn, double *out, const double *x, size_t n)
{
    // BEGIN SOLUTION 0.3
    for (size_t i = 0; i < n; i++) out[i] = fn(x[i]);
    // END SOLUTION
}

void tt_list_zip_with(tt_binary_fn *fn, double *out, const double *x, const double *y,
                      size_t n)
{
    // BEGIN SOLUTION 0.3
    for (size_t i = 0; i < n; i++) out[i] = fn(x[i], y[i]);
    // END SOLUTION
}

/* The order of the arguments matters: the element comes first, what was folded so far
 * second. */
double tt_list_reduce(tt_binary_fn *fn, double start, const double *x, size_t n)
{
    // BEGIN SOLUTION 0.3
    double folded = start;
    for (size_t i = 0; i < n; i++) folded = fn(x[i], folded);
    return folded;
    // END SOLUTION
}

void tt_list_neg(double *out, const double *x, size_t n)
{
    // BEGIN SOLUTION 0.3
    tt_list_map(tt_op_neg, out, x, n);
    // END SOLUTION
}

void tt_list_add(double *out, const double *x, const double *y, size_t n)
{
    // BEGIN SOLUTION 0.3
    tt_list_zip_with(tt_op_add, out, x, y, n);
    // END SOLUTION
}

double tt_list_sum(const double *x, size_t n)
{
    // BEGIN SOLUTION 0.3
    return tt_list_reduce(tt_op_add, 0.0, x, n);
    // END SOLUTION
}

double tt_list_prod(const double *x, size_t n)
{
    // BEGIN SOLUTION 0.3
    return tt_list_reduce(tt_op_mul, 1.0, x, n);
    // END SOLUTION
}
