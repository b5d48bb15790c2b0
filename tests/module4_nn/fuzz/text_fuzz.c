/* Sentences (TSV) and word vectors (GloVe): whatever the bytes are, each parser takes or refuses them,
 * and what it takes is usable. Every input goes to both. */
#include <math.h>
#include <stdlib.h>

#include "module4_nn/data/sentence_set.h"
#include "module4_nn/data/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    if (!c) abort();
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* A status without a message, or a message without a status, is a bug. */
static void check_status(tt_ctx *c, tt_status status)
{
    if ((status == TT_OK) != (tt_error(c) == NULL)) abort();
    if (status != TT_OK && status != TT_ERR_FORMAT && status != TT_ERR_MEMORY) abort();
}

/* Every word of every sentence has a number, and the batch holds its vector. */
static void use_sentences(tt_ctx *c, const tt_sentences *s)
{
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_sentence_set set;
    for (int i = 0; i < s->n; i++) {
        if (s->label[i] > 1) abort();
        if (!tt_vocabulary_read(v, s->text[i])) abort();
    }
    int longest = tt_sentences_longest(s);
    if (longest < 1 || !tt_sentence_set_of(c, s, v, longest, &set)) abort();
    for (size_t i = 0; i < (size_t)set.n * (size_t)set.length; i++)
        if (set.words[i] < 0 || set.words[i] == TT_WORD_UNKNOWN ||
            set.words[i] >= tt_vocabulary_size(v))
            abort();
}

static void try_sentences(const char *text, size_t size)
{
    tt_ctx *c = quiet_ctx();
    tt_sentences s;
    tt_status status = tt_tsv_parse(c, "fuzz", text, size, &s);
    check_status(c, status);
    if (status == TT_OK) use_sentences(c, &s);
    tt_ctx_free(c);
}

static void try_vectors(const char *text, size_t size)
{
    tt_ctx *c = quiet_ctx();
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_vocabulary_read(v, "a good film, not the worst");
    tt_word_vectors w;
    tt_status status = tt_glove_parse(c, "fuzz", text, size, v, &w);
    check_status(c, status);
    if (status == TT_OK) {
        if (w.dim < 1 || w.n != tt_vocabulary_size(v) || w.found > w.n - TT_WORD_FIRST)
            abort();
        for (size_t i = 0; i < (size_t)w.n * (size_t)w.dim; i++)
            if (!isfinite(w.at[i])) abort();
    }
    tt_ctx_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_sentences((const char *)data, size);
    try_vectors((const char *)data, size);
    return 0;
}
