/* Embedding: a row of a table for each id, such as a vector for each word.
 *
 *   Example:
 *     tt_tensor *table = tt_from(c, TT_SHAPE(3, 2), (float[]){0, 1, 10, 11, 20, 21});
 *     tt_tensor *ids = tt_from(c, TT_SHAPE(2, 2), (float[]){2, 0, 2, 2});
 *     tt_print(tt_embedding(c, table, ids));
 *     // prints: (2,2,2) [[[20 21] [0 1]] [[20 21] [20 21]]]
 *
 * Source: torch.nn.functional.embedding.
 */
#ifndef TT_MODULE4_NN_OPS_EMBEDDING_H
#define TT_MODULE4_NN_OPS_EMBEDDING_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* table (V,D), ids (..), whole numbers 0 .. V-1 -> (..,D). Grad: of table the sum of d's rows for each
 * id, always added up in the same order; none of ids. The ids are looked at on the host, where they
 * come from. Errors: TT_ERR_SHAPE; TT_ERR_VALUE naming the first id that has no row. */
tt_tensor *tt_embedding(tt_ctx *c, tt_tensor *table, tt_tensor *ids);

#ifdef __cplusplus
}
#endif
#endif
