/* --save, --load, --resume: see sentiment.h. Beside what every checkpoint holds the notes say where the
 * run stands and what it was asked to do:
 *
 *   step                                steps made; the order of an epoch's sentences follows from the seed
 *   mean.loss, mean.right, mean.n       the sums of an epoch that is not over
 *   best, best_epoch                    the most right on the validation set, and when
 *   examples                            training sentences
 *   and the options
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/note_values.h"
#include "module4_nn/sentiment.h"
#include "support/file.h"

/* The path that was given, from the root; "" when none was: notes are texts. */
static const char *path_note(tt_ctx *c, const char *path)
{
    return path ? tt_path_absolute(c, path) : "";
}

static bool save_with(sentiment *s, const sentiment_epoch *e)
{
    const tt_options *o = s->options;
    tt_ctx *c = s->c;
    const tt_note notes[] = {
        {"model", "sentence_cnn"},
        {"maps", tt_text(c, "%d", s->choices->maps)},
        {"dropout", tt_text(c, "%.17g", s->choices->dropout)},
        {"data", path_note(c, o->data)},
        {"glove", path_note(c, s->choices->glove)},
        {"limit", tt_text(c, "%d", o->limit)},
        {"batch", tt_text(c, "%d", o->batch)},
        {"epochs", tt_text(c, "%d", o->epochs)},
        {"lr", tt_text(c, "%.17g", o->lr)},
        {"examples", tt_text(c, "%d", s->train.set.n)},
        {"step", tt_text(c, "%" PRIu64, s->step)},
        {"mean.loss", tt_text(c, "%.9g", (double)e->losses.sum)},
        {"mean.right", tt_text(c, "%.9g", (double)e->rights.sum)},
        {"mean.n", tt_text(c, "%" PRId64, e->losses.n)},
        {"best", tt_text(c, "%d", e->best)},
        {"best_epoch", tt_text(c, "%d", e->best_epoch)},
    };
    return !tt_error(c) && tt_save_with(c, o->save, s->net, s->adam, notes,
                                        sizeof notes / sizeof *notes) == TT_OK;
}

bool sentiment_save(sentiment *s, const sentiment_epoch *e)
{
    bool saved = !s->options->save;
    if (!saved)
        TT_SCOPE (s->c) saved = save_with(s, e);
    return saved;
}

/* ---- going on --------------------------------------------------------------------------------- */

static void adopt_path(const tt_safetensors *from, const char *key, const char **path)
{
    const char *text = tt_safetensors_note(from, key);
    if (!*path && text && *text) *path = text;
}

/* The options of the run that is resumed. */
static bool adopt_run(tt_ctx *c, tt_options *o, sentiment_choices *own,
                      const tt_safetensors *from)
{
    adopt_path(from, "data", &o->data);
    adopt_path(from, "glove", &own->glove);
    return note_count(c, from, "seed", &o->seed) &&
           note_number(c, from, "dropout", &own->dropout) &&
           note_int(c, from, "batch", 1, 1000000, &o->batch) &&
           note_int(c, from, "limit", 0, INT_MAX, &o->limit) &&
           (o->given & TT_CLI_LR || note_number(c, from, "lr", &o->lr)) &&
           (o->given & TT_CLI_EPOCHS ||
            note_int(c, from, "epochs", 1, 1000000, &o->epochs));
}

bool sentiment_settle(tt_ctx *c, tt_options *o, sentiment_choices *own,
                      const tt_safetensors *from)
{
    bool said = own->maps_given || !tt_safetensors_note(from, "maps");
    if (!said && !note_int(c, from, "maps", 1, SENTIMENT_MAPS, &own->maps)) return false;
    return !own->resume || adopt_run(c, o, own, from);
}

/* The same number of sentences stand for the same sentences. */
static bool same_data(const sentiment *s)
{
    int n = 0;
    if (!note_int(s->c, s->from, "examples", 1, INT_MAX, &n)) return false;
    if (n == s->train.set.n) return true;
    tti_fail(s->c, TT_ERR_VALUE, "sentiment",
             "%s was trained on %d sentences, but here are %d; give its own with --data",
             s->from->name, n, s->train.set.n);
    return false;
}

/* The sums of the epoch that was interrupted. */
static bool put_means(sentiment *s)
{
    double loss, right;
    int64_t n;
    if (!note_number(s->c, s->from, "mean.loss", &loss) ||
        !note_number(s->c, s->from, "mean.right", &right) ||
        !note_whole(s->c, s->from, "mean.n", 0, INT64_MAX, &n))
        return false;
    tt_meter_put(s->loss, (tt_meter_sum){(float)loss, n});
    tt_meter_put(s->right, (tt_meter_sum){(float)right, n});
    return true;
}

bool sentiment_resume(sentiment *s, sentiment_epoch *e)
{
    tt_ctx *c = s->c;
    return same_data(s) && tt_load_from(c, s->from, s->net, s->adam) == TT_OK &&
           note_count(c, s->from, "step", &s->step) && put_means(s) &&
           note_int(c, s->from, "best", 0, s->valid.set.n, &e->best) &&
           note_int(c, s->from, "best_epoch", 0, INT_MAX, &e->best_epoch);
}
