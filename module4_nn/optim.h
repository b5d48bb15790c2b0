/* Optimisers beyond plain gradient descent: momentum, Adam, AdamW; clipping and schedules.
 *
 *   Example:
 *     tt_module *net = tt_nn_linear(c, NULL, "fc", 4, 3);
 *     tt_optim *adam = tt_optim_adamw(net, .lr = 0.01f, .weight_decay = 0.01f);
 *     tt_tensor *x = tt_rand(c, TT_SHAPE(8, 4)), *y = tt_zeros(c, TT_SHAPE(8));
 *     for (int step = 0; step < 100; step++) TT_SCOPE(c) {
 *         tt_tensor *loss = tt_cross_entropy(c, tt_forward(c, net, x), y);
 *         tt_zero_grad(net);
 *         tt_backward(loss);
 *         tt_optim_clip(adam, 1.0);
 *         tt_optim_set_lr(adam, tt_schedule_cosine(0.01f, 0.001f, 100, step));
 *         tt_optim_step(adam);
 *     }
 *
 * Each works on the tensors of a module tree, in place. Its state is made with it, in the module's
 * context, and lives as long; a step allocates nothing. A parameter without a gradient stays where it
 * is. All are tt_optim of module 1: step, lr and set_lr are the same. An option left out, or 0, has
 * the default given behind it. Errors: TT_ERR_VALUE (options out of range; a parameter that is no
 * tensor; none) -> NULL; of a step TT_ERR_BACKEND where a backend has none of it.
 * Source: torch.optim, whose formulas and defaults these are; Kingma and Ba, "Adam", 2015;
 * Loshchilov and Hutter, "Decoupled weight decay regularization", 2019. MiniTorch has none.
 */
#ifndef TT_MODULE4_NN_OPTIM_H
#define TT_MODULE4_NN_OPTIM_H

#include "module1_autodiff/optim.h"
#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_momentum_options {
    float lr;           /* above 0; no default */
    float momentum;     /* 0 .. 1; 0 is plain descent */
    float weight_decay; /* 0 or more: added to the gradient as weight_decay p */
    bool nesterov;
} tt_momentum_options;

/* v <- momentum v + g + weight_decay p, p <- p - lr v. torch: SGD(momentum, weight_decay). */
tt_optim *tt_optim_momentum_with(tt_module *m, tt_momentum_options options);
#define tt_optim_momentum(m, ...)                                                        \
    tt_optim_momentum_with((m), (tt_momentum_options){__VA_ARGS__})

typedef struct tt_adam_options {
    float lr;           /* 0.001 */
    float beta1;        /* 0.9: how much of the mean of gradients is kept */
    float beta2;        /* 0.999: and of the mean of their squares */
    float eps;          /* 1e-8 */
    float weight_decay; /* none; torch's AdamW has 0.01 */
} tt_adam_options;

/* p <- p - lr mean / (sqrt(square) + eps), both corrected for their start at 0. Adam adds
 * weight_decay p to the gradient; AdamW shrinks p by lr weight_decay itself. torch: Adam, AdamW. */
tt_optim *tt_optim_adam_with(tt_module *m, tt_adam_options options);
tt_optim *tt_optim_adamw_with(tt_module *m, tt_adam_options options);
#define tt_optim_adam(m, ...) tt_optim_adam_with((m), (tt_adam_options){__VA_ARGS__})
#define tt_optim_adamw(m, ...) tt_optim_adamw_with((m), (tt_adam_options){__VA_ARGS__})

/* Scales all gradients of the optimiser's parameters so that together their length is at most
 * `most`; returns the length before, NaN for NULL. A length that is not finite changes nothing.
 * The gradients stay where they are; from a device one number comes to the host. torch:
 * clip_grad_norm_. */
double tt_optim_clip(tt_optim *optim, double most);

/* The learning rate of a step, counted from 0, for tt_optim_set_lr.
 *
 *   Example:
 *     printf("%g %g\n", (double)tt_schedule_step(0.1f, 0.5f, 10, 9),
 *            (double)tt_schedule_step(0.1f, 0.5f, 10, 20));
 *     // prints: 0.1 0.025
 *
 * step: lr times gamma for each `every` steps made (torch: StepLR). cosine: from lr down to `least`
 * along half a cosine over `steps` steps, and `least` from then on (torch: CosineAnnealingLR);
 * `least` must be above 0 where steps are made beyond it. every and steps below 1 count as 1. */
float tt_schedule_step(float lr, float gamma, int every, int step);
float tt_schedule_cosine(float lr, float least, int steps, int step);

/* ---- for checkpoints -------------------------------------------------------------------------- */

/* "momentum", "adam", "adamw"; "sgd" for all that keep nothing between steps. */
const char *tti_optim_kind(const tt_optim *optim);

/* What an optimiser keeps between steps for one parameter: tensors by name, and a count of steps. */
typedef struct tti_optim_kept {
    struct {
        const char *name; /* "velocity"; "mean", "square" */
        tt_tensor *tensor;
    } tensors[2];
    int tensor_count;
    uint64_t *steps; /* NULL: not counted */
} tti_optim_kept;
tti_optim_kept tti_optim_kept_of(tt_optim *optim, size_t parameter);

#ifdef __cplusplus
}
#endif
#endif
