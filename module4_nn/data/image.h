/* Image files as input of a network: PNG and PGM.
 *
 *   Example (no-run):
 *     tt_module *net = tt_nn_mlp(c, 28 * 28, 16, 10);
 *     tt_load(c, "net.safetensors", net, NULL);
 *     tt_tensor *x = tt_image(c, "shirt.png", TT_SHAPE(1, 28, 28));
 *     tt_print(tt_softmax(c, tt_forward(c, net, x), 1));
 *
 * Colours become grey (0.299 red + 0.587 green + 0.114 blue), what is transparent black. PNG of every
 * colour type and depth; not interlaced (Adam7). PGM of up to 8 bits, binary (P5) or text (P2). Files
 * are hostile: cut off, damaged, huge or of another kind they are refused with a message.
 * Source: W3C, "Portable Network Graphics"; the pgm page of netpbm.
 */
#ifndef TT_MODULE4_NN_DATA_IMAGE_H
#define TT_MODULE4_NN_DATA_IMAGE_H

#include <stdint.h>

#include "module2_tensors/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most pixels that are read: 4096 x 4096. */
enum { TT_IMAGE_MOST = 1 << 24 };

/* The image at `path` (as the user typed it) as numbers 0 (black) .. 1 (white), brought to the last two
 * sizes of `shape`, (.., rows, columns), by averaging; sizes before them are 1. Its shape may be another:
 * it is stretched. Errors: TT_ERR_FILE, TT_ERR_FORMAT, TT_ERR_SHAPE for such a shape -> NULL. */
tt_tensor *tt_image(tt_ctx *c, const char *path, tt_shape shape);

/* An image as it is in the file. */
typedef struct tt_picture {
    int rows, columns;
    const uint8_t *grey; /* (rows, columns), 0 black; memory of the context */
} tt_picture;

/* From memory, for tests and fuzzing. Errors: TT_ERR_FORMAT, TT_ERR_MEMORY -> false. */
bool tt_picture_parse(tt_ctx *c, const char *name, const uint8_t *file, size_t size,
                      tt_picture *picture);

#ifdef __cplusplus
}
#endif
#endif
