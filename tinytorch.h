/* TinyTorch: one include for its users.
 *
 *   #include "tinytorch.h"          target //:tinytorch
 *
 * Everything of modules 0 to 4, and the caller's place in every message: each function that takes a
 * context first is also a macro of its own name here, which stamps file and line into the context.
 *
 *   train.c:57: tt_matmul: (64,784) x (100,10): inner dimensions 784 and 100 differ; ...
 *
 * A function's address is still its address: tt_add without parentheses is the function. The
 * module headers alone have the plain functions, and are what the library's own files include.
 *
 * Prefixes: tt_ tensors and the rest, tts_ scalars, tt_op_ numeric formulas, tt_nn_ layers,
 * tt_optim_ optimisers, tt_data_ data sets; tti_ is internal.
 */
#ifndef TINYTORCH_H
#define TINYTORCH_H

#include "module0_operators/datasets.h"
#include "module0_operators/functional.h"
#include "module0_operators/module.h"
#include "module0_operators/operators.h"
#include "module1_autodiff/derivative.h"
#include "module1_autodiff/graph.h"
#include "module1_autodiff/network.h"
#include "module1_autodiff/optim.h"
#include "module1_autodiff/scalar.h"
#include "module1_autodiff/scalar_functions.h"
#include "module2_tensors/function.h"
#include "module2_tensors/network.h"
#include "module2_tensors/profile.h"
#include "module2_tensors/tensor.h"
#include "module3_gpu/backends.h"
#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/checkpoint/safetensors.h"
#include "module4_nn/conv_layers.h"
#include "module4_nn/data/data.h"
#include "module4_nn/data/glove.h"
#include "module4_nn/data/image.h"
#include "module4_nn/data/loader.h"
#include "module4_nn/data/reviews.h"
#include "module4_nn/data/sentence_set.h"
#include "module4_nn/data/tokens.h"
#include "module4_nn/data/tsv.h"
#include "module4_nn/data/vocabulary.h"
#include "module4_nn/init.h"
#include "module4_nn/layers.h"
#include "module4_nn/loss.h"
#include "module4_nn/meter.h"
#include "module4_nn/models.h"
#include "module4_nn/network.h"
#include "module4_nn/norm_layers.h"
#include "module4_nn/ops/activation.h"
#include "module4_nn/ops/conv.h"
#include "module4_nn/ops/dropout.h"
#include "module4_nn/ops/embedding.h"
#include "module4_nn/ops/max.h"
#include "module4_nn/ops/norm.h"
#include "module4_nn/ops/pool.h"
#include "module4_nn/ops/softmax.h"
#include "module4_nn/optim.h"
#include "module4_nn/sentence_network.h"
#include "support/ctx.h"
#include "support/error.h"
#include "support/random.h"

/* a context's own place, for messages that must name two of them */
#define tt_ctx_new(parent) tti_ctx_new_at((parent), __FILE__, __LINE__)

/* modules: the tree of parameters */
#define tt_module_new(c, ...) tt_module_new(TT_AT(c), __VA_ARGS__)
#define tt_named_parameters(c, ...) tt_named_parameters(TT_AT(c), __VA_ARGS__)
#define tt_named_buffers(c, ...) tt_named_buffers(TT_AT(c), __VA_ARGS__)
#define tt_forward(c, ...) tt_forward(TT_AT(c), __VA_ARGS__)
#define tts_forward(c, ...) tts_forward(TT_AT(c), __VA_ARGS__)

