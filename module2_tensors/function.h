/* Functions on tensors: the door for new operations (Tasks 2.3, 2.4).
 *
 * An operation is a struct with forward and backward. forward computes the result and saves what
 * backward needs; backward turns the gradient dy of the result into the gradients of the inputs:
 *
 *   Example:
 *     static tt_tensor *square(tt_call *k, tt_ctx *c, tt_tensor **in)
 *     {
 *         tt_save_for_backward(k, 0, in[0]);
 *         return tt_mul(c, in[0], in[0]);
 *     }
 *     static void square_back(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
 *     {
 *         din[0] = tt_mul(c, dy, tt_mul_num(c, tt_saved(k, 0), 2));
 *     }
 *     static const tt_function square_fn =
 *         {.name = "square", .inputs = 1, .forward = square, .backward = square_back};
 *
 *     tt_tensor *x = tt_requires_grad(tt_from(c, TT_SHAPE(2), (float[]){3, -1}), true);
 *     tt_tensor *y = tt_sum_all(c, tt_apply(c, &square_fn, TT_IN(x)));
 *     tt_backward(y);
 *     printf("%g %g\n", (double)tt_item(y), (double)tt_get(tt_grad(x), (int[]){0}));
 *     // prints: 10 6
 *
 * Inside forward and backward gradients are off, so ordinary operations may be used freely. A
 * gradient may be smaller or larger than its input by broadcasting; it is fitted: stretched, or
 * summed over the dimensions that broadcasting had stretched. All of the library's own operations
 * come in by this door. Source: MiniTorch tensor_functions.py; torch.autograd.Function.
 */
#ifndef TT_MODULE2_TENSORS_FUNCTION_H
#define TT_MODULE2_TENSORS_FUNCTION_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_function tt_function;

enum { TT_MAX_SAVED = 4 };

/* One application of a function: what it keeps between forward and backward. */
typedef struct tt_call {
    const tt_function *fn;
    const void *params; /* fn->params_size bytes, copied; NULL when none */
    tt_tensor *saved[TT_MAX_SAVED];
    tt_tensor **inputs; /* n of them */
    int n;
} tt_call;

struct tt_function {
    const char *name;
    int inputs;         /* how many; -1: any number from 1 to TT_MAX_INPUTS */
    size_t params_size; /* bytes of parameters that are no tensors (a dimension, an order) */

    /* The result, or NULL after an error. in[i] are never NULL, on one backend, and usable. */
    tt_tensor *(*forward)(tt_call *k, tt_ctx *c, tt_tensor **in);

    /* Sets din[i] to the gradient of input i; NULL counts as zero. tt_wants_grad(k, i) says whether
     * anybody asks for it. NULL: the function has no derivative (gradients stop here). */
    void (*backward)(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din);
};

/* The inputs of a call: tt_apply(c, &fn, TT_IN(a, b)). */
#define TT_IN(...) ((tt_tensor *[]){__VA_ARGS__})

/* Applies fn to fn->inputs tensors. NULL among them: NULL. Memory of c. */
tt_tensor *tt_apply(tt_ctx *c, const tt_function *fn, tt_tensor **in);

/* The same with parameters (copied), and with n inputs where fn takes any number. */
tt_tensor *tt_apply_with(tt_ctx *c, const tt_function *fn, const void *params,
                         tt_tensor **in, int n);

/* Keeps a tensor for backward in slot 0 .. TT_MAX_SAVED-1: an input, the result, or one made in
 * forward. The tensor is kept, not its numbers: do not change them in place before backward. */
void tt_save_for_backward(tt_call *k, int slot, tt_tensor *t);
tt_tensor *tt_saved(tt_call *k, int slot);

/* Whether input i requires a gradient. */
bool tt_wants_grad(const tt_call *k, int i);

/* ---- checking gradients ---------------------------------------------------------------------- */

/* A function of n tensors, composed of operations. */
typedef tt_tensor *tt_tensor_fn(tt_ctx *c, tt_tensor **in, void *user);

/* Compares the gradients of f at in[0 .. n-1] with central differences of a weighted sum of its
 * outputs, at every cell of small inputs and at 64 random cells of large ones. Steps of 1e-2
 * relative to the input's size, sums in double; tolerance 1e-2 relative plus 1e-3 of the largest
 * gradient. Returns true when all agree; else records TT_ERR_VALUE with input, index, both values
 * and what their ratio suggests (2: counted twice; 0: missing; -1: sign). f must be smooth there. */
bool tt_check_gradient_of(tt_ctx *c, tt_tensor_fn *f, void *user, tt_tensor **in, int n);

/* The same for one function of the door. */
bool tt_check_gradient(tt_ctx *c, const tt_function *fn, tt_tensor **in);

#ifdef __cplusplus
}
#endif
#endif
