/* Task 4.1: convolution in one dimension. */
#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/conv_simple.h"

static tt_ctx *begin(scenario *s)
{
    tolerance(s, 1e-5, 1e-6);
    return scenario_ctx();
}

static tt_const_array reading(tt_tensor *t)
{
    return (tt_const_array){tt_storage_read(t->data.storage), t->data.layout};
}

static void convolved(scenario *s, tt_ctx *c, int width, int kernel, int out_width,
                      bool turned, bool reverse)
{
    int batch = draw_int(s, 1, 3), in = draw_int(s, 1, 4), out = draw_int(s, 1, 4);
    tt_tensor *x = draw_tensor(s, c, "in", TT_SHAPE(batch, in, width), turned, -2, 2);
    tt_tensor *w = draw_tensor(s, c, "weight", TT_SHAPE(out, in, kernel), turned, -2, 2);
    tt_tensor *y =
        draw_tensor(s, c, "out before", TT_SHAPE(batch, out, out_width), turned, 7, 8);
    in_i64(s, "reverse", reverse);
    tt_simple_conv1d((tt_array){tt_storage_change(y->data.storage), y->data.layout},
                     reading(x), reading(w), reverse);
    put_tensor(s, c, "out", y);
    put_tensor(s, c, "in afterwards", x);
}

static void forward(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 5; i++) {
        int width = draw_int(s, 3, 9);
        convolved(s, c, width, draw_int(s, 1, 4), width, false, false);
    }
}

static void reversed(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 5; i++) {
        int width = draw_int(s, 3, 9);
        convolved(s, c, width, draw_int(s, 2, 4), width, false, true);
    }
}

static void layouts(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 4; i++) {
        int width = draw_int(s, 3, 9);
        convolved(s, c, width, draw_int(s, 2, 4), width, true, i % 2);
    }
}

static void sizes(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 4; i++) {
        int width = draw_int(s, 2, 4);
        convolved(s, c, width, draw_int(s, 5, 7), width, false, i % 2); /* a wider kernel */
        convolved(s, c, width, 2, draw_int(s, 5, 8), false, i % 2); /* a longer output */
    }
}

static void gradients(scenario *s)
{
    tt_ctx *c = begin(s);
    tolerance(s, 2e-5, 2e-6);
    for (int i = 0; i < 4; i++) {
        int in = draw_int(s, 1, 3), out = draw_int(s, 1, 3), width = draw_int(s, 3, 7);
        tt_tensor *x = draw_tensor(s, c, "x", TT_SHAPE(2, in, width), i % 2, -2, 2);
        tt_tensor *w = draw_tensor(s, c, "weight", TT_SHAPE(out, in, draw_int(s, 1, 4)),
                                   false, -2, 2);
        tt_requires_grad(x, true);
        tt_requires_grad(w, true);
        tt_tensor *y = tt_conv1d(c, x, w);
        put_tensor(s, c, "y", y);
        tt_tensor *d = draw_tensor(s, c, "d", tt_shape_of(y), false, -1, 1);
        put_status(s, "status", tt_backward_from(y, d));
        put_tensor(s, c, "gradient of x", tt_grad(x));
        put_tensor(s, c, "gradient of weight", tt_grad(w));
    }
}

const scenario_case scenario_cases[] = {
    {"forward", "the window begins at the output cell", 4, forward},
    {"reversed", "the window ends at the output cell", 3, reversed},
    {"layouts", "any strides", 2, layouts},
    {"sizes", "kernels wider than the input, outputs longer", 2, sizes},
    {"gradients", "gradients of x and of weight", 3, gradients},
    {0},
};
