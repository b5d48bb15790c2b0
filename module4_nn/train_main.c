/* train: a network learns to tell images apart.
 *
 *   bazel run -c opt //module4_nn:train
 *   bazel run -c opt //module4_nn:train -- --data /data/mnist --epochs 3 --lr 0.1
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "module3_gpu/backends.h"
#include "module3_gpu/fast/threads.h"
#include "module4_nn/models.h"
#include "module4_nn/network.h"
#include "module4_nn/report.h"
#include "module4_nn/training.h"
#include "support/file.h"
#include "support/progress.h"

/* What --data says for the drawn digits; a folder of that name is ./digits. */
static const char DIGITS[] = "digits";

enum { DRAWN_TRAIN = 10000, DRAWN_TEST = 2000, DRAWN_SEED = 1, EXIT_INTERRUPTED = 130 };

/* "linear": the learning rate falls to 0 over the run. With a constant 0.2 the weights still jump at
 * the end of the last epoch, and the accuracy with them: 0.79 to 0.86 over 21 seeds. */
static const char *const SCHEDULES[] = {"linear", "constant", NULL};

/* "cnn" is the network of Task 4.5. */
static const char *const MODELS[] = {"mlp", "cnn", "lenet5", NULL};

/* Options of this program alone. */
typedef struct choices {
    const char *schedule, *model;
} choices;

static tt_options read_options(int argc, char **argv, choices *own)
{
    tt_options o = {
        .backend = "auto", .hidden = 64, .lr = 0.2, .batch = 64, .epochs = 10, .seed = 1};
    tt_cli_parse(
        &(tt_cli){
            .purpose =
                "Trains a network to tell images apart, and tests it after every "
                "epoch. The images are Fashion-MNIST where Debian's package "
                "dataset-fashion-mnist is installed, those of --data DIR (four IDX "
                "files with MNIST's names, plain or gzip), or built-in drawn digits "
                "(--data digits).",
            .examples = "  train --epochs 3\n"
                        "  train --data /data/mnist --hidden 128 --lr 0.1\n"
                        "  train --limit 1000 --json\n"
                        "  train --model cnn --lr 0.1\n",
            .more =
                (const tt_cli_option[]){
                    {.name = "schedule",
                     .kind = TT_CLI_CHOICE,
                     .value = &own->schedule,
                     .choices = SCHEDULES,
                     .help = "the learning rate over the run; linear falls to 0"},
                    {.name = "model",
                     .kind = TT_CLI_CHOICE,
                     .value = &own->model,
                     .choices = MODELS,
                     .help =
                         "mlp with --hidden units, or with convolutions: cnn, lenet5"},
                    {0}},
            .takes = TT_CLI_DATA | TT_CLI_LIMIT | TT_CLI_HIDDEN | TT_CLI_LR |
                     TT_CLI_BATCH | TT_CLI_EPOCHS | TT_CLI_SEED | TT_CLI_BACKEND |
                     TT_CLI_THREADS | TT_CLI_REPORT,
        },
        &o, argc, argv);
    return o;
}

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

static tt_module *network(training *t, const char *model, const tt_data_set *set)
{
    int hidden = t->options->hidden;
    int pixels = set->rows * set->columns; /* below 2^30: the file has been checked */
    if (strcmp(model, "mlp") != 0) {
        snprintf(t->model, sizeof t->model, "%s %dx%d-%d", model, set->rows, set->columns,
                 set->classes);
        if (strcmp(model, "lenet5") == 0) return tt_nn_lenet5(t->c, set->classes);
        return tt_nn_cnn(t->c, set->rows, set->columns, set->classes);
    }
    snprintf(t->model, sizeof t->model, "mlp %d-%d-%d", pixels, hidden, set->classes);
    return tt_nn_mlp(t->c, pixels, hidden, set->classes);
}

/* Everything that lives longer than a step. */
static bool set_up(training *t, const char *model)
{
    const tt_options *o = t->options;
    tt_ctx *c = t->c;
    tt_data_set train, test;
    tt_seed(c, o->seed);
    if (tt_backend_open(c, o->backend, &t->backend) != TT_OK) return false;
    tt_use(c, t->backend);
    tt_set_threads(o->threads);
    t->threads = t->backend == tt_backend_simple() ? 1 : tt_threads();
    if (!open_sets(t, &train, &test)) return false;
    t->train = tt_loader_new(c, &train, true);
    t->test = tt_loader_new(c, &test, false);
    t->net = network(t, model, &train);
    t->optim = t->net ? tt_optim_sgd(t->net, .lr = (float)o->lr) : NULL;
    t->loss = tt_meter_new(c);
    t->right = tt_meter_new(c);
    return !tt_error(c);
}

/* A full disk shows only when what was printed is flushed. */
static int finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "train: standard output cannot be written: %s\n", strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    choices own = {.schedule = SCHEDULES[0], .model = MODELS[0]};
    tt_options o = read_options(argc, argv, &own);
    tt_ctx *c = tt_ctx_new(NULL);
    if (!c) return tt_exit(c);
    tt_error_handler(c, tt_error_quiet, NULL); /* tt_exit prints what is wrong */
    training t = {.c = c, .options = &o, .schedule = own.schedule, .started = tt_seconds()};
    report page;
    training_print(&t);
    if (o.report) training_report(&t, &page, o.report, argc, argv);
    training_end end = set_up(&t, own.model) ? training_run(&t) : TRAINING_FAILED;
    int code = tt_exit(c);
    if (end == TRAINING_FAILED) code = 1;
    if (end == TRAINING_INTERRUPTED) code = EXIT_INTERRUPTED;
    return finish_output(code);
}
