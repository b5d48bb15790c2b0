/* The simple backend: map, zip and reduce as one would explain them (Task 2.3).
 *
 * Each is a loop over the output's cells: which index is this, which cell of the input does it
 * read, apply the function, store. Nothing clever; every other backend is tested against it. Sums
 * are kept in double. Source: MiniTorch Task 2.3, minitorch/tensor_ops.py.
 */
#ifndef TT_MODULE2_TENSORS_SIMPLE_BACKEND_H
#define TT_MODULE2_TENSORS_SIMPLE_BACKEND_H

#include "module2_tensors/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers in host memory with their layout; `at` is the start of the storage, before offset. */
typedef struct tt_array {
    float *at;
    tt_layout layout;
} tt_array;

typedef struct tt_const_array {
    const float *at;
    tt_layout layout;
} tt_const_array;

/* out[i] = fn(in[i]) for every index i of out, in broadcast to out's shape. Any strides.
 * MiniTorch: tensor_map (Task 2.3). */
void tt_simple_map(tt_unary_fnf *fn, tt_array out, tt_const_array in);

/* out[i] = fn(a[i], b[i]), both broadcast to out's shape. MiniTorch: tensor_zip (Task 2.3). */
void tt_simple_zip(tt_binary_fnf *fn, tt_array out, tt_const_array a, tt_const_array b);

/* Folds fn over dimension `dim`: out has size 1 there and already holds the start value;
 * out[i] = fn(in[.., n-1, ..], ... fn(in[.., 0, ..], out[i])). MiniTorch: tensor_reduce (Task 2.3).
 * fn is the double formula: the fold is kept in double and rounded once. */
void tt_simple_reduce(tt_binary_fn *fn, tt_array out, tt_const_array in, int dim);

/* out (.., n, m) = a (.., n, k) x b (.., k, m), out contiguous, a and b with out's leading
 * dimensions (stride 0 where they broadcast). Rows are added up in double: `row` has room for m
 * numbers. Given. */
void tt_simple_matmul(tt_array out, tt_const_array a, tt_const_array b, double *row);

#ifdef __cplusplus
}
#endif
#endif
