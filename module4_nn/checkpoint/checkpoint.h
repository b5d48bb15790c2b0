/* Checkpoints: a network in a file, and back (safetensors.h says what the file looks like).
 *
 *   Example:
 *     tt_module *net = tt_nn_mlp(c, 28 * 28, 16, 10), *twin = tt_nn_mlp(c, 28 * 28, 16, 10);
 *     tt_optim *adam = tt_optim_adam(net, .lr = 0.001f);
 *     tt_save(c, "net.safetensors", net, adam);
 *     tt_load(c, "net.safetensors", twin, NULL);          // twin computes what net does
 *     tt_load(c, "net.safetensors", net, adam);           // goes on where it was saved
 *
 * In the file are, as torch's state_dict has them:
 *
 *   fc1.weight, ..                    parameters and buffers, by their names in the module tree
 *   optim.velocity.fc1.weight         what the optimiser keeps: of momentum
 *   optim.mean.NAME, optim.square.NAME, optim.steps.NAME      of Adam and AdamW (steps: I64)
 *   __metadata__                      notes: checkpoint (the version, 1), module, optim, seed,
 *                                     random.init .. random.data (how far each stream is), and yours
 *
 * Unlike torch's, the weight of a linear layer is (in, out). Source: torch.save, load_state_dict.
 */
#ifndef TT_MODULE4_NN_CHECKPOINT_CHECKPOINT_H
#define TT_MODULE4_NN_CHECKPOINT_CHECKPOINT_H

#include "module1_autodiff/optim.h"
#include "module4_nn/checkpoint/safetensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes net, and optim unless it is NULL, whole or not at all: after a full disk or a crash the old
 * file is what it was. Errors: TT_ERR_FILE; TT_ERR_DOMAIN for a number that is not finite, so that a
 * run that has diverged does not overwrite a good file; TT_ERR_VALUE for a parameter that is no
 * tensor. An optimiser of your own is saved without its state. */
tt_status tt_save(tt_ctx *c, const char *path, tt_module *net, tt_optim *optim);

/* Fills net's parameters and buffers, in place: all or, after an error, none. With optim also what it
 * keeps, and c's random streams, so that the run goes on as if it had never stopped; its learning
 * rate is yours to set. Without, an optimiser's state in the file is left there.
 * Errors: TT_ERR_FILE; TT_ERR_FORMAT, naming every tensor that is missing, has another shape or
 * dtype, is not the network's, or holds a number that is not finite. */
tt_status tt_load(tt_ctx *c, const char *path, tt_module *net, tt_optim *optim);

/* The same with notes of your own, and from a file that has been read, whose notes say what network
 * to make.
 *
 *   Example:
 *     tt_module *net = tt_nn_mlp(c, 784, 16, 10);
 *     tt_note hidden = {"hidden", "16"};
 *     tt_save_with(c, "noted.safetensors", net, NULL, &hidden, 1);
 *
 *     tt_safetensors file;
 *     if (tt_safetensors_read(c, "noted.safetensors", &file) != TT_OK) return tt_exit(c);
 *     net = tt_nn_mlp(c, 784, atoi(tt_safetensors_note(&file, "hidden")), 10);
 *     tt_load_from(c, &file, net, NULL);
 */
tt_status tt_save_with(tt_ctx *c, const char *path, tt_module *net, tt_optim *optim,
                       const tt_note *notes, size_t note_count);
tt_status tt_load_from(tt_ctx *c, const tt_safetensors *file, tt_module *net,
                       tt_optim *optim);

#ifdef __cplusplus
}
#endif
#endif
