/* Six small two-dimensional data sets to separate (Task 0.5).
 *
 * Points lie in the unit square; the label is 1 where the rule holds and 0 elsewhere, which
 * includes the border.
 *
 *   simple  x1 < 0.5                                   one line
 *   diag    x1 + x2 < 0.5                              one slanted line, few ones (1/8)
 *   split   x1 < 0.2 or x1 > 0.8                       two lines
 *   xor     x1 < 0.5 and x2 > 0.5, or x1 > 0.5 and x2 < 0.5
 *   circle  (x1 - 0.5)^2 + (x2 - 0.5)^2 > 0.1          outside of a circle
 *   spiral  two arms, not random: the first half of the points is arm 0, the rest arm 1; they lie
 *           at most 0.5 + 4/n from the centre, so few of them leave the square
 *
 * The same (name, n, seed) gives the same points on every machine; a larger n keeps them and adds
 * more (except in spiral). Source: MiniTorch minitorch/datasets.py, whose points depend on an
 * unseeded generator, and whose spiral has n - 1 points when n is odd; here it has n.
 */
#ifndef TT_MODULE0_OPERATORS_DATASETS_H
#define TT_MODULE0_OPERATORS_DATASETS_H

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_dataset {
    const char *name;
    size_t n;
    double (*x)[2]; /* n points (x1, x2) */
    int *y;         /* n labels, 0 or 1 */
} tt_dataset;

/* The six names in the order above, then NULL. */
extern const char *const tt_dataset_names[];

/* n points of the data set `name`. Memory of c.
 * Errors: TT_ERR_NAME (lists the names), TT_ERR_VALUE (n is 0 or above 10,000,000),
 * TT_ERR_MEMORY -> false and an empty set. MiniTorch: datasets[name](n). */
bool tt_dataset_make(tt_ctx *c, tt_dataset *set, const char *name, size_t n, uint64_t seed);

/* The label the rule gives to a point; for spiral, which has no rule, that of the arm which is
 * nearer along the line through the centre. -1 for an unknown name. */
int tt_dataset_label(const char *name, double x1, double x2);

#ifdef __cplusplus
}
#endif
#endif
