/* Whole networks, ready to train. So far one; convolutions come with the rest of module 4. */
#ifndef TT_MODULE4_NN_MODELS_H
#define TT_MODULE4_NN_MODELS_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A multi-layer perceptron: x (B, ..) with `in` numbers an example -> scores (B, out):
 *   flatten -> fc1: Linear(in, hidden) -> ReLU -> fc2: Linear(hidden, out)
 * Errors: those of tt_nn_linear -> NULL. */
tt_module *tt_nn_mlp(tt_ctx *c, int in, int hidden, int out);

#ifdef __cplusplus
}
#endif
#endif
