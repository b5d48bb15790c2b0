/* IDX: the file format of MNIST and Fashion-MNIST, plain or gzip.
 *
 *   bytes 0-1  zero      byte 2  type (8: unsigned byte)      byte 3  number of dimensions n
 *   n big-endian 32-bit sizes, then the data, last dimension fastest
 *
 *   00 00 08 03  00 00 EA 60  00 00 00 1C  00 00 00 1C  ...      (60000,28,28) bytes
 *
 * Read whole and checked: wrong magic, another type, no dimension or more than 4, sizes whose product
 * overflows or is above TT_IDX_MOST, fewer or more bytes than the sizes say. Each error names the
 * file, the byte and both values. Source: LeCun's description of the MNIST files.
 */
#ifndef TT_MODULE4_NN_DATA_IDX_H
#define TT_MODULE4_NN_DATA_IDX_H

#include <stdint.h>

#include "module2_tensors/shape.h"
#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most data bytes a file may hold, unpacked: 1 GiB (Fashion-MNIST has 47 MB). What is larger is
 * refused while it is read, so that a small gzip file cannot fill the memory. */
enum { TT_IDX_MOST = 1 << 30, TT_IDX_MAX_DIMS = 4 };

typedef struct tt_idx {
    tt_shape shape;
    const uint8_t *bytes; /* tt_shape_size(shape) of them; memory of the context */
} tt_idx;

/* Reads `path` (as the user typed it). Errors: TT_ERR_FILE, TT_ERR_FORMAT, TT_ERR_MEMORY; *idx is
 * then untouched. */
tt_status tt_idx_read(tt_ctx *c, const char *path, tt_idx *idx);

/* The same from memory, for tests and fuzzing; the bytes are not copied. `name` is for messages. */
tt_status tt_idx_parse(tt_ctx *c, const char *name, const uint8_t *file, size_t size,
                       tt_idx *idx);

#ifdef __cplusplus
}
#endif
#endif
