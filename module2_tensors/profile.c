#include "module2_tensors/profile.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "module2_tensors/function.h"
#include "support/ctx_struct.h"

enum { MOST = 128 };

struct tt_profile {
    tt_ctx *c;
    int depth; /* calls that are open: only the outermost is counted */
    int n;
    struct {
        const tt_function *fn;
        tt_shape shape;
    } key[MOST];
    tt_profile_line lines[MOST];
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void stop(void *profile)
{
    tt_profile *p = profile;
    if (p->c->pool->profile == p) p->c->pool->profile = NULL;
}

tt_profile *tt_profile_start(tt_ctx *c)
{
    if (!c || c->status) return NULL;
    tt_profile *p = tt_alloc(c, sizeof *p);
    if (!p) return NULL;
    p->c = c;
    if (!tti_on_release(c, stop, p)) return NULL;
    c->pool->profile = p;
    return p;
}

void tt_profile_stop(tt_profile *p)
{
    if (p) stop(p);
}

/* ---- counting --------------------------------------------------------------------------------- */

static tt_profile_line *line_of(tt_profile *p, const tt_function *fn, tt_shape shape)
{
    for (int i = 0; i < p->n; i++)
        if (p->key[i].fn == fn && (!fn || tt_shape_equal(p->key[i].shape, shape)))
            return &p->lines[i];
    if (fn && p->n >= MOST - 1) return line_of(p, NULL, shape);
    tt_profile_line *l = &p->lines[p->n];
    p->key[p->n].fn = fn;
    p->key[p->n++].shape = shape;
    l->name = fn ? fn->name : "(rest)";
    if (fn) tt_shape_text(shape, l->shape);
    return l;
}

/* 2 a cell of the result and number of the inner dimension: products and convolutions. */
static double operations_of(const tt_call *k, const tt_tensor *out)
{
    if (k->n != 2) return 0;
    tt_shape right = tt_shape_of(k->inputs[1]), left = tt_shape_of(k->inputs[0]);
    if (strcmp(k->fn->name, "matmul") == 0)
        return 2.0 * (double)tt_numel(out) * left.dim[left.ndim - 1];
    if (strncmp(k->fn->name, "conv", 4) == 0 && right.dim[0] > 0)
        return 2.0 * (double)tt_numel(out) * (double)tt_shape_size(right) / right.dim[0];
    return 0;
}

double tti_profile_enter(tt_profile *p)
{
    p->depth++;
    return now();
}

void tti_profile_leave(tt_profile *p, const tt_call *k, const tt_tensor *out,
                       bool backward, double begun)
{
    if (--p->depth > 0 || !out) return;
    double seconds = now() - begun, operations = operations_of(k, out);
    double cells = (double)tt_numel(out);
    int wanted = 0;
    tt_profile_line *l = line_of(p, k->fn, tt_shape_of(out));
    for (int i = 0; i < k->n; i++) {
        cells += (double)tt_numel(k->inputs[i]);
        wanted += tt_wants_grad(k, i);
    }
    *(backward ? &l->backward : &l->forward) += 1;
    *(backward ? &l->backward_s : &l->forward_s) += seconds;
    l->operations += backward ? wanted * operations : operations;
    l->bytes += cells * (double)sizeof(float);
}

/* ---- looking ----------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const tt_profile_line *x = a, *y = b;
    double s = x->forward_s + x->backward_s, t = y->forward_s + y->backward_s;
    return (s < t) - (s > t);
}

/* Sorting parts the lines from their keys, so a profile that is looked at is at its end. */
int tt_profile_count(tt_profile *p)
{
    if (!p) return 0;
    stop(p);
    qsort(p->lines, (size_t)p->n, sizeof *p->lines, by_time);
    return p->n;
}

const tt_profile_line *tt_profile_line_at(tt_profile *p, int i)
{
    return p && i >= 0 && i < p->n ? &p->lines[i] : NULL;
}
