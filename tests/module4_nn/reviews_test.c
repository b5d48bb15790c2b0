/* The practice sentences keep what reviews.h promises; and words alone do not tell their side. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "module4_nn/data/reviews.h"
#include "module4_nn/data/sentence_set.h"
#include "module4_nn/data/tokens.h"
#include "module4_nn/loss.h"
#include "module4_nn/optim.h"

TestSuite(module4_reviews, .timeout = 120);

typedef struct parts {
    tt_sentences train, valid;
} parts;

static parts both(tt_ctx *c)
{
    parts p;
    cr_assert(tt_data_reviews(c, "train", &p.train) && tt_data_reviews(c, "valid", &p.valid),
              "%s", tt_error(c));
    return p;
}

static int count_for(const tt_sentences *s)
{
    int n = 0;
    for (int i = 0; i < s->n; i++) n += s->label[i];
    return n;
}

Test(module4_reviews, there_are_enough_and_neither_side_has_more_than_55_percent)
{
    tt_ctx *c = tt_ctx_new(NULL);
    parts p = both(c);
    cr_expect_geq(p.train.n + p.valid.n, 600);
    const tt_sentences *const sets[] = {&p.train, &p.valid};
    for (int i = 0; i < 2; i++) {
        double share = (double)count_for(sets[i]) / sets[i]->n;
        cr_expect(share >= 0.45 && share <= 0.55, "part %d: %g are for", i, share);
    }
    tt_ctx_free(c);
}

Test(module4_reviews, no_sentence_occurs_twice)
{
    tt_ctx *c = tt_ctx_new(NULL);
    parts p = both(c);
    int n = p.train.n + p.valid.n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            const char *a = i < p.train.n ? p.train.text[i] : p.valid.text[i - p.train.n];
            const char *b = j < p.train.n ? p.train.text[j] : p.valid.text[j - p.train.n];
            cr_assert_str_neq(a, b);
        }
    tt_ctx_free(c);
}

/* ---- how the parts differ ---------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0) return true;
    return false;
}

/* What is left of a sentence without its content: nouns, adjectives and verbs become their kind,
 * words that may stand for each other become one, and words that may be missing are left out. */
static void template_of(const char *text, char *out)
{
    static const char *const missing[] = {"really", "truly", "quite", "very", NULL};
    static const char *const negations[] = {"n't", "never", "hardly", NULL};
    static const char *const determiners[] = {"its", NULL};
    char word[TT_WORD_ROOM];
    int pleasant;
    *out = '\0';
    while (tt_next_word(&text, word)) {
        char kind = tti_reviews_kind(word, &pleasant);
        const char *as = word, of_kind[] = {kind, '\0'};
        cr_assert(kind, "\"%s\" has no kind", word);
        if (is_one_of(word, missing)) continue;
        if (kind != 'f') as = of_kind;
        else if (is_one_of(word, negations)) as = "not";
        else if (is_one_of(word, determiners)) as = "the";
        else if (strcmp(word, "was") == 0) as = "is";
        else if (strcmp(word, "an") == 0) as = "a";
        strcat(strcat(out, as), " ");
    }
}

Test(module4_reviews, no_template_of_valid_occurs_in_train)
{
    enum { ROOM = 400 };
    tt_ctx *c = tt_ctx_new(NULL);
    parts p = both(c);
    char(*train)[ROOM] = tt_alloc(c, (size_t)p.train.n * ROOM);
    for (int i = 0; i < p.train.n; i++) template_of(p.train.text[i], train[i]);
    for (int j = 0; j < p.valid.n; j++) {
        char valid[ROOM];
        template_of(p.valid.text[j], valid);
        for (int i = 0; i < p.train.n; i++)
            cr_assert_str_neq(valid, train[i], "\"%s\" is built like \"%s\"",
                              p.valid.text[j], p.train.text[i]);
    }
    tt_ctx_free(c);
}

/* Adds the content words of the sentences. */
static void read_content(tt_vocabulary *v, const tt_sentences *s)
{
    char word[TT_WORD_ROOM];
    int pleasant;
    for (int i = 0; i < s->n; i++)
        for (const char *text = s->text[i]; tt_next_word(&text, word);)
            if (tti_reviews_kind(word, &pleasant) != 'f') tt_vocabulary_add(v, word);
}

