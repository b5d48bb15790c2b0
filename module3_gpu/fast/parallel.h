/* Parallel loops: map, zip and reduce on all cores (Task 3.1), and the matrix product (Task 3.2).
 *
 * The same loops as module 2's (simple_backend.h), for machines with several cores. Three things make
 * them faster: the cells are shared among threads; where numbers lie in the order in which they are
 * asked for, no index is computed; and what an inner loop adds up stays in a local variable.
 * The fast backend falls back on these loops wherever it has no tuned one (passes.h, fold.h, gemm.h
 * say where); tti_backend_parallel is made of them alone.
 * Source: MiniTorch Tasks 3.1 and 3.2, minitorch/fast_ops.py.
 */
#ifndef TT_MODULE3_GPU_FAST_PARALLEL_H
#define TT_MODULE3_GPU_FAST_PARALLEL_H

#include "module2_tensors/simple_backend.h"
#include "module3_gpu/fast/threads.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether one loop may run over the memory of both: the same shape, the same strides, no gaps. Equal
 * strides alone are not enough: (1,2) and (3,2) may both have (2,1). Given. */
bool tti_aligned(const tt_layout *out, const tt_layout *in);

/* out[i] = fn(in[i]) for every index i of out, in broadcast to out's shape. Any strides.
 * MiniTorch: tensor_map (Task 3.1). */
void tt_parallel_map(tt_unary_fnf *fn, tt_array out, tt_const_array in);

/* out[i] = fn(a[i], b[i]), both broadcast to out's shape. MiniTorch: tensor_zip (Task 3.1). */
void tt_parallel_zip(tt_binary_fnf *fn, tt_array out, tt_const_array a, tt_const_array b);

/* Folds fn over dimension `dim`: out has size 1 there and already holds the start value;
 * out[i] = fn(in[.., n-1, ..], ... fn(in[.., 0, ..], out[i])), kept in double and rounded once.
 * MiniTorch: tensor_reduce (Task 3.1). */
void tt_parallel_reduce(tt_binary_fn *fn, tt_array out, tt_const_array in, int dim);

/* out (.., n, m) = a (.., n, k) x b (.., k, m); a and b have out's leading dimensions (stride 0 where
 * they broadcast); any strides. Sums are kept in double. MiniTorch: _tensor_matrix_multiply
 * (Task 3.2). */
void tt_parallel_matmul(tt_array out, tt_const_array a, tt_const_array b);

/* The backend "parallel" of these loops: for tests and for comparison. copy, fill and axpy are
 * those of backend fast. */
const tt_backend *tti_backend_parallel(void);

#ifdef __cplusplus
}
#endif
#endif