/* scalars */
#define tts_num(c, ...) tts_num(TT_AT(c), __VA_ARGS__)
#define tts_variable(c, ...) tts_variable(TT_AT(c), __VA_ARGS__)
#define tts_add(c, ...) tts_add(TT_AT(c), __VA_ARGS__)
#define tts_mul(c, ...) tts_mul(TT_AT(c), __VA_ARGS__)
#define tts_lt(c, ...) tts_lt(TT_AT(c), __VA_ARGS__)
#define tts_eq(c, ...) tts_eq(TT_AT(c), __VA_ARGS__)
#define tts_neg(c, ...) tts_neg(TT_AT(c), __VA_ARGS__)
#define tts_inv(c, ...) tts_inv(TT_AT(c), __VA_ARGS__)
#define tts_log(c, ...) tts_log(TT_AT(c), __VA_ARGS__)
#define tts_exp(c, ...) tts_exp(TT_AT(c), __VA_ARGS__)
#define tts_sigmoid(c, ...) tts_sigmoid(TT_AT(c), __VA_ARGS__)
#define tts_relu(c, ...) tts_relu(TT_AT(c), __VA_ARGS__)
#define tts_sub(c, ...) tts_sub(TT_AT(c), __VA_ARGS__)
#define tts_div(c, ...) tts_div(TT_AT(c), __VA_ARGS__)
#define tts_gt(c, ...) tts_gt(TT_AT(c), __VA_ARGS__)
#define tts_apply(c, ...) tts_apply(TT_AT(c), __VA_ARGS__)
#define tts_nn_linear(c, ...) tts_nn_linear(TT_AT(c), __VA_ARGS__)
#define tts_network(c, ...) tts_network(TT_AT(c), __VA_ARGS__)

/* tensors: making */
#define tt_empty(c, ...) tt_empty(TT_AT(c), __VA_ARGS__)
#define tt_zeros(c, ...) tt_zeros(TT_AT(c), __VA_ARGS__)
#define tt_ones(c, ...) tt_ones(TT_AT(c), __VA_ARGS__)
#define tt_full(c, ...) tt_full(TT_AT(c), __VA_ARGS__)
#define tt_num(c, ...) tt_num(TT_AT(c), __VA_ARGS__)
#define tt_arange(c, ...) tt_arange(TT_AT(c), __VA_ARGS__)
#define tt_from(c, ...) tt_from(TT_AT(c), __VA_ARGS__)
#define tt_rand(c, ...) tt_rand(TT_AT(c), __VA_ARGS__)
#define tt_randn(c, ...) tt_randn(TT_AT(c), __VA_ARGS__)
#define tt_empty_like(c, ...) tt_empty_like(TT_AT(c), __VA_ARGS__)
#define tt_clone(c, ...) tt_clone(TT_AT(c), __VA_ARGS__)
#define tt_detach(c, ...) tt_detach(TT_AT(c), __VA_ARGS__)
#define tt_to(c, ...) tt_to(TT_AT(c), __VA_ARGS__)

/* tensors: cell by cell */
#define tt_add(c, ...) tt_add(TT_AT(c), __VA_ARGS__)
#define tt_mul(c, ...) tt_mul(TT_AT(c), __VA_ARGS__)
#define tt_lt(c, ...) tt_lt(TT_AT(c), __VA_ARGS__)
#define tt_eq(c, ...) tt_eq(TT_AT(c), __VA_ARGS__)
#define tt_is_close(c, ...) tt_is_close(TT_AT(c), __VA_ARGS__)
#define tt_neg(c, ...) tt_neg(TT_AT(c), __VA_ARGS__)
#define tt_inv(c, ...) tt_inv(TT_AT(c), __VA_ARGS__)
#define tt_exp(c, ...) tt_exp(TT_AT(c), __VA_ARGS__)
#define tt_log(c, ...) tt_log(TT_AT(c), __VA_ARGS__)
#define tt_sigmoid(c, ...) tt_sigmoid(TT_AT(c), __VA_ARGS__)
#define tt_relu(c, ...) tt_relu(TT_AT(c), __VA_ARGS__)
#define tt_sub(c, ...) tt_sub(TT_AT(c), __VA_ARGS__)
#define tt_div(c, ...) tt_div(TT_AT(c), __VA_ARGS__)
#define tt_gt(c, ...) tt_gt(TT_AT(c), __VA_ARGS__)
#define tt_add_num(c, ...) tt_add_num(TT_AT(c), __VA_ARGS__)
#define tt_mul_num(c, ...) tt_mul_num(TT_AT(c), __VA_ARGS__)

