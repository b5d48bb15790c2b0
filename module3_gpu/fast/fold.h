/* Folds: sums and maxima over one dimension, as reduce asks for them.
 *
 * A dimension whose cells are neighbours is folded along itself, with several partial results in
 * registers; any other one row by row, many columns at once. Where there are few results to share
 * among threads, the dimension is cut into pieces whose number depends on the shape alone: so the
 * result is the same for every number of threads. Sums are kept in float over 64 numbers, and in
 * double beyond.
 */
#ifndef TT_MODULE3_GPU_FAST_FOLD_H
#define TT_MODULE3_GPU_FAST_FOLD_H

#include "module3_gpu/fast/walk.h"
#include "module2_tensors/simple_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a fold goes. */
typedef enum tti_fold_path {
    TTI_FOLD_ALONG,  /* the dimension's cells are neighbours */
    TTI_FOLD_ROWS,   /* cells of another dimension are: rows are added up */
    TTI_FOLD_GENERAL /* anything else, other operators: Task 3.1's loop */
} tti_fold_path;
tti_fold_path tti_fold_path_of(tt_binary_op op, tt_layout out, tt_layout in, int dim);

/* "along the dimension", .. for reports. */
const char *tti_fold_path_name(tti_fold_path path);

/* out = fold of op over dimension dim of in, from start; out contiguous. False, and nothing is done,
 * where the path is TTI_FOLD_GENERAL. Errors: TT_ERR_MEMORY in c; then true. */
bool tti_fold(tt_ctx *c, tt_binary_op op, tt_array out, tt_const_array in, int dim,
              float start);

#ifdef __cplusplus
}
#endif
#endif
