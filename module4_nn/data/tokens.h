/* Sentences into words, as Stanford's SST-2 and GloVe spell them.
 *
 *   Example:
 *     const char *text = "It isn't bad (3.5 stars)...";
 *     char word[TT_WORD_ROOM];
 *     while (tt_next_word(&text, word)) printf("%s|", word);
 *     // prints: it|is|n't|bad|(|3.5|stars|)|...|
 *
 * White space separates. Each of . , ! ? ; : ( ) " is a word of its own, and so is a run of the same
 * one; between two digits it is part of a number. A verb's ending is split off: n't 's 're 've 'll 'd
 * 'm. Letters A to Z become small; other bytes stay as they are, so UTF-8 passes through. Text that has
 * been split already, such as SST-2's, comes out unchanged.
 * Source: the Penn Treebank's rules, which both follow. MiniTorch splits at blanks only.
 */
#ifndef TT_MODULE4_NN_DATA_TOKENS_H
#define TT_MODULE4_NN_DATA_TOKENS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The most bytes of a word that count, and the room that a word takes with its ending zero. */
enum { TT_WORD_MOST = 100, TT_WORD_ROOM = TT_WORD_MOST + 1 };

/* Writes the next word of *text and moves *text behind it; false at the end. A word with more than
 * TT_WORD_MOST bytes loses its end (never half a UTF-8 character). */
bool tt_next_word(const char **text, char word[TT_WORD_ROOM]);

#ifdef __cplusplus
}
#endif
#endif
