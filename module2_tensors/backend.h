/* Backends: who does the arithmetic.
 *
 * A backend is one constant table of functions. All tensor operations come down to these; so a new
 * machine means a new table and no change above. Module 2 has `simple`, which is made to be read;
 * module 3 adds `fast`, `sim` and `cuda`. Every slot works on data handles (storage and layout),
 * reads any layout, and writes a contiguous `out` whose shape the caller has worked out and
 * checked. Inputs broadcast to out's shape. Slots return TT_OK, or record an error in c.
 * An empty slot (NULL) is an error that names the backend and the slot. MiniTorch: TensorOps.
 */
#ifndef TT_MODULE2_TENSORS_BACKEND_H
#define TT_MODULE2_TENSORS_BACKEND_H

#include "module0_operators/operators.h"
#include "module2_tensors/shape.h"
#include "module2_tensors/storage.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A box of numbers without history: what MiniTorch calls TensorData. */
typedef struct tt_data {
    tt_storage *storage;
    tt_layout layout;
} tt_data;

struct tt_backend {
    const char *name; /* "simple" */

    /* out[i] = op(in[i]), in broadcast to out. Cost: one pass. */
    tt_status (*map)(tt_ctx *c, tt_unary_op op, tt_data out, tt_data in);

    /* out[i] = op(a[i], b[i]), both broadcast to out. */
    tt_status (*zip)(tt_ctx *c, tt_binary_op op, tt_data out, tt_data a, tt_data b);

    /* out[.., 0, ..] = fold of op over dimension dim of in, from start; out has size 1 there. */
    tt_status (*reduce)(tt_ctx *c, tt_binary_op op, tt_data out, tt_data in, int dim,
                        float start);

    /* out (.., n, m) = a (.., n, k) x b (.., k, m); leading dimensions broadcast.
     * Cost: 2 n k m operations a batch. */
    tt_status (*matmul)(tt_ctx *c, tt_data out, tt_data a, tt_data b);

    /* out = in, broadcast to out's shape. */
    tt_status (*copy)(tt_ctx *c, tt_data out, tt_data in);

    /* every cell of out = value */
    tt_status (*fill)(tt_ctx *c, tt_data out, float value);

    /* y += alpha x, in place; y contiguous, x broadcast to y: adding up gradients, and descent. */
    tt_status (*axpy)(tt_ctx *c, tt_data y, float alpha, tt_data x);

    /* Device memory; all NULL when the backend computes in host memory. */
    void *(*device_get)(size_t bytes);
    void (*device_put)(void *device);
    tt_status (*to_device)(void *device, const float *host, size_t bytes);
    tt_status (*to_host)(float *host, const void *device, size_t bytes);

    /* What the device said when a copy of this thread failed last. NULL: it says nothing. */
    const char *(*device_trouble)(void);
};

/* The readable backend (simple_backend.h). */
const tt_backend *tt_backend_simple(void);

/* The backend of tensors made in c from now on; children inherit it. NULL: simple. */
void tt_use(tt_ctx *c, const tt_backend *backend);

/* The backend in use in c; never NULL. */
const tt_backend *tt_backend_of(const tt_ctx *c);

#ifdef __cplusplus
}
#endif
#endif
