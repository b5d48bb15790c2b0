#include "module4_nn/bench_nets.h"

#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "module3_gpu/fast/fast_backend.h"
#include "module4_nn/loss.h"
#include "module4_nn/models.h"
#include "module4_nn/network.h"
#include "support/progress.h"

extern char **environ;

enum { EPOCH = 60000, VERIFIED = 5, MEMORY_STEPS = 200 };

/* ---- training --------------------------------------------------------------------------------- */

bool bench_data(tt_ctx *c, tt_data_set *set)
{
    const char *dir = tt_data_fashion_dir();
    return dir ? tt_data_idx(c, dir, "train", set)
               : tt_data_digits(c, "train", EPOCH / 6, 1, set);
}

bool bench_net_make(bench_net *n, tt_ctx *c, const char *model, const tt_data_set *set)
{
    bool cnn = strcmp(model, "cnn") == 0;
    tt_seed(c, 1);
    *n = (bench_net){.c = c, .batch = cnn ? 16 : 64, .steps = cnn ? 500 : 100};
    n->loader = tt_loader_new(c, set, true);
    n->net = cnn ? tt_nn_cnn(c, 28, 28, 10) : tt_nn_lenet5(c, 10);
    n->sgd = n->net ? tt_optim_sgd(n->net, .lr = 0.05f) : NULL;
    return n->loader && n->sgd;
}

static tt_tensor *step(bench_net *n, const tt_batch *b)
{
    tt_tensor *loss = tt_cross_entropy(n->c, tt_forward(n->c, n->net, b->x), b->y);
    tt_zero_grad(n->net);
    tt_backward(loss);
    tt_optim_step(n->sgd);
    return loss;
}

void bench_net_train(bench_net *n, int steps, double *loss)
{
    for (tt_batch b; steps > 0 && !tt_error(n->c);) {
        if (!tt_next(n->c, n->loader, n->batch, &b)) continue; /* the next epoch begins */
        tt_tensor *l = step(n, &b);
        if (loss) *loss = (double)tt_item(l);
        steps--;
    }
}

void bench_settle(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 400 * 1000 * 1000}, NULL);
}

double bench_net_epoch(void *net)
{
    bench_net *n = net;
    bench_settle();
    bench_net_train(n, 5, NULL);
    double begun = tt_seconds();
    bench_net_train(n, n->steps, NULL);
    return (tt_seconds() - begun) * EPOCH / ((double)n->steps * n->batch);
}

static void losses(const tt_backend *backend, const char *model, const tt_data_set *set,
                   double loss[VERIFIED])
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, backend);
    bench_net n;
    bool made = bench_net_make(&n, c, model, set);
    for (int i = 0; i < VERIFIED; i++) {
        loss[i] = (double)NAN;
        if (made) bench_net_train(&n, 1, &loss[i]);
    }
    tt_ctx_free(c);
}

bool bench_net_right(const char *model, const tt_data_set *set, char message[160])
{
    double fast[VERIFIED], simple[VERIFIED];
    losses(tt_backend_fast(), model, set, fast);
    losses(tt_backend_simple(), model, set, simple);
    for (int i = 0; i < VERIFIED; i++) {
        if (fabs(fast[i] - simple[i]) <= 1e-4) continue;
        snprintf(message, 160, "the loss of step %d is %.6f, on backend simple %.6f",
                 i + 1, fast[i], simple[i]);
        return false;
    }
    return true;
}

/* ---- whole programs --------------------------------------------------------------------------- */

static const char STARTUP[] = "child-startup", MEMORY[] = "child-memory";

static int ask_once(tt_ctx *c)
{
    tt_module *net = tt_nn_lenet5(c, 10);
    tt_item(tt_sum_all(c, tt_forward(c, net, tt_rand(c, TT_SHAPE(1, 28, 28)))));
    return tt_exit(c);
}

static int train_some(tt_ctx *c)
{
    tt_data_set set;
    bench_net n;
    if (bench_data(c, &set) && bench_net_make(&n, c, "lenet5", &set))
        bench_net_train(&n, MEMORY_STEPS, NULL);
    return tt_exit(c);
}

int bench_child(int argc, char **argv)
{
    bool startup = argc == 2 && strcmp(argv[1], STARTUP) == 0;
    if (!startup && !(argc == 2 && strcmp(argv[1], MEMORY) == 0)) return -1;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, tt_backend_fast());
    return startup ? ask_once(c) : train_some(c);
}

/* Runs this program again with that word, to its end. False when it fails. */
static bool run_child(const char *word, struct rusage *used)
{
    char self[] = "/proc/self/exe", text[32];
    char *argv[] = {self, text, NULL};
    pid_t pid;
    int status = 1;
    snprintf(text, sizeof text, "%s", word);
    return posix_spawn(&pid, self, NULL, NULL, argv, environ) == 0 &&
           wait4(pid, &status, 0, used) == pid && status == 0;
}

double bench_startup(void *user)
{
    struct rusage used;
    (void)user;
    double begun = tt_seconds();
    return run_child(STARTUP, &used) ? tt_seconds() - begun : (double)NAN;
}

double bench_memory(void *user)
{
    struct rusage used;
    (void)user;
    return run_child(MEMORY, &used) ? (double)used.ru_maxrss / 1024.0 : (double)NAN;
}
