/* Word vectors: numbers by which words that are used alike lie near each other; and GloVe's text
 * files of them: a word, a blank, D numbers with blanks between them on each line.
 *
 *   Example:
 *     static const char file[] = "good 0.5 1\nbad 0.5 -1\n";
 *     tt_vocabulary *v = tt_vocabulary_new(c);
 *     tt_vocabulary_read(v, "a good film");
 *     tt_word_vectors w;
 *     tt_glove_parse(c, "two words", file, sizeof file - 1, v, &w);
 *     const float *good = tt_word_vector(&w, tt_vocabulary_find(v, "good"));
 *     printf("%d of %d words; good: %g %g\n", w.found, w.n - TT_WORD_FIRST, (double)good[0],
 *            (double)good[1]);
 *     // prints: 1 of 3 words; good: 0.5 1
 *
 * Only words of the vocabulary are kept, so read the sentences first. Those without a vector share one,
 * random and small: 0.1 times uniform in (-0.5, 0.5), as in MiniTorch, but always the same, so that a
 * network that has been saved meets it again. Padding is zero. Of a word that stands in the file twice,
 * the first line counts.
 *
 * The whole file is checked, each error with file and line: lines of another length than the first,
 * what is no finite decimal number, and what lines.h refuses.
 * Owner: the context. Source: Pennington, Socher, Manning, "GloVe: global vectors for word
 * representation", 2014 (glove.6B.50d.txt and its likes). MiniTorch uses the package embeddings.
 */
#ifndef TT_MODULE4_NN_DATA_GLOVE_H
#define TT_MODULE4_NN_DATA_GLOVE_H

#include <stddef.h>

#include "module4_nn/data/vocabulary.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most bytes of a file (glove.6B.300d.txt has 1.04e9), of a line, and numbers of a vector. */
enum { TT_GLOVE_MOST = 1 << 30, TT_GLOVE_LINE_MOST = 1 << 16, TT_GLOVE_DIM_MOST = 4096 };

typedef struct tt_word_vectors {
    int n, dim;      /* numbers in the vocabulary; numbers in a vector */
    int found;       /* how many words have a vector of their own */
    const float *at; /* (n, dim) */
} tt_word_vectors;

/* Reads a file, plain or gzip. Errors: TT_ERR_FILE, TT_ERR_FORMAT, TT_ERR_MEMORY; *w is then
 * untouched. */
tt_status tt_glove_read(tt_ctx *c, const char *path, const tt_vocabulary *v,
                        tt_word_vectors *w);

/* The same from memory. `name` is for messages. */
tt_status tt_glove_parse(tt_ctx *c, const char *name, const char *text, size_t size,
                         const tt_vocabulary *v, tt_word_vectors *w);

/* The vector of a word's number: (dim,); and whether it is the one that unknown words share. */
const float *tt_word_vector(const tt_word_vectors *w, int number);
bool tt_word_is_unknown(const tt_word_vectors *w, int number);

#ifdef __cplusplus
}
#endif
#endif
