/* Checking gradients by central differences: see function.h.
 *
 * The outputs are weighted by random numbers before they are added up, because a plain sum hides
 * mistakes: the sum of a softmax is constant, and a permuted gradient of ones is itself.
 */
#include <math.h>

#include "module2_tensors/function.h"
#include "module2_tensors/slots.h"
#include "support/ctx_struct.h"

enum { ALL_CELLS = 64 }; /* inputs up to this size are checked at every cell */

typedef struct check {
    tt_ctx *c;
    tt_tensor_fn *f;
    void *user;
    tt_tensor **in; /* n leaves of the check's own, contiguous copies */
    int n;
} check;

static tt_rng weights(void)
{
    return tt_rng_of(10, TT_STREAM_DATA);
}

/* sum over i of weight_i f(in)_i, in double; NaN after an error. */
static double weighted_sum(check *k)
{
    double sum = 0.0;
    TT_SCOPE (k->c) {
        tt_no_grad(k->c);
        tt_tensor *y = tt_contiguous(k->c, k->f(k->c, k->in, k->user));
        const float *at = y ? tt_storage_read(y->data.storage) : NULL;
        size_t size = tt_numel(y);
        for (size_t i = 0; at && i < size; i++)
            sum += (double)tt_rng_uniform(weights(), i) *
                   (double)at[y->data.layout.offset + i];
        if (!at) sum = (double)NAN;
    }
    return sum;
}

/* Backward of the weighted sum: leaves the gradients in the inputs. */
static bool backward_pass(check *k)
{
    tt_tensor *y = k->f(k->c, k->in, k->user);
    tt_tensor *w = y ? tt_empty_like(k->c, y) : NULL;
    float *at = w ? tt_storage_set(w->data.storage) : NULL;
    if (!at) return false;
    for (size_t i = 0; i < tt_numel(w); i++) at[i] = tt_rng_uniform(weights(), i);
    return tt_backward_from(y, w) == TT_OK;
}

static const char *diagnosis(double got, double expected)
{
    double ratio = got / expected;
    if (fabs(expected) < 1e-6) return "it should be 0";
    if (fabs(ratio) < 0.02) return "ratio 0: an edge is missing";
    if (fabs(ratio - 2) < 0.05) return "ratio 2: it is counted twice";
    if (fabs(ratio + 1) < 0.05) return "ratio -1: the sign is wrong";
    return "compare the formula of backward";
}

/* The function with `value` in one cell of x. The storage is asked anew each time: its numbers may
 * have gone to a device since, and the device must hear of the change. */
static double sum_with(check *k, tt_tensor *x, size_t cell, float value)
{
    float *at = tt_storage_change(x->data.storage);
    if (!at) return (double)NAN;
    at[cell] = value;
    return weighted_sum(k);
}

/* The central difference at one cell. x + h and x - h are rounded to float, so the step that was
 * really made divides. */
static double numerical(check *k, tt_tensor *x, size_t cell)
{
    const float *at = tt_storage_read(x->data.storage);
    if (!at) return (double)NAN;
    float kept = at[cell], h = 1e-2f * fmaxf(1.0f, fabsf(kept));
    float above = kept + h, below = kept - h;
    double up = sum_with(k, x, cell, above), down = sum_with(k, x, cell, below);
    float *back = tt_storage_change(x->data.storage);
    if (back) back[cell] = kept;
    return (up - down) / ((double)above - (double)below);
}

static bool check_cell(check *k, int i, size_t cell, double scale)
{
    tt_tensor *x = k->in[i], *g = tt_grad(x);
    double got = g ? (double)tt_storage_read(g->data.storage)[cell] : 0.0;
    double expected = numerical(k, x, cell);
    if (fabs(got - expected) <= 1e-2 * fabs(expected) + 1e-3 * scale)
        return true; /* false for NaN */
    char text[TT_SHAPE_TEXT];
    tti_fail(k->c, TT_ERR_VALUE, "tt_check_gradient",
             "input %d %s, cell %zu: backward says %.6g, the central difference %.6g; %s",
             i, tt_shape_text(tt_shape_of(x), text), cell, got, expected,
             diagnosis(got, expected));
    return false;
}

/* The largest gradient of the input: what small ones are measured against. */
static double largest(tt_tensor *x)
{
    double most = 1e-3;
    tt_tensor *g = tt_grad(x);
    const float *at = g ? tt_storage_read(g->data.storage) : NULL;
    for (size_t i = 0; at && i < tt_numel(g); i++) most = fmax(most, fabs((double)at[i]));
    return most;
}

static bool check_input(check *k, int i)
{
    size_t size = tt_numel(k->in[i]), cells = size < ALL_CELLS ? size : ALL_CELLS;
    double scale = largest(k->in[i]);
    tt_rng r = tt_rng_of(11, TT_STREAM_DATA);
    for (size_t j = 0; j < cells; j++) {
        size_t cell = size <= ALL_CELLS ? j : tt_rng_below(r, j, (uint32_t)size);
        if (!check_cell(k, i, cell, scale)) return false;
    }
    return true;
}

bool tt_check_gradient_of(tt_ctx *c, tt_tensor_fn *f, void *user, tt_tensor **in, int n)
{
    bool right = !c->status;
    for (int i = 0; i < n; i++) right = right && in[i];
    if (right)
        TT_SCOPE (c) {
            check k = {c, f, user, tt_alloc(c, (size_t)n * sizeof *in), n};
            for (int i = 0; right && i < n; i++)
                right = (k.in[i] = tt_requires_grad(tt_clone(c, in[i]), true)) != NULL;
            right = right && backward_pass(&k);
            for (int i = 0; right && i < n; i++) right = check_input(&k, i);
        }
    return right && !c->status;
}

static tt_tensor *apply_door(tt_ctx *c, tt_tensor **in, void *user)
{
    return tt_apply(c, user, in);
}

bool tt_check_gradient(tt_ctx *c, const tt_function *fn, tt_tensor **in)
{
    /* user data is not const in general; here it only comes back to apply_door */
    union {
        const tt_function *given;
        void *user;
    } u = {fn};
    return tt_check_gradient_of(c, apply_door, u.user, in, fn->inputs);
}
