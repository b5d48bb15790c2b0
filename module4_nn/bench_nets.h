/* The networks that `bench` trains, and what it measures of whole programs: internal to it. */
#ifndef TT_MODULE4_NN_BENCH_NETS_H
#define TT_MODULE4_NN_BENCH_NETS_H

#include "module1_autodiff/optim.h"
#include "module4_nn/data/loader.h"

/* A network being trained, and how many steps of it are timed to stand for an epoch. */
typedef struct bench_net {
    tt_ctx *c;
    tt_loader *loader;
    tt_module *net;
    tt_optim *sgd;
    int batch, steps;
} bench_net;

/* Fashion-MNIST where it is installed, else drawn digits, 60000 or 10000 of them. */
bool bench_data(tt_ctx *c, tt_data_set *set);

/* "cnn" (batch 16) or "lenet5" (batch 64) on c's backend, from seed 1. False after an error. */
bool bench_net_make(bench_net *n, tt_ctx *c, const char *model, const tt_data_set *set);

/* Trains `steps` steps; the last loss goes to *loss unless NULL. */
void bench_net_train(bench_net *n, int steps, double *loss);

/* Waits until the other side's threads, which go on looking for work for a while after their last loop,
 * have gone to sleep: they would take a core from ours. The peer does the same. */
void bench_settle(void);

/* Seconds for an epoch of 60000 images, from the time of n->steps steps. */
double bench_net_epoch(void *net);

/* True when 5 steps on the fast backend lose what they do on the simple one, within 1e-4 each. */
bool bench_net_right(const char *model, const tt_data_set *set, char message[160]);

/* ---- whole programs: this one, started again -------------------------------------------------- */

/* What the child does, when argv[1] names it; -1 when it does not, else what main should return. */
int bench_child(int argc, char **argv);

/* Seconds from start to end of a child that makes LeNet-5 and asks it once. */
double bench_startup(void *user);

/* The most memory, in MB (2^20 bytes), that a child training LeNet-5 for 200 steps has. */
double bench_memory(void *user);

#endif
