/* Functions on scalars: forward and backward side by side (Tasks 1.2, 1.4).
 *
 * A function is a struct of two C functions on plain doubles. forward computes the value and saves
 * what backward will need; backward turns the derivative d of the result into the derivative of
 * each input. A new one needs no change anywhere else:
 *
 *   Example:
 *     static double square(tts_call *k, const double *x)
 *     {
 *         k->saved[0] = x[0];
 *         return x[0] * x[0];
 *     }
 *     static void square_back(const tts_call *k, double d, double *dx)
 *     {
 *         dx[0] = 2 * k->saved[0] * d;
 *     }
 *     static const tts_function square_fn = {"square", 1, square, square_back};
 *
 *     tt_scalar *x = tts_variable(c, 3, "x");
 *     tt_scalar *y = tts_apply(c, &square_fn, (tt_scalar *[]){x});
 *     tts_backward(y);
 *     printf("%g %g\n", tts_value(y), tts_derivative(x));     // prints: 9 6
 *
 * Source: MiniTorch scalar_functions.py (ScalarFunction); torch.autograd.Function.
 */
#ifndef TT_MODULE1_AUTODIFF_SCALAR_FUNCTIONS_H
#define TT_MODULE1_AUTODIFF_SCALAR_FUNCTIONS_H

#include "module1_autodiff/scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tts_function {
    const char *name;
    int inputs; /* 1 or 2 */
    double (*forward)(tts_call *k, const double *x);
    void (*backward)(const tts_call *k, double d, double *dx);
};

/* Applies a function: computes the value and, when an input requires a derivative and gradients
 * are on, attaches the history. MiniTorch: ScalarFunction.apply. */
tt_scalar *tts_apply(tt_ctx *c, const tts_function *fn, tt_scalar *const *in);

extern const tts_function tts_add_fn, tts_mul_fn, tts_lt_fn, tts_eq_fn;
extern const tts_function tts_neg_fn, tts_inv_fn, tts_log_fn, tts_exp_fn, tts_sigmoid_fn,
    tts_relu_fn;

#ifdef __cplusplus
}
#endif
#endif
