#include "module4_nn/meter.h"

#include <math.h>

#include "module4_nn/ops/classes.h"

struct tt_meter {
    tt_tensor *sum; /* (1,): of mean * n */
    int64_t n;
};

tt_meter *tt_meter_new(tt_ctx *c)
{
    tt_meter *meter = tt_alloc(c, sizeof *meter);
    if (!meter) return NULL;
    meter->sum = tt_zeros(c, TT_SHAPE(1));
    return meter->sum ? meter : NULL;
}

void tt_meter_add(tt_meter *meter, tt_tensor *mean, int n)
{
    if (!meter || !mean) return;
    tt_ctx *c = meter->sum->node.header.ctx;
    const tt_backend *backend = meter->sum->data.storage->backend;
    char text[TT_SHAPE_TEXT];
    if (tt_numel(mean) != 1)
        tti_fail(c, TT_ERR_SHAPE, "tt_meter_add", "%s is not one number",
                 tt_shape_text(tt_shape_of(mean), text));
    else if (n < 0)
        tti_fail(c, TT_ERR_VALUE, "tt_meter_add", "a mean over %d examples", n);
    else if (mean->data.storage->backend != backend)
        tti_fail(
            c, TT_ERR_BACKEND, "tt_meter_add",
            "the mean is on backend %s, the meter on %s; call tt_use before tt_meter_new",
            mean->data.storage->backend->name, backend->name);
    else if (backend->axpy(c, meter->sum->data, (float)n, mean->data) == TT_OK)
        meter->n += n;
}

double tt_meter_mean(tt_meter *meter)
{
    if (!meter || meter->n == 0) return (double)NAN;
    tt_ctx *c = meter->sum->node.header.ctx;
    double mean = (double)tt_item(meter->sum) / (double)meter->n;
    meter->sum->data.storage->backend->fill(c, meter->sum->data, 0.0f);
    meter->n = 0;
    return mean;
}

tt_meter_sum tt_meter_get(tt_meter *meter)
{
    if (!meter || meter->n == 0) return (tt_meter_sum){0, 0};
    return (tt_meter_sum){tt_item(meter->sum), meter->n};
}

void tt_meter_put(tt_meter *meter, tt_meter_sum sum)
{
    if (!meter) return;
    tt_set(meter->sum, (int[]){0}, sum.sum);
    meter->n = sum.n;
}

tt_tensor *tt_right_share(tt_ctx *c, tt_tensor *scores, tt_tensor *y)
{
    if (!tti_classes_check(c, "tt_right_share", scores, y)) return NULL;
    tt_tensor *is_right = tt_eq(c, tti_class_score(c, scores, y), tti_max(c, scores, 1));
    return tt_mean_all(c, is_right);
}

/* The position of the largest of the k values, `stride` apart; -1 when one is NaN. */
static int largest(const float *at, size_t stride, int k)
{
    int best = 0;
    for (int j = 0; j < k; j++) {
        float value = at[(size_t)j * stride];
        if (isnan(value)) return -1;
        if (value > at[(size_t)best * stride]) best = j;
    }
    return best;
}

int tt_count_right(tt_ctx *c, tt_tensor *scores, tt_tensor *y)
{
    if (!tti_classes_check(c, "tt_count_right", scores, y)) return -1;
    const tt_layout *s = &scores->data.layout, *l = &y->data.layout;
    const float *score = tt_storage_read(scores->data.storage);
    const float *label = tt_storage_read(y->data.storage);
    if (!score || !label) return -1;
    int right = 0;
    for (int b = 0; b < s->shape.dim[0]; b++) {
        const float *row = score + s->offset + (size_t)b * s->stride[0];
        int wanted = (int)label[l->offset + (size_t)b * l->stride[0]];
        right += largest(row, s->stride[1], s->shape.dim[1]) == wanted;
    }
    return right;
}

double tt_accuracy_count(tt_ctx *c, tt_module *net, tt_loader *loader, int *right,
                         int *total)
{
    enum { BATCH = 256 };
    int hits = 0, n = 0;
    if (!net || !loader || tt_error(c)) return (double)NAN;
    bool training = net->training;
    TT_SCOPE (c) {
        tt_no_grad(c);
        tt_eval(net);
        tt_loader *pass = tt_loader_new(c, tt_loader_set(loader), false);
        for (tt_batch b; tt_next(c, pass, BATCH, &b);) {
            hits += tt_count_right(c, tt_forward(c, net, b.x), b.y);
            n += b.n;
        }
        tt_train(net, training);
    }
    if (tt_error(c)) return (double)NAN;
    if (right) *right = hits;
    if (total) *total = n;
    return (double)hits / n;
}

double tt_accuracy(tt_ctx *c, tt_module *net, tt_loader *loader)
{
    return tt_accuracy_count(c, net, loader, NULL, NULL);
}
