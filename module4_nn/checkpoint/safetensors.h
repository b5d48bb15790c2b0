/* safetensors: the file format in which weights are exchanged. Python's `safetensors` reads what is
 * written here, and the other way round.
 *
 *   bytes 0-7   length N of the header, little-endian
 *   N bytes     JSON: {"fc1.weight": {"dtype": "F32", "shape": [784,64], "data_offsets": [0,200704]},
 *                      ..., "__metadata__": {"key": "text"}}, blanks allowed at its end
 *   the rest    the tensors' bytes, little-endian, row-major; offsets count from here
 *
 * Read whole and checked before anything is believed: a header longer than the file or than
 * TT_SAFETENSORS_HEADER_MOST, damaged JSON, names that occur twice, offsets that overlap, leave holes
 * or lie outside, sizes that differ from the shape's. Each error names the file and the tensor.
 * What a checkpoint of a network holds is in checkpoint.h.
 * Source: the format's description at github.com/huggingface/safetensors.
 */
#ifndef TT_MODULE4_NN_CHECKPOINT_SAFETENSORS_H
#define TT_MODULE4_NN_CHECKPOINT_SAFETENSORS_H

#include <stdint.h>

#include "module2_tensors/shape.h"
#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The longest header that is read: 4 MiB, which is more than 20,000 tensors. The format itself
 * allows 100 MB, of which a hostile file makes gigabytes of JSON. And the largest file: 4 GiB. */
#define TT_SAFETENSORS_HEADER_MOST ((size_t)1 << 22)
#define TT_SAFETENSORS_MOST ((size_t)1 << 32)

/* A tensor in a file. */
typedef struct tt_stored {
    const char *name;
    const char *dtype; /* "F32", "I64", ... */
    tt_shape shape;
    const void *bytes; /* `size` of them, not aligned: memcpy them */
    size_t size;
} tt_stored;

/* A key and a text, of "__metadata__". */
typedef struct tt_note {
    const char *key, *text;
} tt_note;

typedef struct tt_safetensors {
    const char *name;   /* of the file, for messages */
    tt_stored *tensors; /* sorted by name */
    tt_note *notes;
    size_t tensor_count, note_count;
} tt_safetensors;

/* Reads `path` (as the user typed it). Errors: TT_ERR_FILE, TT_ERR_FORMAT, TT_ERR_MEMORY; *file is
 * then untouched. Owner of all: c. */
tt_status tt_safetensors_read(tt_ctx *c, const char *path, tt_safetensors *file);

/* The same from memory, for tests and fuzzing; tensors point into `bytes`. */
tt_status tt_safetensors_parse(tt_ctx *c, const char *name, const uint8_t *bytes,
                               size_t size, tt_safetensors *file);

/* The tensor of that name; the text of that key. NULL when there is none. */
const tt_stored *tt_safetensors_find(const tt_safetensors *file, const char *name);
const char *tt_safetensors_note(const tt_safetensors *file, const char *key);

/* Writes a file as a whole or not at all (support/file.h): a full disk leaves the old one as it was.
 * Errors: TT_ERR_FILE, TT_ERR_NAME (two tensors or notes of one name), TT_ERR_MEMORY. */
tt_status tt_safetensors_write(tt_ctx *c, const char *path, const tt_stored *tensors,
                               size_t tensor_count, const tt_note *notes,
                               size_t note_count);

#ifdef __cplusplus
}
#endif
#endif
