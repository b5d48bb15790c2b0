/* Sentences and word vectors: see sentiment.h. */
#include <string.h>

#include "module4_nn/data/reviews.h"
#include "module4_nn/data/tokens.h"
#include "module4_nn/sentiment.h"
#include "support/file.h"

/* SST-2's names for its parts. */
static bool open_files(sentiment *s)
{
    tt_ctx *c = s->c;
    const char *dir = s->options->data;
    const char *train = tt_path_join(c, dir, "train.tsv");
    const char *dev = tt_path_join(c, dir, "dev.tsv");
    return train && dev && tt_tsv_read(c, train, &s->train.text) == TT_OK &&
           tt_tsv_read(c, dev, &s->valid.text) == TT_OK;
}

static bool open_sentences(sentiment *s)
{
    s->built_in = !s->options->data;
    if (s->built_in) {
        if (!tt_data_reviews(s->c, "train", &s->train.text) ||
            !tt_data_reviews(s->c, "valid", &s->valid.text))
            return false;
    } else if (!open_files(s)) return false;
    tt_sentences_limit(&s->train.text, s->options->limit);
    tt_sentences_limit(&s->valid.text, s->options->limit);
    return true;
}

/* The sentence of --say, as a list of one. */
static bool open_said(sentiment *s)
{
    if (!s->choices->say) return true;
    const char **text = tt_alloc(s->c, sizeof *text);
    uint8_t *label = tt_alloc(s->c, sizeof *label);
    if (!text || !label) return false;
    *text = s->choices->say;
    s->said.text = (tt_sentences){"--say", 1, text, label};
    return true;
}

static bool read_words(sentiment *s, const tt_sentences *text)
{
    for (int i = 0; i < text->n; i++)
        if (!tt_vocabulary_read(s->vocabulary, text->text[i])) return false;
    return true;
}

/* Numbers for the words, and room for what the network will say. */
static bool encode(sentiment *s, sentence_part *part, int length)
{
    if (part->text.n == 0) return true;
    part->scores = tt_alloc(s->c, (size_t)part->text.n * sizeof *part->scores);
    return part->scores &&
           tt_sentence_set_of(s->c, &part->text, s->vocabulary, length, &part->set);
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

bool sentiment_open(sentiment *s)
{
    tt_ctx *c = s->c;
    if (!open_sentences(s) || !open_said(s)) return false;
    s->vocabulary = tt_vocabulary_new(c);
    sentence_part *const parts[] = {&s->train, &s->valid, &s->said};
    int length[3]; /* what is said to the network does not change what it trains on */
    for (int i = 0; i < 3; i++) {
        if (!read_words(s, &parts[i]->text)) return false;
        length[i] = tt_sentences_longest(&parts[i]->text);
    }
    length[0] = length[1] = most(length[0], length[1]);
    length[2] = most(length[1], length[2]);
    bool vectors = s->choices->glove ? tt_glove_read(c, s->choices->glove, s->vocabulary,
                                                     &s->vectors) == TT_OK
                                     : tt_reviews_vectors(c, s->vocabulary, &s->vectors);
    for (int i = 0; i < 3 && vectors; i++)
        if (!encode(s, parts[i], length[i])) return false;
    s->order = vectors ? tt_alloc(c, (size_t)s->train.text.n * sizeof *s->order) : NULL;
    return s->order != NULL;
}
