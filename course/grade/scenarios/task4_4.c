/* Task 4.4: maximum, softmax, dropout. */
#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/max.h"
#include "module4_nn/ops/pool.h"
#include "module4_nn/ops/softmax.h"
#include "support/random.h"

typedef tt_tensor *along(tt_ctx *c, tt_tensor *x, int dim);

enum { ROUNDS = 5 };

static tt_ctx *begin(scenario *s)
{
    tolerance(s, 2e-5, 1e-6);
    return scenario_ctx();
}

/* Cells on a grid of quarters, so that there are equal ones. */
static tt_tensor *coarse(scenario *s, tt_ctx *c, tt_shape shape, bool turned)
{
    float cells[1024];
    for (int i = 0; i < 1024; i++) cells[i] = 0.25f * (float)draw_int(s, -2, 2);
    return tensor_of(s, c, "x", shape, turned, cells);
}

static void gradient(scenario *s, tt_ctx *c, tt_tensor *x, tt_tensor *y)
{
    put_tensor(s, c, "y", y);
    if (y == NULL) return;
    tt_tensor *d = draw_tensor(s, c, "d", tt_shape_of(y), false, -1, 1);
    put_status(s, "status", tt_backward_from(y, d));
    put_tensor(s, c, "gradient of x", tt_grad(x));
}

static void applied(scenario *s, along *f, float scale, bool equal)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 3);
        int dim = draw_int(s, 0, shape.ndim - 1);
        in_i64(s, "dimension", dim);
        tt_tensor *x = equal ? coarse(s, c, shape, i % 2)
                             : draw_tensor(s, c, "x", shape, i % 2, -scale, scale);
        tt_requires_grad(x, true);
        gradient(s, c, x, f(c, x, dim));
    }
}

static void max(scenario *s)
{
    applied(s, tt_max, 4, false);
}

static void max_of_equals(scenario *s)
{
    applied(s, tt_max, 4, true);
}

static void masks(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        tt_shape shape = draw_shape(s, 3);
        int dim = draw_int(s, 0, shape.ndim - 1);
        in_i64(s, "dimension", dim);
        put_tensor(s, c, "mask", tt_argmax_mask(c, coarse(s, c, shape, i % 2), dim));
    }
}

static void softmax(scenario *s)
{
    applied(s, tt_softmax, 3, false);
}

static void log_softmax(scenario *s)
{
    applied(s, tt_log_softmax, 3, false);
}

static void large_scores(scenario *s)
{
    applied(s, tt_softmax, 2000, false);
    applied(s, tt_log_softmax, 2000, false);
}

static void max_pooling(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < ROUNDS; i++) {
        int kh = draw_int(s, 1, 3), kw = draw_int(s, 1, 3);
        in_ints(s, "tile", (int[]){kh, kw}, 2);
        tt_tensor *x = coarse(s, c, TT_SHAPE(2, 2, kh * 3, kw * 2), i % 2);
        tt_requires_grad(x, true);
        gradient(s, c, x, tt_maxpool2d(c, x, kh, kw));
    }
}

static void dropout_mask(scenario *s)
{
    enum { N = 300 };
    float mask[N + 1];
    for (int i = 0; i < 4; i++) {
        float rate = drawf(s, 0.1f, 0.9f);
        uint64_t seed = (uint64_t)draw_int(s, 1, 1 << 20);
        in_f64(s, "rate", (double)rate);
        in_i64(s, "seed", (int64_t)seed);
        mask[N] = -5;
        tt_dropout_mask(mask, N, rate, tt_rng_of(seed, TT_STREAM_DROPOUT));
        put_f32s(s, "mask, and what stands behind it", mask, N + 1);
    }
}

static void dropout(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 4; i++) {
        float rate = drawf(s, 0.1f, 0.9f);
        in_f64(s, "rate", (double)rate);
        tt_seed(c, (uint64_t)draw_int(s, 1, 1 << 20));
        tt_tensor *x = draw_tensor(s, c, "x", TT_SHAPE(6, 7), i % 2, -2, 2);
        tt_requires_grad(x, true);
        gradient(s, c, x, tt_dropout(c, x, rate, true));
        put_tensor(s, c, "in evaluation", tt_dropout(c, x, rate, false));
    }
}

const scenario_case scenario_cases[] = {
    {"max", "the largest along a dimension, and its gradient", 3, max},
    {"max_of_equals", "of equal cells the first alone gets the gradient", 2, max_of_equals},
    {"masks", "1 at all of the largest cells", 1, masks},
    {"softmax", "probabilities, and their gradient", 3, softmax},
    {"log_softmax", "their logarithms, and the gradient", 2, log_softmax},
    {"large_scores", "nothing overflows at +-2000", 2, large_scores},
    {"max_pooling", "the maximum of each tile", 2, max_pooling},
    {"dropout_mask", "0 with probability rate, else 1 / (1 - rate)", 2, dropout_mask},
    {"dropout", "in training masked, in evaluation unchanged", 1, dropout},
    {0},
};
