#include "module4_nn/sentiment.h"

#include <math.h>
#include <stdio.h>

#include "module4_nn/checkpoint/checkpoint.h"
#include "module4_nn/loss.h"
#include "module4_nn/optim.h"
#include "module4_nn/sentence_network.h"
#include "support/interrupt.h"
#include "support/progress.h"

/* ---- steps and epochs ------------------------------------------------------------------------- */

/* Which share of the scores (B,1) is on the side of the labels y (B,1), as a tensor (1,). */
static tt_tensor *right_share(tt_ctx *c, tt_tensor *scores, tt_tensor *y)
{
    tt_tensor *says = tt_lt(c, tt_zeros(c, TT_SHAPE(1)), scores);
    return tt_mean_all(c, tt_eq(c, says, y));
}

/* The rate falls from --lr to 0 over the whole run, as in train: small steps at the end, to settle. */
static void set_rate(sentiment *s, const sentiment_epoch *e)
{
    double share = (double)s->step / ((double)e->steps * s->options->epochs);
    tt_optim_set_lr(s->adam, (float)(s->options->lr * (1.0 - share)));
}

/* Forward, backward, update. */
static void train_step(sentiment *s, const uint32_t *which, int n)
{
    tt_ctx *c = s->c;
    tt_sentence_batch b;
    if (!tt_sentence_batch_of(c, &s->train.set, &s->vectors, which, n, &b)) return;
    tt_tensor *scores = tt_forward(c, s->net, b.x); /* (n,1) */
    tt_tensor *loss = tt_bce_with_logits(c, scores, b.y);
    tt_zero_grad(s->net);
    tt_backward(loss);
    tt_optim_step(s->adam);
    tt_meter_add(s->loss, loss, n);
    tt_meter_add(s->right, right_share(c, scores, b.y), n);
}

static void train_epoch(sentiment *s, sentiment_epoch *e)
{
    char label[48];
    int n = s->train.set.n, batch = s->options->batch;
    snprintf(label, sizeof label, "epoch %d/%d", e->epoch, s->options->epochs);
    tt_progress bar = tt_progress_begin(stderr, label, (uint64_t)n, "sentences",
                                        s->options->json || s->options->quiet);
    tt_sentence_order(s->c, &s->train.set, (uint64_t)e->epoch, s->order);
    while (e->step < e->steps && !tt_interrupted() && !tt_error(s->c)) {
        int at = e->step * batch, size = n - at < batch ? n - at : batch;
        set_rate(s, e);
        TT_SCOPE (s->c) train_step(s, s->order + at, size);
        e->step++, s->step++;
        tt_progress_at(&bar, (uint64_t)(at + size), NULL);
    }
    tt_progress_end(&bar);
}

/* ---- what the network says -------------------------------------------------------------------- */

static void score_batch(sentiment *s, sentence_part *part, const uint32_t *which, int n)
{
    tt_sentence_batch b;
    if (!tt_sentence_batch_of(s->c, &part->set, &s->vectors, which, n, &b)) return;
    tt_tensor *scores = tt_contiguous(s->c, tt_forward(s->c, s->net, b.x)); /* (n,1) */
    const float *at = scores ? tt_storage_read(scores->data.storage) : NULL;
    for (int i = 0; at && i < n; i++)
        part->scores[which[i]] = at[scores->data.layout.offset + (size_t)i];
}

/* Fills part->scores; returns how many are on the side of the label. A NaN is on neither. */
static int score_all(sentiment *s, sentence_part *part)
{
    enum { BATCH = 100 };
    int right = 0;
    bool training = s->net->training;
    tt_eval(s->net);
    for (int at = 0; at < part->set.n && !tt_error(s->c); at += BATCH)
        TT_SCOPE (s->c) {
            uint32_t which[BATCH];
            int n = part->set.n - at < BATCH ? part->set.n - at : BATCH;
            for (int i = 0; i < n; i++) which[i] = (uint32_t)(at + i);
            tt_no_grad(s->c);
            score_batch(s, part, which, n);
        }
    tt_train(s->net, training);
    for (int i = 0; i < part->set.n; i++)
        right += part->text.label[i] ? part->scores[i] > 0 : part->scores[i] <= 0;
    return right;
}

/* ---- the run ---------------------------------------------------------------------------------- */

/* The means of the epoch; its sums are kept for a checkpoint while it is not over. */
static void take_means(sentiment *s, sentiment_epoch *e)
{
    tt_meter_sum none = {0, 0};
    bool over = e->step == e->steps;
    e->losses = over ? none : tt_meter_get(s->loss);
    e->rights = over ? none : tt_meter_get(s->right);
    e->loss = tt_meter_mean(s->loss);
    e->accuracy = tt_meter_mean(s->right);
}

static sentiment_end run_epoch(sentiment *s, sentiment_epoch *e)
{
    double started = tt_seconds();
    train_epoch(s, e);
    take_means(s, e);
    if (!tt_error(s->c) && e->step > 0 && !isfinite(e->loss)) {
        sentiment_say_diverged(s, e);
        return SENTIMENT_FAILED;
    }
    e->right = score_all(s, &s->valid);
    e->seconds = tt_seconds() - started;
    bool over = e->step == e->steps;
    if (over && (e->right > e->best || e->best_epoch == 0))
        e->best = e->right, e->best_epoch = e->epoch;
    if (tt_error(s->c) || !sentiment_save(s, e)) return SENTIMENT_FAILED;
    if (over) sentiment_say_epoch(s, e);
    return tt_interrupted() ? SENTIMENT_INTERRUPTED : SENTIMENT_DONE;
}

static sentiment_end train(sentiment *s, sentiment_epoch *e)
{
    uint64_t steps = (uint64_t)e->steps, all = steps * (uint64_t)s->options->epochs;
    sentiment_end end = SENTIMENT_DONE;
    while (s->step < all && end == SENTIMENT_DONE) {
        e->epoch = (int)(s->step / steps) + 1;
        e->step = (int)(s->step % steps);
        end = run_epoch(s, e);
    }
    return end;
}

/* Everything that is made once. */
static bool set_up(sentiment *s, sentiment_epoch *e)
{
    const sentiment_choices *own = s->choices;
    int n = s->train.set.n, batch = s->options->batch;
    tt_ctx *c = s->c;
    e->steps = n / batch + (n % batch > 0);
    s->net = tt_nn_sentence_cnn(c, s->vectors.dim, own->maps, (float)own->dropout);
    s->adam = s->net ? tt_optim_adam(s->net, .lr = (float)s->options->lr) : NULL;
    s->loss = tt_meter_new(c);
    s->right = tt_meter_new(c);
    if (tt_error(c) || !s->from) return !tt_error(c);
    return own->resume ? sentiment_resume(s, e)
                       : tt_load_from(c, s->from, s->net, NULL) == TT_OK;
}

sentiment_end sentiment_run(sentiment *s)
{
    sentiment_epoch e = {0};
    sentiment_end end = SENTIMENT_DONE;
    if (!set_up(s, &e)) return SENTIMENT_FAILED;
    tt_catch_interrupt();
    sentiment_say_start(s, &e);
    if (!s->choices->eval) end = train(s, &e);
    if (e.epoch == 0) e.right = score_all(s, &s->valid);
    if (s->choices->say) score_all(s, &s->said);
    if (tt_error(s->c) || end == SENTIMENT_FAILED) return SENTIMENT_FAILED;
    if (end == SENTIMENT_INTERRUPTED) sentiment_say_interrupted(s, &e);
    sentiment_say_wrong(s);
    sentiment_say_said(s);
    sentiment_say_end(s, &e, end);
    return end;
}
