#include "module4_nn/ops/nn_backend.h"

#include "module2_tensors/slots.h"
#include "module3_gpu/fast/fast_backend.h"
#include "module4_nn/cuda/nn_device.h"
#include "module4_nn/fast/nn_fast.h"
#include "module4_nn/ops/conv_simple.h"
#include "module4_nn/ops/conv_unrolled.h"

const tt_nn_backend *tti_nn_backend(const tt_backend *backend)
{
    static const tt_nn_backend none = {0};
    if (backend == tt_backend_simple()) return tti_nn_simple();
    if (backend == tt_backend_fast()) return tti_nn_fast();
    if (!backend->device_get) return tti_nn_unrolled();
    const tt_nn_backend *device = tti_nn_device(backend);
    return device ? device : &none;
}

static bool has_slot(tt_ctx *c, const char *who, const tt_tensor *in, bool slot,
                     const char *name)
{
    if (!slot)
        tti_fail(c, TT_ERR_BACKEND, who, "backend %s has no %s yet; tt_to moves a tensor",
                 tti_backend(in)->name, name);
    return slot;
}

tt_tensor *tti_conv1d(tt_ctx *c, const char *who, tt_tensor *in, tt_tensor *weight,
                      int width, bool reverse)
{
    if (!in || !weight) return NULL;
    const tt_nn_backend *backend = tti_nn_backend(tti_backend(in));
    if (!has_slot(c, who, in, backend->conv1d, "conv1d")) return NULL;
    tt_shape shape = TT_SHAPE(tt_shape_of(in).dim[0], tt_shape_of(weight).dim[0], width);
    tt_tensor *out = tti_new(c, tti_backend(in), shape, who);
    if (!out) return NULL;
    return backend->conv1d(c, out->data, in->data, weight->data, reverse) ? NULL : out;
}

/* The result of a 2-D convolution, not yet set. */
static tt_tensor *room(tt_ctx *c, const char *who, const tt_tensor *in,
                       const tt_tensor *weight, const int size[2])
{
    int batch = tt_shape_of(in).dim[0], channels = tt_shape_of(weight).dim[0];
    return tti_new(c, tti_backend(in), TT_SHAPE(batch, channels, size[0], size[1]), who);
}

tt_tensor *tti_conv2d(tt_ctx *c, const char *who, tt_tensor *in, tt_tensor *weight,
                      const int size[2], bool reverse)
{
    if (!in || !weight) return NULL;
    const tt_nn_backend *backend = tti_nn_backend(tti_backend(in));
    if (!has_slot(c, who, in, backend->conv2d, "conv2d")) return NULL;
    tt_tensor *out = room(c, who, in, weight, size);
    if (!out) return NULL;
    return backend->conv2d(c, out->data, in->data, weight->data, reverse) ? NULL : out;
}

tt_tensor *tti_conv2d_window(tt_ctx *c, const char *who, tt_tensor *in, tt_tensor *weight,
                             const int size[2], tt_window window)
{
    if (!in || !weight) return NULL;
    const tt_nn_backend *backend = tti_nn_backend(tti_backend(in));
    if (!has_slot(c, who, in, backend->conv2d_window, "conv2d_window")) return NULL;
    tt_tensor *out = room(c, who, in, weight, size);
    if (!out) return NULL;
    tt_status status = backend->conv2d_window(c, out->data, in->data, weight->data, window);
    return status ? NULL : out;
}

/* dweight[o,c,k] = sum over b, t of dy[b,o,t] x[b,c, t step + k dilation - pad]: x convolved with dy,
 * batch and channels exchanged, where k is the place and t the kernel's index. The result has
 * its two kinds of channels exchanged. */
static tt_tensor *weight_by_window(tt_ctx *c, const char *who, tt_tensor *x,
                                   tt_tensor *dy, const int size[2], tt_window w)
{
    return tt_transpose(c,
                        tti_conv2d_window(c, who, tt_transpose(c, x, 0, 1),
                                          tt_transpose(c, dy, 0, 1), size, tti_across(w)),
                        0, 1);
}

tt_tensor *tti_conv2d_weight(tt_ctx *c, const char *who, tt_tensor *x, tt_tensor *dy,
                             tt_shape weight, tt_window window)
{
    const tt_nn_backend *backend = tti_nn_backend(tti_backend(x));
    if (!backend->conv2d_weight)
        return weight_by_window(c, who, x, dy, weight.dim + 2, window);
    tt_tensor *out = tti_new(c, tti_backend(x), weight, who);
    if (!out) return NULL;
    return backend->conv2d_weight(c, out->data, x->data, dy->data, window) ? NULL : out;
}
