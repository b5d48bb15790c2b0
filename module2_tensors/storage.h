/* Storage: the memory behind tensors, on the host, on a device, or both.
 *
 * Several tensors may share one storage: views, permutations, slices. A storage has up to two
 * copies of its numbers and knows which are valid; the first access on the other side copies once,
 * and writing on one side invalidates the other. Every copy is counted, so that a test can say "no
 * host copy inside a training step". Host memory is aligned to 64 bytes and recycled.
 * Owner: the context it was made in.
 */
#ifndef TT_MODULE2_TENSORS_STORAGE_H
#define TT_MODULE2_TENSORS_STORAGE_H

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_backend tt_backend;

enum { TT_SIDE_HOST = 1, TT_SIDE_DEVICE = 2 };

typedef struct tt_storage {
    tt_ctx *ctx;
    const tt_backend *backend; /* whose tensors live here */
    size_t size;               /* numbers */
    float *host;               /* NULL until needed */
    void *device;              /* NULL until needed */
    unsigned valid;            /* sides that hold the present numbers */
} tt_storage;

/* A storage of `size` numbers, not yet set. Errors: TT_ERR_MEMORY, TT_ERR_DEVICE -> NULL. */
tt_storage *tt_storage_new(tt_ctx *c, const tt_backend *backend, size_t size);

/* The numbers on the host: to read, to change some, or to set all (old ones are not fetched).
 * Errors: TT_ERR_MEMORY, TT_ERR_DEVICE in the storage's context -> NULL. */
const float *tt_storage_read(tt_storage *storage);
float *tt_storage_change(tt_storage *storage);
float *tt_storage_set(tt_storage *storage);

/* The same on the device, for device backends. */
const void *tt_storage_device_read(tt_storage *storage);
void *tt_storage_device_change(tt_storage *storage);
void *tt_storage_device_set(tt_storage *storage);

/* Copies between the sides since the context's root was made. */
typedef struct tt_transfers {
    uint64_t to_device, to_host;             /* how often */
    uint64_t bytes_to_device, bytes_to_host; /* how much */
} tt_transfers;
tt_transfers tt_transfer_count(const tt_ctx *c);

#ifdef __cplusplus
}
#endif
#endif
