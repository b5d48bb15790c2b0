/* Task 4.4b: convolution as kernels, on the simulator. */
#include "course/grade/scenarios/kernels.h"
#include "module4_nn/cuda/nn_device.h"

static const tt_sim_order orders[] = {TT_SIM_FORWARD, TT_SIM_REVERSE, TT_SIM_RANDOM};

/* Row-major, or with the first dimension adjacent. */
static tt_layout placed(tt_shape shape, bool turned)
{
    tt_layout l = tt_layout_of(shape);
    size_t step = 1;
    for (int d = 0; turned && d < shape.ndim; d++) {
        l.stride[d] = step;
        step *= (size_t)shape.dim[d];
    }
    return l;
}

static int cells(tt_shape shape)
{
    int n = 1;
    for (int d = 0; d < shape.ndim; d++) n *= shape.dim[d];
    return n;
}

static void run(scenario *s, int round, tt_shape out, tt_shape in, tt_shape weight,
                bool turned, bool reverse)
{
    const ttk_table *k = simulated(s, orders[round % 3]);
    const ttk_nn_table *nn = tti_nn_sim_kernels();
    in_ints(s, "shape of in", in.dim, (size_t)in.ndim);
    in_ints(s, "shape of weight", weight.dim, (size_t)weight.ndim);
    in_i64(s, "reverse", reverse);
    float *x = device_draw(s, k, "in", cells(in), -2, 2);
    float *w = device_draw(s, k, "weight", cells(weight), -2, 2),
          *y = device_room(k, cells(out));
    tt_layout to = placed(out, turned), from = placed(in, turned),
              by = placed(weight, turned);
    int error = in.ndim == 3 ? nn->conv1d(y, to, x, from, w, by, reverse)
                             : nn->conv2d(y, to, x, from, w, by, reverse);
    put_launch(s, k, error, y, cells(out), (uint64_t)cells(out), (uint64_t)cells(out));
}

static void one_dimension(scenario *s, bool turned, bool reverse)
{
    for (int i = 0; i < 3; i++) {
        int b = draw_int(s, 1, 3), c = draw_int(s, 1, 3), o = draw_int(s, 1, 4),
            w = draw_int(s, 3, 40), kernel = draw_int(s, 1, 5);
        run(s, i, TT_SHAPE(b, o, w), TT_SHAPE(b, c, w), TT_SHAPE(o, c, kernel), turned,
            reverse);
    }
}

static void two_dimensions(scenario *s, bool turned, bool reverse)
{
    for (int i = 0; i < 3; i++) {
        int b = draw_int(s, 1, 2), c = draw_int(s, 1, 3), o = draw_int(s, 1, 3),
            h = draw_int(s, 3, 9), w = draw_int(s, 3, 12), kh = draw_int(s, 1, 3),
            kw = draw_int(s, 1, 4);
        run(s, i, TT_SHAPE(b, o, h, w), TT_SHAPE(b, c, h, w), TT_SHAPE(o, c, kh, kw),
            turned, reverse);
    }
}

static void conv1d(scenario *s)
{
    one_dimension(s, false, false);
}

static void conv1d_reversed(scenario *s)
{
    one_dimension(s, false, true);
    one_dimension(s, true, true);
}

static void conv2d(scenario *s)
{
    two_dimensions(s, false, false);
}

static void conv2d_reversed(scenario *s)
{
    two_dimensions(s, false, true);
}

static void layouts(scenario *s)
{
    one_dimension(s, true, false);
    two_dimensions(s, true, false);
}

const scenario_case scenario_cases[] = {
    {"conv1d", "one thread an output cell", 3, conv1d},
    {"conv1d_reversed", "the window read backwards", 2, conv1d_reversed},
    {"conv2d", "two dimensions", 4, conv2d},
    {"conv2d_reversed", "two dimensions backwards", 2, conv2d_reversed},
    {"layouts", "any strides", 2, layouts},
    {0},
};
