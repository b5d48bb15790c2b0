/* Device memory that is used again.
 *
 * cudaMalloc and cudaFree wait for the device and take longer than a small kernel. So blocks that a
 * program gives back are kept, by size, for the next who asks. Sizes are rounded up to four classes
 * a doubling, so that at most a quarter is wasted and a steady training step finds all its blocks
 * in the lists. When the device has no more, what is kept goes back first. There is one stream, so
 * a block may be handed out while kernels that read its old contents still wait in line.
 *
 * The one thing all threads share: locked.
 */
#ifndef TT_MODULE3_GPU_CUDA_MEMORY_H
#define TT_MODULE3_GPU_CUDA_MEMORY_H

#include <pthread.h>

#include "module3_gpu/cuda/kernels.h"

enum { TTI_MEMORY_CLASSES = 4 * 64, TTI_MEMORY_BUCKETS = 1024 };

typedef struct tti_memory {
    const ttk_table *k;
    bool keep; /* false: every block comes from the device and goes back, exactly as large as asked */
    pthread_mutex_t lock;
    struct tti_device_block *free[TTI_MEMORY_CLASSES]; /* kept, by class */
    struct tti_device_block *used[TTI_MEMORY_BUCKETS]; /* handed out, by address */
    struct tti_device_block *spare;                    /* records without a block */
    size_t bytes_used, bytes_kept;
    size_t calls; /* of the device's own malloc, so far */
} tti_memory;

#define TTI_MEMORY(table, keeps)                                                         \
    {                                                                                    \
        .k = (table), .keep = (keeps), .lock = PTHREAD_MUTEX_INITIALIZER                 \
    }

/* At least `bytes` bytes, aligned to 256, not set; also for 0 bytes. NULL when there are none. */
void *tti_memory_get(tti_memory *m, size_t bytes);

/* Gives back what tti_memory_get gave. */
void tti_memory_put(tti_memory *m, void *device);

/* Gives all that is kept back to the device. */
void tti_memory_trim(tti_memory *m);

#endif
