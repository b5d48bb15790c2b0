/* How the practice sentences come about: patterns with open places, and words to fill in.
 *
 * A pattern is drawn for a film and against it in turn. {a} is an adjective, {v} a verb, {q} a noun
 * that speak for the side drawn; {o}, {w}, {p} are their opposites; {n} is a part of a film, and {b},
 * {d}, {x}, {i} are words of FILLER. The sign in front says whether the whole is on the side of {a}, {v},
 * {q} ('+') or on the other ('-').
 */
#include "module4_nn/data/reviews.h"

#include <string.h>

#include "module4_nn/data/tokens.h"
#include "support/random.h"

enum { TRAIN_EACH = 12, VALID_EACH = 10, MOST_TEXT = 160, MOST_SLOTS = 6 };

/* ---- words ------------------------------------------------------------------------------------- */

/* Words of one kind and side; `late` ones occur in "valid" only. */
typedef struct words {
    char slot, kind;
    int side; /* 1 for, -1 against, 0 neither */
    const char *early[20], *late[12];
} words;

/* Verbs without the s of "it bores me", which a pattern adds. */
static const words LEXICON[] = {
    {'n',
     'n',
     0,
     {"plot", "cast", "soundtrack", "dialogue", "ending", "story", "hero", "script",
      "setting", "scene", "villain", "theme", "opening", "director", "subplot"},
     {"score", "finale", "heroine", "chase", "costume", "romance"}},
    {'a',
     'a',
     1,
     {"clever", "charming", "moving", "brilliant", "funny", "fresh", "gripping", "tender",
      "lovely", "elegant", "warm", "witty", "superb", "touching", "thrilling", "graceful"},
     {"delightful", "dazzling", "heartfelt", "inspired", "splendid", "vivid", "joyful",
      "subtle", "wonderful", "masterly"}},
    {'a',
     'a',
     -1,
     {"dull", "clumsy", "boring", "stale", "tedious", "awful", "weak", "silly", "lifeless",
      "shallow", "predictable", "messy", "dreadful", "flat", "tiresome", "hollow"},
     {"dreary", "feeble", "pointless", "wooden", "ghastly", "bland", "sloppy", "joyless",
      "miserable", "tacky"}},
    {'v',
     'v',
     1,
     {"charm", "delight", "thrill", "amuse", "inspire", "enchant", "move", "captivate"},
     {"dazzle", "please", "entertain", "uplift", "excite"}},
    {'v',
     'v',
     -1,
     {"bore", "annoy", "tire", "irritate", "disappoint", "confuse", "offend", "exhaust"},
     {"depress", "weary", "frustrate", "repel", "insult"}},
    {'q',
     'n',
     1,
     {"triumph", "joy", "treat", "gem", "marvel", "pleasure", "success", "beauty", "gift",
      "jewel"},
     {"masterpiece", "treasure", "wonder", "feast"}},
    {'q',
     'n',
     -1,
     {"mess", "failure", "waste", "disaster", "bother", "mistake", "chore", "shambles",
      "disgrace", "blunder"},
     {"flop", "ordeal", "letdown", "muddle"}},
};
enum { LISTS = sizeof LEXICON / sizeof LEXICON[0] };

/* Words that speak for no side, with what belongs behind them. */
static const struct {
    char slot;
    const char *words[8];
} FILLER[] = {
    {'b', {"is", "was"}},
    {'d', {"the", "its"}},
    {'x', {"not", "never", "hardly"}},
    {'i', {"", "", "", "", "really ", "truly ", "quite ", "very "}},
};
enum { FILLERS = sizeof FILLER / sizeof FILLER[0] };

/* ---- patterns ---------------------------------------------------------------------------------- */

