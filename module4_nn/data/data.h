/* Data sets of labelled images, and going through them in shuffled batches.
 *
 *   for (tt_batch b; tt_next(c, train, 64, &b);) {      // ends the step before: what it made is gone
 *       tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, b.x), b.y);
 *       ...
 *   }
 *
 * Images stay bytes in memory and become floats, pixel / 255, a batch at a time. The order of an
 * epoch depends on (seed, epoch) only. Owner: the context. Source: torch.utils.data.
 */
#ifndef TT_MODULE4_NN_DATA_DATA_H
#define TT_MODULE4_NN_DATA_DATA_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_data_set {
    const char *name;             /* "fashion-mnist test" */
    int n, rows, columns, classes; /* examples; pixels; labels are 0 .. classes-1 */
    const uint8_t *images;        /* (n, rows, columns) */
    const uint8_t *labels;        /* (n,) */
    const char *const *class_names; /* `classes` names, or NULL */
} tt_data_set;

/* A data set being gone through. */
typedef struct tt_loader tt_loader;

typedef struct tt_batch {
    tt_tensor *x; /* (n, rows, columns), 0 .. 1 */
    tt_tensor *y; /* (n,), class ids */
    int n;        /* the last batch of an epoch may be smaller */
} tt_batch;

/* A set of IDX files in folder `dir`, "train" or "test" (MNIST's names: train-images-idx3-ubyte,
 * t10k-labels-idx1-ubyte, .. with or without .gz). Errors: TT_ERR_FILE, TT_ERR_FORMAT (also when
 * images and labels differ in number), TT_ERR_NAME for another part -> false. */
bool tt_data_idx(tt_ctx *c, const char *dir, const char *part, tt_data_set *set);

/* Where Debian's package dataset-fashion-mnist puts it, when it is installed; else NULL. */
const char *tt_data_fashion_dir(void);

/* n drawn digits, 28 x 28: strokes, moved, turned, thickened and spotted at random by seed. A set to
 * run with when no other is at hand; "train" and "test" never share an image. */
bool tt_data_digits(tt_ctx *c, const char *part, int n, uint64_t seed, tt_data_set *set);

/* The first n examples only (all when there are fewer, or n is 0). */
void tt_data_limit(tt_data_set *set, int n);

/* Goes through `set` (kept by pointer to its bytes), shuffled anew each epoch or in order.
 * Errors: TT_ERR_VALUE for an empty set -> NULL. */
tt_loader *tt_loader_new(tt_ctx *c, const tt_data_set *set, bool shuffle);

/* Fashion-MNIST ("train" shuffled, "test" in order) from `dir`, or from where the package puts it
 * when dir is NULL. Errors: those of tt_data_idx -> NULL. */
tt_loader *tt_data_fashion(tt_ctx *c, const char *part, const char *dir);

/* The next batch, of at most `batch` examples; false at the end of the epoch and after an error.
 * Rewinds c to where it was at the epoch's first call, so that what the step before made is gone.
 * Errors: TT_ERR_VALUE for a batch below 1. */
bool tt_next(tt_ctx *c, tt_loader *loader, int batch, tt_batch *b);

/* The set behind a loader. */
const tt_data_set *tt_loader_set(const tt_loader *loader);

/* The share of examples that net gets right: one pass in evaluation mode, without gradients, in its
 * own scope; net's mode is put back. NaN after an error. *right and *total may be NULL. */
double tt_accuracy_count(tt_ctx *c, tt_module *net, tt_loader *loader, int *right, int *total);
double tt_accuracy(tt_ctx *c, tt_module *net, tt_loader *loader);

#ifdef __cplusplus
}
#endif
#endif
