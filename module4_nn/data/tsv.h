/* Sentences with labels, from files in the format of SST-2 (Stanford's film reviews, as GLUE hands
 * them out): a header, then a sentence, a tab and 0 (against) or 1 (for) on each line.
 *
 *   Example:
 *     static const char file[] = "sentence\tlabel\na gorgeous , witty film .\t1\n";
 *     tt_sentences s;
 *     tt_tsv_parse(c, "two lines", file, sizeof file - 1, &s);
 *     printf("%d: %d %s\n", s.n, s.label[0], s.text[0]);    // prints: 1: 1 a gorgeous , witty film .
 *
 * Read strictly, each error with file and line: no header, another number of tabs, an empty
 * sentence, another label, and what lines.h refuses. \r\n is as good as \n.
 * Owner: the context. Source: Socher et al., "Recursive deep models for semantic compositionality
 * over a sentiment treebank", 2013; MiniTorch reads it through Hugging Face's datasets.
 */
#ifndef TT_MODULE4_NN_DATA_TSV_H
#define TT_MODULE4_NN_DATA_TSV_H

#include <stdint.h>

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most bytes of a file (SST-2 has 4 MB), and of a line. */
enum { TT_TSV_MOST = 1 << 28, TT_TSV_LINE_MOST = 1 << 14 };

typedef struct tt_sentences {
    const char *name; /* "train.tsv" */
    int n;
    const char *const *text; /* (n,) as in the file */
    const uint8_t *label;    /* (n,) 0 or 1 */
} tt_sentences;

/* Reads a file, plain or gzip. Errors: TT_ERR_FILE, TT_ERR_FORMAT, TT_ERR_MEMORY; *s is then
 * untouched. */
tt_status tt_tsv_read(tt_ctx *c, const char *path, tt_sentences *s);

/* The same from memory, which is copied. `name` is for messages. */
tt_status tt_tsv_parse(tt_ctx *c, const char *name, const char *text, size_t size,
                       tt_sentences *s);

/* The first n sentences only (all when there are fewer, or n is 0). */
void tt_sentences_limit(tt_sentences *s, int n);

#ifdef __cplusplus
}
#endif
#endif