Test(module4_reviews, a_third_of_the_content_words_of_valid_are_new)
{
    tt_ctx *c = tt_ctx_new(NULL);
    parts p = both(c);
    tt_vocabulary *train = tt_vocabulary_new(c), *valid = tt_vocabulary_new(c);
    read_content(train, &p.train);
    read_content(valid, &p.valid);
    int total = tt_vocabulary_size(valid) - TT_WORD_FIRST, unseen = 0;
    for (int i = 0; i < total; i++)
        unseen += tt_vocabulary_find(train, tt_vocabulary_word(valid, TT_WORD_FIRST + i)) ==
                  TT_WORD_UNKNOWN;
    cr_expect_geq(3 * unseen, total, "%d of %d content words are new", unseen, total);
    cr_expect_geq(total, 90, "%d content words are few", total);
    tt_ctx_free(c);
}

/* How many of the sentences have one of the words. */
static int count_with(const tt_sentences *s, const char *const *words)
{
    char word[TT_WORD_ROOM];
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        bool has = false;
        for (const char *text = s->text[i]; tt_next_word(&text, word);)
            has |= is_one_of(word, words);
        n += has;
    }
    return n;
}

Test(module4_reviews, both_parts_have_negation_and_contrast)
{
    static const char *const negation[] = {"not",     "n't",    "never", "no",
                                           "nothing", "hardly", NULL};
    static const char *const contrast[] = {"but", "although", "despite",
                                           "yet", "still",    NULL};
    tt_ctx *c = tt_ctx_new(NULL);
    parts p = both(c);
    const tt_sentences *const sets[] = {&p.train, &p.valid};
    for (int i = 0; i < 2; i++) {
        cr_expect_geq(4 * count_with(sets[i], negation), sets[i]->n, "part %d", i);
        cr_expect_geq(4 * count_with(sets[i], contrast), sets[i]->n, "part %d", i);
    }
    tt_ctx_free(c);
}

Test(module4_reviews, the_vectors_hold_what_the_header_says)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_vocabulary_read(v, "dull clever plot bores not the xyzzy");
    tt_word_vectors w;
    cr_assert(tt_reviews_vectors(c, v, &w));
    cr_expect(w.dim == TT_REVIEWS_DIM && w.found == 6);
    float pleasant[7];
    for (int i = 0; i < 7; i++) pleasant[i] = tt_word_vector(&w, TT_WORD_FIRST + i)[0];
    cr_expect(pleasant[0] >= -1.3f && pleasant[0] <= -0.7f, "dull: %g",
              (double)pleasant[0]);
    cr_expect(pleasant[1] >= 0.7f && pleasant[1] <= 1.3f, "clever: %g",
              (double)pleasant[1]);
    cr_expect(pleasant[3] <= -0.7f, "bores: %g", (double)pleasant[3]);
    cr_expect(pleasant[2] == 0 && pleasant[4] == 0 && pleasant[5] == 0);
    cr_expect(tt_word_is_unknown(&w, tt_vocabulary_find(v, "xyzzy")));
    cr_expect(!tt_word_is_unknown(&w, tt_vocabulary_find(v, "not")));
    for (int i = 0; i < w.dim; i++)
        cr_expect_eq(tt_word_vector(&w, TT_WORD_PAD)[i], 0.0f);
    tt_ctx_free(c);
}

/* ---- words alone ------------------------------------------------------------------------------- */

/* Logistic regression on rows of features, by our own tensors: all rows at once, Adam, until the
 * gradient is gone. */
typedef struct regression {
    tt_tensor *weight, *bias; /* (features,1), (1,) */
} regression;

typedef struct features {
    tt_tensor *x, *y; /* (n,features), (n,1) */
} features;

static tt_tensor *scores(tt_ctx *c, tt_module *m, tt_tensor *x)
{
    regression *r = (regression *)(m + 1);
    return tt_add(c, tt_matmul(c, x, r->weight), r->bias);
}

static tt_module *regression_new(tt_ctx *c, int n)
{
    tt_module *m = tt_module_new(c, sizeof *m + sizeof(regression), "regression", NULL);
    regression *r = (regression *)(m + 1);
    r->weight = tt_module_tensor(m, "weight", tt_zeros(c, TT_SHAPE(n, 1)));
    r->bias = tt_module_tensor(m, "bias", tt_zeros(c, TT_SHAPE(1)));
    return m;
}

static double largest_gradient(tt_module *m)
{
    tt_tensor *g = tt_grad(((regression *)(m + 1))->weight);
    const float *at = tt_storage_read(g->data.storage);
    double most = 0;
    for (size_t i = 0; i < tt_numel(g); i++) most = fmax(most, fabs((double)at[i]));
    return most;
}

