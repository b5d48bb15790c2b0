#include "module4_nn/loss.h"

#include "module2_tensors/function.h"
#include "module4_nn/ops/classes.h"
#include "module4_nn/ops/shortcuts.h"
#include "module4_nn/ops/softmax.h"

/* loss = -1/B sum_b log_p[b, y[b]] */
static tt_tensor *nll_forward(tt_call *k, tt_ctx *c, tt_tensor **in)
{
    tt_shape shape = tt_shape_of(in[0]);
    tt_tensor *mask = tti_one_hot(c, in[1], shape.dim[1]); /* (B, K) */
    tt_save_for_backward(k, 0, mask);
    tt_tensor *sum = tt_sum_all(c, tti_select(c, mask, in[0]));
    return tt_mul_num(c, sum, -1.0f / (float)shape.dim[0]);
}

/* d log_p[b, j] = -dy/B where j is y[b], else 0; dy (1,) */
static void nll_backward(tt_call *k, tt_ctx *c, tt_tensor *dy, tt_tensor **din)
{
    tt_tensor *mask = tt_saved(k, 0);
    din[0] = tt_mul(c, mask, tt_mul_num(c, dy, -1.0f / (float)tt_shape_of(mask).dim[0]));
}

static tt_tensor *nll(tt_ctx *c, tt_tensor *log_p, tt_tensor *y)
{
    static const tt_function nll_fn = {
        .name = "nll_loss", .inputs = 2, .forward = nll_forward, .backward = nll_backward};
    if (log_p && TTI_SHORTCUT(log_p, nll)) return tti_nll(c, log_p, y);
    return tt_apply(c, &nll_fn, TT_IN(log_p, y));
}

tt_tensor *tt_nll_loss(tt_ctx *c, tt_tensor *log_p, tt_tensor *y)
{
    if (!tti_classes_check(c, "tt_nll_loss", log_p, y)) return NULL;
    return nll(c, log_p, y);
}

tt_tensor *tt_cross_entropy(tt_ctx *c, tt_tensor *scores, tt_tensor *y)
{
    if (!tti_classes_check(c, "tt_cross_entropy", scores, y)) return NULL;
    return nll(c, tt_log_softmax(c, scores, 1), y);
}

/* Whether a loss compares cell by cell: two tensors of one shape. */
static bool one_shape(tt_ctx *c, const char *who, tt_tensor *a, tt_tensor *b)
{
    char left[TT_SHAPE_TEXT], right[TT_SHAPE_TEXT];
    if (!a || !b || tt_error(c)) return false;
    if (tt_shape_equal(tt_shape_of(a), tt_shape_of(b))) return true;
    tti_fail(c, TT_ERR_SHAPE, who, "%s and %s: the two must have one shape (%s, %s)",
             tt_shape_text(tt_shape_of(a), left), tt_shape_text(tt_shape_of(b), right),
             tt_node_label(&a->node), tt_node_label(&b->node));
    return false;
}

tt_tensor *tt_mse_loss(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    if (!one_shape(c, "tt_mse_loss", a, b)) return NULL;
    tt_tensor *error = tt_sub(c, a, b);
    return tt_mean_all(c, tt_mul(c, error, error));
}

/* log(1 + e^-|x|) = -log sigmoid(|x|), whose sigmoid is 0.5 or more. */
tt_tensor *tt_bce_with_logits(tt_ctx *c, tt_tensor *x, tt_tensor *y)
{
    if (!one_shape(c, "tt_bce_with_logits", x, y)) return NULL;
    tt_tensor *above = tt_relu(c, x);
    tt_tensor *size = tt_add(c, above, tt_relu(c, tt_neg(c, x)));
    tt_tensor *rest = tt_log(c, tt_sigmoid(c, size));
    return tt_mean_all(c, tt_sub(c, tt_sub(c, above, tt_mul(c, x, y)), rest));
}
