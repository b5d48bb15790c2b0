#include "module4_nn/ops/classes.h"

#include <math.h>

#include "module2_tensors/slots.h"
#include "module4_nn/ops/shortcuts.h"

/* "label 10 of row 3 ..." for a label that is no class. */
static bool check_labels(tt_ctx *c, const char *function, const tt_tensor *y, int classes)
{
    const tt_layout *l = &y->data.layout;
    const float *labels = tt_storage_read(y->data.storage);
    if (!labels) return false;
    for (int b = 0; b < l->shape.dim[0]; b++) {
        float label = labels[l->offset + (size_t)b * l->stride[0]];
        if (label >= 0 && label < (float)classes && label == floorf(label)) continue;
        tti_fail(c, TT_ERR_VALUE, function,
                 "row %d has label %g, which is no class: there are %d, numbered 0 to %d",
                 b, (double)label, classes, classes - 1);
        return false;
    }
    return true;
}

bool tti_classes_check(tt_ctx *c, const char *function, tt_tensor *scores, tt_tensor *y)
{
    char text[TT_SHAPE_TEXT], text2[TT_SHAPE_TEXT];
    if (!scores || !y || tt_error(c)) return false;
    if (!tti_usable(c, &scores->node.header, function, "scores",
                    tt_node_label(&scores->node)) ||
        !tti_usable(c, &y->node.header, function, "labels", tt_node_label(&y->node)))
        return false;
    tt_shape s = tt_shape_of(scores), l = tt_shape_of(y);
    if (s.ndim != 2) {
        tti_fail(c, TT_ERR_SHAPE, function,
                 "scores are %s; needed is (B,K): a row an example, a column a class",
                 tt_shape_text(s, text));
        return false;
    }
    if (l.ndim != 1 || l.dim[0] != s.dim[0]) {
        tti_fail(c, TT_ERR_SHAPE, function,
                 "scores %s need labels (%d,), a class id a row, but they are %s",
                 tt_shape_text(s, text), s.dim[0], tt_shape_text(l, text2));
        return false;
    }
    if (tt_shape_size(s) == 0) {
        tti_fail(c, TT_ERR_VALUE, function, "scores %s hold nothing to take a mean of",
                 tt_shape_text(s, text));
        return false;
    }
    return check_labels(c, function, y, s.dim[1]);
}

tt_tensor *tti_one_hot(tt_ctx *c, tt_tensor *y, int classes)
{
    tt_tensor *column = tt_view(c, tt_contiguous(c, y), TT_SHAPE(tt_shape_of(y).dim[0], 1));
    return column ? tt_eq(c, tti_arange(c, tti_backend(y), classes), column) : NULL;
}

tt_tensor *tti_class_score(tt_ctx *c, tt_tensor *scores, tt_tensor *y)
{
    if (!scores || !y) return NULL;
    tt_tensor *mask = tti_one_hot(c, y, tt_shape_of(scores).dim[1]);
    return tt_sum(c, tti_select(c, mask, scores), 1);
}

/* relu_back(x, d) is "d if x > 0, else 0": a selection that every backend has. */
tt_tensor *tti_select(tt_ctx *c, tt_tensor *mask, tt_tensor *a)
{
    return mask && a ? tti_zip(c, "tti_select", TT_OP_RELU_BACK, mask, a) : NULL;
}

tt_tensor *tti_max(tt_ctx *c, tt_tensor *a, int dim)
{
    return a ? tti_reduce(c, "tti_max", TT_OP_MAX, a, dim, -INFINITY) : NULL;
}
