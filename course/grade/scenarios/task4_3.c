/* Task 4.3: tiles and their means. */
#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module4_nn/ops/pool.h"

static tt_tensor *image(scenario *s, tt_ctx *c, int kh, int kw, bool turned)
{
    tt_shape shape = TT_SHAPE(draw_int(s, 1, 3), draw_int(s, 1, 3), 0, 0);
    shape.dim[2] = kh * draw_int(s, 1, 4);
    shape.dim[3] = kw * draw_int(s, 1, 4);
    in_ints(s, "tile", (int[]){kh, kw}, 2);
    return draw_tensor(s, c, "x", shape, turned, -2, 2);
}

static void tiles(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    for (int i = 0; i < 5; i++) {
        int kh = draw_int(s, 1, 4), kw = draw_int(s, 1, 4);
        put_tensor(s, c, "tiles", tt_tile2d(c, image(s, c, kh, kw, i % 2), kh, kw));
    }
}

static void average(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tolerance(s, 1e-5, 1e-6);
    for (int i = 0; i < 5; i++) {
        int kh = draw_int(s, 1, 4), kw = draw_int(s, 1, 4);
        put_tensor(s, c, "means", tt_avgpool2d(c, image(s, c, kh, kw, i % 2), kh, kw));
    }
}

static void gradient(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tolerance(s, 1e-5, 1e-6);
    for (int i = 0; i < 4; i++) {
        int kh = draw_int(s, 1, 3), kw = draw_int(s, 1, 3);
        tt_tensor *x = tt_requires_grad(image(s, c, kh, kw, i % 2), true);
        tt_tensor *y = tt_avgpool2d(c, x, kh, kw);
        tt_tensor *d = draw_tensor(s, c, "d", tt_shape_of(y), false, -1, 1);
        put_status(s, "status", tt_backward_from(y, d));
        put_tensor(s, c, "gradient of x", tt_grad(x));
    }
}

const scenario_case scenario_cases[] = {
    {"tiles", "an image as tiles, their cells row-major", 4, tiles},
    {"average", "the mean of each tile", 3, average},
    {"gradient", "d / (kh kw) for each cell", 2, gradient},
    {0},
};
