#include "module4_nn/data/loader.h"

#include <string.h>

#include "module2_tensors/slots.h"
#include "module4_nn/data/worker.h"
#include "support/random.h"

/* A step's memory is a mark in the user's context, opened at the first batch of an epoch. Should it
 * end from outside (the loop was left by a return out of a TT_SCOPE), the loader has to know. So it
 * opens two marks, with a release between them that only an end from outside, or its own last
 * rewind, runs:
 *
 *   outer | release: step_ended | inner | what the present step made ...
 *                                 ^ tt_next rewinds to here
 */
/* Batches are filled in groups, one group while those of the other are used. A thread that wakes and
 * sleeps costs more than a small batch, so a group has AHEAD examples, or MOST small batches. */
enum { GROUPS = 2, AHEAD = 128, MOST = 8 };

/* A batch in memory of the loader's own: x (batch, rows, columns) and y (batch,), of which the first n
 * are there. */
typedef struct slot {
    tt_storage x, y;
    float *x_host, *y_host;
    int at, n; /* the examples at .. at + n - 1 of the epoch's order; n is 0: none */
} slot;

struct tt_loader {
    tt_header header;
    tt_data_set set;
    uint32_t *order; /* (set.n,): the examples of this epoch; NULL: in order */
    bool ordered;    /* order is this epoch's */
    int at;          /* how many of them have been handed out */
    uint64_t epoch;  /* number of the present one, from 0 */
    tt_ctx *open;    /* where the marks are open; NULL: they are not */
    tt_mark outer, inner;
    slot slots[GROUPS * MOST]; /* group by group */
    int group, next;           /* which slot is handed out next */
    int filling;               /* the group that is filled ahead */
    tti_worker ahead;          /* fills it */
};

/* ---- making ----------------------------------------------------------------------------------- */

static void slot_release(slot *s)
{
    tt_storage *both[] = {&s->x, &s->y};
    for (int i = 0; i < 2; i++) {
        if (both[i]->host) tti_block_put(both[i]->ctx, both[i]->host);
        if (both[i]->device) both[i]->backend->device_put(both[i]->device);
    }
    *s = (slot){.n = 0};
}

static void loader_release(void *object)
{
    tt_loader *loader = object;
    tti_worker_end(&loader->ahead);
    for (int i = 0; i < GROUPS * MOST; i++) slot_release(&loader->slots[i]);
}

static void fill_group(void *object);

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
    loader->ahead = (tti_worker){.work = fill_group, .user = loader};
    if (shuffle) {
        loader->order = tt_alloc(c, (size_t)set->n * sizeof *loader->order);
        if (!loader->order) return NULL;
    }
    return tti_on_release(c, loader_release, loader) ? loader : NULL;
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

/* ---- steps and epochs ------------------------------------------------------------------------- */

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

/* Nothing is being filled, and nothing that was is used. */
static void forget_ahead(tt_loader *loader)
{
    tti_worker_wait(&loader->ahead);
    for (int i = 0; i < GROUPS * MOST; i++) loader->slots[i].n = 0;
}

static void go_to(tt_loader *loader, uint64_t epoch, int at)
{
    forget_ahead(loader);
    if (loader->open) tt_ctx_rewind(loader->open, loader->outer); /* sets open to NULL */
    if (epoch != loader->epoch) loader->ordered = false;
    loader->epoch = epoch;
    loader->at = at;
}

void tt_loader_restart(tt_loader *loader)
{
    if (loader) go_to(loader, loader->epoch + (loader->at > 0), 0);
}

tt_loader_place tt_loader_where(const tt_loader *loader)
{
    if (!loader) return (tt_loader_place){0, 0};
    return (tt_loader_place){loader->epoch, loader->at};
}

bool tt_loader_put(tt_loader *loader, tt_loader_place place)
{
    if (!loader || place.at < 0 || place.at > loader->set.n) return false;
    go_to(loader, place.epoch, place.at);
    loader->ordered = false; /* the seed may be another */
    return true;
}

/* The order of an epoch: its own 2^32 numbers of the stream, whoever else draws from it. */
static void order_epoch(tt_ctx *c, tt_loader *loader)
{
    if (loader->ordered || !loader->order) return;
    forget_ahead(loader);
    tt_rng r = tt_ctx_rng(c, TT_STREAM_SHUFFLE, 0);
    r.first = loader->epoch << 32;
    tt_rng_permutation(r, loader->order, (size_t)loader->set.n);
    loader->ordered = true;
}

/* ---- batches ---------------------------------------------------------------------------------- */

