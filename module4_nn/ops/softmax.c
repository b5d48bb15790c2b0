#include "module4_nn/ops/softmax.h"

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"
#include "module4_nn/ops/classes.h"
#include "module4_nn/ops/shortcuts.h"

/* Both are made of the slots that every backend has. Shapes, along the dimension: x (.., K, ..),
 * the largest value m and the sum s (.., 1, ..). */
typedef struct params {
    int dim; /* 0 .. ndim-1 */
} params;

/* x - m: at most 0, and 0 somewhere, so that the sum of e^(x - m) is at least 1. */
static tt_tensor *shifted(tt_ctx *c, tt_tensor *x, int dim)
{
    // BEGIN SOLUTION 4.4
    return tt_sub(c, x, tti_max(c, x, dim));
    // END SOLUTION
}

static tt_tensor *softmax_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    int dim = ((const params *)k->params)->dim;
    // BEGIN SOLUTION 4.4
    tt_tensor *e = tt_exp(c, shifted(c, in[0], dim));
    tt_tensor *y = tt_div(c, e, tt_sum(c, e, dim));
    tt_save_for_backward(k, 0, y);
    return y;
    // END SOLUTION
}

/* dx_i = y_i (dy_i - sum_j dy_j y_j) */
static void softmax_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    int dim = ((const params *)k->params)->dim;
    tt_tensor *y = tt_saved(k, 0);
    tt_tensor *mean = tt_sum(c, tt_mul(c, dy, y), dim);
    din[0] = tt_mul(c, y, tt_sub(c, dy, mean));
}

static const tt_function softmax_fn = {.name = "softmax",
                                       .inputs = 1,
                                       .params_size = sizeof(params),
                                       .forward = softmax_forward,
                                       .backward = softmax_backward};

static tt_tensor *log_softmax_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    int dim = ((const params *)k->params)->dim;
    // BEGIN SOLUTION 4.4
    tt_tensor *z = shifted(c, in[0], dim);
    tt_tensor *y = tt_sub(c, z, tt_log(c, tt_sum(c, tt_exp(c, z), dim)));
    tt_save_for_backward(k, 0, y);
    return y;
    // END SOLUTION
}

/* dx_i = dy_i - e^(y_i) sum_j dy_j */
static void log_softmax_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    int dim = ((const params *)k->params)->dim;
    tt_tensor *softmax = tt_exp(c, tt_saved(k, 0));
    din[0] = tt_sub(c, dy, tt_mul(c, softmax, tt_sum(c, dy, dim)));
}

static const tt_function log_softmax_fn = {.name = "log_softmax",
                                           .inputs = 1,
                                           .params_size = sizeof(params),
                                           .forward = log_softmax_forward,
                                           .backward = log_softmax_backward};

static tt_tensor *apply(tt_ctx *c, const tt_function *fn, const char *function,
                        tt_tensor *x, int dim)
{
    if (!x || tt_error(c)) return NULL;
    params p = {tti_axis(c, function, x, dim)};
    if (p.dim < 0) return NULL;
    if (TTI_SHORTCUT(x, softmax)) return tti_softmax(c, x, p.dim, fn == &log_softmax_fn);
    return tt_apply_with(c, fn, &p, TT_IN(x), 1);
}

tt_tensor *tt_softmax(tt_ctx *c, tt_tensor *x, int dim)
{
    return apply(c, &softmax_fn, "tt_softmax", x, dim);
}

tt_tensor *tt_log_softmax(tt_ctx *c, tt_tensor *x, int dim)
{
    return apply(c, &log_softmax_fn, "tt_log_softmax", x, dim);
}