/* clang-format off */
static const char *const TRAIN[] = {
    /* words say what the sentence says */
    "+{d} {n} {b} {i}{a}.",
    "+{d} {n} and {d} {n} are {i}{a}.",
    "+it {b} a {i}{a} film with a {a} {n}.",
    "+what a {i}{a} {n}!",
    "+a {a} film, a {i}{a} {n}.",
    "+this film {v}s from start to finish.",
    "+I found {d} {n} {i}{a}.",
    "+{d} {n} {i}{v}s me.",
    "+it {b} a {q}.",
    "+everything in it {b} {i}{a}.",
    "+the whole film {b} a {i}{a} {q}.",
    "+how {a} it {b}!",
    "+you will call it {i}{a}.",
    "+you see a {i}{a} {n}.",
    "+for me it {b} a {i}{a} {q}.",
    "+{d} {n} will {v} you.",
    "+a {q} of a {n}!",
    "+{a}, {a} and {i}{a}.",
    "+with its {a} {n} it {v}s everybody.",
    "+I do call it a {q} of a film.",
    "+there {b} a {i}{a} {n} in it.",
    "+in the end it {b} {i}{a}.",
    "+it will be a {i}{a} {q}.",
    "+{d} {n} did {v} anybody.",
    /* they say the opposite */
    "-{d} {n} {b} {x} {i}{a}.",
    "-it {b} {x} a {i}{a} film.",
    "-I did not find {d} {n} {i}{a}.",
    "-{d} {n} {b}n't {i}{a}.",
    "-this film does not {v} me.",
    "-nothing in it {b} {i}{a}.",
    "-there {b} no {i}{a} {n} in it.",
    "-it {x} {v}s us.",
    "-{d} {n} doesn't {i}{v} anybody.",
    "-it {b} {x} a {q}.",
    "-you will {x} call it {i}{a}.",
    "-it {b}n't a {i}{a} {n}.",
    "-for me it {b} {x} a {i}{a} {q}.",
    "-you do not see a {i}{a} {n}.",
    "-I {x} call it a {q}.",
    "-{d} {n} will {x} {v} you.",
    "-{d} {n} {b} not at all {a}.",
    "-at first it {b} {x} {i}{a}.",
    "-it will {x} be a {i}{a} {n}.",
    "+{d} {n} {b} {o}, but {d} {n} {b} {x} {o}.",
    /* they say both, and the order decides */
    "+{d} {n} {b} {i}{o}, but {d} {n} {b} {a}.",
    "+although {d} {n} {b} {o}, {d} {n} {b} {i}{a}.",
    "+it looks {o}, but it {b} {i}{a}.",
    "+{d} {n} {b} not {o} but {a}.",
    "+{d} {n} {b} {o}; still, the film {b} {a}.",
    "+despite a {i}{o} {n}, the film {b} {a}.",
    "+{d} {n} {w}s, yet {d} {n} {i}{v}s.",
    "+some call it {o}, but I call it {a}.",
    "+{d} {n} may be {i}{o}, but the film {v}s.",
    "+although it {w}s at times, it {b} {a}.",
    "+despite the {o} {n}, it {b} a {q}.",
    "+it {b} {i}{o} at first, but {a} later.",
    "+not a {p} but a {q}!",
    "+although the film {b} {o}, {d} {n} {v}s everybody.",
    "+{d} {n} {b} {o}; still, you see a {q}.",
    "+it {b} {o}, yet it {i}{v}s.",
};

static const char *const VALID[] = {
    "+you will see a {i}{a} {n}.",
    "+{d} {n} {b} {a} and {d} {n} {b} {a}.",
    "+{d} {n} {v}s, and {d} {n} {v}s.",
    "+how {a} {d} {n} {b}!",
    "+a {q} of a film.",
    "+I call {d} {n} {a} and {d} {n} {a}.",
    "+for me the film {b} a {a} {q}.",
    "-you will {x} see a {a} {n}.",
    "-{d} {n} and {d} {n} are {x} {a}.",
    "-for me {d} {n} {b} {x} {i}{a}.",
    "-I do not call it a {i}{a} film.",
    "-{d} {n} and {d} {n} did not {v} us.",
    "-this film {b} {x} a {a} {q}.",
    "-there {b}n't a {i}{a} minute in it.",
    "+{d} {n} {b} {o}, but the film {b} {a}.",
    "+although it {b} {o}, the film {v}s everybody.",
    "+despite its {o} {n}, it {v}s.",
    "+it {b} not a {o} film but a {a} one.",
    "+the film {b} {o} at first, yet {a} in the end.",
    "+{d} {n} {w}s; still, it {b} {a}.",
};
/* clang-format on */
enum {
    TRAIN_PATTERNS = sizeof TRAIN / sizeof TRAIN[0],
    VALID_PATTERNS = sizeof VALID / sizeof VALID[0]
};

/* ---- sentences --------------------------------------------------------------------------------- */

