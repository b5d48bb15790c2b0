/* Operators of one's own in CUDA: see operator.h. */
#include "module3_gpu/cuda/operator.h"

#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/cuda/launched.h"

bool tti_on_cuda(const tt_ctx *c)
{
    const tt_backend *backend = c ? tt_backend_of(c) : NULL;
    return backend && (backend == tt_backend_cuda() || backend == tt_backend_cuda_course());
}

typedef enum use { READ, WRITE, CHANGE } use;

static float *numbers(tt_storage *storage, use how)
{
    if (how == WRITE) return tt_storage_device_set(storage);
    if (how == CHANGE) return tt_storage_device_change(storage);
    return (float *)(uintptr_t)tt_storage_device_read(storage);
}

/* Whether a kernel may work on t. */
static bool fit_for_kernels(tt_tensor *t, const char *who)
{
    tt_ctx *c = t->node.header.ctx;
    const tt_backend *backend = t->data.storage->backend;
    char text[TT_SHAPE_TEXT];
    tt_shape_text(t->data.layout.shape, text);
    if (!backend->device_get)
        tti_fail(c, TT_ERR_BACKEND, who,
                 "a tensor of shape %s is on backend %s, which has no kernels; tt_use or "
                 "tt_to sim "
                 "or cuda",
                 text, backend->name);
    else if (!tt_layout_contiguous(&t->data.layout))
        tti_fail(c, TT_ERR_SHAPE, who,
                 "a tensor of shape %s is not contiguous; say tt_contiguous first", text);
    else return true;
    return false;
}

static float *pointer(tt_tensor *t, use how, const char *who)
{
    float *at = t && fit_for_kernels(t, who) ? numbers(t->data.storage, how) : NULL;
    if (!at) tti_launch_forbid();
    return at ? at + t->data.layout.offset : NULL;
}

const float *tt_dev_in(tt_tensor *t)
{
    return pointer(t, READ, "tt_dev_in");
}

float *tt_dev_out(tt_tensor *t)
{
    return pointer(t, WRITE, "tt_dev_out");
}

float *tt_dev_change(tt_tensor *t)
{
    return pointer(t, CHANGE, "tt_dev_change");
}

tt_status tt_launched(tt_ctx *c, int error)
{
    const ttk_table *k = tti_on_cuda(c) ? tti_cuda_kernels() : tti_sim_kernels();
    return tti_launch_status(c, "tt_launched", k, error);
}
