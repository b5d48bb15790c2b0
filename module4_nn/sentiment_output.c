/* What sentiment prints: see sentiment.h. With --json one object a line and nothing else. */
#include <math.h>
#include <stdio.h>

#include "module4_nn/sentiment.h"
#include "support/file.h"
#include "support/json.h"
#include "support/progress.h"

/* The words for the two labels. */
static const char *const SIDES[] = {"against", "for"};

static const char PRACTICE[] =
    "practice sentences of the project's own, put together from patterns";

static const char *device(const sentiment *s)
{
    return s->backend->device_get ? s->backend->name : "cpu";
}

static const char *data(const sentiment *s)
{
    return s->built_in ? PRACTICE : tt_path_absolute(s->c, s->options->data);
}

static const char *vectors(const sentiment *s)
{
    return s->choices->glove ? tt_path_absolute(s->c, s->choices->glove) : "built in";
}

static void start_json(const sentiment *s)
{
    const tt_options *o = s->options;
    tt_json *j = tt_json_event("start");
    tt_json_text(j, "program", "sentiment");
    tt_json_text(j, "model", "sentence_cnn");
    tt_json_whole(j, "maps", s->choices->maps);
    tt_json_number(j, "dropout", s->choices->dropout);
    tt_json_text(j, "backend", s->backend->name);
    tt_json_text(j, "device", device(s));
    tt_json_whole(j, "threads", s->threads);
    tt_json_text(j, "data", data(s));
    tt_json_whole(j, "train_examples", s->train.set.n);
    tt_json_whole(j, "valid_examples", s->valid.set.n);
    tt_json_text(j, "vectors", vectors(s));
    tt_json_whole(j, "dim", s->vectors.dim);
    tt_json_whole(j, "words", s->vectors.n - TT_WORD_FIRST);
    tt_json_whole(j, "words_with_vector", s->vectors.found);
    tt_json_count(j, "seed", o->seed);
    tt_json_whole(j, "epochs", o->epochs);
    tt_json_whole(j, "batch", o->batch);
    tt_json_number(j, "lr", o->lr);
    tt_json_count(j, "step", s->step);
    tt_json_print(j, stdout);
}

static void say_goes_on(const sentiment *s, const sentiment_epoch *e)
{
    uint64_t steps = (uint64_t)e->steps;
    printf("goes on after %d epochs and %d steps", (int)(s->step / steps),
           (int)(s->step % steps));
    if (s->step >= steps * (uint64_t)s->options->epochs)
        printf(": nothing is left to do; --epochs N trains up to N");
    putchar('\n');
}

void sentiment_say_start(const sentiment *s, const sentiment_epoch *e)
{
    if (s->options->json) {
        start_json(s);
        return;
    }
    if (s->options->quiet) return;
    printf("sentence_cnn %d-3x%d-1, backend %s on %s, %d thread%s, data %s (%d train, %d "
           "valid), seed %llu\n",
           s->vectors.dim, s->choices->maps, s->backend->name, device(s), s->threads,
           s->threads == 1 ? "" : "s", data(s), s->train.set.n, s->valid.set.n,
           (unsigned long long)s->options->seed);
    printf("word vectors %s: %d of %d words have one, the others share one\n", vectors(s),
           s->vectors.found, s->vectors.n - TT_WORD_FIRST);
    if (s->built_in)
        printf(
            "What is reached on practice sentences says nothing about real reviews; for "
            "those: --data DIR (SST-2) --glove FILE.\n");
    if (s->step > 0) say_goes_on(s, e);
    fflush(stdout);
}

void sentiment_say_epoch(const sentiment *s, const sentiment_epoch *e)
{
    double n = s->valid.set.n;
    if (s->options->json) {
        tt_json *j = tt_json_event("epoch");
        tt_json_whole(j, "epoch", e->epoch);
        tt_json_number(j, "loss", e->loss);
        tt_json_number(j, "train_accuracy", e->accuracy);
        tt_json_number(j, "valid_accuracy", e->right / n);
        tt_json_number(j, "best", e->best / n);
        tt_json_number(j, "seconds", e->seconds);
        tt_json_print(j, stdout);
    } else if (!s->options->quiet) {
        printf("epoch %d/%d  loss %.4f  train accuracy %.4f  valid accuracy %.4f  best "
               "%.4f  %.1f s\n",
               e->epoch, s->options->epochs, e->loss, e->accuracy, e->right / n,
               e->best / n, e->seconds);
        fflush(stdout);
    }
}

void sentiment_say_interrupted(const sentiment *s, const sentiment_epoch *e)
{
    if (s->options->json) return; /* the end event says it */
    if (e->step < e->steps)
        printf("interrupted in epoch %d after %d of %d steps\n", e->epoch, e->step,
               e->steps);
    else printf("interrupted after epoch %d of %d\n", e->epoch, s->options->epochs);
}