/* One part while it is drawn. */
typedef struct drawing {
    const char *const *patterns;
    int count, each;
    bool late; /* whether late words may be taken */
    tt_rng random;
    uint64_t next;
    const char *used[MOST_SLOTS]; /* in the present sentence */
    int n_used;
} drawing;

static const words *list_of(char slot, int side)
{
    static const char opposites[] = "owp", own[] = "avq";
    const char *opposite = strchr(opposites, slot);
    if (opposite) slot = own[opposite - opposites], side = -side;
    for (int i = 0; i < LISTS; i++)
        if (LEXICON[i].slot == slot && (LEXICON[i].side == side || LEXICON[i].side == 0))
            return &LEXICON[i];
    return NULL;
}

static int count_of(const char *const *list, int most)
{
    int n = 0;
    while (n < most && list[n]) n++;
    return n;
}

static bool is_used(const drawing *d, const char *word)
{
    for (int i = 0; i < d->n_used; i++)
        if (d->used[i] == word) return true;
    return false;
}

/* A word that the sentence has not got yet; where late ones may be taken, every second is one. */
static const char *draw_content(drawing *d, const words *list)
{
    const char *word;
    do {
        bool late = d->late && tt_rng_below(d->random, d->next++, 2) == 0;
        const char *const *from = late ? list->late : list->early;
        int n = late ? count_of(from, 12) : count_of(from, 20);
        word = from[tt_rng_below(d->random, d->next++, (uint32_t)n)];
    } while (is_used(d, word));
    return d->used[d->n_used++] = word;
}

/* What goes into the place {slot}. */
static const char *draw_word(drawing *d, char slot, int side)
{
    for (int i = 0; i < FILLERS; i++)
        if (FILLER[i].slot == slot)
            return FILLER[i].words[tt_rng_below(d->random, d->next++,
                                                (uint32_t)count_of(FILLER[i].words, 8))];
    return draw_content(d, list_of(slot, side));
}

/* Appends a word; "a" in front of a vowel becomes "an". */
static size_t append_word(char *text, size_t n, const char *word)
{
    bool article =
        n >= 2 && memcmp(text + n - 2, "a ", 2) == 0 && (n == 2 || text[n - 3] == ' ');
    if (article && *word && strchr("aeiou", *word)) text[n - 1] = 'n', text[n++] = ' ';
    memcpy(text + n, word, strlen(word));
    return n + strlen(word);
}

/* The pattern behind its sign with words in its places. */
static void draw_sentence(drawing *d, const char *pattern, int side, char text[MOST_TEXT])
{
    size_t n = 0;
    d->n_used = 0;
    for (const char *p = pattern + 1; *p; p++) {
        if (*p != '{') {
            text[n++] = *p;
            continue;
        }
        n = append_word(text, n, draw_word(d, p[1], side));
        p += 2;
    }
    text[n] = '\0';
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = (char)(text[0] - 'a' + 'A');
}

static bool is_there(const tt_sentences *s, int n, const char *text)
{
    for (int i = 0; i < n; i++)
        if (strcmp(s->text[i], text) == 0) return true;
    return false;
}

/* `each` sentences of each pattern, in turn for and against, each only once. */
static bool draw_all(tt_ctx *c, drawing *d, tt_sentences *s)
{
    const char **texts = tt_alloc(c, (size_t)(d->count * d->each) * sizeof *texts);
    uint8_t *labels = tt_alloc(c, (size_t)(d->count * d->each));
    if (!texts || !labels) return false;
    s->text = texts, s->label = labels, s->n = d->count * d->each;
    for (int i = 0; i < s->n; i++) {
        const char *pattern = d->patterns[i / d->each];
        int side = i % 2 ? -1 : 1;
        char text[MOST_TEXT];
        do draw_sentence(d, pattern, side, text);
        while (is_there(s, i, text));
        texts[i] = tt_text(c, "%s", text);
        labels[i] = (side > 0) == (pattern[0] == '+');
        if (!texts[i]) return false;
    }
    return true;
}

bool tt_data_reviews(tt_ctx *c, const char *part, tt_sentences *s)
{
    if (tt_error(c)) return false;
    bool train = strcmp(part, "train") == 0;
    if (!train && strcmp(part, "valid") != 0) {
        tti_fail(c, TT_ERR_NAME, "tt_data_reviews",
                 "no part \"%s\"; there are \"train\" and \"valid\"", part);
        return false;
    }
    drawing d = train ? (drawing){.patterns = TRAIN, TRAIN_PATTERNS, TRAIN_EACH}
                      : (drawing){.patterns = VALID, VALID_PATTERNS, VALID_EACH, true};
    d.random = tt_rng_of(train ? 1 : 2, TT_STREAM_DATA);
    tt_sentences drawn = {.name = "practice sentences"};
    if (!draw_all(c, &d, &drawn)) return false;
    *s = drawn;
    return true;
}

