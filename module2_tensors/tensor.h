/* Tensors: boxes of floats that remember how they were made (Tasks 2.3, 2.4).
 *
 *   Example:
 *     tt_tensor *w = tt_requires_grad(tt_from(c, TT_SHAPE(2, 1), (float[]){0.5f, -1.0f}), true);
 *     tt_tensor *x = tt_from(c, TT_SHAPE(3, 2), (float[]){1, 2, 3, 4, 5, 6});
 *     tt_tensor *loss = tt_sum_all(c, tt_relu(c, tt_neg(c, tt_matmul(c, x, w))));
 *     tt_backward(loss);
 *     printf("%g %g\n", (double)tt_item(loss), (double)tt_get(tt_grad(w), (int[]){0, 0}));
 *     // prints: 7.5 -9
 *
 * Every operation takes the context first, returns a new tensor of that context, and answers NULL
 * to NULL. Operands of one operation must be on one backend. Errors of all of them: TT_ERR_SHAPE,
 * TT_ERR_OWNER (an operand of another or an ended scope), TT_ERR_BACKEND, TT_ERR_MEMORY; with
 * TT_CHECK_FINITE=1 in the environment also TT_ERR_DOMAIN, naming the first operation, forward or
 * backward, whose result is not finite. All numbers are float; class ids are too.
 *
 * Owner: the context. Views share storage with what they were made from.
 * Source: MiniTorch minitorch/tensor.py, tensor_functions.py; torch.Tensor. Differences: a view of
 * a permuted gradient is right, requires_grad(false) means false, inputs do not require gradients
 * unless asked, runs are reproducible.
 */
#ifndef TT_MODULE2_TENSORS_TENSOR_H
#define TT_MODULE2_TENSORS_TENSOR_H

#include <stdio.h>

#include "module0_operators/module.h"
#include "module1_autodiff/graph.h"
#include "module2_tensors/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tt_call; /* function.h */

struct tt_tensor {
    tt_node node;
    tt_data data;    /* storage and layout */
    tt_tensor *grad; /* d result / d this, same shape; only leaves keep it after a pass */
    struct tt_call *call; /* what made it; NULL for a leaf */
    bool grad_set; /* grad holds something (leaves keep their buffer between steps) */
    bool grad_own; /* grad may be added to in place (inner nodes, during a pass) */
};

/* ---- making ---------------------------------------------------------------------------------- */

tt_tensor *tt_empty(tt_ctx *c, tt_shape shape);             /* not yet set */
tt_tensor *tt_zeros(tt_ctx *c, tt_shape shape);             /* 0 everywhere */
tt_tensor *tt_ones(tt_ctx *c, tt_shape shape);              /* 1 everywhere */
tt_tensor *tt_full(tt_ctx *c, tt_shape shape, float value); /* value everywhere */
tt_tensor *tt_num(tt_ctx *c, float value);                  /* one number, shape (1,) */
tt_tensor *tt_arange(tt_ctx *c, int n);                     /* 0, 1, .. n-1, shape (n,) */

/* The numbers at `values`, row-major, tt_shape_size(shape) of them; copied. */
tt_tensor *tt_from(tt_ctx *c, tt_shape shape, const float *values);

/* Random numbers from c's data stream: uniform in [0, 1), or standard normal. */
tt_tensor *tt_rand(tt_ctx *c, tt_shape shape);
tt_tensor *tt_randn(tt_ctx *c, tt_shape shape);

/* Not yet set / a copy without history / the same numbers without history (shares storage). */
tt_tensor *tt_empty_like(tt_ctx *c, tt_tensor *a);
tt_tensor *tt_clone(tt_ctx *c, tt_tensor *a);
tt_tensor *tt_detach(tt_ctx *c, tt_tensor *a);

/* A copy on another backend (a itself when it is there already). No gradient flows through. */
tt_tensor *tt_to(tt_ctx *c, tt_tensor *a, const tt_backend *backend);

/* ---- looking --------------------------------------------------------------------------------- */

tt_shape tt_shape_of(const tt_tensor *a); /* () for NULL */
size_t tt_numel(const tt_tensor *a);      /* number of cells; 0 for NULL */

/* The number in a tensor of one cell. NaN for NULL. Errors: TT_ERR_SHAPE -> NaN. */
float tt_item(tt_tensor *a);

/* One cell; index has ndim entries. Errors: TT_ERR_INDEX names the dimension and its size -> NaN. */
float tt_get(tt_tensor *a, const int *index);
tt_status tt_set(tt_tensor *a, const int *index, float value);

/* All cells in row-major order into out[0 .. numel-1], whatever the strides. */
tt_status tt_read(tt_tensor *a, float *out);

/* Nested brackets with four digits, long dimensions shortened: [[1 2] [3 4]], as text of c, and to
 * standard output with its shape. */
char *tt_text_of(tt_ctx *c, tt_tensor *a);
void tt_print(tt_tensor *a);

/* A name for messages and drawings (copied). Returns a. Errors: TT_ERR_OWNER when a was made before
 * the innermost open scope, at whose end the name would be gone. */
tt_tensor *tt_name(tt_tensor *a, const char *name);

/* ---- cell by cell; operands broadcast (Task 2.3), derivatives (Task 2.4) ---------------------- */

tt_tensor *tt_add(tt_ctx *c, tt_tensor *a, tt_tensor *b); /* a + b           d, d */
tt_tensor *tt_mul(tt_ctx *c, tt_tensor *a, tt_tensor *b); /* a b             d b, d a */
tt_tensor *tt_lt(tt_ctx *c, tt_tensor *a, tt_tensor *b);  /* 1 if a < b      0, 0 */
tt_tensor *tt_eq(tt_ctx *c, tt_tensor *a, tt_tensor *b);  /* 1 if a == b     0, 0 */
tt_tensor *tt_is_close(tt_ctx *c, tt_tensor *a,
                       tt_tensor *b);           /* 1 if |a-b| < 0.01; no derivative */
