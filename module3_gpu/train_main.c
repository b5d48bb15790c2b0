/* train: minibatches of points through matrix products (Task 3.5).
 *
 *   bazel run -c opt //module3_gpu:train -- --dataset split --hidden 100 --lr 0.05
 *   bazel run -c opt //module3_gpu:train -- --dataset split --hidden 100 --backend simple
 *
 * Ten points a step, in a new order each epoch. Weights and orders follow from the seed alone, so
 * backends can be compared: by the time an epoch takes, and by their losses, which agree until
 * rounding has grown. As in modules 1 and 2, the steps grow smaller at the end. */
#include <math.h>
#include <stdio.h>

#include "module0_operators/training.h"
#include "module1_autodiff/optim.h"
#include "module3_gpu/backends.h"
#include "module3_gpu/fast/threads.h"
#include "module3_gpu/network.h"

enum { BATCH = 10 };

typedef struct run {
    tt_ctx *c;
    tt_dataset set;
    uint32_t *order; /* of the points in this epoch */
    tt_module *net;
    tt_optim *sgd;
    const tt_options *options;
    double loss; /* sums over this epoch */
    int right;
} run;

/* Mean over the points of -log(probability of the right label), shape (1,).
 * p y + (p - 1)(y - 1) is p where y is 1 and 1 - p where y is 0. */
static tt_tensor *mean_loss(tt_ctx *c, tt_tensor *p, tt_tensor *y)
{
    tt_tensor *ones = tt_mul(c, p, y);
    tt_tensor *zeros = tt_mul(c, tt_add_num(c, p, -1), tt_add_num(c, y, -1));
    return tt_mean_all(c, tt_neg(c, tt_log(c, tt_add(c, ones, zeros))));
}

/* Points order[from], .. as tensors (n,2) and (n,1). */
static void batch(const run *r, size_t from, int n, tt_tensor **x, tt_tensor **y)
{
    float points[2 * BATCH], labels[BATCH];
    for (int i = 0; i < n; i++) {
        uint32_t k = r->order[from + (size_t)i];
        points[2 * i] = (float)r->set.x[k][0];
        points[2 * i + 1] = (float)r->set.x[k][1];
        labels[i] = (float)r->set.y[k];
    }
    *x = tt_from(r->c, TT_SHAPE(n, 2), points);
    *y = tt_from(r->c, TT_SHAPE(n, 1), labels);
}

/* Forward and backward of one batch, and a step downhill. */
static void one_batch(run *r, size_t from, int n)
{
    TT_SCOPE (r->c) {
        tt_tensor *x, *y;
        float answers[BATCH];
        batch(r, from, n, &x, &y);
        tt_tensor *p = tt_forward(r->c, r->net, x);
        tt_tensor *loss = mean_loss(r->c, p, y);
        tt_zero_grad(r->net);
        tt_backward(loss);
        tt_optim_step(r->sgd);
        r->loss += (double)tt_item(loss) * n;
        if (p != NULL && tt_read(p, answers) == TT_OK)
            for (int i = 0; i < n; i++)
                r->right +=
                    (answers[i] > 0.5f) == (r->set.y[r->order[from + (size_t)i]] == 1);
    }
}

static tt_epoch step(void *user, int epoch)
{
    run *r = user;
    tt_optim_set_lr(r->sgd, tt_training_rate(r->options, epoch));
    tt_rng_permutation(tt_ctx_rng(r->c, TT_STREAM_SHUFFLE, r->set.n), r->order, r->set.n);
    r->loss = 0, r->right = 0;
    for (size_t from = 0; from < r->set.n; from += BATCH)
        one_batch(r, from, r->set.n - from < BATCH ? (int)(r->set.n - from) : BATCH);
    return (tt_epoch){r->loss / (double)r->set.n, r->right};
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
        tt_tensor *x, *y;
        batch(r, 0, r->set.n < BATCH ? (int)r->set.n : BATCH, &x, &y);
        tt_tensor *loss = mean_loss(r->c, tt_forward(r->c, r->net, x), y);
        if (loss != NULL) status = tt_graph_write(r->c, &loss->node, path);
    }
    return status;
}

/* The points and the network. False after an error. */
static bool prepare(run *r, const tt_options *o)
{
    const tt_backend *backend = NULL;
    tt_ctx *c = r->c;
    const char *name = o->backend != NULL ? o->backend : "auto";
    if (tt_backend_open(c, name, &backend) != TT_OK) return false;
    tt_use(c, backend);
    if (!tt_dataset_make(c, &r->set, o->dataset, (size_t)o->points, o->seed))
        return false;
    r->order = tt_alloc(c, r->set.n * sizeof *r->order);
    if (r->order == NULL) return false;
    for (size_t i = 0; i < r->set.n; i++) r->order[i] = (uint32_t)i;
    r->net = tt_matmul_network(c, o->hidden);
    r->sgd = tt_optim_sgd(r->net, .lr = (float)o->lr);
    return tt_error(c) == NULL;
}

static tt_options read_options(int argc, char **argv)
{
    static const char *const backends[] = {"auto", "simple",      "fast", "sim",
                                           "cuda", "cuda-course", NULL};
    tt_options o = {.dataset = "simple",
                    .points = 50,
                    .hidden = 10,
                    .lr = 0.05,
                    .epochs = 500,
                    .seed = 1,
                    .threads = 1};
    tt_cli_parse(
        &(tt_cli){
            .purpose =
                "Trains a network of tensors (2 inputs, two hidden layers, 1 output) on "
                "points of the plane, 10 points a step, on any backend.",
            .examples = "train --dataset split --hidden 100\n"
                        "train --dataset xor --hidden 100 --backend simple\n"
                        "train --hidden 400 --threads 2",
            .takes = TT_CLI_DATASET | TT_CLI_POINTS | TT_CLI_HIDDEN | TT_CLI_LR |
                     TT_CLI_EPOCHS | TT_CLI_SEED | TT_CLI_BACKEND | TT_CLI_THREADS |
                     TT_CLI_GRAPH | TT_CLI_REPORT,
            .datasets = tt_dataset_names,
            .backends = backends},
        &o, argc, argv);
    return o;
}

int main(int argc, char **argv)
{
    tt_options o = read_options(argc, argv);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_seed(c, o.seed);
    tt_set_threads(o.threads);
    run r = {.c = c, .options = &o};
    if (!prepare(&r, &o)) return tt_exit(c);
    const char *backend = tt_backend_of(c)->name;
    char model[64];
    snprintf(model, sizeof model, "2-%d-%d-1", o.hidden, o.hidden);
    tt_training t = {.program = "train",
                     .model = model,
                     .backend = backend,
                     .threads = backend == tt_backend_simple()->name ? 1 : tt_threads(),
                     .options = &o,
                     .set = &r.set,
                     .user = &r,
                     .step = step,
                     .predict = predict,
                     .graph = graph};
    return tt_training_main(c, &t);
}
