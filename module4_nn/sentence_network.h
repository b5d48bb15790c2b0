/* The second network of Task 4.5: Kim's, which tells what a sentence says from its word vectors.
 *
 *   x (B,dim,T) -> conv3, conv4, conv5: dim -> maps channels, over 3, 4 and 5 words -> ReLU
 *     -> the largest of each map over all T places, (B,maps,1) -> dropout
 *     -> fc3 + fc4 + fc5: one score a sentence (B,1), above 0 for "for"
 *
 *   Example:
 *     tt_module *net = tt_nn_sentence_cnn(c, 50, 100, 0.25f);
 *     tt_tensor *x = tt_randn(c, TT_SHAPE(2, 50, 9));     // two sentences of 9 words
 *     printf("%zu numbers, %d scores\n", tt_module_count(net), tt_shape_of(tt_forward(c, net, x)).dim[0]);
 *     // prints: 60603 numbers, 2 scores
 *
 * A map looks for one thing, such as "not" before a pleasant word; its largest value says whether the
 * sentence has it anywhere. Three Linear layers added up are one Linear over the three kinds of maps side
 * by side, as in Kim's paper. MiniTorch adds up the maps themselves, puts dropout behind the Linear, and
 * ends with a sigmoid; here tt_bce_with_logits holds it.
 * Source: Kim, "Convolutional neural networks for sentence classification", 2014; MiniTorch Task 4.5,
 * project/run_sentiment.py.
 */
#ifndef TT_MODULE4_NN_SENTENCE_NETWORK_H
#define TT_MODULE4_NN_SENTENCE_NETWORK_H

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For word vectors of `dim` numbers. Parameters conv3, conv4, conv5, fc3, fc4, fc5, each .weight and
 * .bias. Errors: TT_ERR_VALUE (sizes below 1, a rate that is no probability) -> NULL. */
tt_module *tt_nn_sentence_cnn(tt_ctx *c, int dim, int maps, float rate);

#ifdef __cplusplus
}
#endif
#endif
