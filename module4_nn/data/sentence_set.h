/* Sentences as networks take them: words are numbers, numbers are vectors, and a batch is one tensor.
 *
 *   Example:
 *     tt_sentences train;
 *     tt_data_reviews(c, "train", &train);
 *     tt_vocabulary *v = tt_vocabulary_new(c);
 *     for (int i = 0; i < train.n; i++) tt_vocabulary_read(v, train.text[i]);
 *     tt_word_vectors w;
 *     tt_reviews_vectors(c, v, &w);
 *     tt_sentence_set set;
 *     tt_sentence_set_of(c, &train, v, tt_sentences_longest(&train), &set);
 *     uint32_t *order = tt_alloc(c, (size_t)set.n * sizeof *order);
 *     tt_sentence_order(c, &set, 0, order);                       // of epoch 0
 *     for (int at = 0; at < 40; at += 20) TT_SCOPE(c) {           // two steps of 20 sentences
 *         tt_sentence_batch b;
 *         tt_sentence_batch_of(c, &set, &w, order + at, 20, &b);
 *         printf("%d sentences of vectors (%d,)\n", tt_shape_of(b.x).dim[0], tt_shape_of(b.x).dim[1]);
 *     }
 *     // prints: 20 sentences of vectors (16,)
 *     // prints: 20 sentences of vectors (16,)
 *
 * Owner: the context. Source: torch.nn.utils.rnn.pad_sequence, torch.utils.data.DataLoader; MiniTorch's
 * project/run_sentiment.py, which fills up with zeros to the longest sentence as well.
 */
#ifndef TT_MODULE4_NN_DATA_SENTENCE_SET_H
#define TT_MODULE4_NN_DATA_SENTENCE_SET_H

#include "module2_tensors/tensor.h"
#include "module4_nn/data/glove.h"
#include "module4_nn/data/tsv.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tt_sentence_set {
    int n, length;        /* sentences; words in each, filled up */
    const int32_t *words; /* (n, length) numbers of the vocabulary; TT_WORD_PAD at the end */
    const uint8_t *label; /* (n,) 0 or 1 */
} tt_sentence_set;

/* How many words the longest sentence has. */
int tt_sentences_longest(const tt_sentences *s);

/* Numbers for all words of all sentences, filled up to `length`; words beyond it are left out.
 * Errors: TT_ERR_VALUE for a length below 1, TT_ERR_MEMORY -> false. */
bool tt_sentence_set_of(tt_ctx *c, const tt_sentences *s, const tt_vocabulary *v,
                        int length, tt_sentence_set *set);

/* order[0 .. n-1]: a permutation of the sentences that depends on (seed, epoch) only. */
void tt_sentence_order(tt_ctx *c, const tt_sentence_set *set, uint64_t epoch,
                       uint32_t *order);

typedef struct tt_sentence_batch {
    tt_tensor *x; /* (n, dim, length): word vectors, as tt_conv1d takes them */
    tt_tensor *y; /* (n, 1): labels, as tt_bce_with_logits takes them */
    int n;
} tt_sentence_batch;

/* The n sentences which[0 .. n-1] as new tensors (which NULL: the first n).
 * Errors: TT_ERR_VALUE for n below 1; TT_ERR_INDEX for a sentence that is not there; TT_ERR_MEMORY
 * -> false. */
bool tt_sentence_batch_of(tt_ctx *c, const tt_sentence_set *set, const tt_word_vectors *w,
                          const uint32_t *which, int n, tt_sentence_batch *b);

#ifdef __cplusplus
}
#endif
#endif