/* tensors: along a dimension, shape, matrices */
#define tt_sum(c, ...) tt_sum(TT_AT(c), __VA_ARGS__)
#define tt_mean(c, ...) tt_mean(TT_AT(c), __VA_ARGS__)
#define tt_all(c, ...) tt_all(TT_AT(c), __VA_ARGS__)
#define tt_sum_all(c, ...) tt_sum_all(TT_AT(c), __VA_ARGS__)
#define tt_mean_all(c, ...) tt_mean_all(TT_AT(c), __VA_ARGS__)
#define tt_all_all(c, ...) tt_all_all(TT_AT(c), __VA_ARGS__)
#define tt_permute(c, ...) tt_permute(TT_AT(c), __VA_ARGS__)
#define tt_transpose(c, ...) tt_transpose(TT_AT(c), __VA_ARGS__)
#define tt_view(c, ...) tt_view(TT_AT(c), __VA_ARGS__)
#define tt_flatten(c, ...) tt_flatten(TT_AT(c), __VA_ARGS__)
#define tt_contiguous(c, ...) tt_contiguous(TT_AT(c), __VA_ARGS__)
#define tt_matmul(c, ...) tt_matmul(TT_AT(c), __VA_ARGS__)

/* tensors: functions of one's own, and their check */
#define tt_apply(c, ...) tt_apply(TT_AT(c), __VA_ARGS__)
#define tt_apply_with(c, ...) tt_apply_with(TT_AT(c), __VA_ARGS__)
#define tt_check_gradient_of(c, ...) tt_check_gradient_of(TT_AT(c), __VA_ARGS__)
#define tt_check_gradient(c, ...) tt_check_gradient(TT_AT(c), __VA_ARGS__)

/* networks */
#define tt_nn_broadcast_linear(c, ...) tt_nn_broadcast_linear(TT_AT(c), __VA_ARGS__)
#define tt_network(c, ...) tt_network(TT_AT(c), __VA_ARGS__)
#define tt_nn_linear(c, ...) tt_nn_linear(TT_AT(c), __VA_ARGS__)
#define tt_conv1d(c, ...) tt_conv1d(TT_AT(c), __VA_ARGS__)
#define tt_conv2d(c, ...) tt_conv2d(TT_AT(c), __VA_ARGS__)
#define tt_conv2d_with(c, ...) tt_conv2d_with(TT_AT(c), __VA_ARGS__)
#define tt_tile2d(c, ...) tt_tile2d(TT_AT(c), __VA_ARGS__)
#define tt_avgpool2d(c, ...) tt_avgpool2d(TT_AT(c), __VA_ARGS__)
#define tt_maxpool2d(c, ...) tt_maxpool2d(TT_AT(c), __VA_ARGS__)
#define tt_max(c, ...) tt_max(TT_AT(c), __VA_ARGS__)
#define tt_argmax(c, ...) tt_argmax(TT_AT(c), __VA_ARGS__)
#define tt_argmax_mask(c, ...) tt_argmax_mask(TT_AT(c), __VA_ARGS__)
#define tt_dropout(c, ...) tt_dropout(TT_AT(c), __VA_ARGS__)
#define tt_nn_conv1d(c, ...) tt_nn_conv1d(TT_AT(c), __VA_ARGS__)
#define tt_nn_conv2d(c, ...) tt_nn_conv2d(TT_AT(c), __VA_ARGS__)
#define tt_nn_conv2d_with(c, ...) tt_nn_conv2d_with(TT_AT(c), __VA_ARGS__)
#define tt_nn_dropout(c, ...) tt_nn_dropout(TT_AT(c), __VA_ARGS__)
#define tt_nn_sequential(c, ...) tt_nn_sequential(TT_AT(c), __VA_ARGS__)
#define tt_nn_function(c, ...) tt_nn_function(TT_AT(c), __VA_ARGS__)
#define tt_nn_maxpool2d(c, ...) tt_nn_maxpool2d(TT_AT(c), __VA_ARGS__)
#define tt_nn_avgpool2d(c, ...) tt_nn_avgpool2d(TT_AT(c), __VA_ARGS__)
#define tt_nn_embedding(c, ...) tt_nn_embedding(TT_AT(c), __VA_ARGS__)
#define tt_nn_batch_norm1d(c, ...) tt_nn_batch_norm1d(TT_AT(c), __VA_ARGS__)
#define tt_nn_batch_norm2d(c, ...) tt_nn_batch_norm2d(TT_AT(c), __VA_ARGS__)
#define tt_batch_norm(c, ...) tt_batch_norm(TT_AT(c), __VA_ARGS__)
#define tt_embedding(c, ...) tt_embedding(TT_AT(c), __VA_ARGS__)
#define tt_nn_cnn(c, ...) tt_nn_cnn(TT_AT(c), __VA_ARGS__)
#define tt_softmax(c, ...) tt_softmax(TT_AT(c), __VA_ARGS__)
#define tt_log_softmax(c, ...) tt_log_softmax(TT_AT(c), __VA_ARGS__)
#define tt_tanh(c, ...) tt_tanh(TT_AT(c), __VA_ARGS__)
#define tt_leaky_relu(c, ...) tt_leaky_relu(TT_AT(c), __VA_ARGS__)
#define tt_gelu(c, ...) tt_gelu(TT_AT(c), __VA_ARGS__)
#define tt_gelu_tanh(c, ...) tt_gelu_tanh(TT_AT(c), __VA_ARGS__)
#define tt_mse_loss(c, ...) tt_mse_loss(TT_AT(c), __VA_ARGS__)
#define tt_bce_with_logits(c, ...) tt_bce_with_logits(TT_AT(c), __VA_ARGS__)
#define tt_nll_loss(c, ...) tt_nll_loss(TT_AT(c), __VA_ARGS__)
#define tt_cross_entropy(c, ...) tt_cross_entropy(TT_AT(c), __VA_ARGS__)
#define tt_count_right(c, ...) tt_count_right(TT_AT(c), __VA_ARGS__)
#define tt_right_share(c, ...) tt_right_share(TT_AT(c), __VA_ARGS__)
#define tt_nn_lenet5(c, ...) tt_nn_lenet5(TT_AT(c), __VA_ARGS__)
#define tt_nn_mlp(c, ...) tt_nn_mlp(TT_AT(c), __VA_ARGS__)

