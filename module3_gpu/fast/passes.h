/* Passes: what writes every cell of `out` once: map, zip, copy, and y += alpha x.
 *
 * Where the numbers lie decides how a pass goes (tti_path in walk.h): over one line, row by row, or
 * through tiles that turn a transposed operand around in the cache. An `out` too large for the
 * caches is written past them, so that memory is not read first only to be overwritten.
 */
#ifndef TT_MODULE3_GPU_FAST_PASSES_H
#define TT_MODULE3_GPU_FAST_PASSES_H

#include "module3_gpu/fast/kernels.h"
#include "module3_gpu/fast/walk.h"
#include "module2_tensors/simple_backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All write `out`, which is contiguous; operands are broadcast to it. False, and nothing is done,
 * where the path is TTI_PATH_GENERAL. */
bool tti_pass_map(tt_unary_op op, tt_array out, tt_const_array in);
bool tti_pass_zip(tt_binary_op op, tt_array out, tt_const_array a, tt_const_array b);
bool tti_pass_copy(tt_array out, tt_const_array in);
bool tti_pass_axpy(tt_array y, float alpha, tt_const_array x);

/* out[0..n] = value */
void tti_pass_fill(float *out, float value, size_t n);

/* For tests: passes over more than that many bytes write past the caches; 0: as the machine has. */
void tti_pass_stream_from(size_t cache);

#ifdef __cplusplus
}
#endif
#endif
