/* The fast CPU backend: all cores, wide registers (Tasks 3.1, 3.2).
 *
 *   Example:
 *     tt_set_threads(2);
 *     tt_use(c, tt_backend_fast());
 *     tt_tensor *a = tt_rand(c, TT_SHAPE(300, 200));
 *     tt_tensor *s = tt_sum(c, tt_matmul(c, tt_transpose(c, a, 0, 1), a), 0); // (1,200)
 *
 * Same results as backend simple, to rounding. Which way an operation goes is decided by the layout
 * of its operands: //module3_gpu:parallel_report shows it.
 *
 *   map, zip, copy, axpy   one line, rows, or tiles that turn transposed operands   passes.h
 *   reduce                 along the dimension, or row by row                       fold.h
 *   matmul                 packed, or reading operands where they lie               gemm.h
 *   whatever else          the readable loops of Tasks 3.1 and 3.2, or of 2.3       parallel.h
 *                          where one thread is enough
 *
 * A step that has been made once allocates nothing: what is packed is memory of the context's pool.
 * Threads: threads.h. Instruction sets: kernels.h. Source: MiniTorch fast_ops.py.
 */
#ifndef TT_MODULE3_GPU_FAST_FAST_BACKEND_H
#define TT_MODULE3_GPU_FAST_FAST_BACKEND_H

#include "module2_tensors/backend.h"
#include "module3_gpu/fast/threads.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The backend "fast". Never NULL. */
const tt_backend *tt_backend_fast(void);

/* The instructions that its kernels use here: "avx512", "avx2" or "base". TT_SIMD in the environment
 * asks for another. */
const char *tt_simd_name(void);

#ifdef __cplusplus
}
#endif
#endif
