/* Meters: how the training goes, for people: running means, and accuracy.
 *
 *   Example:
 *     tt_data_set set;
 *     tt_data_digits(c, "test", 100, 1, &set);
 *     tt_loader *test = tt_loader_new(c, &set, false);
 *     tt_module *net = tt_nn_mlp(c, 28 * 28, 16, 10);
 *     tt_meter *mean = tt_meter_new(c);
 *     for (tt_batch b; tt_next(c, test, 64, &b);)
 *         tt_meter_add(mean, tt_cross_entropy(c, tt_forward(c, net, b.x), b.y), b.n);
 *     printf("loss %.4f  accuracy %.4f\n", tt_meter_mean(mean), tt_accuracy(c, net, test));
 */
#ifndef TT_MODULE4_NN_METER_H
#define TT_MODULE4_NN_METER_H

#include "module4_nn/data/loader.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A running mean, kept where the tensors are: adding copies nothing to the host. */
typedef struct tt_meter tt_meter;

/* Owner: c. Errors: TT_ERR_MEMORY -> NULL. */
tt_meter *tt_meter_new(tt_ctx *c);

/* `mean` (1,) is a mean over n examples. NULL is quiet. Errors: TT_ERR_SHAPE, TT_ERR_VALUE (n below
 * 0), TT_ERR_BACKEND in the meter's context. Cost: one axpy of one number. */
void tt_meter_add(tt_meter *meter, tt_tensor *mean, int n);

/* The mean over all examples added since the last call; NaN when there are none. */
double tt_meter_mean(tt_meter *meter);

/* For checkpoints: what has been added since the last mean; and adds it, to a meter of none. */
typedef struct tt_meter_sum {
    float sum; /* of mean n */
    int64_t n;
} tt_meter_sum;
tt_meter_sum tt_meter_get(tt_meter *meter);
void tt_meter_put(tt_meter *meter, tt_meter_sum sum);

/* Which share of the rows of scores (B, K) have their largest value at y[b], as a tensor (1,) without
 * a history, for a meter. A row with a NaN counts as wrong. Errors: those of tt_nll_loss. */
tt_tensor *tt_right_share(tt_ctx *c, tt_tensor *scores, tt_tensor *y);

/* How many rows of scores (B, K) have their largest value at y[b] (the first, when equal); a row
 * with a NaN counts as wrong. Reads the scores on the host. -1 after an error. */
int tt_count_right(tt_ctx *c, tt_tensor *scores, tt_tensor *y);

/* The share of examples that net gets right: one pass in order, in evaluation mode, without
 * gradients, in its own scope. Afterwards all of net is in the mode its root was in, and the loader
 * is where it was. NaN after an error. *right and *total may be NULL. */
double tt_accuracy_count(tt_ctx *c, tt_module *net, tt_loader *loader, int *right,
                         int *total);
double tt_accuracy(tt_ctx *c, tt_module *net, tt_loader *loader);

#ifdef __cplusplus
}
#endif
#endif
