#include "module4_nn/data/glove.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "module4_nn/data/lines.h"
#include "support/file.h"
#include "support/random.h"
#include "support/text.h"

static const char *const WHO = "tt_glove_read";

/* A file while it is read. */
typedef struct reader {
    tti_lines lines;
    const tt_vocabulary *vocabulary;
    int n, dim;
    float *rows;   /* (n, dim) */
    uint8_t *have; /* (n,): whether a word's line has been */
    float *spare;  /* (dim,): where the numbers of other words go */
} reader;

/* The bytes up to the next blank, from *p on, which moves behind that blank; *p is NULL at the end. */
static size_t next_field(const char **p, const char *end, const char **field)
{
    *field = *p;
    const char *blank = memchr(*p, ' ', (size_t)(end - *p));
    size_t length = (size_t)((blank ? blank : end) - *p);
    *p = blank ? blank + 1 : NULL;
    return length;
}

/* How many fields the present line has. */
static int count_fields(const tti_lines *l)
{
    int n = 1;
    for (size_t i = 0; i < l->length; i++) n += l->text[i] == ' ';
    return n;
}

/* A decimal number that takes up the whole field: no nan, no inf, no hexadecimal. */
static bool read_number(const char *field, size_t length, float *x)
{
    enum { MOST = 63 };
    char text[MOST + 1], *end;
    if (length == 0 || length > MOST) return false;
    memcpy(text, field, length);
    text[length] = '\0';
    if (strspn(text, "0123456789+-.eE") != length) return false;
    *x = strtof(text, &end);
    return end == text + length && isfinite(*x);
}

static tt_status refuse_number(reader *r, const char *field, size_t length, int i)
{
    return TTI_LINE_FAIL(&r->lines, "number %d of %d is \"%.*s\", which is no %s", i + 1,
                         r->dim, length < 30 ? (int)length : 30, field,
                         length > 0 && strchr("nNiI-+", field[0])
                             ? "finite decimal number"
                             : "decimal number within float's range");
}

/* D numbers behind the word, to row (D,). */
static tt_status read_numbers(reader *r, const char *p, float *row)
{
    const char *end = r->lines.text + r->lines.length, *field;
    for (int i = 0; i < r->dim; i++) {
        size_t length = next_field(&p, end, &field);
        if (!read_number(field, length, &row[i]))
            return refuse_number(r, field, length, i);
    }
    return TT_OK;
}

/* Where the word's numbers go: to its row when it is wanted and new. */
static float *row_of(reader *r, const char *word, size_t length)
{
    enum { MOST = 255 };
    char text[MOST + 1];
    if (length > MOST) return r->spare; /* longer than any word of a sentence */
    memcpy(text, word, length);
    text[length] = '\0';
    int number = tt_vocabulary_find(r->vocabulary, text);
    if (number < TT_WORD_FIRST || r->have[number]) return r->spare;
    r->have[number] = 1;
    return r->rows + (size_t)number * (size_t)r->dim;
}

static tt_status read_word(reader *r)
{
    tti_lines *l = &r->lines;
    const char *word, *p = l->text;
    if (l->length == 0) return TTI_LINE_FAIL(l, "the line is empty");
    int numbers = count_fields(l) - 1;
    if (numbers != r->dim)
        return TTI_LINE_FAIL(l, "a word and %d numbers, but the first line has %d",
                             numbers, r->dim);
    size_t length = next_field(&p, l->text + l->length, &word);
    if (length == 0) return TTI_LINE_FAIL(l, "the line begins with a blank, not a word");
    return read_numbers(r, p, row_of(r, word, length));
}

/* word2vec's text files begin with two numbers: how many words, and how many numbers each. */
static bool is_word2vec_header(const tti_lines *l)
{
    for (size_t i = 0; i < l->length; i++)
        if (l->text[i] != ' ' && (l->text[i] < '0' || l->text[i] > '9')) return false;
    return true;
}

