#include "module4_nn/data/loader.h"

#include <string.h>

#include "support/random.h"

/* A step's memory is a mark in the user's context, opened at the first batch of an epoch. Should it
 * end from outside (the loop was left by a return out of a TT_SCOPE), the loader has to know. So it
 * opens two marks, with a release between them that only an end from outside, or its own last
 * rewind, runs:
 *
 *   outer | release: step_ended | inner | what the present step made ...
 *                                 ^ tt_next rewinds to here
 */
struct tt_loader {
    tt_header header;
    tt_data_set set;
    uint32_t *order; /* (set.n,): the examples of this epoch; NULL: in order */
    int at;          /* how many of them have been handed out */
    uint64_t epoch;  /* number of the present one, from 0 */
    tt_ctx *open;    /* where the marks are open; NULL: they are not */
    tt_mark outer, inner;
};

tt_loader *tt_loader_new(tt_ctx *c, const tt_data_set *set, bool shuffle)
{
    if (!set || tt_error(c)) return NULL;
    if (set->n < 1)
        return tti_fail(c, TT_ERR_VALUE, "tt_loader_new", "the data set %s is empty",
                        set->name ? set->name : "");
    tt_loader *loader = tti_header_new(c, sizeof *loader);
    if (!loader) return NULL;
    tt_header header = loader->header;
    *loader = (tt_loader){.header = header, .set = *set};
    if (!shuffle) return loader;
    loader->order = tt_alloc(c, (size_t)set->n * sizeof *loader->order);
    return loader->order ? loader : NULL;
}

tt_loader *tt_data_fashion(tt_ctx *c, const char *part, const char *dir)
{
    tt_data_set set;
    if (!dir) dir = tt_data_fashion_dir();
    if (!dir)
        return tti_fail(
            c, TT_ERR_FILE, "tt_data_fashion",
            "Fashion-MNIST is not installed; on Debian and Ubuntu: apt install "
            "dataset-fashion-mnist; elsewhere give the folder with its four files");
    if (!tt_data_idx(c, dir, part, &set)) return NULL;
    return tt_loader_new(c, &set, strcmp(part, "train") == 0);
}

static void step_ended(void *object)
{
    ((tt_loader *)object)->open = NULL;
}

/* Ends what the step before made and leaves the marks open for the next one. */
static bool begin_step(tt_ctx *c, tt_loader *loader)
{
    if (loader->open == c) {
        tt_ctx_rewind_to(c, loader->inner);
        return true;
    }
    if (loader->open) {
        tti_fail(
            c, TT_ERR_OWNER, "tt_next",
            "the loader's epoch was begun in another context, and is not at its end");
        return false;
    }
    loader->outer = tt_ctx_mark(c);
    if (!tti_on_release(c, step_ended, loader)) return false;
    loader->inner = tt_ctx_mark(c);
    loader->open = c;
    return true;
}

/* The next epoch will begin with the next call. */
static void end_epoch(tt_loader *loader)
{
    if (loader->open) tt_ctx_rewind(loader->open, loader->outer); /* sets open to NULL */
    if (loader->at > 0) loader->epoch++;
    loader->at = 0;
}

void tt_loader_restart(tt_loader *loader)
{
    if (loader) end_epoch(loader);
}

/* The order of an epoch: its own 2^32 numbers of the stream, whoever else draws from it. */
static void shuffle_epoch(tt_ctx *c, tt_loader *loader)
{
    if (!loader->order) return;
    tt_rng r = tt_ctx_rng(c, TT_STREAM_SHUFFLE, 0);
    r.first = loader->epoch << 32;
    tt_rng_permutation(r, loader->order, (size_t)loader->set.n);
}

/* x[b,:,:] = pixels / 255 and y[b] = label of the n examples from loader->at on. */
static void fill(const tt_loader *loader, int n, float *x, float *y)
{
    const tt_data_set *set = &loader->set;
    size_t pixels = (size_t)set->rows * (size_t)set->columns;
    for (int b = 0; b < n; b++) {
        size_t at = (size_t)loader->at + (size_t)b;
        size_t example = loader->order ? loader->order[at] : at;
        const uint8_t *image = set->images + example * pixels;
        for (size_t i = 0; i < pixels; i++) x[i] = (float)image[i] / 255.0f;
        x += pixels;
        y[b] = (float)set->labels[example];
    }
}

static bool make_batch(tt_ctx *c, tt_loader *loader, int n, tt_batch *b)
{
    b->n = n;
    b->x = tt_empty(c, TT_SHAPE(n, loader->set.rows, loader->set.columns));
    b->y = tt_empty(c, TT_SHAPE(n));
    float *x = b->x ? tt_storage_set(b->x->data.storage) : NULL;
    float *y = b->y ? tt_storage_set(b->y->data.storage) : NULL;
    if (!x || !y) return false;
    fill(loader, n, x, y);
    loader->at += n;
    return true;
}

bool tt_next(tt_ctx *c, tt_loader *loader, int batch, tt_batch *b)
{
    *b = (tt_batch){0};
    if (!loader || tt_error(c) ||
        !tti_usable(c, &loader->header, "tt_next", "loader", "loader"))
        return false;
    if (batch < 1) {
        tti_fail(c, TT_ERR_VALUE, "tt_next",
                 "a batch of %d examples; at least 1 is needed", batch);
        return false;
    }
    int left = loader->set.n - loader->at;
    if (left == 0) {
        end_epoch(loader);
        return false;
    }
    if (!begin_step(c, loader)) return false;
    if (loader->at == 0) shuffle_epoch(c, loader);
    return make_batch(c, loader, batch < left ? batch : left, b);
}

const tt_data_set *tt_loader_set(const tt_loader *loader)
{
    return loader ? &loader->set : NULL;
}

int tt_loader_steps(const tt_loader *loader, int batch)
{
    if (!loader || batch < 1) return 0;
    return loader->set.n / batch + (loader->set.n % batch > 0);
}
