/* Device memory that is used again: see memory.h. */
#include "module3_gpu/cuda/memory.h"

#include <stdint.h>
#include <stdlib.h>

/* The record of one block, in host memory: device memory cannot be looked into. */
typedef struct tti_device_block {
    struct tti_device_block *next;
    void *device;
    size_t bytes;
    int class;
} tti_device_block;

enum { SMALLEST = 256 };

/* The class of a size and the size of the class: 256 320 384 448 | 512 640 768 896 | 1024 .. */
static int class_of(size_t bytes, size_t *rounded)
{
    int class = 0;
    size_t base = SMALLEST;
    if (bytes < SMALLEST) bytes = SMALLEST;
    while (base <= bytes / 2) {
        base *= 2;
        class += 4;
    }
    size_t quarter = base / 4, over = (bytes - base + quarter - 1) / quarter;
    *rounded = base + over * quarter;
    return class + (int)over; /* over == 4: the first class of the next doubling */
}

static tti_device_block **bucket(tti_memory *m, const void *device)
{
    return &m->used[((uintptr_t)device / SMALLEST) % TTI_MEMORY_BUCKETS];
}

static tti_device_block *pop(tti_device_block **list)
{
    tti_device_block *block = *list;
    if (block) *list = block->next;
    return block;
}

static void push(tti_device_block **list, tti_device_block *block)
{
    block->next = *list;
    *list = block;
}

static void trim(tti_memory *m)
{
    for (int class = 0; class < TTI_MEMORY_CLASSES; class ++)
        for (tti_device_block *block; (block = pop(&m->free[class]));) {
            m->k->device_free(block->device);
            push(&m->spare, block);
        }
    m->bytes_kept = 0;
}

/* A block from the device; what is kept goes back first when it has none left. */
static tti_device_block *fresh(tti_memory *m, size_t bytes, int class)
{
    tti_device_block *block = pop(&m->spare);
    if (!block) block = malloc(sizeof *block);
    if (!block) return NULL;
    *block = (tti_device_block){.bytes = bytes, .class = class};
    m->calls++;
    if (m->k->device_alloc(&block->device, bytes)) {
        trim(m);
        if (m->k->device_alloc(&block->device, bytes)) {
            push(&m->spare, block);
            return NULL;
        }
    }
    return block;
}

static tti_device_block *get(tti_memory *m, size_t bytes)
{
    size_t rounded = bytes ? bytes : 1;
    int class = m->keep ? class_of(bytes, &rounded) : 0;
    if (class >= TTI_MEMORY_CLASSES || rounded < bytes) return NULL;
    tti_device_block *block = m->keep ? pop(&m->free[class]) : NULL;
    if (block) m->bytes_kept -= block->bytes;
    else block = fresh(m, rounded, class);
    if (!block) return NULL;
    push(bucket(m, block->device), block);
    m->bytes_used += block->bytes;
    return block;
}

void *tti_memory_get(tti_memory *m, size_t bytes)
{
    pthread_mutex_lock(&m->lock);
    tti_device_block *block = get(m, bytes);
    pthread_mutex_unlock(&m->lock);
    return block ? block->device : NULL;
}

static void put(tti_memory *m, void *device)
{
    tti_device_block **at = bucket(m, device);
    while (*at && (*at)->device != device) at = &(*at)->next;
    tti_device_block *block = pop(at);
    if (!block) return;
    m->bytes_used -= block->bytes;
    if (m->keep) {
        push(&m->free[block->class], block);
        m->bytes_kept += block->bytes;
    } else {
        m->k->device_free(device);
        push(&m->spare, block);
    }
}

void tti_memory_put(tti_memory *m, void *device)
{
    pthread_mutex_lock(&m->lock);
    put(m, device);
    pthread_mutex_unlock(&m->lock);
}

void tti_memory_trim(tti_memory *m)
{
    pthread_mutex_lock(&m->lock);
    trim(m);
    pthread_mutex_unlock(&m->lock);
}
