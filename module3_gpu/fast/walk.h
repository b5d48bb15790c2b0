/* A walk: a box of cells with as few dimensions as it can be described by.
 *
 * Tensors have up to eight dimensions, loops want one or two. Dimensions of size 1 go; two neighbours
 * become one where every tensor of the walk steps through them as through one: (4,5,6) contiguous is
 * a row of 120; (4,5,6) plus a (5,6) is 4 rows of 30, the second tensor standing still between rows.
 */
#ifndef TT_MODULE3_GPU_FAST_WALK_H
#define TT_MODULE3_GPU_FAST_WALK_H

#include "module2_tensors/shape.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TTI_WALKERS = 3 }; /* at most: out and two operands */

typedef struct tti_walk {
    int ndim; /* at least 1 */
    int tensors;
    size_t dim[TT_MAX_DIMS];                 /* none is 1, unless it is the only one */
    size_t stride[TTI_WALKERS][TT_MAX_DIMS]; /* [tensor][dimension], in elements */
    size_t cells;
} tti_walk;

/* The walk over `shape` by tensors with these strides (0 where one is broadcast). */
tti_walk tti_walk_of(tt_shape shape, const size_t *const *strides, int tensors);

/* Where each tensor stands at the ordinal-th cell; its index goes to `index`. */
void tti_walk_at(const tti_walk *walk, size_t ordinal, size_t *index, size_t *at);

/* How a pass over the walk goes, tensor 0 being written in order. */
typedef enum tti_path {
    TTI_PATH_LINE,   /* one row: every operand lies in order, or is one number */
    TTI_PATH_ROWS,   /* rows: operands lie in order within a row, or stand still */
    TTI_PATH_TILES,  /* an operand is transposed: tiles of it are turned in the cache */
    TTI_PATH_GENERAL /* anything else: Task 3.1's loops, an index a cell */
} tti_path;
tti_path tti_walk_path(const tti_walk *walk);

/* "rows", .. and what they mean, for reports. */
const char *tti_path_name(tti_path path);

/* The dimension along which operand t lies in order although it does not along the last; -1: none. */
int tti_walk_turned(const tti_walk *walk, int t);

#ifdef __cplusplus
}
#endif
#endif