/* checkpoints */
#define tt_save(c, ...) tt_save(TT_AT(c), __VA_ARGS__)
#define tt_save_with(c, ...) tt_save_with(TT_AT(c), __VA_ARGS__)
#define tt_load(c, ...) tt_load(TT_AT(c), __VA_ARGS__)
#define tt_load_from(c, ...) tt_load_from(TT_AT(c), __VA_ARGS__)
#define tt_safetensors_read(c, ...) tt_safetensors_read(TT_AT(c), __VA_ARGS__)
#define tt_safetensors_write(c, ...) tt_safetensors_write(TT_AT(c), __VA_ARGS__)

/* data */
#define tt_dataset_make(c, ...) tt_dataset_make(TT_AT(c), __VA_ARGS__)
#define tt_data_idx(c, ...) tt_data_idx(TT_AT(c), __VA_ARGS__)
#define tt_data_digits(c, ...) tt_data_digits(TT_AT(c), __VA_ARGS__)
#define tt_data_fashion(c, ...) tt_data_fashion(TT_AT(c), __VA_ARGS__)
#define tt_image(c, ...) tt_image(TT_AT(c), __VA_ARGS__)
#define tt_loader_new(c, ...) tt_loader_new(TT_AT(c), __VA_ARGS__)
#define tt_next(c, ...) tt_next(TT_AT(c), __VA_ARGS__)
#define tt_accuracy(c, ...) tt_accuracy(TT_AT(c), __VA_ARGS__)
#define tt_accuracy_count(c, ...) tt_accuracy_count(TT_AT(c), __VA_ARGS__)
#define tt_tsv_read(c, ...) tt_tsv_read(TT_AT(c), __VA_ARGS__)
#define tt_glove_read(c, ...) tt_glove_read(TT_AT(c), __VA_ARGS__)
#define tt_data_reviews(c, ...) tt_data_reviews(TT_AT(c), __VA_ARGS__)
#define tt_sentence_set_of(c, ...) tt_sentence_set_of(TT_AT(c), __VA_ARGS__)
#define tt_sentence_batch_of(c, ...) tt_sentence_batch_of(TT_AT(c), __VA_ARGS__)
#define tt_nn_sentence_cnn(c, ...) tt_nn_sentence_cnn(TT_AT(c), __VA_ARGS__)

#endif
