/* Going through a data set in shuffled batches.
 *
 *   Example:
 *     tt_data_set set;
 *     tt_data_digits(c, "train", 100, 1, &set);
 *     tt_loader *train = tt_loader_new(c, &set, true);
 *     tt_module *net = tt_nn_mlp(c, 28 * 28, 16, 10);
 *     tt_optim *sgd = tt_optim_sgd(net, .lr = 0.1f);
 *     for (tt_batch b; tt_next(c, train, 64, &b);) {   // ends the step before, with what it made
 *         tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, b.x), b.y);
 *         tt_zero_grad(net);
 *         tt_backward(loss);
 *         tt_optim_step(sgd);
 *         printf("%d images\n", b.n);
 *     }
 *     // prints: 64 images
 *     // prints: 36 images
 *
 * Bytes become floats, pixel / 255, for a hundred examples or a batch at a time, and on a thread while
 * those before them are used; where a batch comes from changes nothing. The order of an epoch depends on (seed, epoch)
 * only. Owner: the context. Source: torch.utils.data.DataLoader.
 */
#ifndef TT_MODULE4_NN_DATA_LOADER_H
#define TT_MODULE4_NN_DATA_LOADER_H

#include "module2_tensors/tensor.h"
#include "module4_nn/data/data.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A data set being gone through. */
typedef struct tt_loader tt_loader;

typedef struct tt_batch {
    tt_tensor *x; /* (n, rows, columns), 0 .. 1 */
    tt_tensor *y; /* (n,), class ids */
    int n;        /* the last batch of an epoch may be smaller */
} tt_batch;

/* Goes through `set` (copied; its bytes are not, and must live as long), shuffled anew each epoch or in
 * order.
 * Errors: TT_ERR_VALUE for an empty set -> NULL. */
tt_loader *tt_loader_new(tt_ctx *c, const tt_data_set *set, bool shuffle);

/* Fashion-MNIST ("train" shuffled, "test" in order) from `dir`, or from where the package puts it
 * when dir is NULL. Errors: those of tt_data_idx; TT_ERR_FILE, saying how to get it -> NULL. */
tt_loader *tt_data_fashion(tt_ctx *c, const char *part, const char *dir);

/* The next batch, of at most `batch` examples; false at the end of the epoch (the call after that
 * begins the next one) and after an error. Rewinds c to where it was at the epoch's first call, so
 * that what the step before made is gone. A loop that is left early goes on where it stood; see
 * tt_loader_restart. Errors: TT_ERR_VALUE for a batch below 1; TT_ERR_OWNER. */
bool tt_next(tt_ctx *c, tt_loader *loader, int batch, tt_batch *b);

/* After leaving a loop early: ends its last step, and the next call of tt_next begins a new epoch. At
 * the beginning of an epoch it does nothing. */
void tt_loader_restart(tt_loader *loader);

/* Where a loader stands: the number of its epoch, from 0, and how many of its examples have been
 * handed out. For checkpoints: a loader of the same set and seed that is put there hands out the same
 * batches from then on. tt_loader_put ends the present step; false, and nothing done, for a place
 * that is none of the set's. */
typedef struct tt_loader_place {
    uint64_t epoch;
    int at; /* 0 .. n */
} tt_loader_place;
tt_loader_place tt_loader_where(const tt_loader *loader);
bool tt_loader_put(tt_loader *loader, tt_loader_place place);

/* The set behind a loader, and how many steps of `batch` examples an epoch has. */
const tt_data_set *tt_loader_set(const tt_loader *loader);
int tt_loader_steps(const tt_loader *loader, int batch);

#ifdef __cplusplus
}
#endif
#endif
