/* A steady step of the network for sentences asks the system for no memory, on the simple backend and
 * on the fast one. */
#include <stdio.h>

#include "module3_gpu/fast/fast_backend.h"
#include "module4_nn/data/reviews.h"
#include "module4_nn/data/sentence_set.h"
#include "module4_nn/loss.h"
#include "module4_nn/optim.h"
#include "module4_nn/sentence_network.h"
#include "tests/steady/malloc_calls.h"

enum { BATCH = 10, MAPS = 20 };

/* What lives longer than a step. */
typedef struct training {
    tt_sentences text;
    tt_vocabulary *vocabulary;
    tt_word_vectors vectors;
    tt_sentence_set set;
    uint32_t *order;
    tt_module *net;
    tt_optim *adam;
} training;

static bool set_up(tt_ctx *c, training *t)
{
    if (!tt_data_reviews(c, "train", &t->text)) return false;
    t->vocabulary = tt_vocabulary_new(c);
    for (int i = 0; i < t->text.n; i++)
        tt_vocabulary_read(t->vocabulary, t->text.text[i]);
    tt_reviews_vectors(c, t->vocabulary, &t->vectors);
    tt_sentence_set_of(c, &t->text, t->vocabulary, tt_sentences_longest(&t->text), &t->set);
    t->order = tt_alloc(c, (size_t)t->set.n * sizeof *t->order);
    t->net = tt_nn_sentence_cnn(c, TT_REVIEWS_DIM, MAPS, 0.5f);
    t->adam = tt_optim_adam(t->net, .lr = 0.002f);
    if (!tt_error(c)) tt_sentence_order(c, &t->set, 1, t->order);
    return !tt_error(c);
}

static void step(tt_ctx *c, training *t, int at)
{
    tt_sentence_batch b;
    if (!tt_sentence_batch_of(c, &t->set, &t->vectors, t->order + at, BATCH, &b)) return;
    tt_tensor *loss = tt_bce_with_logits(c, tt_forward(c, t->net, b.x), b.y);
    tt_zero_grad(t->net);
    tt_backward(loss);
    tt_optim_step(t->adam);
}

/* Returns the calls in the steady steps; -1 when it did not get there. */
static long train(tt_ctx *c)
{
    training t;
    long before = 0;
    if (!set_up(c, &t)) return -1;
    for (int i = 0; i < STEADY_AFTER + STEADY_STEPS; i++) {
        if (i == STEADY_AFTER) before = malloc_calls();
        TT_SCOPE (c) step(c, &t, i * BATCH);
    }
    return malloc_calls() - before;
}

static bool steady(const tt_backend *backend, int threads)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_set_threads(threads);
    tt_use(c, backend);
    printf("%s, %d thread%s: ", backend->name, threads, threads == 1 ? "" : "s");
    long during = train(c);
    return tt_exit(c) == 0 && malloc_verdict(during) == 0;
}

int main(void)
{
    bool right = steady(tt_backend_simple(), 1);
    for (int threads = 1; threads <= 2; threads++)
        right = steady(tt_backend_fast(), threads) && right;
    return right ? 0 : 1;
}
