#include "module1_autodiff/derivative.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"

/* Almost every function has few arguments: those are copied to the stack. */
enum { FEW = 16 };

double tt_central_difference(tt_real_fn *f, void *user, const double *x, size_t n,
                             size_t arg, double epsilon)
{
    if (arg >= n) {
        tti_fail(NULL, TT_ERR_INDEX, "tt_central_difference",
                 "argument %zu of a function that has %zu (the first is 0)", arg, n);
        return (double)NAN;
    }
    double few[FEW];
    double *at =
        n <= FEW ? few : malloc(n * sizeof *at); /* x may not be written, its copy may */
    TT_ASSERT(at != NULL);
    memcpy(at, x, n * sizeof *at);
    double slope;
    // BEGIN SOLUTION 1.1
    at[arg] = x[arg] + epsilon;
    double above = f(at, n, user);
    at[arg] = x[arg] - epsilon;
    double below = f(at, n, user);
    slope = (above - below) / (2 * epsilon);
    // END SOLUTION
    if (at != few) free(at);
    return slope;
}
