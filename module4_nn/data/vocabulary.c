/* A hash table with open addressing: slots hold numbers of words, 0 is an empty slot. It doubles when
 * three quarters are full; what it grew out of stays in the context, altogether less than it has. */
#include "module4_nn/data/vocabulary.h"

#include <limits.h>
#include <string.h>

#include "module4_nn/data/tokens.h"

struct tt_vocabulary {
    tt_header header;
    int size;           /* numbers given, TT_WORD_FIRST at first */
    int room;           /* of words; 3/4 of the slots */
    uint32_t slots;     /* a power of 2 */
    const char **words; /* (room,) */
    int *slot;          /* (slots,) */
};

/* FNV-1a. */
static uint32_t hash(const char *word)
{
    uint32_t h = 2166136261u;
    for (; *word; word++) h = (h ^ (unsigned char)*word) * 16777619u;
    return h;
}

/* The slot where a word is, or the empty one where it would be. */
static uint32_t slot_of(const tt_vocabulary *v, const char *word)
{
    uint32_t at = hash(word) & (v->slots - 1);
    while (v->slot[at] && strcmp(v->words[v->slot[at]], word) != 0)
        at = (at + 1) & (v->slots - 1);
    return at;
}

static bool grow(tt_vocabulary *v, uint32_t slots)
{
    tt_ctx *c = v->header.ctx;
    int room = (int)(slots / 4 * 3);
    const char **words = tt_alloc(c, (size_t)room * sizeof *words);
    int *slot = tt_alloc(c, slots * sizeof *slot);
    if (!words || !slot) return false;
    if (v->size > 0) memcpy(words, v->words, (size_t)v->size * sizeof *words);
    v->words = words, v->slot = slot, v->slots = slots, v->room = room;
    for (int i = TT_WORD_FIRST; i < v->size; i++) slot[slot_of(v, words[i])] = i;
    return true;
}

tt_vocabulary *tt_vocabulary_new(tt_ctx *c)
{
    enum { SLOTS = 64 };
    tt_vocabulary *v = tti_header_new(c, sizeof *v);
    if (!v) return NULL;
    tt_header header = v->header;
    *v = (tt_vocabulary){.header = header};
    if (!grow(v, SLOTS)) return NULL;
    v->words[TT_WORD_PAD] = "<pad>";
    v->words[TT_WORD_UNKNOWN] = "<unknown>";
    v->size = TT_WORD_FIRST;
    return v;
}

int tt_vocabulary_add(tt_vocabulary *v, const char *word)
{
    if (!v || !word) return -1;
    uint32_t at = slot_of(v, word);
    if (v->slot[at]) return v->slot[at];
    if (!tti_outlives(v->header.ctx, &v->header, "tt_vocabulary_add", "a new word"))
        return -1;
    if (v->size == v->room) {
        if (v->slots > (uint32_t)INT_MAX / 2) {
            tti_fail(v->header.ctx, TT_ERR_MEMORY, "tt_vocabulary_add",
                     "%d words are as many as it can number", v->size);
            return -1;
        }
        if (!grow(v, 2 * v->slots)) return -1;
        at = slot_of(v, word);
    }
    const char *copy = tt_text(v->header.ctx, "%s", word);
    if (!copy) return -1;
    v->words[v->size] = copy;
    return v->slot[at] = v->size++;
}

bool tt_vocabulary_read(tt_vocabulary *v, const char *text)
{
    char word[TT_WORD_ROOM];
    while (tt_next_word(&text, word))
        if (tt_vocabulary_add(v, word) < 0) return false;
    return v != NULL;
}

int tt_vocabulary_find(const tt_vocabulary *v, const char *word)
{
    int number = v && word ? v->slot[slot_of(v, word)] : 0;
    return number ? number : TT_WORD_UNKNOWN;
}

int tt_vocabulary_size(const tt_vocabulary *v)
{
    return v ? v->size : 0;
}

const char *tt_vocabulary_word(const tt_vocabulary *v, int number)
{
    return v && number >= 0 && number < v->size ? v->words[number] : NULL;
}