/* The first line says how many numbers a vector has. */
static tt_status read_first(reader *r)
{
    tti_lines *l = &r->lines;
    if (!tti_next_line(l)) {
        if (tt_error(l->ctx)) return tt_error_status(l->ctx);
        return tti_fail_status(l->ctx, TT_ERR_FORMAT, WHO, "%s: is empty", l->name);
    }
    r->dim = count_fields(l) - 1;
    if (r->dim == 1 && is_word2vec_header(l))
        return TTI_LINE_FAIL(l,
                             "this is the header of word2vec's text format; GloVe's has "
                             "none: delete the line");
    if (r->dim < 1)
        return TTI_LINE_FAIL(
            l, "no number behind the word; a line of GloVe's text format is "
               "a word and its numbers, with blanks between them");
    if (r->dim > TT_GLOVE_DIM_MOST)
        return TTI_LINE_FAIL(l, "%d numbers behind the word; at most %d are allowed",
                             r->dim, (int)TT_GLOVE_DIM_MOST);
    size_t row = (size_t)r->dim * sizeof(float);
    r->rows = tt_alloc(l->ctx, (size_t)r->n * row);
    r->have = tt_alloc(l->ctx, (size_t)r->n);
    r->spare = tt_alloc(l->ctx, row);
    return r->rows && r->have && r->spare ? TT_OK : tt_error_status(l->ctx);
}

/* One small random vector for all words without one. */
static void fill_unknown(reader *r)
{
    tt_rng random = tt_rng_of(0, TT_STREAM_INIT);
    for (int i = 0; i < r->dim; i++)
        r->spare[i] = 0.1f * (tt_rng_uniform(random, (uint64_t)i) - 0.5f);
    for (int word = TT_WORD_UNKNOWN; word < r->n; word++)
        if (!r->have[word])
            memcpy(r->rows + (size_t)word * (size_t)r->dim, r->spare,
                   (size_t)r->dim * sizeof(float));
}

static int count_found(const reader *r)
{
    int found = 0;
    for (int word = TT_WORD_FIRST; word < r->n; word++) found += r->have[word];
    return found;
}

static tt_status read_all(reader *r)
{
    tt_status status = read_first(r);
    locale_t before = tti_c_locale_begin();
    if (status == TT_OK) do
            status = read_word(r);
        while (status == TT_OK && tti_next_line(&r->lines));
    tti_c_locale_end(before);
    return tt_error(r->lines.ctx) ? tt_error_status(r->lines.ctx) : status;
}

tt_status tt_glove_parse(tt_ctx *c, const char *name, const char *text, size_t size,
                         const tt_vocabulary *v, tt_word_vectors *w)
{
    if (tt_error(c)) return tt_error_status(c);
    reader r = {.lines = tti_lines_of(c, WHO, name, text, size, TT_GLOVE_LINE_MOST),
                .vocabulary = v,
                .n = tt_vocabulary_size(v)};
    if (!v) return TT_ERR_VALUE;
    tt_status status = read_all(&r);
    if (status != TT_OK) return status;
    fill_unknown(&r);
    *w = (tt_word_vectors){r.n, r.dim, count_found(&r), r.rows};
    return TT_OK;
}

tt_status tt_glove_read(tt_ctx *c, const char *path, const tt_vocabulary *v,
                        tt_word_vectors *w)
{
    size_t size = 0;
    const char *shown = tt_path_absolute(c, path);
    const char *text = shown ? tt_file_read(c, path, TT_GLOVE_MOST, &size) : NULL;
    if (!text) return tt_error_status(c);
    return tt_glove_parse(c, shown, text, size, v, w);
}

const float *tt_word_vector(const tt_word_vectors *w, int number)
{
    return w->at + (size_t)number * (size_t)w->dim;
}

bool tt_word_is_unknown(const tt_word_vectors *w, int number)
{
    size_t bytes = (size_t)w->dim * sizeof(float);
    return memcmp(tt_word_vector(w, number), tt_word_vector(w, TT_WORD_UNKNOWN), bytes) ==
           0;
}