void sentiment_say_diverged(const sentiment *s, const sentiment_epoch *e)
{
    fprintf(stderr,
            "sentiment: the loss of epoch %d is %s: the training has diverged.\n"
            "Take smaller steps: --lr %g instead of %g. TT_CHECK_FINITE=1 in the "
            "environment\nstops at the first operation whose result is not finite, and "
            "names it.\n",
            e->epoch, isnan(e->loss) ? "nan" : "infinite", s->options->lr / 10,
            s->options->lr);
}

/* ---- sentences -------------------------------------------------------------------------------- */

/* How sure the network is of the side that it takes, 0.5 .. 1. */
static double surety(float score)
{
    return 1.0 / (1.0 + exp(-fabs((double)score)));
}

/* Index of the wrong sentence that the network is surest of, less sure than `below`, or as sure and
 * behind `after`; -1 when there is none left. */
static int surest_wrong(const sentence_part *p, float below, int after)
{
    int best = -1;
    for (int i = 0; i < p->set.n; i++) {
        float sure = fabsf(p->scores[i]);
        bool wrong = p->text.label[i] ? p->scores[i] <= 0 : p->scores[i] > 0;
        bool left = sure < below || (sure == below && i > after);
        if (wrong && left && (best < 0 || sure > fabsf(p->scores[best]))) best = i;
    }
    return best;
}

static void sentence_json(const char *event, const sentence_part *p, int i, bool labelled)
{
    tt_json *j = tt_json_event(event);
    tt_json_text(j, "sentence", p->text.text[i]);
    tt_json_text(j, "says", SIDES[p->scores[i] > 0]);
    tt_json_number(j, "surety", surety(p->scores[i]));
    if (labelled) tt_json_text(j, "label", SIDES[p->text.label[i]]);
    tt_json_print(j, stdout);
}

void sentiment_say_wrong(sentiment *s)
{
    enum { SHOWN = 5 };
    const sentence_part *p = &s->valid;
    float below = INFINITY;
    int at = -1;
    if (s->options->quiet) return;
    for (int shown = 0; shown < SHOWN; shown++) {
        at = surest_wrong(p, below, at);
        if (at < 0) return;
        below = fabsf(p->scores[at]);
        if (s->options->json) {
            sentence_json("wrong", p, at, true);
            continue;
        }
        if (shown == 0) printf("wrong, the surest first:\n");
        printf("  %s (%.2f), but it is %s: %s\n", SIDES[p->scores[at] > 0], surety(below),
               SIDES[p->text.label[at]], p->text.text[at]);
    }
}

/* How many of its words the vectors do not know. */
static int unknown_words(const sentiment *s, const tt_sentence_set *set)
{
    int n = 0;
    for (int t = 0; t < set->length; t++)
        if (set->words[t] != TT_WORD_PAD)
            n += tt_word_is_unknown(&s->vectors, set->words[t]);
    return n;
}

void sentiment_say_said(const sentiment *s)
{
    const sentence_part *p = &s->said;
    if (!s->choices->say) return;
    if (s->options->json) {
        sentence_json("said", p, 0, false);
        return;
    }
    int unknown = unknown_words(s, &p->set);
    printf("%s (%.2f): %s\n", SIDES[p->scores[0] > 0], surety(p->scores[0]),
           p->text.text[0]);
    if (unknown > 0)
        printf("  %d of its words ha%s no vector, and count%s as unknown\n", unknown,
               unknown == 1 ? "s" : "ve", unknown == 1 ? "s" : "");
}

void sentiment_say_end(const sentiment *s, const sentiment_epoch *last, sentiment_end how)
{
    int n = s->valid.set.n;
    double accuracy = (double)last->right / n;
    if (s->options->json) {
        tt_json *j = tt_json_event("end");
        tt_json_number(j, "valid_accuracy", accuracy);
        tt_json_whole(j, "right", last->right);
        tt_json_whole(j, "total", n);
        tt_json_number(j, "seconds", tt_seconds() - s->started);
        tt_json_bool(j, "interrupted", how == SENTIMENT_INTERRUPTED);
        if (s->options->save)
            tt_json_text(j, "saved", tt_path_absolute(s->c, s->options->save));
        tt_json_print(j, stdout);
        return;
    }
    if (s->options->save) printf("saved %s\n", tt_path_absolute(s->c, s->options->save));
    printf("valid accuracy %.4f (%d/%d)", accuracy, last->right, n);
    if (last->best_epoch > 0 && last->best > last->right)
        printf(", best %.4f in epoch %d", (double)last->best / n, last->best_epoch);
    printf("\n");
    fflush(stdout);
}
