/* Task 4.5: layers with convolutions, and the networks of them, trained with the judge's seed. */
#include "course/grade/scenario.h"
#include "course/grade/scenarios/tensors.h"
#include "module1_autodiff/optim.h"
#include "module4_nn/conv_layers.h"
#include "module4_nn/loss.h"
#include "module4_nn/network.h"
#include "module4_nn/sentence_network.h"

enum { IMAGES = 6, SIDE = 8, CLASSES = 3 };

static tt_ctx *begin(scenario *s)
{
    tt_ctx *c = scenario_ctx();
    tt_seed(c, s->seed + 45);
    tolerance(s, 1e-4, 1e-5);
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
    tt_tensor *x, *y;
} task;

static task drawn_task(scenario *s, tt_ctx *c)
{
    float labels[IMAGES];
    for (int i = 0; i < IMAGES; i++) labels[i] = (float)draw_int(s, 0, CLASSES - 1);
    tt_tensor *x = draw_tensor(s, c, "images", TT_SHAPE(IMAGES, SIDE, SIDE), false, -1, 1);
    return (task){x, tensor_of(s, c, "labels", TT_SHAPE(IMAGES), false, labels)};
}

static void conv1d_layer(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 4; i++) {
        int in = draw_int(s, 1, 3), out = draw_int(s, 2, 4), kernel = draw_int(s, 1, 4);
        in_ints(s, "in, out, kernel", (int[]){in, out, kernel}, 3);
        tt_module *layer = tt_nn_conv1d(c, NULL, "conv", in, out, kernel);
        put_tensor(s, c, "y",
                   tt_forward(c, layer,
                              draw_tensor(s, c, "x", TT_SHAPE(2, in, 7), i % 2, -2, 2)));
    }
}

static void conv2d_layer(scenario *s)
{
    tt_ctx *c = begin(s);
    for (int i = 0; i < 4; i++) {
        int in = draw_int(s, 1, 3), out = draw_int(s, 2, 4), kernel = draw_int(s, 1, 3);
        in_ints(s, "in, out, kernel", (int[]){in, out, kernel}, 3);
        tt_module *layer = tt_nn_conv2d(c, NULL, "conv", in, out, kernel, 2);
        put_tensor(s, c, "y",
                   tt_forward(c, layer,
                              draw_tensor(s, c, "x", TT_SHAPE(2, in, 5, 4), i % 2, -2, 2)));
    }
}

static void structure(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net =
        tt_nn_cnn(c, 4 * draw_int(s, 1, 3), 4 * draw_int(s, 1, 3), draw_int(s, 2, 9));
    put_i64(s, "parameters", (int64_t)tt_module_count(net));
    put_parameters(s, c, net, false);
}

static void forward(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net = tt_nn_cnn(c, SIDE, SIDE, CLASSES);
    task t = drawn_task(s, c);
    put_tensor(s, c, "scores in training", tt_forward(c, net, t.x));
    tt_eval(net);
    put_tensor(s, c, "scores in evaluation", tt_forward(c, net, t.x));
}

static void every_parameter_learns(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net = tt_nn_cnn(c, SIDE, SIDE, CLASSES);
    task t = drawn_task(s, c);
    tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, t.x), t.y);
    put_tensor(s, c, "loss", loss);
    put_status(s, "status", tt_backward(loss));
    put_parameters(s, c, net, true);
}

static void training(scenario *s)
{
    tt_ctx *c = begin(s);
    tt_module *net = tt_nn_cnn(c, SIDE, SIDE, CLASSES);
    task t = drawn_task(s, c);
    tt_optim *optim = tt_optim_sgd(net, .lr = 0.1f);
    tolerance(s, 1e-3, 1e-4);
    for (int i = 0; i < 8; i++)
        TT_SCOPE (c) {
            tt_zero_grad(net);
            tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, t.x), t.y);
            if (i < 5 || i == 7) put_tensor(s, c, "loss", loss);
            tt_backward(loss);
            tt_optim_step(optim);
        }
    tolerance(s, 5e-3, 5e-4);
    put_parameters(s, c, net, false);
}

static void sentences(scenario *s)
{
    tt_ctx *c = begin(s);
    int dim = draw_int(s, 2, 4), maps = draw_int(s, 2, 5), words = draw_int(s, 2, 8);
    in_ints(s, "dim, maps, words", (int[]){dim, maps, words}, 3);
    tt_module *net = tt_nn_sentence_cnn(c, dim, maps, 0.5f);
    tt_tensor *x = draw_tensor(s, c, "word vectors", TT_SHAPE(3, dim, words), false, -1, 1);
    tt_tensor *y = tensor_of(s, c, "labels", TT_SHAPE(3, 1), false, (float[]){0, 1, 1});
    tt_tensor *scores = tt_forward(c, net, x);
    put_tensor(s, c, "scores in training", scores);
    put_status(s, "status", tt_backward(tt_bce_with_logits(c, scores, y)));
    put_parameters(s, c, net, true);
    tt_eval(net);
    put_tensor(s, c, "scores in evaluation", tt_forward(c, net, x));
}

const scenario_case scenario_cases[] = {
    {"conv1d_layer", "conv1d plus a bias a channel", 2, conv1d_layer},
    {"conv2d_layer", "conv2d plus a bias a channel", 2, conv2d_layer},
    {"structure", "the network's layers with their names and parameters", 2, structure},
    {"forward", "scores in training and in evaluation", 2, forward},
    {"every_parameter_learns", "every parameter gets its gradient", 1,
     every_parameter_learns},
    {"sentences", "the network for sentences: scores and gradients", 2, sentences},
    {"training", "the first losses and the final parameters", 2, training},
    {0},
};
