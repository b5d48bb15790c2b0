/* What a training needs: images, network, optimiser. */
#include <stdio.h>
#include <string.h>

#include "module3_gpu/backends.h"
#include "module3_gpu/fast/threads.h"
#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/models.h"
#include "module4_nn/network.h"
#include "module4_nn/optim.h"
#include "module4_nn/training.h"
#include "support/file.h"

/* What --data says for the drawn digits; a folder of that name is ./digits. */
static const char DIGITS[] = "digits";

enum { DRAWN_TRAIN = 10000, DRAWN_TEST = 2000, DRAWN_SEED = 1 };

static bool open_digits(training *t, tt_data_set *train, tt_data_set *test)
{
    int limit = t->options->limit;
    int n_train = limit > 0 && limit < DRAWN_TRAIN ? limit : DRAWN_TRAIN;
    int n_test = limit > 0 && limit < DRAWN_TEST ? limit : DRAWN_TEST;
    t->data = "built-in drawn digits";
    return tt_data_digits(t->c, "train", n_train, DRAWN_SEED, train) &&
           tt_data_digits(t->c, "test", n_test, DRAWN_SEED, test);
}

/* Which images: those asked for, else Fashion-MNIST, else drawn ones. A set that is there but
 * damaged is an error and not a reason to take another. */
static bool open_sets(training *t, tt_data_set *train, tt_data_set *test)
{
    tt_ctx *c = t->c;
    const char *dir = t->options->data ? t->options->data : tt_data_fashion_dir();
    if (!dir)
        t->note = "Fashion-MNIST is not installed (Debian, Ubuntu: apt install "
                  "dataset-fashion-mnist); these are built-in drawn digits.";
    if (!dir || strcmp(dir, DIGITS) == 0) return open_digits(t, train, test);
    t->data = tt_path_absolute(c, dir);
    if (!tt_data_idx(c, dir, "train", train) || !tt_data_idx(c, dir, "test", test))
        return false;
    if (train->rows != test->rows || train->columns != test->columns) {
        tti_fail(c, TT_ERR_FORMAT, "train",
                 "%s: training images are %d x %d, test images %d x %d", t->data,
                 train->rows, train->columns, test->rows, test->columns);
        return false;
    }
    tt_data_limit(train, t->options->limit);
    tt_data_limit(test, t->options->limit);
    return true;
}

tt_module *network_of(tt_ctx *c, const settings *s, int rows, int columns, int classes)
{
    if (strcmp(s->model, "mlp") == 0) /* pixels fit an int: the file has been checked */
        return tt_nn_mlp(c, rows * columns, s->shared.hidden, classes);
    if (strcmp(s->model, "lenet5") == 0) return tt_nn_lenet5(c, classes);
    return tt_nn_cnn(c, rows, columns, classes);
}

static void name_network(training *t, const settings *s, const tt_data_set *set)
{
    if (strcmp(s->model, "mlp") == 0)
        snprintf(t->model, sizeof t->model, "mlp %d-%d-%d", set->rows * set->columns,
                 s->shared.hidden, set->classes);
    else
        snprintf(t->model, sizeof t->model, "%s %dx%d-%d", s->model, set->rows,
                 set->columns, set->classes);
}

static tt_optim *optimiser_of(tt_module *net, const settings *s)
{
    float lr = (float)s->shared.lr, decay = (float)s->decay;
    if (!net) return NULL;
    if (strcmp(s->optim, "adamw") == 0)
        return tt_optim_adamw(net, .lr = lr, .weight_decay = decay);
    if (strcmp(s->optim, "adam") == 0) return tt_optim_adam(net, .lr = lr);
    if (strcmp(s->optim, "momentum") == 0)
        return tt_optim_momentum(net, .lr = lr, .momentum = 0.9f);
    return tt_optim_sgd(net, .lr = lr);
}

static bool open_place(training *t, const tt_options *o)
{
    if (tt_backend_open(t->c, o->backend, &t->backend) != TT_OK) return false;
    tt_use(t->c, t->backend);
    tt_set_threads(o->threads);
    t->threads = t->backend == tt_backend_simple() ? 1 : tt_threads();
    return true;
}

/* Everything that lives longer than a step. */
static bool make_all(training *t, const settings *s)
{
    tt_ctx *c = t->c;
    tt_data_set train, test;
    tt_seed(c, s->shared.seed);
    if (!open_place(t, &s->shared) || !open_sets(t, &train, &test)) return false;
    t->schedule = s->schedule;
    t->eval = s->eval;
    t->train = tt_loader_new(c, &train, true);
    t->test = tt_loader_new(c, &test, false);
    t->net = network_of(c, s, train.rows, train.columns, train.classes);
    name_network(t, s, &train);
    t->optim = optimiser_of(t->net, s);
    t->loss = tt_meter_new(c);
    t->right = tt_meter_new(c);
    return !tt_error(c);
}

bool training_open(training *t, settings *s)
{
    tt_ctx *c = t->c;
    tt_safetensors file, *from = s->load ? &file : NULL;
    t->options = &s->shared;
    if (from && tt_safetensors_read(c, s->load, from) != TT_OK) return false;
    if (!settings_settle(c, s, from) || !make_all(t, s)) return false;
    if (s->resume) return training_resume(t, from);
    return !from || tt_load_from(c, from, t->net, NULL) == TT_OK;
}
