/* --save, --load, --resume: a training in a file. Beside what every checkpoint holds (checkpoint.h)
 * the notes say where the training stands and what it was asked to do:
 *
 *   step, shuffle.epoch, shuffle.at        steps made; the loader's place
 *   mean.loss, mean.right, mean.n          the sums of an epoch that is not over
 *   rows, columns, classes, class_names    the images: names one a line
 *   and the options (settings.c)
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/note_values.h"
#include "module4_nn/training.h"
#include "support/file.h"

/* ---- saving ----------------------------------------------------------------------------------- */

typedef struct saver {
    observer base;
    const settings *settings;
    const char *path;
    bool saved;
} saver;

static char *class_names(tt_ctx *c, const tt_data_set *set)
{
    char *text = tt_text(c, "%s", "");
    for (int i = 0; text && set->class_names && i < set->classes; i++)
        text = tt_text(c, "%s%s%s", text, i ? "\n" : "", set->class_names[i]);
    return text;
}

/* Where it stands, and what the images are like. */
static tt_note *place_notes(training *t, size_t *n)
{
    tt_ctx *c = t->c;
    const tt_data_set *set = tt_loader_set(t->train);
    tt_loader_place at = tt_loader_where(t->train);
    if (at.at == set->n)
        at = (tt_loader_place){at.epoch + 1, 0}; /* Ctrl-C in the last step */
    tt_meter_sum none = {0, 0}; /* those of an epoch that is over are not the next one's */
    tt_meter_sum loss = at.at ? tt_meter_get(t->loss) : none;
    tt_meter_sum right = at.at ? tt_meter_get(t->right) : none;
    const tt_note notes[] = {
        {"step", tt_text(c, "%" PRIu64, t->step)},
        {"examples", tt_text(c, "%d", set->n)},
        {"shuffle.epoch", tt_text(c, "%" PRIu64, at.epoch)},
        {"shuffle.at", tt_text(c, "%d", at.at)},
        {"mean.loss", tt_text(c, "%.9g", (double)loss.sum)},
        {"mean.right", tt_text(c, "%.9g", (double)right.sum)},
        {"mean.n", tt_text(c, "%" PRId64, loss.n)},
        {"rows", tt_text(c, "%d", set->rows)},
        {"columns", tt_text(c, "%d", set->columns)},
        {"classes", tt_text(c, "%d", set->classes)},
        {"class_names", class_names(c, set)},
    };
    tt_note *copy = tt_alloc(c, sizeof notes);
    *n = sizeof notes / sizeof *notes;
    if (copy) memcpy(copy, notes, sizeof notes);
    return tt_error(c) ? NULL : copy;
}

static void save(observer *self, training *t, const epoch_result *e)
{
    saver *s = (saver *)self;
    tt_ctx *c = t->c;
    (void)e;
    TT_SCOPE (c) {
        size_t n = 0, m = 0;
        tt_note *options = settings_notes(c, s->settings, &n);
        tt_note *place = place_notes(t, &m);
        tt_note *all = tt_alloc(c, (n + m) * sizeof *all);
        if (options && place && all) {
            memcpy(all, options, n * sizeof *all);
            memcpy(all + n, place, m * sizeof *all);
            s->saved = tt_save_with(c, s->path, t->net, t->optim, all, n + m) == TT_OK;
        }
    }
}

static void say_saved(observer *self, training *t, const epoch_result *last,
                      training_end how)
{
    saver *s = (saver *)self;
    (void)last, (void)how;
    if (s->saved) say_wrote(t, tt_path_absolute(t->c, s->path));
}

void training_save(training *t, const settings *s)
{
    saver *o = tt_alloc(t->c, sizeof *o);
    if (!o) return;
    *o = (saver){.base = {.trained = save, .end = say_saved},
                 .settings = s,
                 .path = s->shared.save};
    training_observe(t, &o->base);
}

/* ---- going on --------------------------------------------------------------------------------- */

/* The sums of the epoch that was interrupted. */
static bool put_means(training *t, const tt_safetensors *from)
{
    double loss, right;
    int64_t n;
    if (!note_number(t->c, from, "mean.loss", &loss) ||
        !note_number(t->c, from, "mean.right", &right) ||
        !note_whole(t->c, from, "mean.n", 0, INT64_MAX, &n))
        return false;
    tt_meter_put(t->loss, (tt_meter_sum){(float)loss, n});
    tt_meter_put(t->right, (tt_meter_sum){(float)right, n});
    return true;
}

/* The same number of images stand for the same images. */
static bool same_data(training *t, const tt_safetensors *from)
{
    int64_t n = 0;
    int have = tt_loader_set(t->train)->n;
    if (!note_whole(t->c, from, "examples", 1, INT_MAX, &n)) return false;
    if (n == have) return true;
    tti_fail(t->c, TT_ERR_VALUE, "train",
             "%s was trained on %" PRId64 " images, %s has %d; give its own with --data",
             from->name, n, t->data, have);
    return false;
}

bool training_resume(training *t, const tt_safetensors *from)
{
    tt_ctx *c = t->c;
    int64_t step, epoch, at;
    int n = tt_loader_set(t->train)->n;
    if (!same_data(t, from) || tt_load_from(c, from, t->net, t->optim) != TT_OK ||
        !note_whole(c, from, "step", 0, INT64_MAX, &step) ||
        !note_whole(c, from, "shuffle.epoch", 0, INT_MAX, &epoch) ||
        !note_whole(c, from, "shuffle.at", 0, n, &at) || !put_means(t, from))
        return false;
    t->step = (uint64_t)step;
    return tt_loader_put(t->train, (tt_loader_place){(uint64_t)epoch, (int)at});
}