/* The share of rows on the right side. */
static double accuracy(tt_ctx *c, tt_module *m, const features *f)
{
    double share = 0;
    TT_SCOPE (c) {
        tt_no_grad(c);
        tt_tensor *says = tt_lt(c, tt_zeros(c, TT_SHAPE(1)), scores(c, m, f->x));
        share = (double)tt_item(tt_mean_all(c, tt_eq(c, says, f->y)));
    }
    return share;
}

/* Trains to convergence: a smooth convex problem, with a little weight decay so that it has a
 * minimum; at the end no gradient is above 1e-4. Returns the accuracy on `valid`. */
static double fit(tt_ctx *c, const features *train, const features *valid)
{
    enum { STEPS = 3000 };
    tt_module *m = regression_new(c, tt_shape_of(train->x).dim[1]);
    regression *r = (regression *)(m + 1);
    tt_optim *adam = tt_optim_adam(m, .lr = 0.05f);
    double most = 1;
    int step = 0;
    for (; step < STEPS && most > 1e-4; step++)
        TT_SCOPE (c) {
            tt_tensor *size = tt_sum_all(c, tt_mul(c, r->weight, r->weight));
            tt_tensor *loss = tt_bce_with_logits(c, scores(c, m, train->x), train->y);
            tt_zero_grad(m);
            tt_backward(tt_add(c, loss, tt_mul_num(c, size, 1e-4f)));
            tt_optim_set_lr(adam, tt_schedule_cosine(0.05f, 1e-4f, STEPS, step));
            tt_optim_step(adam);
            if (step % 50 == 49) most = largest_gradient(m);
        }
    cr_expect_leq(most, 1e-3, "not converged after %d steps: gradient %g", step, most);
    double right = accuracy(c, m, train);
    cr_expect_geq(right, 0.5, "on its training set it is no worse than chance: %g", right);
    return accuracy(c, m, valid);
}

/* x[b,w] = how often word w of the vocabulary stands in sentence b. */
static features counts(tt_ctx *c, const tt_sentences *s, const tt_vocabulary *v)
{
    int n = tt_vocabulary_size(v);
    features f = {tt_zeros(c, TT_SHAPE(s->n, n)), tt_empty(c, TT_SHAPE(s->n, 1))};
    float *x = tt_storage_change(f.x->data.storage), *y = tt_storage_set(f.y->data.storage);
    char word[TT_WORD_ROOM];
    for (int b = 0; b < s->n; b++) {
        y[b] = s->label[b];
        for (const char *text = s->text[b]; tt_next_word(&text, word);)
            x[(size_t)b * n + tt_vocabulary_find(v, word)] += 1;
    }
    return f;
}

/* x[b,:] = sum of the vectors of the words of sentence b. */
static features vector_sums(tt_ctx *c, const tt_sentences *s, const tt_vocabulary *v,
                            const tt_word_vectors *w)
{
    tt_sentence_set set;
    tt_sentence_batch b;
    tt_sentence_set_of(c, s, v, tt_sentences_longest(s), &set);
    cr_assert(tt_sentence_batch_of(c, &set, w, NULL, set.n, &b));
    return (features){tt_flatten(c, tt_sum(c, b.x, 2)), b.y};
}

Test(module4_reviews, a_bag_of_words_stays_below_70_percent)
{
    tt_ctx *c = tt_ctx_new(NULL);
    parts p = both(c);
    tt_vocabulary *v = tt_vocabulary_new(c); /* of what may be known: train's words */
    for (int i = 0; i < p.train.n; i++) tt_vocabulary_read(v, p.train.text[i]);
    features train = counts(c, &p.train, v), valid = counts(c, &p.valid, v);
    double right = fit(c, &train, &valid);
    printf("bag of words: %.3f\n", right);
    cr_expect_lt(right, 0.70, "a model that adds up words reaches %g", right);
    tt_ctx_free(c);
}

/* Nor does it help to add up the vectors, which know pleasant from unpleasant words. */
Test(module4_reviews, a_bag_of_vectors_stays_below_70_percent)
{
    tt_ctx *c = tt_ctx_new(NULL);
    parts p = both(c);
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_word_vectors w;
    for (int i = 0; i < p.train.n; i++) tt_vocabulary_read(v, p.train.text[i]);
    for (int i = 0; i < p.valid.n; i++) tt_vocabulary_read(v, p.valid.text[i]);
    tt_reviews_vectors(c, v, &w);
    features train = vector_sums(c, &p.train, v, &w),
             valid = vector_sums(c, &p.valid, v, &w);
    double right = fit(c, &train, &valid);
    printf("bag of vectors: %.3f\n", right);
    cr_expect_lt(right, 0.70, "a model that adds up vectors reaches %g", right);
    tt_ctx_free(c);
}
