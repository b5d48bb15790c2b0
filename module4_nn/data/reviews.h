/* Practice sentences about films, so that the second program of Task 4.5 runs with nothing
 * downloaded. They are the project's own, put together from patterns: no person's opinion of anything,
 * and what a network reaches on them says nothing about real reviews.
 *
 *   Example:
 *     tt_sentences train, valid;
 *     tt_data_reviews(c, "train", &train);
 *     tt_data_reviews(c, "valid", &valid);
 *     printf("%d and %d; for example (%d) %s\n", train.n, valid.n, valid.label[0], valid.text[0]);
 *
 * What they are made for: single words must not tell. Of each pattern as many sentences are for as
 * against a film. Some patterns say what their words do ("The plot is clever."), nearly as many the
 * opposite ("The plot is not clever."), and in the others half of the words speak for each side and the
 * order decides ("The plot is clever, but the cast is dull."): 24, 20 and 16 patterns of "train", 7, 7
 * and 6 of "valid". So a model that adds up words can hardly be right more often than by chance, while
 * one that sees words together can.
 * The patterns of the two parts differ, and many words of "valid" never occur in "train".
 *
 * What a network knows of a word that it was never trained on must come with the word's vector, as with
 * GloVe. The vectors here are the project's own too: tt_reviews_vectors says what is in them.
 * Owner: the context. MiniTorch's program needs SST-2 and GloVe.
 */
#ifndef TT_MODULE4_NN_DATA_REVIEWS_H
#define TT_MODULE4_NN_DATA_REVIEWS_H

#include "module4_nn/data/glove.h"
#include "module4_nn/data/tsv.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "train" (720 sentences) or "valid" (200). Always the same. Errors: TT_ERR_NAME for another part,
 * TT_ERR_MEMORY -> false. */
bool tt_data_reviews(tt_ctx *c, const char *part, tt_sentences *s);

enum { TT_REVIEWS_DIM = 16 };

/* A vector (16,) for each word of the vocabulary that these sentences are made of:
 *
 *   0      how pleasant it is: -1.3 .. -0.7 for "dull", 0.7 .. 1.3 for "clever", 0 for "plot", "not"
 *   1..4   1 for a noun, an adjective, a verb, any other word
 *   5..15  the word's own: normal, drawn by its letters; standard deviation 0.2, or 0.5 for the words
 *          of coordinate 4, which are few and frequent
 *
 * Coordinate 0 is what makes words that were never trained on usable. GloVe's vectors hold something
 * like it, mixed with much else. That "not" turns a word round, and "but" puts the first half aside,
 * stands nowhere: to the vectors these are words like "the". All other words share one vector, as with
 * tt_glove_parse. Errors: TT_ERR_MEMORY -> false. */
bool tt_reviews_vectors(tt_ctx *c, const tt_vocabulary *v, tt_word_vectors *w);

/* What kind of word it is, for tests: 'n', 'a', 'v' for content words, 'f' for the others ("not",
 * "the", ","), 0 for one that the sentences do not have; *pleasant is then 1, -1 or 0. */
char tti_reviews_kind(const char *word, int *pleasant);

#ifdef __cplusplus
}
#endif
#endif
