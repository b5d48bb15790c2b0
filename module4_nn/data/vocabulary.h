/* A vocabulary: words and their numbers.
 *
 *   Example:
 *     tt_vocabulary *v = tt_vocabulary_new(c);
 *     tt_vocabulary_read(v, "A film, a film!");
 *     printf("%d %d\n", tt_vocabulary_size(v), tt_vocabulary_find(v, "plot"));
 *     printf("%d %s\n", tt_vocabulary_find(v, "film"), tt_vocabulary_word(v, 3));
 *     // prints: 6 1
 *     // prints: 3 film
 *
 * Numbers 0 and 1 are no words: 0 fills sentences up (TT_WORD_PAD), 1 stands for all that are not in
 * it (TT_WORD_UNKNOWN). Words get 2, 3, .. in the order in which they come. Owner: the context.
 */
#ifndef TT_MODULE4_NN_DATA_VOCABULARY_H
#define TT_MODULE4_NN_DATA_VOCABULARY_H

#include "support/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TT_WORD_PAD = 0, TT_WORD_UNKNOWN = 1, TT_WORD_FIRST = 2 };

typedef struct tt_vocabulary tt_vocabulary;

/* One without words. Errors: TT_ERR_MEMORY -> NULL. */
tt_vocabulary *tt_vocabulary_new(tt_ctx *c);

/* The number of a word (copied), which is added if it is new; -1 after an error.
 * Errors: TT_ERR_OWNER in a scope that ends before v does; TT_ERR_MEMORY. */
int tt_vocabulary_add(tt_vocabulary *v, const char *word);

/* Adds all words of a text, by tt_next_word. False after an error. */
bool tt_vocabulary_read(tt_vocabulary *v, const char *text);

/* The number of a word; TT_WORD_UNKNOWN when it is not there. Cost: one hash and a comparison. */
int tt_vocabulary_find(const tt_vocabulary *v, const char *word);

/* How many numbers there are, with 0 and 1; and the word of a number ("<pad>", "<unknown>" of those
 * two; NULL out of range). */
int tt_vocabulary_size(const tt_vocabulary *v);
const char *tt_vocabulary_word(const tt_vocabulary *v, int number);

#ifdef __cplusplus
}
#endif
#endif
