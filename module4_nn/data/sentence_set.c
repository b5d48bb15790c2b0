#include "module4_nn/data/sentence_set.h"

#include "module4_nn/data/tokens.h"
#include "support/random.h"

static int count_words(const char *text)
{
    char word[TT_WORD_ROOM];
    int n = 0;
    while (tt_next_word(&text, word)) n++;
    return n;
}

int tt_sentences_longest(const tt_sentences *s)
{
    int longest = 0;
    for (int i = 0; i < s->n; i++) {
        int n = count_words(s->text[i]);
        if (n > longest) longest = n;
    }
    return longest;
}

/* row (length,) has been zeroed, which is TT_WORD_PAD. */
static void fill_row(const char *text, const tt_vocabulary *v, int length, int32_t *row)
{
    char word[TT_WORD_ROOM];
    for (int t = 0; t < length && tt_next_word(&text, word); t++)
        row[t] = tt_vocabulary_find(v, word);
}

bool tt_sentence_set_of(tt_ctx *c, const tt_sentences *s, const tt_vocabulary *v,
                        int length, tt_sentence_set *set)
{
    if (!v || tt_error(c)) return false;
    if (length < 1) {
        tti_fail(c, TT_ERR_VALUE, "tt_sentence_set_of",
                 "sentences of %d words; at least 1 is needed", length);
        return false;
    }
    size_t cells = (size_t)s->n * (size_t)length;
    int32_t *words = tt_alloc(c, cells * sizeof *words);
    if (!words) return false;
    for (int i = 0; i < s->n; i++)
        fill_row(s->text[i], v, length, words + (size_t)i * (size_t)length);
    *set = (tt_sentence_set){s->n, length, words, s->label};
    return true;
}

/* An epoch has its own 2^32 numbers of the stream, as in loader.c. */
void tt_sentence_order(tt_ctx *c, const tt_sentence_set *set, uint64_t epoch,
                       uint32_t *order)
{
    tt_rng r = tt_ctx_rng(c, TT_STREAM_SHUFFLE, 0);
    r.first = epoch << 32;
    tt_rng_permutation(r, order, (size_t)set->n);
}

/* x[:,t] = vector of word t: one sentence, (dim, length). */
static void fill_sentence(const int32_t *words, int length, const tt_word_vectors *w,
                          float *x)
{
    for (int t = 0; t < length; t++) {
        const float *vector = tt_word_vector(w, words[t]);
        for (int d = 0; d < w->dim; d++)
            x[(size_t)d * (size_t)length + (size_t)t] = vector[d];
    }
}

static bool check_which(tt_ctx *c, const tt_sentence_set *set, const uint32_t *which, int n)
{
    static const char who[] = "tt_sentence_batch_of";
    if (n < 1)
        tti_fail(c, TT_ERR_VALUE, who, "a batch of %d sentences; at least 1 is needed", n);
    for (int i = 0; i < n && !tt_error(c); i++) {
        uint32_t at = which ? which[i] : (uint32_t)i;
        if (at >= (uint32_t)set->n)
            tti_fail(c, TT_ERR_INDEX, who, "sentence %u of %d", at, set->n);
    }
    return !tt_error(c);
}

bool tt_sentence_batch_of(tt_ctx *c, const tt_sentence_set *set, const tt_word_vectors *w,
                          const uint32_t *which, int n, tt_sentence_batch *b)
{
    *b = (tt_sentence_batch){0};
    if (tt_error(c) || !check_which(c, set, which, n)) return false;
    size_t length = (size_t)set->length, cells = (size_t)w->dim * length;
    b->x = tt_empty(c, TT_SHAPE(n, w->dim, set->length));
    b->y = tt_empty(c, TT_SHAPE(n, 1));
    float *x = b->x ? tt_storage_set(b->x->data.storage) : NULL;
    float *y = b->y ? tt_storage_set(b->y->data.storage) : NULL;
    if (!x || !y) return false;
    for (int i = 0; i < n; i++) {
        size_t at = which ? which[i] : (size_t)i;
        fill_sentence(set->words + at * length, set->length, w, x + (size_t)i * cells);
        y[i] = (float)set->label[at];
    }
    b->n = n;
    return true;
}
