/* Task 4.4: the test of tt_max, written by the learner.
 *
 * A good test fails for every wrong maximum: in grading it is run against some. tt_check_gradient_of
 * wants a smooth function: cells nearer to each other than its step (0.01) would change places, so
 * draw cells that are further apart. */
#include <criterion/criterion.h>

#include "module2_tensors/function.h"
#include "module4_nn/ops/max.h"
#include "support/random.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(task4_4, .timeout = 60);

/* For tt_check_gradient_of: the maximum of in[0] along the dimension at `user`. */
static tt_tensor *max_over(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_max(c, in[0], *(int *)user);
}

/* On a tensor of shape (2,3,4), along each dimension:
 * - the shape is that of x with size 1 in the dimension
 * - the maximum is at least every cell of its line, and one of them (compare with a plain loop)
 * - the gradient agrees with central differences
 * - of two equal cells the first gets the gradient, and the other none */
Test(task4_4, test_max)
{
    // BEGIN SOLUTION 4.4
    tt_ctx *c = nn_begin(1);
    static const int step[3] = {12, 4, 1}, size[3] = {2, 3, 4};
    uint32_t order[24];
    float x[24];
    tt_rng_permutation(tt_rng_of(44, TT_STREAM_DATA), order, 24);
    for (int i = 0; i < 24; i++) x[i] = 0.25f * (float)order[i] - 3.125f;
    for (int dim = 0; dim < 3; dim++) {
        tt_tensor *t = tt_from(c, TT_SHAPE(2, 3, 4), x);
        tt_shape shape = tt_shape_of(t);
        double want[24], *cells = want;
        shape.dim[dim] = 1;
        for (int i = 0; i < 24; i++) {
            if (i / step[dim] % size[dim] != 0) continue; /* i: first cell of its line */
            *cells = (double)x[i];
            for (int n = i; n < i + size[dim] * step[dim]; n += step[dim])
                if ((double)x[n] > *cells) *cells = (double)x[n];
            cells++;
        }
        nn_expect(c, tt_max(c, t, dim), shape, want, "4.4", "maximum");
        cr_assert(tt_check_gradient_of(c, max_over, &dim, TT_IN(t), 1), "%s", tt_error(c));
    }
    tt_ctx_free(c);
    // END SOLUTION
}

/* The last property of the list, in a test of its own. */
Test(task4_4, test_max_of_equals)
{
    // BEGIN SOLUTION 4.4
    tt_ctx *c = nn_begin(1);
    tt_tensor *x = tt_from(c, TT_SHAPE(1, 4), (float[]){1, 2.5f, 2.5f, -3});
    tt_requires_grad(x, true);
    tt_backward_from(tt_max(c, x, 1), tt_full(c, TT_SHAPE(1, 1), 1.75f));
    NN_EXPECT(c, tt_grad(x), TT_SHAPE(1, 4), "4.4", "gradient of max", 0, 1.75, 0, 0);
    tt_ctx_free(c);
    // END SOLUTION
}
