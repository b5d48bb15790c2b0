/* Walks: see walk.h. */
#include "module3_gpu/fast/walk.h"

/* Whether dimension d can be walked as the continuation of the walk's last one. */
static bool continues(const tti_walk *w, size_t size, const size_t *const *strides, int d)
{
    for (int t = 0; t < w->tensors; t++)
        if (w->stride[t][w->ndim - 1] != size * strides[t][d]) return false;
    return true;
}

tti_walk tti_walk_of(tt_shape shape, const size_t *const *strides, int tensors)
{
    tti_walk w = {.tensors = tensors, .cells = tt_shape_size(shape)};
    for (int d = 0; d < shape.ndim; d++) {
        size_t size = (size_t)shape.dim[d];
        if (size == 1) continue;
        bool grows = w.ndim > 0 && continues(&w, size, strides, d);
        if (!grows) w.dim[w.ndim++] = 1;
        w.dim[w.ndim - 1] *= size;
        for (int t = 0; t < tensors; t++) w.stride[t][w.ndim - 1] = strides[t][d];
    }
    if (w.ndim == 0) { /* a single number: a row of one */
        w.ndim = 1;
        w.dim[0] = 1;
        for (int t = 0; t < tensors; t++) w.stride[t][0] = 1;
    }
    return w;
}

/* A division takes as long as adding up a short line: so the first dimension, often the only one, has
 * none. */
void tti_walk_at(const tti_walk *walk, size_t ordinal, size_t *index, size_t *at)
{
    for (int d = walk->ndim - 1; d > 0; d--) {
        index[d] = ordinal % walk->dim[d];
        ordinal /= walk->dim[d];
    }
    index[0] = ordinal;
    for (int t = 0; t < walk->tensors; t++) {
        at[t] = ordinal * walk->stride[t][0];
        for (int d = 1; d < walk->ndim; d++) at[t] += index[d] * walk->stride[t][d];
    }
}

int tti_walk_turned(const tti_walk *walk, int t)
{
    if (walk->stride[t][walk->ndim - 1] <= 1) return -1;
    for (int d = walk->ndim - 2; d >= 0; d--)
        if (walk->stride[t][d] == 1) return d;
    return -1;
}

tti_path tti_walk_path(const tti_walk *walk)
{
    int turned = -1;
    for (int t = 1; t < walk->tensors; t++) {
        if (walk->stride[t][walk->ndim - 1] <= 1) continue;
        int d = tti_walk_turned(walk, t);
        if (d < 0 || (turned >= 0 && d != turned)) return TTI_PATH_GENERAL;
        turned = d;
    }
    if (turned >= 0) return TTI_PATH_TILES;
    return walk->ndim == 1 ? TTI_PATH_LINE : TTI_PATH_ROWS;
}

const char *tti_path_name(tti_path path)
{
    static const char *const names[] = {"one line", "rows", "tiles", "general"};
    return names[path];
}
