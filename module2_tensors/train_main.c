/* train: the network of tensors learns to tell points of the plane apart (Task 2.5).
 *
 *   bazel run -c opt //module2_tensors:train -- --dataset xor --hidden 20
 *
 * All points are one batch: an epoch is one forward pass, one backward pass, one step. With the same
 * seed it starts from the same points and weights as //module1_autodiff:train: compare the losses of
 * the first epochs, and the time an epoch takes. As there, the steps grow smaller at the end. */
#include <math.h>
#include <stdio.h>

#include "module0_operators/training.h"
#include "module1_autodiff/optim.h"
#include "module2_tensors/network.h"

typedef struct run {
    tt_ctx *c;
    tt_dataset set;
    tt_tensor *x, *y; /* (n,2) points, (n,1) labels */
    tt_module *net;
    tt_optim *sgd;
    float *answers; /* n probabilities of the last epoch */
    const tt_options *options;
} run;

/* Mean over the points of -log(probability of the right label), shape (1,).
 * p y + (p - 1)(y - 1) is p where y is 1 and 1 - p where y is 0. */
static tt_tensor *mean_loss(tt_ctx *c, tt_tensor *p, tt_tensor *y)
{
    tt_tensor *ones = tt_mul(c, p, y);
    tt_tensor *zeros = tt_mul(c, tt_add_num(c, p, -1), tt_add_num(c, y, -1));
    return tt_mean_all(c, tt_neg(c, tt_log(c, tt_add(c, ones, zeros))));
}

static tt_epoch step(void *user, int epoch)
{
    run *r = user;
    tt_epoch e = {(double)NAN, 0};
    tt_optim_set_lr(r->sgd, tt_training_rate(r->options, epoch));
    TT_SCOPE (r->c) {
        tt_tensor *p = tt_forward(r->c, r->net, r->x);
        tt_tensor *loss = mean_loss(r->c, p, r->y);
        tt_zero_grad(r->net);
        tt_backward(loss);
        tt_optim_step(r->sgd);
        e.loss = (double)tt_item(loss);
        if (p != NULL && tt_read(p, r->answers) == TT_OK)
            for (size_t i = 0; i < r->set.n; i++)
                e.right += (r->answers[i] > 0.5f) == (r->set.y[i] == 1);
    }
    return e;
}

static double predict(void *user, double x1, double x2)
{
    const run *r = user;
    double p = (double)NAN;
    TT_SCOPE (r->c) {
        tt_no_grad(r->c);
        float point[] = {(float)x1, (float)x2};
        p = (double)tt_item(tt_forward(r->c, r->net, tt_from(r->c, TT_SHAPE(1, 2), point)));
    }
    return p;
}

static tt_status graph(void *user, const char *path)
{
    const run *r = user;
    tt_status status = TT_ERR_VALUE;
    TT_SCOPE (r->c) {
        tt_tensor *loss = mean_loss(r->c, tt_forward(r->c, r->net, r->x), r->y);
        if (loss != NULL) status = tt_graph_write(r->c, &loss->node, path);
    }
    return status;
}

/* The points and labels as tensors, and the network. False after an error. */
static bool prepare(run *r, const tt_options *o)
{
    tt_ctx *c = r->c;
    if (!tt_dataset_make(c, &r->set, o->dataset, (size_t)o->points, o->seed))
        return false;
    int n = (int)r->set.n;
    r->x = tt_name(tt_empty(c, TT_SHAPE(n, 2)), "points");
    r->y = tt_name(tt_empty(c, TT_SHAPE(n, 1)), "labels");
    r->answers = tt_alloc(c, (size_t)n * sizeof *r->answers);
    if (tt_error(c) != NULL) return false;
    float *x = tt_storage_set(r->x->data.storage), *y = tt_storage_set(r->y->data.storage);
    for (int i = 0; i < n; i++) {
        x[2 * i] = (float)r->set.x[i][0];
        x[2 * i + 1] = (float)r->set.x[i][1];
        y[i] = (float)r->set.y[i];
    }
    r->net = tt_network(c, o->hidden);
    r->sgd = tt_optim_sgd(r->net, .lr = (float)o->lr);
    return tt_error(c) == NULL;
}

/* The broadcast layer makes points x hidden x hidden numbers, several times a step. */
static const double MOST_NUMBERS = 1e8;

static tt_options read_options(int argc, char **argv)
{
    static const char *const backends[] = {"auto", "simple", NULL};
    tt_options o = {
        .dataset = "simple", .points = 50, .hidden = 2, .lr = 0.5, .epochs = 500, .seed = 1};
    tt_cli_parse(
        &(tt_cli){.purpose =
                      "Trains a network of tensors (2 inputs, two hidden layers, 1 "
                      "output) on points of the plane, all points in one batch.",
                  .examples = "train --dataset xor --hidden 20\n"
                              "train --dataset circle --hidden 20 --report circle.html\n"
                              "train --hidden 2 --epochs 1 --graph step.svg",
                  .takes = TT_CLI_DATASET | TT_CLI_POINTS | TT_CLI_HIDDEN | TT_CLI_LR |
                           TT_CLI_EPOCHS | TT_CLI_SEED | TT_CLI_BACKEND | TT_CLI_GRAPH |
                           TT_CLI_REPORT,
                  .datasets = tt_dataset_names,
                  .backends = backends},
        &o, argc, argv);
    if ((double)o.points * o.hidden * o.hidden > MOST_NUMBERS)
        tt_cli_refuse(
            "--points %d --hidden %d: the broadcast layer would make %.3g numbers "
            "(points x hidden x hidden), more than %.3g; take fewer of either",
            o.points, o.hidden, (double)o.points * o.hidden * o.hidden, MOST_NUMBERS);
    return o;
}

int main(int argc, char **argv)
{
    tt_options o = read_options(argc, argv);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_seed(c, o.seed);
    run r = {.c = c, .options = &o};
    if (!prepare(&r, &o)) return tt_exit(c);
    char model[64];
    snprintf(model, sizeof model, "2-%d-%d-1", o.hidden, o.hidden);
    tt_training t = {.program = "train",
                     .model = model,
                     .backend = tt_backend_of(c)->name,
                     .options = &o,
                     .set = &r.set,
                     .user = &r,
                     .step = step,
                     .predict = predict,
                     .graph = graph};
    return tt_training_main(c, &t);
}
