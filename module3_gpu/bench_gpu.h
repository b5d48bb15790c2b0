/* Rows of `bench` for a GPU: internal to that program.
 *
 * Loops over 2^26 numbers beside what the device copies in the same minute, matrix products beside
 * cuBLAS, in float and in TF32. cuBLAS is looked for when the program runs (libcublas.so.13, .12, .11 where
 * the loader finds them: LD_LIBRARY_PATH) and linked into nothing. All times are the device's, by
 * events (cuda/timer.h).
 *
 * State: written without a GPU at hand. The loops and products run on the simulator in a test; what is
 * said to cuBLAS has not been heard by it yet.
 */
#ifndef TT_MODULE3_GPU_BENCH_GPU_H
#define TT_MODULE3_GPU_BENCH_GPU_H

#include "module2_tensors/backend.h"
#include "support/bench.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The rows for the backend cuda; none, and no word, where no device answers. */
void tt_bench_gpu(tt_bench *b);

/* The same for a backend with a device: loops over (side, side), products of the sizes in `products`, which
 * ends with 0. False after an error, said on standard error. */
bool tt_bench_device(tt_bench *b, const tt_backend *backend, int side, const int *products);

#ifdef __cplusplus
}
#endif
#endif
