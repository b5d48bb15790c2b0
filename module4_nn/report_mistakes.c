/* The test set once more, at the end: what is taken for what, and the worst mistakes. */
#include <math.h>
#include <string.h>

#include "module4_nn/ops/softmax.h"
#include "module4_nn/report.h"
#include "support/report.h"

static int largest(const float *row, int n)
{
    int best = 0;
    for (int j = 1; j < n; j++)
        if (row[j] > row[best]) best = j;
    return best;
}

/* Keeps the REPORT_WORST mistakes whose right class was believed in least. */
static void keep(examination *x, mistake m)
{
    int at = x->n_worst;
    while (at > 0 && m.p_is < x->worst[at - 1].p_is) at--;
    if (at == REPORT_WORST) return;
    if (x->n_worst < REPORT_WORST) x->n_worst++;
    memmove(x->worst + at + 1, x->worst + at,
            (size_t)(x->n_worst - 1 - at) * sizeof *x->worst);
    x->worst[at] = m;
}

/* One batch: p (B, classes) are probabilities of the images from number `first` on. */
static void examine_batch(examination *x, const tt_data_set *set, const float *p,
                          int first, int n)
{
    for (int b = 0; b < n; b++) {
        const float *row = p + (ptrdiff_t)b * set->classes;
        int is = set->labels[first + b], seen = largest(row, set->classes);
        x->counts[is * set->classes + seen]++;
        if (is == seen) continue;
        keep(x, (mistake){.image = first + b,
                          .is = is,
                          .seen = seen,
                          .p_is = (double)row[is],
                          .p_seen = (double)row[seen]});
    }
}

bool report_examine(training *t, examination *x)
{
    enum { BATCH = 256 };
    tt_ctx *c = t->c;
    const tt_data_set *set = tt_loader_set(t->test);
    x->counts = tt_alloc(c, (size_t)(set->classes * set->classes) * sizeof(int));
    if (!x->counts) return false;
    bool learning = t->net->training;
    TT_SCOPE (c) {
        tt_no_grad(c);
        tt_eval(t->net);
        int first = 0;
        tt_loader *pass = tt_loader_new(c, set, false);
        for (tt_batch b; tt_next(c, pass, BATCH, &b); first += b.n) {
            tt_tensor *p = tt_softmax(c, tt_forward(c, t->net, b.x), 1);
            p = tt_contiguous(c, p); /* (B, classes) */
            const float *at = p ? tt_storage_read(p->data.storage) : NULL;
            if (at) examine_batch(x, set, at + p->data.layout.offset, first, b.n);
        }
        tt_train(t->net, learning);
    }
    return tt_error(c) == NULL;
}

static const char *name_of(const tt_data_set *set, int class, char number[16])
{
    if (set->class_names) return set->class_names[class];
    snprintf(number, 16, "%d", class);
    return number;
}

void report_mistakes(FILE *out, const training *t, const examination *x)
{
    const tt_data_set *set = tt_loader_set(t->test);
    size_t pixels = (size_t)set->rows * (size_t)set->columns;
    char caption[128], is[16], seen[16];
    if (x->n_worst == 0) return;
    tt_report_heading(out, "The worst mistakes");
    tt_report_paragraph(
        out, "Images of the test set whose right class the network believed in "
             "least.");
    for (int i = 0; i < x->n_worst; i++) {
        const mistake *m = &x->worst[i];
        snprintf(caption, sizeof caption, "%s (%.1e), taken for %s (%.2f)",
                 name_of(set, m->is, is), m->p_is, name_of(set, m->seen, seen), m->p_seen);
        tt_report_image(out, set->images + (size_t)m->image * pixels, set->rows,
                        set->columns, 112, caption);
    }
}
