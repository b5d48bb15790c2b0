/* The launchers of this folder's kernels, as C sees them.
 *
 * One list makes the declarations of both builds and the table that a backend calls through, so
 * that they cannot get out of step: ttk_cuda_map and ttk_sim_map, and ttk_table's field map.
 *
 * Pointers are to the start of a storage on the device; offset and strides stand in the layouts.
 * Launchers return 0 or an error code (launch.h). `to` is any layout for the kernels of the course
 * and must be in order (contiguous) for the fast ones. Sizes of their
 * tiles and blocks are reasoned, not yet measured on a GPU.
 */
#ifndef TT_MODULE3_GPU_CUDA_KERNELS_H
#define TT_MODULE3_GPU_CUDA_KERNELS_H

#include "module0_operators/operators.h"
#include "module2_tensors/shape.h"
#include "module3_gpu/cuda/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TTK_WARP = 32,   /* threads that are given one instruction at once */
    TTK_BLOCK = 256, /* threads of a block where nothing else is said */
    TTK_SUM = 32,    /* block of sum_practice: one output cell for each 32 inputs */
    TTK_REDUCE = 256,
    TTK_TILE = 32 /* matmul's tiles are 32 x 32, and so are its blocks */
};

/* The kernels of Tasks 3.3 and 3.4: what a learner writes.
 *   map             out[i] = op(in[i]), in broadcast to out
 *   zip             out[i] = op(a[i], b[i]), both broadcast to out
 *   sum_practice    out[j] = in[32 j] + .. + in[32 j + 31], the last group shorter;
 *                   out has tt_blocks(n, 32) cells
 *   reduce          out[.., 0, ..] = fold of op over dimension dim of in, of any length;
 *                   start must not change the result when folded in more than once
 *                   (0 for add, 1 for mul, anything for max)
 *   matmul_practice out = a x b for n x n matrices in order, n <= 32, in one block
 *   matmul          out (.., n, m) = a (.., n, k) x b (.., k, m), a and b stretched to out's
 *                   leading dimensions */
#define TTK_COURSE(X)                                                                    \
    X(map, (tt_unary_op op, float *out, tt_layout to, const float *in, tt_layout from))  \
    X(zip, (tt_binary_op op, float *out, tt_layout to, const float *a, tt_layout al,     \
            const float *b, tt_layout bl))                                               \
    X(sum_practice, (float *out, const float *in, int n))                                \
    X(reduce, (tt_binary_op op, float *out, tt_layout to, const float *in,               \
               tt_layout from, int dim, float start))                                    \
    X(matmul_practice, (float *out, const float *a, const float *b, int n))              \
    X(matmul, (float *out, tt_layout to, const float *a, tt_layout al, const float *b,   \
               tt_layout bl))

/* Given: the same as fast as we could make it, and what no task asks for.
 *   fold            like reduce, in order, for any op and any start: one thread an output cell
 *   reduce_fast     in (outer, n, inner) in order, out (outer, inner); `scratch` has room for
 *                   ttk_reduce_scratch(outer, n, inner) numbers
 *   matmul_fast     like matmul; `scratch` has room for ttk_matmul_scratch(sizes) numbers
 *   matmul_tf32     the same with operands rounded to TF32, on tensor cores (tensor_core.h)
 *   fill            out[i] = value, from out on
 *   axpy            y[i] += alpha x[i], from y on, x stretched to y's shape */
#define TTK_GIVEN(X)                                                                     \
    X(map_fast,                                                                          \
      (tt_unary_op op, float *out, tt_layout to, const float *in, tt_layout from))       \
    X(zip_fast, (tt_binary_op op, float *out, tt_layout to, const float *a,              \
                 tt_layout al, const float *b, tt_layout bl))                            \
    X(fold, (tt_binary_op op, float *out, tt_layout to, const float *in, tt_layout from, \
             int dim, float start))                                                      \
    X(reduce_fast, (tt_binary_op op, float *out, const float *in, size_t outer,          \
                    size_t n, size_t inner, float start, float *scratch))                \
    X(matmul_fast, (float *out, tt_layout to, const float *a, tt_layout al,              \
                    const float *b, tt_layout bl, float *scratch))                       \
    X(matmul_tf32, (float *out, tt_layout to, const float *a, tt_layout al,              \
                    const float *b, tt_layout bl, float *scratch))                       \
    X(fill, (float *out, float value, size_t n))                                         \
    X(axpy, (float *y, float alpha, const float *x, tt_layout from))

/* The device itself (device.cu). Codes are those of launchers. Copies between device addresses and
 * events stand in line with the kernels; a time between two events is waited for. */
#define TTK_DEVICE(X)                                                                    \
    X(device_find, (int *devices))                                                       \
    X(device_use, (int device))                                                          \
    X(device_name, (char *text, size_t room))                                            \
    X(device_wait, (void))                                                               \
    X(device_alloc, (void **device, size_t bytes))                                       \
    X(device_free, (void *device))                                                       \
    X(device_write, (void *device, const float *host, size_t bytes))                     \
    X(device_read, (float *host, const void *device, size_t bytes))                      \
    X(device_copy, (void *to, const void *from, size_t bytes))                           \
    X(event_new, (void **event))                                                         \
    X(event_free, (void *event))                                                         \
    X(event_record, (void *event))                                                       \
    X(event_milliseconds, (void *from, void *to, float *milliseconds))                   \
    X(error_text, (int code, char *text, size_t room))                                   \
    X(out_of_memory, (int code))

#define TTK_ALL(X) TTK_COURSE(X) TTK_GIVEN(X) TTK_DEVICE(X)

#define TTK_DECLARE(name, arguments)                                                     \
    int ttk_cuda_##name arguments;                                                       \
    int ttk_sim_##name arguments;
TTK_ALL(TTK_DECLARE)
#undef TTK_DECLARE

typedef struct ttk_table {
#define TTK_FIELD(name, arguments) int(*name) arguments;
    TTK_ALL(TTK_FIELD)
#undef TTK_FIELD
} ttk_table;

#ifdef __cplusplus
}
#endif
#endif
