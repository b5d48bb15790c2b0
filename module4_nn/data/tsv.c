#include "module4_nn/data/tsv.h"

#include <limits.h>
#include <string.h>

#include "module4_nn/data/lines.h"
#include "module4_nn/data/tokens.h"
#include "support/file.h"

static const char *const WHO = "tt_tsv_read";

static bool line_is(const tti_lines *l, const char *text)
{
    return l->length == strlen(text) && memcmp(l->text, text, l->length) == 0;
}

static tt_status read_header(tti_lines *l)
{
    if (!tti_next_line(l)) {
        if (tt_error(l->ctx)) return tt_error_status(l->ctx);
        return tti_fail_status(l->ctx, TT_ERR_FORMAT, WHO, "%s: is empty", l->name);
    }
    if (line_is(l, "sentence\tlabel")) return TT_OK;
    if (line_is(l, "index\tsentence"))
        return TTI_LINE_FAIL(l,
                             "the header is \"index<tab>sentence\": this part of SST-2 "
                             "(test.tsv) has no labels; use train.tsv and dev.tsv");
    return TTI_LINE_FAIL(l, "the header must be \"sentence<tab>label\", as in SST-2's "
                            "train.tsv");
}

/* Whether there is any word in it. */
static bool has_words(const char *text)
{
    char word[TT_WORD_ROOM];
    return tt_next_word(&text, word);
}

/* One line: the sentence (copied) and its label. */
static tt_status read_example(tti_lines *l, const char **text, uint8_t *label)
{
    const char *tab = memchr(l->text, '\t', l->length);
    if (l->length == 0) return TTI_LINE_FAIL(l, "the line is empty");
    if (!tab)
        return TTI_LINE_FAIL(l,
                             "there is no tab; a line is a sentence, a tab and a label");
    const char *after = tab + 1, *end = l->text + l->length;
    if (memchr(after, '\t', (size_t)(end - after)))
        return TTI_LINE_FAIL(l, "there is more than one tab; a line is a sentence, a tab "
                                "and a label");
    if (end - after != 1 || (*after != '0' && *after != '1'))
        return TTI_LINE_FAIL(l, "the label is \"%.*s\"; it must be 0 or 1",
                             end - after < 20 ? (int)(end - after) : 20, after);
    *text = tt_text(l->ctx, "%.*s", (int)(tab - l->text), l->text);
    if (!*text) return tt_error_status(l->ctx);
    if (!has_words(*text))
        return TTI_LINE_FAIL(l, "there is no word in front of the tab");
    *label = (uint8_t)(*after - '0');
    return TT_OK;
}

tt_status tt_tsv_parse(tt_ctx *c, const char *name, const char *text, size_t size,
                       tt_sentences *s)
{
    if (tt_error(c)) return tt_error_status(c);
    tti_lines l = tti_lines_of(c, WHO, name, text, size, TT_TSV_LINE_MOST);
    if (read_header(&l) != TT_OK) return tt_error_status(c);
    size_t n = tti_lines_left(&l);
    if (n == 0 || n > INT_MAX)
        return tti_fail_status(c, TT_ERR_FORMAT, WHO, "%s: has %zu sentences", name, n);
    const char **texts = tt_alloc(c, n * sizeof *texts);
    uint8_t *labels = tt_alloc(c, n);
    if (!texts || !labels) return tt_error_status(c);
    for (size_t i = 0; tti_next_line(&l); i++)
        if (read_example(&l, &texts[i], &labels[i]) != TT_OK) break;
    if (tt_error(c)) return tt_error_status(c);
    *s = (tt_sentences){name, (int)n, texts, labels};
    return TT_OK;
}

tt_status tt_tsv_read(tt_ctx *c, const char *path, tt_sentences *s)
{
    size_t size = 0;
    const char *shown = tt_path_absolute(c, path);
    const char *text = shown ? tt_file_read(c, path, TT_TSV_MOST, &size) : NULL;
    if (!text) return tt_error_status(c);
    return tt_tsv_parse(c, shown, text, size, s);
}

void tt_sentences_limit(tt_sentences *s, int n)
{
    if (n > 0 && n < s->n) s->n = n;
}
