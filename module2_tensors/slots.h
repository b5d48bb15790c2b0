/* From tensors to backend slots: works out the result's shape, makes it, calls the slot.
 *
 * For functions of the door (forward and backward): plain arithmetic without history. `who` is the
 * operation's name for messages ("tt_add"). All return NULL after an error.
 */
#ifndef TT_MODULE2_TENSORS_SLOTS_H
#define TT_MODULE2_TENSORS_SLOTS_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

tt_tensor *tti_map(tt_ctx *c, const char *who, tt_unary_op op, tt_tensor *a);
tt_tensor *tti_zip(tt_ctx *c, const char *who, tt_binary_op op, tt_tensor *a, tt_tensor *b);
tt_tensor *tti_reduce(tt_ctx *c, const char *who, tt_binary_op op, tt_tensor *a, int dim,
                      float start);
tt_tensor *tti_matmul(tt_ctx *c, const char *who, tt_tensor *a, tt_tensor *b);

/* A new leaf without gradient: on a backend; around existing data. */
tt_tensor *tti_new(tt_ctx *c, const tt_backend *backend, tt_shape shape, const char *who);
tt_tensor *tti_around(tt_ctx *c, tt_data data);

/* One number, shape (), on the backend of `like`: as an operand it leaves every shape as it is. */
tt_tensor *tti_num_like(tt_ctx *c, const tt_tensor *like, float value);

/* The backend a tensor lives on. */
static inline const tt_backend *tti_backend(const tt_tensor *a)
{
    return a->data.storage->backend;
}

/* The context of a tensor, for functions that take none; an ended one (checked builds) is an error
 * that has no context to stick in, so it ends the program. */
tt_ctx *tti_owner(const tt_tensor *a, const char *who);

/* dim with negative values counted from the end; -1 and TT_ERR_AXIS when there is no such one. */
int tti_axis(tt_ctx *c, const char *who, const tt_tensor *a, int dim);

/* g fitted to `shape`: stretched where it is smaller, summed where it is larger by broadcasting.
 * Errors: TT_ERR_SHAPE when broadcasting cannot explain the difference. */
tt_tensor *tti_fit(tt_ctx *c, const char *who, tt_tensor *g, tt_shape shape);

/* With TT_CHECK_FINITE=1: records TT_ERR_DOMAIN and returns false when a cell of t is not finite. */
bool tti_check_finite(tt_ctx *c, const char *who, const char *what, tt_tensor *t);

/* How tensors take part in the graph (gradient.c). */
extern const tt_node_kind tti_tensor_kind;

#ifdef __cplusplus
}
#endif
#endif
