/* Storage: see storage.h. */
#include "module2_tensors/storage.h"

#include "module2_tensors/backend.h"
#include "support/ctx_struct.h"

static void storage_release(void *object)
{
    tt_storage *storage = object;
    tti_block_put(storage->ctx, storage->host);
    if (storage->device) storage->backend->device_put(storage->device);
}

static bool make_host(tt_storage *storage)
{
    if (!storage->host)
        storage->host = tti_block_get(storage->ctx, storage->size * sizeof(float));
    return storage->host != NULL;
}

static bool make_device(tt_storage *storage)
{
    const tt_backend *backend = storage->backend;
    if (!storage->device && backend->device_get) {
        storage->device = backend->device_get(storage->size * sizeof(float));
        if (!storage->device)
            tti_fail(storage->ctx, TT_ERR_MEMORY, "tt_storage",
                     "no room for %zu numbers on the device of backend %s; end scopes "
                     "earlier or "
                     "use smaller batches",
                     storage->size, backend->name);
    }
    return storage->device != NULL;
}

tt_storage *tt_storage_new(tt_ctx *c, const tt_backend *backend, size_t size)
{
    tt_storage *storage = tt_alloc(c, sizeof *storage);
    if (!storage) return NULL;
    *storage = (tt_storage){.ctx = c, .backend = backend, .size = size};
    if (!tti_on_release(c, storage_release, storage)) return NULL;
    bool made = backend->device_get ? make_device(storage) : make_host(storage);
    return made ? storage : NULL;
}

/* Counters of copies, in the pool that all contexts of a tree share. */
static void count(tt_storage *storage, unsigned to_side)
{
    tti_pool *pool = storage->ctx->pool;
    int k = to_side == TT_SIDE_DEVICE ? 0 : 1;
    pool->transfers[k]++;
    pool->transfer_bytes[k] += storage->size * sizeof(float);
}

/* Makes the present numbers valid on `side`, copying once when they are only on the other. */
static bool fetch(tt_storage *storage, unsigned side)
{
    if (!(side == TT_SIDE_HOST ? make_host(storage) : make_device(storage))) return false;
    if (!storage->valid || (storage->valid & side)) return true;
    size_t bytes = storage->size * sizeof(float);
    tt_status status =
        side == TT_SIDE_HOST
            ? storage->backend->to_host(storage->host, storage->device, bytes)
            : storage->backend->to_device(storage->device, storage->host, bytes);
    if (status != TT_OK) {
        const char *(*trouble)(void) = storage->backend->device_trouble;
        tti_fail(storage->ctx, status, "tt_storage",
                 "copy of %zu bytes to the %s of backend %s failed%s%s", bytes,
                 side == TT_SIDE_HOST ? "host" : "device", storage->backend->name,
                 trouble ? ": " : "", trouble ? trouble() : "");
        return false;
    }
    count(storage, side);
    storage->valid |= side;
    return true;
}

const float *tt_storage_read(tt_storage *storage)
{
    return fetch(storage, TT_SIDE_HOST) ? storage->host : NULL;
}

float *tt_storage_change(tt_storage *storage)
{
    if (!fetch(storage, TT_SIDE_HOST)) return NULL;
    storage->valid = TT_SIDE_HOST;
    return storage->host;
}

float *tt_storage_set(tt_storage *storage)
{
    if (!make_host(storage)) return NULL;
    storage->valid = TT_SIDE_HOST;
    return storage->host;
}

const void *tt_storage_device_read(tt_storage *storage)
{
    return fetch(storage, TT_SIDE_DEVICE) ? storage->device : NULL;
}

void *tt_storage_device_change(tt_storage *storage)
{
    if (!fetch(storage, TT_SIDE_DEVICE)) return NULL;
    storage->valid = TT_SIDE_DEVICE;
    return storage->device;
}

void *tt_storage_device_set(tt_storage *storage)
{
    if (!make_device(storage)) return NULL;
    storage->valid = TT_SIDE_DEVICE;
    return storage->device;
}

tt_transfers tt_transfer_count(const tt_ctx *c)
{
    const tti_pool *pool = c->pool;
    return (tt_transfers){.to_device = pool->transfers[0],
                          .to_host = pool->transfers[1],
                          .bytes_to_device = pool->transfer_bytes[0],
                          .bytes_to_host = pool->transfer_bytes[1]};
}
