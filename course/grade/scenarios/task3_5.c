/* Task 3.5: the network with matrix products, trained with the judge's seed. */
#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module1_autodiff/optim.h"
#include "module3_gpu/network.h"

enum { POINTS = 40 };

static tt_ctx *begin(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_seed(c, s->seed + 35);
    tolerance(s, 1e-5, 1e-6);
    return c;
}

static void put_parameters(scenario *s, tt_ctx *c, tt_module *m, bool gradients)
{
    tt_parameter_list list = tt_named_parameters(c, m);
    for (size_t i = 0; i < list.n; i++) {
        tt_tensor *p = list.at[i].parameter->value;
        put_text(s, "name of a parameter", list.at[i].name);
        put_tensor(s, c, gradients ? "its gradient" : "its numbers",
                   gradients ? tt_grad(p) : p);
    }
}

typedef struct task {
    tt_tensor *x, *y; /* (POINTS, 2), (POINTS, 1) */
} task;

static task drawn_task(scenario *s, tt_ctx *c)
{
    float x[POINTS][2], y[POINTS];
    for (int i = 0; i < POINTS; i++) {
        drawf_all(s, x[i], 2, 0, 1);
        y[i] = x[i][0] < 0.2f || x[i][0] > 0.8f ? 1 : 0;
    }
    return (task){tensor_of(s, c, "points", TT_SHAPE(POINTS, 2), false, &x[0][0]),
                  tensor_of(s, c, "labels", TT_SHAPE(POINTS, 1), false, y)};
}

/* The binary cross entropy: -log(1 - y - p + 2 p y), which is -log p or -log(1 - p). */
static tt_tensor *loss_of(tt_ctx *c, tt_module *net, task t)
{
    tt_tensor *p = tt_forward(c, net, t.x);
    tt_tensor *one = tt_sub(c, tt_num(c, 1), tt_add(c, p, t.y));
    tt_tensor *right = tt_add(c, one, tt_mul_num(c, tt_mul(c, p, t.y), 2));
    return tt_neg(c, tt_mean_all(c, tt_log(c, tt_add_num(c, right, 1e-6f))));
}

static void linear(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 5; i++) {
        int in = draw_int(s, 1, 5), out = draw_int(s, 1, 5), batch = draw_int(s, 1, 6);
        in_i64(s, "outputs", out);
        tt_module *layer = tt_nn_matmul_linear(c, NULL, "fc", in, out);
        tt_tensor *x = draw_tensor(s, c, "x", TT_SHAPE(batch, in), i % 2, -2, 2);
        put_tensor(s, c, "y", tt_forward(c, layer, x));
    }
}

static void structure(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net = tt_matmul_network(c, draw_int(s, 2, 7));
    put_i64(s, "parameters", (int64_t)tt_module_count(net));
    put_parameters(s, c, net, false);
}

static void forward(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net = tt_matmul_network(c, draw_int(s, 3, 7));
    put_tensor(s, c, "answers", tt_forward(c, net, drawn_task(s, c).x));
}

static void every_parameter_learns(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net = tt_matmul_network(c, 6);
    tolerance(s, 1e-4, 1e-6);
    tt_tensor *loss = loss_of(c, net, drawn_task(s, c));
    put_tensor(s, c, "loss", loss);
    put_status(s, "status", tt_backward(loss));
    put_parameters(s, c, net, true);
}

/* Float rounding differs between right solutions and grows with the steps: hence few of them. */
static void training(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net = tt_matmul_network(c, 6);
    task t = drawn_task(s, c);
    tt_optim *optim = tt_optim_sgd(net, .lr = 0.5f);
    tolerance(s, 1e-4, 1e-5);
    for (int i = 0; i < 25; i++)
        TT_SCOPE (c) {
            tt_zero_grad(net);
            tt_tensor *loss = loss_of(c, net, t);
            if (i < 5 || i == 24) put_tensor(s, c, "loss", loss);
            tt_backward(loss);
            tt_optim_step(optim);
        }
    tolerance(s, 2e-3, 2e-4);
    put_parameters(s, c, net, false);
}

const scenario_case scenario_cases[] = {
    {"linear", "x weights + bias by a matrix product", 3, linear},
    {"structure", "three layers with their names and parameters", 2, structure},
    {"forward", "the network's answers", 2, forward},
    {"every_parameter_learns", "every parameter gets its gradient", 1,
     every_parameter_learns},
    {"training", "the first losses and the final parameters", 2, training},
    {0},
};
