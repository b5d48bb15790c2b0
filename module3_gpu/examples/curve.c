/* The curve of swish and its slope, by the kernels of swish.cu: on the GPU, or else on the simulator.
 *
 *   bazel run //module3_gpu/examples:curve
 */
#include <stdio.h>

#include "module3_gpu/backends.h"
#include "module3_gpu/examples/swish.h"

enum { POINTS = 13 };

/* swish has kernels only: cuda where a device answers, else sim. */
static const tt_backend *device(tt_ctx *c)
{
    const tt_backend *best = NULL;
    tt_error_handler(c, tt_error_quiet, NULL); /* no GPU is no error here */
    if (tt_backend_open(c, "cuda", &best) != TT_OK) {
        tt_error_clear(c);
        tt_backend_open(c, "sim", &best);
    }
    return best;
}

int main(void)
{
    float at[POINTS];
    for (int i = 0; i < POINTS; i++) at[i] = 0.5f * (float)i - 3;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, device(c));
    tt_tensor *x = tt_requires_grad(tt_from(c, TT_SHAPE(POINTS), at), true);
    tt_tensor *y = tt_apply(c, &swish, TT_IN(x)); /* (POINTS) */
    tt_backward(tt_sum_all(c, y));
    printf("     x    swish    slope\n");
    for (int i = 0; i < POINTS; i++)
        printf("%6.1f %8.4f %8.4f\n", (double)at[i], (double)tt_get(y, &i),
               (double)tt_get(tt_grad(x), &i));
    return tt_exit(c);
}