tt_tensor *tt_neg(tt_ctx *c, tt_tensor *a);     /* -a              -d */
tt_tensor *tt_inv(tt_ctx *c, tt_tensor *a);     /* 1 / a           -d / a^2 */
tt_tensor *tt_exp(tt_ctx *c, tt_tensor *a);     /* e^a             d e^a */
tt_tensor *tt_log(tt_ctx *c, tt_tensor *a);     /* ln a            d / a */
tt_tensor *tt_sigmoid(tt_ctx *c, tt_tensor *a); /* s = 1/(1+e^-a)  d s (1-s) */
tt_tensor *tt_relu(tt_ctx *c, tt_tensor *a);    /* max(a, 0)       d if a > 0 else 0 */

/* Composed (Task 2.3): */
tt_tensor *tt_sub(tt_ctx *c, tt_tensor *a, tt_tensor *b); /* a + (-b) */
tt_tensor *tt_div(tt_ctx *c, tt_tensor *a, tt_tensor *b); /* a inv(b) */
tt_tensor *tt_gt(tt_ctx *c, tt_tensor *a, tt_tensor *b);  /* b < a */

/* With a number in place of b: */
tt_tensor *tt_add_num(tt_ctx *c, tt_tensor *a, float b);
tt_tensor *tt_mul_num(tt_ctx *c, tt_tensor *a, float b);

/* ---- along a dimension: it stays, with size 1, as in MiniTorch -------------------------------- */

/* Sum over dimension dim (negative counts from the end): (2,3) over 1 gives (2,1).
 * Errors: TT_ERR_AXIS. The sum of nothing is 0. */
tt_tensor *tt_sum(tt_ctx *c, tt_tensor *a, int dim);
tt_tensor *tt_mean(tt_ctx *c, tt_tensor *a,
                   int dim); /* TT_ERR_VALUE for the mean of nothing */
tt_tensor *tt_all(tt_ctx *c, tt_tensor *a,
                  int dim); /* product: 1 when all are 1; no derivative */

/* Over all cells: shape (1,). */
tt_tensor *tt_sum_all(tt_ctx *c, tt_tensor *a);
tt_tensor *tt_mean_all(tt_ctx *c, tt_tensor *a);
tt_tensor *tt_all_all(tt_ctx *c, tt_tensor *a);

/* ---- shape ----------------------------------------------------------------------------------- */

/* Dimension d of the result is dimension order[d] of a; order has ndim entries. Shares storage.
 * Errors: TT_ERR_AXIS when order is no permutation. */
tt_tensor *tt_permute(tt_ctx *c, tt_tensor *a, const int *order);
tt_tensor *tt_transpose(tt_ctx *c, tt_tensor *a, int dim0,
                        int dim1); /* two dimensions swapped */

/* The same cells in row-major order under another shape of equal size. Shares storage.
 * Errors: TT_ERR_SHAPE when sizes differ or a is not contiguous (say tt_contiguous first). */
tt_tensor *tt_view(tt_ctx *c, tt_tensor *a, tt_shape shape);

/* (B, d1, d2, ..) -> (B, d1 d2 ..). Copies only when a is not contiguous. */
tt_tensor *tt_flatten(tt_ctx *c, tt_tensor *a);

/* a in row-major order: a itself when it is already, else a copy through which gradients flow. */
tt_tensor *tt_contiguous(tt_ctx *c, tt_tensor *a);

/* ---- matrices -------------------------------------------------------------------------------- */

/* a (.., n, k) x b (.., k, m) -> (.., n, m); leading dimensions broadcast. Derivatives: d b^T and
 * a^T d. Errors: TT_ERR_SHAPE names both inner dimensions. Cost: 2 n k m operations a batch. */
tt_tensor *tt_matmul(tt_ctx *c, tt_tensor *a, tt_tensor *b);

/* ---- gradients ------------------------------------------------------------------------------- */

/* Says whether a gradient is wanted of a leaf, and reserves it. Returns a.
 * Errors: TT_ERR_VALUE for a tensor with a history; TT_ERR_OWNER when a was made before the
 * innermost open scope, at whose end its gradient would die. */
tt_tensor *tt_requires_grad(tt_tensor *a, bool wanted);

/* The gradient that backward passes have added up; NULL when there is none. */
tt_tensor *tt_grad(const tt_tensor *a);

/* Forgets the gradient (its memory stays reserved). */
void tt_zero_grad_of(tt_tensor *a);

/* Adds d result / d leaf to the gradient of every leaf that requires one. `result` has one cell.
 * NULL is quiet. Errors: TT_ERR_SHAPE (more than one cell), TT_ERR_VALUE (nothing to derive by). */
tt_status tt_backward(tt_tensor *result);

/* The same for any shape, with the gradient of the result given (same shape). */
tt_status tt_backward_from(tt_tensor *result, tt_tensor *d);

/* The kind of a parameter that is a tensor, and a parameter made and added in one step: `value`
 * comes to require a gradient and takes the parameter's dotted name. Returns value. */
extern const tt_parameter_kind tt_tensor_parameter_kind;
tt_tensor *tt_module_tensor(tt_module *m, const char *name, tt_tensor *value);

/* The same for a buffer (tt_module_buffer): no gradient, not learned, but saved. */
tt_tensor *tt_module_tensor_buffer(tt_module *m, const char *name, tt_tensor *value);

#ifdef __cplusplus
}
#endif
#endif
