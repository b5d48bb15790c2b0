/* Data sets of labelled images: read from IDX files, or drawn.
 *
 *   Example (no-run):
 *     tt_data_set set;
 *     if (!tt_data_idx(c, "/data/mnist", "train", &set)) return tt_exit(c);
 *     printf("%s: %d images\n", set.name, set.n);        // mnist train: 60000 images
 *
 *   Example:
 *     tt_data_set set;
 *     tt_data_digits(c, "train", 100, 1, &set);
 *     printf("%d images of %d x %d\n", set.n, set.rows, set.columns);
 *     // prints: 100 images of 28 x 28
 *
 * Images stay the bytes that they are in the file; loader.h makes floats of them, a batch at a time.
 * Owner: the context. Source: torchvision.datasets; MiniTorch reads MNIST through mnist-python.
 */
#ifndef TT_MODULE4_NN_DATA_DATA_H
#define TT_MODULE4_NN_DATA_DATA_H

#include <stdint.h>

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_data_set {
    const char *name;               /* "fashion-mnist test" */
    int n, rows, columns, classes;  /* examples; pixels; labels are 0 .. classes-1 */
    const uint8_t *images;          /* (n, rows, columns) */
    const uint8_t *labels;          /* (n,) */
    const char *const *class_names; /* `classes` names, or NULL */
} tt_data_set;

/* A set of IDX files in folder `dir`, "train" or "test". The files have MNIST's names,
 * {train,t10k}-{images-idx3,labels-idx1}-ubyte, also with a dot before idx, with or without .gz.
 * Sets have ten classes. Errors: TT_ERR_FILE, TT_ERR_FORMAT (also when images and labels differ in
 * number, are none, or a label is above 9), TT_ERR_NAME for another part -> false. */
bool tt_data_idx(tt_ctx *c, const char *dir, const char *part, tt_data_set *set);

/* Where Debian's package dataset-fashion-mnist puts it, when it is installed; else NULL. */
const char *tt_data_fashion_dir(void);

/* n drawn digits, 28 x 28: strokes, moved, turned, sheared, thickened and spotted at random by seed.
 * A set to run with when no other is at hand. Image i depends on (seed, part, i) only; "train" and
 * "test" never share an image. Cost: about 0.05 ms an image.
 * Errors: TT_ERR_VALUE for n below 1, TT_ERR_NAME for another part, TT_ERR_MEMORY -> false. */
bool tt_data_digits(tt_ctx *c, const char *part, int n, uint64_t seed, tt_data_set *set);

/* The first n examples only (all when there are fewer, or n is 0). */
void tt_data_limit(tt_data_set *set, int n);

#ifdef __cplusplus
}
#endif
#endif