/* x[b,:,:] = pixels / 255 and y[b] = label of the slot's examples. */
static void fill(const tt_loader *loader, const slot *s)
{
    const tt_data_set *set = &loader->set;
    size_t pixels = (size_t)set->rows * (size_t)set->columns;
    float *x = s->x_host, grey[256]; /* looked up faster than divided */
    for (int i = 0; i < 256; i++) grey[i] = (float)i / 255.0f;
    for (int b = 0; b < s->n; b++) {
        size_t at = (size_t)s->at + (size_t)b;
        size_t example = loader->order ? loader->order[at] : at;
        const uint8_t *image = set->images + example * pixels;
        for (size_t i = 0; i < pixels; i++) x[i] = grey[image[i]];
        x += pixels;
        s->y_host[b] = (float)set->labels[example];
    }
}

static slot *slots_of(tt_loader *loader, int group)
{
    return loader->slots + group * MOST;
}

/* The worker's work. */
static void fill_group(void *object)
{
    tt_loader *loader = object;
    const slot *s = slots_of(loader, loader->filling);
    for (int i = 0; i < MOST; i++)
        if (s[i].n > 0) fill(loader, &s[i]);
}

/* Room for `batch` examples on c's backend, which is kept from step to step. */
static bool slot_make(tt_ctx *c, tt_loader *loader, slot *s, int batch)
{
    const tt_backend *backend = tt_backend_of(c);
    size_t pixels = (size_t)loader->set.rows * (size_t)loader->set.columns;
    size_t size = (size_t)batch * pixels;
    tt_ctx *owner = loader->header.ctx;
    if (s->x.backend != backend || s->x.size != size) {
        slot_release(s);
        s->x = (tt_storage){.ctx = owner, .backend = backend, .size = size};
        s->y = (tt_storage){.ctx = owner, .backend = backend, .size = (size_t)batch};
    }
    s->x_host = tt_storage_set(&s->x);
    s->y_host = tt_storage_set(&s->y);
    return s->x_host && s->y_host;
}

/* A group for the examples from `at` on, to be filled; false when there are none. */
static bool group_begin(tt_ctx *c, tt_loader *loader, int group, int at, int batch)
{
    slot *s = slots_of(loader, group);
    int many = batch < AHEAD ? AHEAD / batch : 1;
    for (int i = 0; i < MOST; i++) s[i].n = 0;
    for (int i = 0; i < many && i < MOST && at < loader->set.n; i++) {
        int left = loader->set.n - at;
        if (!slot_make(c, loader, &s[i], batch)) return false;
        s[i].at = at;
        s[i].n = batch < left ? batch : left;
        at += s[i].n;
    }
    loader->filling = group;
    return s[0].n > 0;
}

/* The batch at `at`: filled ahead, or now. */
static slot *take_slot(tt_ctx *c, tt_loader *loader, int batch)
{
    slot *s = slots_of(loader, loader->group) + loader->next;
    int left = loader->set.n - loader->at, n = batch < left ? batch : left;
    if (loader->next == 0) tti_worker_wait(&loader->ahead);
    if (s->n == n && s->at == loader->at && s->x.backend == tt_backend_of(c)) return s;
    forget_ahead(loader);
    loader->next = 0;
    if (!group_begin(c, loader, loader->group, loader->at, batch)) return NULL;
    fill_group(loader);
    return slots_of(loader, loader->group);
}

/* On to the slot behind. With the first of a group, the step before was the last that used the other
 * group: it is filled with what comes behind this one. */
static void advance(tt_ctx *c, tt_loader *loader, int batch)
{
    const slot *s = slots_of(loader, loader->group);
    int last = loader->next;
    while (last + 1 < MOST && s[last + 1].n > 0) last++;
    int other = 1 - loader->group;
    if (loader->next == 0 && group_begin(c, loader, other, s[last].at + s[last].n, batch))
        tti_worker_ask(&loader->ahead);
    if (loader->next < last) {
        loader->next++;
    } else {
        loader->group = other;
        loader->next = 0;
    }
}

/* The tensors of a step look into the slot. */
static bool make_batch(tt_ctx *c, tt_loader *loader, int batch, tt_batch *b)
{
    slot *s = take_slot(c, loader, batch);
    if (!s) return false;
    tt_shape x = TT_SHAPE(s->n, loader->set.rows, loader->set.columns);
    b->n = s->n;
    b->x = tti_around(c, (tt_data){&s->x, tt_layout_of(x)});
    b->y = tti_around(c, (tt_data){&s->y, tt_layout_of(TT_SHAPE(s->n))});
    if (!b->x || !b->y) return false;
    advance(c, loader, batch);
    loader->at += s->n;
    s->n = 0; /* handed out once */
    return !tt_error(c);
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
        tt_loader_restart(loader);
        return false;
    }
    if (!begin_step(c, loader)) return false;
    order_epoch(c, loader);
    return make_batch(c, loader, batch, b);
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
