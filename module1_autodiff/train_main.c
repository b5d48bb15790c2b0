/* train: the network of scalars learns to tell points of the plane apart (Task 1.5).
 *
 *   bazel run -c opt //module1_autodiff:train -- --dataset xor --hidden 20
 *
 * Every number of the network is a node. The loop is MiniTorch's: for each point a forward pass, the
 * loss -log(probability of the right label), and a backward pass from a share of 1/n of it; after
 * all points one step of gradient descent. Unlike MiniTorch's, the steps grow smaller at the end. */
#include <stdio.h>

#include "module0_operators/training.h"
#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"

/* Hidden layers larger than this make millions of nodes a step: a matter for tensors. */
enum { MOST_HIDDEN = 200 };

typedef struct run {
    tt_ctx *c;
    tt_module *net;
    tt_optim *sgd;
    tt_dataset set;
    const tt_options *options;
} run;

/* The probability that the label of a point is 1. */
static tt_scalar *probability(const run *r, double x1, double x2)
{
    tt_scalar *x[] = {tts_num(r->c, x1), tts_num(r->c, x2)}, *p[1] = {NULL};
    tts_forward(r->c, r->net, x, p);
    return p[0];
}

/* Point i's share of the loss: -log(probability of its label) / n. */
static tt_scalar *point_loss(const run *r, size_t i, tt_scalar *p)
{
    tt_ctx *c = r->c;
    tt_scalar *right = r->set.y[i] == 1 ? p : tts_sub(c, tts_num(c, 1), p);
    return tts_div(c, tts_neg(c, tts_log(c, right)), tts_num(c, (double)r->set.n));
}

static tt_epoch step(void *user, int epoch)
{
    run *r = user;
    tt_epoch e = {0, 0};
    tt_zero_grad(r->net);
    for (size_t i = 0; i < r->set.n; i++)
        TT_SCOPE (r->c) {
            tt_scalar *p = probability(r, r->set.x[i][0], r->set.x[i][1]);
            tt_scalar *loss = point_loss(r, i, p);
            tts_backward(loss);
            e.loss += tts_value(loss);
            e.right += (tts_value(p) > 0.5) == (r->set.y[i] == 1);
        }
    tt_optim_set_lr(r->sgd, tt_training_rate(r->options, epoch));
    tt_optim_step(r->sgd);
    return e;
}

static double predict(void *user, double x1, double x2)
{
    const run *r = user;
    double p = 0;
    TT_SCOPE (r->c) {
        tt_no_grad(r->c);
        p = tts_value(probability(r, x1, x2));
    }
    return p;
}

/* The graph of one step is as many like it as there are points; one is drawn, the first. */
static tt_status graph(void *user, const char *path)
{
    const run *r = user;
    tt_status status = TT_OK;
    TT_SCOPE (r->c) {
        tt_scalar *p = probability(r, r->set.x[0][0], r->set.x[0][1]);
        tt_scalar *loss = point_loss(r, 0, p);
        tts_backward(loss);
        status = tt_graph_write(r->c, &loss->node, path);
    }
    tt_zero_grad(r->net);
    return status;
}

static tt_options read_options(int argc, char **argv)
{
    tt_options o = {
        .dataset = "simple", .points = 50, .hidden = 2, .lr = 0.5, .epochs = 500, .seed = 1};
    tt_cli_parse(
        &(tt_cli){.purpose =
                      "Trains a network of scalars (2 inputs, two hidden layers, 1 "
                      "output) on points of the plane.",
                  .examples = "train --dataset xor --hidden 10\n"
                              "train --dataset split --hidden 10 --report split.html\n"
                              "train --hidden 2 --epochs 1 --graph step.svg",
                  .takes = TT_CLI_DATASET | TT_CLI_POINTS | TT_CLI_HIDDEN | TT_CLI_LR |
                           TT_CLI_EPOCHS | TT_CLI_SEED | TT_CLI_GRAPH | TT_CLI_REPORT,
                  .datasets = tt_dataset_names},
        &o, argc, argv);
    if (o.hidden > MOST_HIDDEN)
        tt_cli_refuse("--hidden %d: at most %d here, where each weight is a node of its "
                      "own; module "
                      "2's train takes more",
                      o.hidden, MOST_HIDDEN);
    return o;
}

int main(int argc, char **argv)
{
    tt_options o = read_options(argc, argv);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_seed(c, o.seed);
    run r = {.c = c, .options = &o};
    tt_dataset_make(c, &r.set, o.dataset, (size_t)o.points, o.seed);
    r.net = tts_network(c, o.hidden);
    r.sgd = tt_optim_sgd(r.net, .lr = (float)o.lr);
    char model[64];
    snprintf(model, sizeof model, "2-%d-%d-1 of scalars", o.hidden, o.hidden);
    tt_training t = {.program = "train",
                     .model = model,
                     .backend = "scalars",
                     .options = &o,
                     .set = &r.set,
                     .user = &r,
                     .step = step,
                     .predict = predict,
                     .graph = graph};
    return tt_training_main(c, &t);
}