/* ---- words and their vectors ------------------------------------------------------------------- */

/* Whether `word` is `base`, or the verb `base` with an s. */
static bool is_form(const char *word, const char *base, char kind)
{
    size_t n = strlen(base);
    if (strncmp(word, base, n) != 0) return false;
    return word[n] == '\0' || (kind == 'v' && strcmp(word + n, "s") == 0);
}

static bool in_list(const words *list, const char *word)
{
    for (int i = 0; i < count_of(list->early, 20); i++)
        if (is_form(word, list->early[i], list->kind)) return true;
    for (int i = 0; i < count_of(list->late, 12); i++)
        if (is_form(word, list->late[i], list->kind)) return true;
    return false;
}

/* Whether a word stands in the pattern outside its open places, or in what fills them. */
static bool in_text(const char *word, const char *text)
{
    char token[TT_WORD_ROOM];
    while (tt_next_word(&text, token))
        if (strcmp(token, word) == 0) return true;
    return false;
}

static bool in_patterns(const char *word, const char *const *patterns, int count)
{
    for (int i = 0; i < count; i++)
        if (in_text(word, patterns[i] + 1)) return true;
    return false;
}

static bool in_fillers(const char *word)
{
    if (in_text(word, "an n't")) return true;
    for (int i = 0; i < FILLERS; i++)
        for (int j = 0; j < count_of(FILLER[i].words, 8); j++)
            if (in_text(word, FILLER[i].words[j])) return true;
    return false;
}

char tti_reviews_kind(const char *word, int *pleasant)
{
    *pleasant = 0;
    for (int i = 0; i < LISTS; i++) {
        if (!in_list(&LEXICON[i], word)) continue;
        *pleasant = LEXICON[i].side;
        return LEXICON[i].kind;
    }
    bool known = in_fillers(word) || in_patterns(word, TRAIN, TRAIN_PATTERNS) ||
                 in_patterns(word, VALID, VALID_PATTERNS);
    return known ? 'f' : 0;
}

/* A seed for the word's own numbers: FNV-1a of its letters. */
static uint64_t seed_of(const char *word)
{
    uint64_t h = 14695981039346656037u;
    for (; *word; word++) h = (h ^ (unsigned char)*word) * 1099511628211u;
    return h;
}

static void fill_vector(const char *word, char kind, int pleasant, float *v)
{
    enum { KINDS = 4, OWN = 1 + KINDS };
    static const char kinds[] = "navf";
    tt_rng own = tt_rng_of(seed_of(word), TT_STREAM_DATA);
    v[0] = (float)pleasant * (0.7f + 0.6f * tt_rng_uniform(own, 0));
    for (int i = 0; i < KINDS; i++) v[1 + i] = kind == kinds[i] ? 1.0f : 0.0f;
    for (int i = OWN; i < TT_REVIEWS_DIM; i++)
        v[i] = (kind == 'f' ? 0.5f : 0.2f) * tt_rng_normal(own, (uint64_t)i);
}

bool tt_reviews_vectors(tt_ctx *c, const tt_vocabulary *v, tt_word_vectors *w)
{
    int n = tt_vocabulary_size(v), found = 0;
    if (!v || tt_error(c)) return false;
    float *rows = tt_alloc(c, (size_t)n * TT_REVIEWS_DIM * sizeof *rows);
    if (!rows) return false;
    for (int i = TT_WORD_UNKNOWN; i < n; i++) {
        const char *word = tt_vocabulary_word(v, i);
        float *row = rows + (size_t)i * TT_REVIEWS_DIM;
        int pleasant;
        char kind = i < TT_WORD_FIRST ? 0 : tti_reviews_kind(word, &pleasant);
        found += kind != 0;
        if (kind) fill_vector(word, kind, pleasant, row);
        else fill_vector("<unknown>", 'f', 0, row);
    }
    *w = (tt_word_vectors){n, TT_REVIEWS_DIM, found, rows};
    return true;
}
