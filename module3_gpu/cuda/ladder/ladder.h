/* A ladder of matmul kernels: from the one everybody writes first to a fast one, a file a step.
 *
 *   1 naive         a thread a cell, rows along x: neighbours in a warp read different rows
 *   2 coalesced     the same with columns along x: neighbours read neighbours
 *   3 shared        tiles in shared memory: each cell read once a tile, not once a product
 *   4 registers     8 x 8 cells a thread: 64 products for 16 reads of shared memory
 *   5 vectors       the same with float4 reads from global and shared memory
 *   6 overlapped    two tiles: the next one is on its way while one is multiplied
 *   7 tensor_cores  products by a warp at once, from numbers rounded to 11 bits (TF32)
 *
 * All of one signature: out (n, m) = a (n, k) x b (k, m), row-major, in order, any sizes. The
 * kernels that the backend uses are step 6 (matmul_fast.cu) and 7 (matmul_tf32.cu) for operands of any
 * layout, stacks of matrices, and results too small to keep a GPU busy.
 *
 * `./bazelw run -c opt //module3_gpu:ladder` runs all steps: on a GPU for GFLOP/s, on the simulator
 * for what they read and write; README.md here has its table.
 *
 * State: compiled with nvcc for sm_75 to sm_100 and run on the simulator; not yet timed on a GPU.
 * The idea of a ladder with one signature: S. Boehm, "How to optimize a CUDA matmul kernel", 2022.
 */
#ifndef TT_MODULE3_GPU_CUDA_LADDER_LADDER_H
#define TT_MODULE3_GPU_CUDA_LADDER_LADDER_H

#ifdef __cplusplus
extern "C" {
#endif

#define TTK_LADDER(X)                                                                    \
    X(naive) X(coalesced) X(shared) X(registers) X(vectors) X(overlapped) X(tensor_cores)

typedef int ttk_ladder_fn(float *out, const float *a, const float *b, int n, int k, int m);

#define TTK_LADDER_STEP(name)                                                            \
    int ttk_cuda_ladder_##name(float *out, const float *a, const float *b, int n, int k, \
                               int m);                                                   \
    int ttk_sim_ladder_##name(float *out, const float *a, const float *b, int n, int k,  \
                              int m);
TTK_LADDER(TTK_LADDER_STEP)
#undef TTK_LADDER_STEP

#ifdef __cplusplus
}
#endif
#endif
