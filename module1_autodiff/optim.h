/* Optimisers: what to do with the derivatives (used from Task 1.5 on).
 *
 * Gradient descent moves every parameter a small step against its derivative:
 *   p <- p - lr * dL/dp
 * An optimiser works on any module tree, of scalars or of tensors, and updates in place; its state
 * is made with it and lives as long. Source: MiniTorch optim.py; torch.optim.
 */
#ifndef TT_MODULE1_AUTODIFF_OPTIM_H
#define TT_MODULE1_AUTODIFF_OPTIM_H

#include "module0_operators/module.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_optim tt_optim;

typedef struct tt_sgd_options {
    float lr; /* learning rate: above 0 */
} tt_sgd_options;

/* Stochastic gradient descent on all parameters of m: tt_optim_sgd(m, .lr = 0.1f). Owner: m's
 * context. Errors: TT_ERR_VALUE (lr not a finite number above 0; m has no parameters) -> NULL. */
tt_optim *tt_optim_sgd_with(tt_module *m, tt_sgd_options options);
#define tt_optim_sgd(m, ...) tt_optim_sgd_with((m), (tt_sgd_options){__VA_ARGS__})

/* One update of every parameter. NULL is quiet (TT_ERR_VALUE). Nothing moves while an error sticks.
 * Errors: TT_ERR_DOMAIN when a parameter would leave the finite numbers. Cost: one pass over the
 * parameters, no memory. MiniTorch: SGD.step. */
tt_status tt_optim_step(tt_optim *optim);

/* The learning rate, for schedules. Errors of setting: TT_ERR_VALUE as above; the rate stays. */
float tt_optim_lr(const tt_optim *optim);
tt_status tt_optim_set_lr(tt_optim *optim, float lr);

/* ---- for writers of optimisers --------------------------------------------------------------- */

struct tt_optim {
    tt_ctx *ctx;
    tt_module *module;
    tt_parameter_list parameters;
    float lr;
    tt_status (*step)(tt_optim *self);
};

#ifdef __cplusplus
}
#endif
#endif
