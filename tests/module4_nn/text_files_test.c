/* Sentences and word vectors in files: what is right is read, and every damage has a message with its
 * line. Words and vocabularies are tested here too. */
#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "module4_nn/data/sentence_set.h"
#include "module4_nn/data/tokens.h"
#include "tests/module4_nn/support/nn_cases.h"

TestSuite(module4_text, .timeout = 60);

/* ---- words ------------------------------------------------------------------------------------- */

static void expect_words(const char *text, const char *words)
{
    char joined[4096] = "", word[TT_WORD_ROOM];
    for (const char *at = text; tt_next_word(&at, word);) {
        strcat(joined, word);
        strcat(joined, "|");
    }
    cr_expect_str_eq(joined, words, "words of \"%s\"", text);
}

Test(module4_text, words_are_split_as_in_sst2_and_glove)
{
    expect_words("It's the year's worst film!", "it|'s|the|year|'s|worst|film|!|");
    expect_words("it 's the year 's worst film !", "it|'s|the|year|'s|worst|film|!|");
    expect_words("I can't say they're GOOD...", "i|ca|n't|say|they|'re|good|...|");
    expect_words("(3.5 of 10,000)?!", "(|3.5|of|10,000|)|?|!|");
    expect_words("end.Next 5. x", "end|.|next|5|.|x|");
    expect_words("n't 's ' --", "n't|'s|'|--|");
    expect_words("caf\xC3\xA9 \xC3\x89TUDE", "caf\xC3\xA9|\xC3\x89tude|");
    expect_words(" \t\r\n", "");
    expect_words("", "");
}

Test(module4_text, a_long_word_is_cut_between_characters)
{
    char text[400], word[TT_WORD_ROOM];
    text[0] = 'x';
    for (int i = 0; i < 150; i++) memcpy(text + 1 + 2 * i, "\xC3\xA9", 2); /* 301 bytes */
    text[301] = '\0';
    const char *at = text;
    cr_expect(tt_next_word(&at, word));
    cr_expect_eq(strlen(word), 99, "%zu bytes: a whole number of characters below %d",
                 strlen(word), TT_WORD_MOST);
    cr_expect_eq(*at, '\0', "the rest of the word is gone");
}

Test(module4_text, a_vocabulary_numbers_words_and_grows)
{
    enum { WORDS = 5000 };
    tt_ctx *c = tt_ctx_new(NULL);
    tt_vocabulary *v = tt_vocabulary_new(c);
    char word[32];
    for (int i = 0; i < WORDS; i++) {
        snprintf(word, sizeof word, "w%d", i * 7919 % 100003);
        cr_assert_eq(tt_vocabulary_add(v, word), TT_WORD_FIRST + i);
    }
    for (int i = 0; i < WORDS; i++) {
        snprintf(word, sizeof word, "w%d", i * 7919 % 100003);
        cr_assert_eq(tt_vocabulary_find(v, word), TT_WORD_FIRST + i);
        cr_assert_eq(tt_vocabulary_add(v, word), TT_WORD_FIRST + i, "added twice");
        cr_assert_str_eq(tt_vocabulary_word(v, TT_WORD_FIRST + i), word);
    }
    cr_expect_eq(tt_vocabulary_size(v), WORDS + TT_WORD_FIRST);
    cr_expect_eq(tt_vocabulary_find(v, "w-1"), TT_WORD_UNKNOWN);
    cr_expect_eq(tt_vocabulary_find(v, "<pad>"), TT_WORD_UNKNOWN, "padding is no word");
    cr_expect_null(tt_vocabulary_word(v, WORDS + TT_WORD_FIRST));
    cr_expect_null(tt_vocabulary_word(v, -1));
    tt_ctx_free(c);
}

Test(module4_text, a_vocabulary_keeps_no_word_of_a_scope_that_ends)
{
    tt_ctx *c = nn_begin(1);
    tt_vocabulary *v = tt_vocabulary_new(c);
    TT_SCOPE (c) cr_expect_eq(tt_vocabulary_add(v, "short-lived"), -1);
    cr_expect_eq(tt_error_status(c), TT_ERR_OWNER);
    tt_error_clear(c);
    cr_expect_eq(tt_vocabulary_add(v, "lasting"), TT_WORD_FIRST);
    tt_ctx_free(c);
}

/* ---- refusals ---------------------------------------------------------------------------------- */

/* Which parser: sentences or vectors. Returns its status; what it made is forgotten. */
static tt_status parse(tt_ctx *c, bool vectors, const char *text, size_t size)
{
    tt_sentences s = {.name = "untouched"};
    tt_word_vectors w = {.n = -7};
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_vocabulary_read(v, "a good film");
    tt_status status = vectors ? tt_glove_parse(c, "some-file", text, size, v, &w)
                               : tt_tsv_parse(c, "some-file", text, size, &s);
    if (status != TT_OK)
        cr_expect(w.n == -7 && strcmp(s.name, "untouched") == 0,
                  "the result was changed");
    return status;
}

/* Bytes that must be refused with a message that names file and line, and has the words. */
static void refuse(bool vectors, const char *bytes, size_t size, const char *place,
                   const char *words)
{
    tt_ctx *c = nn_begin(1);
    char *copy = malloc(size ? size : 1); /* of exact size: a read past its end is seen */
    if (size) memcpy(copy, bytes, size);
    tt_status status = parse(c, vectors, copy, size);
    free(copy);
    const char *message = tt_error(c) ? tt_error(c) : "";
    cr_expect_eq(status, TT_ERR_FORMAT, "\"%.40s\": status %d", bytes, (int)status);
    cr_expect(strstr(message, words), "\"%s\" should say \"%s\" of \"%.40s\"", message,
              words, bytes);
    cr_expect(strstr(message, place), "\"%s\" should name %s", message, place);
    tt_ctx_free(c);
}

#define REFUSE_TSV(text, place, words) refuse(false, text, sizeof(text) - 1, place, words)
#define REFUSE_GLOVE(text, place, words)                                                 \
    refuse(true, text, sizeof(text) - 1, place, words)
#define HEADER "sentence\tlabel\n"

Test(module4_text, sentences_with_damage_are_refused)
{
    REFUSE_TSV("", "some-file", "empty");
    REFUSE_TSV("\n", "some-file:1", "header");
    REFUSE_TSV(HEADER, "some-file", "0 sentences");
    REFUSE_TSV("a good film\t1\n", "some-file:1", "sentence<tab>label");
    REFUSE_TSV("index\tsentence\n0\tx\n", "some-file:1", "no labels");
    REFUSE_TSV(HEADER "good\t1\nbad 0\n", "some-file:3", "no tab");
    REFUSE_TSV(HEADER "good\t1\n\nbad\t0\n", "some-file:3", "the line is empty");
    REFUSE_TSV(HEADER "a\tb\t1\n", "some-file:2", "more than one tab");
    REFUSE_TSV(HEADER "good\t2\n", "some-file:2", "\"2\"; it must be 0 or 1");
    REFUSE_TSV(HEADER "good\t\n", "some-file:2", "\"\"; it must be 0 or 1");
    REFUSE_TSV(HEADER "good\t-1\n", "some-file:2", "must be 0 or 1");
    REFUSE_TSV(HEADER "good\t1 \n", "some-file:2", "must be 0 or 1");
    REFUSE_TSV(HEADER " \t1\n", "some-file:2", "no word");
    REFUSE_TSV(HEADER "\t1\n", "some-file:2", "no word");
    REFUSE_TSV(HEADER "caf\xE9\t1\n", "some-file:2", "byte 4 (0xe9) is no UTF-8");
    REFUSE_TSV(HEADER "x\xC3\n\t1\n", "some-file:2", "byte 2 (0xc3) is no UTF-8");
    REFUSE_TSV(HEADER "good\0\t1\n", "some-file:2", "byte 5 is zero");
    REFUSE_TSV("\x1f\x8b\x08\x00\x00", "some-file:1", "is zero");
}

Test(module4_text, vectors_with_damage_are_refused)
{
    REFUSE_GLOVE("", "some-file", "empty");
    REFUSE_GLOVE("the\n", "some-file:1", "no number");
    REFUSE_GLOVE("the 1 2\ngood 1\n", "some-file:2", "1 numbers, but the first line has 2");
    REFUSE_GLOVE("the 1 2\ngood 1 2 3\n", "some-file:2", "3 numbers");
    REFUSE_GLOVE("the 1 2\n\ngood 1 2\n", "some-file:2", "the line is empty");
    REFUSE_GLOVE("the 1 nan\n", "some-file:1", "\"nan\", which is no finite");
    REFUSE_GLOVE("the inf 1\n", "some-file:1", "number 1 of 2 is \"inf\"");
    REFUSE_GLOVE("the -INF 1\n", "some-file:1", "-INF");
    REFUSE_GLOVE("the 1e39 1\n", "some-file:1", "float's range");
    REFUSE_GLOVE("the 0x1p3 1\n", "some-file:1", "0x1p3");
    REFUSE_GLOVE("the 1,5 1\n", "some-file:1", "1,5");
    REFUSE_GLOVE("the 1 two\n", "some-file:1", "number 2 of 2 is \"two\"");
    REFUSE_GLOVE("the 1 2\nother 1 e\n", "some-file:2", "\"e\"");
    REFUSE_GLOVE("the 1  2\n", "some-file:1", "number 2 of 3 is \"\"");
    REFUSE_GLOVE("the 1 2 \n", "some-file:1", "number 3 of 3 is \"\"");
    REFUSE_GLOVE(" 1 2\n", "some-file:1", "begins with a blank");
    REFUSE_GLOVE("400000 50\nthe 1\n", "some-file:1", "word2vec");
    REFUSE_GLOVE("the 1 2\ncaf\xE9 1 2\n", "some-file:2", "UTF-8");
    REFUSE_GLOVE("the 1 2\n\0\0\0\0", "some-file:2", "zero");
    REFUSE_GLOVE("PK\3\4\0\0\0\0", "some-file:1", "zero");
}

/* A line as long as a file must not be taken for one, in either format. */
Test(module4_text, huge_lines_are_refused)
{
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    memset(text, 'x', SIZE);
    refuse(true, text, SIZE, "some-file:1", "1048576 bytes; at most 65536");
    memcpy(text, HEADER, sizeof HEADER - 1);
    refuse(false, text, SIZE, "some-file:2", "at most 16384");
    for (size_t i = 0; i < SIZE; i += 2) text[i] = ' ', text[i + 1] = '1';
    text[0] = 'x';
    refuse(true, text, 40000, "some-file:1", "19999 numbers behind the word");
    free(text);
}

/* Every cut of right files, and every byte of them changed, is refused or still right. */
Test(module4_text, survives_every_cut_and_every_byte)
{
    static const char *const files[] = {HEADER "it isn't good .\t0\r\na film !\t1\n",
                                        "good 0.5 -1e-3\nfilm 2 3.25\nx 0 1\n"};
    for (int vectors = 0; vectors < 2; vectors++) {
        size_t size = strlen(files[vectors]);
        for (size_t cut = 0; cut <= size; cut++) {
            tt_ctx *c = nn_begin(1);
            char *copy = malloc(cut + 1);
            memcpy(copy, files[vectors], cut);
            tt_status status = parse(c, vectors, copy, cut);
            cr_expect_eq(status == TT_OK, tt_error(c) == NULL, "cut to %zu", cut);
            free(copy);
            tt_ctx_free(c);
        }
        for (size_t at = 0; at < size; at++)
            for (int value = 0; value < 256; value += 5) {
                tt_ctx *c = nn_begin(1);
                char copy[128];
                memcpy(copy, files[vectors], size);
                copy[at] = (char)value;
                tt_status status = parse(c, vectors, copy, size);
                cr_expect_eq(status == TT_OK, tt_error(c) == NULL);
                tt_ctx_free(c);
            }
    }
}

/* ---- what is right ----------------------------------------------------------------------------- */

Test(module4_text, sentences_are_read)
{
    static const char *const files[] = {
        HEADER "a gorgeous , witty film .\t1\nit's bad\t0\n",
        "sentence\tlabel\r\na gorgeous , witty film .\t1\r\nit's bad\t0\r\n",
        "\xEF\xBB\xBF" HEADER "a gorgeous , witty film .\t1\nit's bad\t0",
    };
    for (int i = 0; i < 3; i++) {
        tt_ctx *c = tt_ctx_new(NULL);
        tt_sentences s;
        cr_assert_eq(tt_tsv_parse(c, "f", files[i], strlen(files[i]), &s), TT_OK, "%s",
                     tt_error(c));
        cr_assert_eq(s.n, 2, "file %d", i);
        cr_expect_str_eq(s.text[0], "a gorgeous , witty film .", "file %d", i);
        cr_expect_str_eq(s.text[1], "it's bad", "file %d", i);
        cr_expect(s.label[0] == 1 && s.label[1] == 0, "file %d", i);
        tt_sentences_limit(&s, 0);
        cr_expect_eq(s.n, 2);
        tt_sentences_limit(&s, 1);
        cr_expect_eq(s.n, 1);
        tt_ctx_free(c);
    }
}

static const char VECTORS[] = "the 1 1 1\ngood 0.5 -2e-3 +4\r\nfilm 7 8 9\ngood 9 9 9\n";

Test(module4_text, vectors_are_read)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_vocabulary_read(v, "a Good film, xyzzy!"); /* a good film , xyzzy ! */
    tt_word_vectors w;
    cr_assert_eq(tt_glove_parse(c, "f", VECTORS, sizeof VECTORS - 1, v, &w), TT_OK);
    cr_expect(w.dim == 3 && w.n == 8 && w.found == 2, "%d %d %d", w.dim, w.n, w.found);
    const float *good = tt_word_vector(&w, tt_vocabulary_find(v, "good"));
    cr_expect(good[0] == 0.5f && good[1] == -2e-3f && good[2] == 4.0f,
              "of two lines of a word the first counts: %g %g %g", (double)good[0],
              (double)good[1], (double)good[2]);
    cr_expect_eq(tt_word_vector(&w, tt_vocabulary_find(v, "film"))[1], 8.0f);
    const float *pad = tt_word_vector(&w, TT_WORD_PAD);
    const float *unknown = tt_word_vector(&w, TT_WORD_UNKNOWN);
    const float *xyzzy = tt_word_vector(&w, tt_vocabulary_find(v, "xyzzy"));
    bool nonzero = false;
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(pad[i], 0.0f);
        cr_expect(unknown[i] >= -0.05f && unknown[i] < 0.05f);
        cr_expect_eq(xyzzy[i], unknown[i], "unknown words share a vector");
        nonzero |= unknown[i] != 0;
    }
    cr_expect(nonzero, "unknown is not padding");
    cr_expect(tt_word_is_unknown(&w, tt_vocabulary_find(v, "xyzzy")));
    cr_expect(!tt_word_is_unknown(&w, tt_vocabulary_find(v, "film")));
    tt_ctx_free(c);
}

/* Where numbers have a comma, the file's still have a point. */
Test(module4_text, vectors_do_not_depend_on_the_locale)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"};
    const char *set = NULL;
    for (int i = 0; i < 3 && !set; i++) set = setlocale(LC_ALL, names[i]);
    tt_ctx *c = tt_ctx_new(NULL);
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_vocabulary_read(v, "good");
    tt_word_vectors w;
    cr_assert_eq(tt_glove_parse(c, "f", VECTORS, sizeof VECTORS - 1, v, &w), TT_OK, "%s",
                 tt_error(c));
    cr_expect_eq(tt_word_vector(&w, TT_WORD_FIRST)[0], 0.5f);
    setlocale(LC_ALL, "C");
    tt_ctx_free(c);
}

Test(module4_text, sentences_become_numbers_and_batches)
{
    static const char file[] = HEADER "good film\t1\nthe xyzzy film is not so good\t0\n";
    tt_ctx *c = nn_begin(1);
    tt_sentences s;
    tt_sentence_set set;
    tt_word_vectors w;
    tt_vocabulary *v = tt_vocabulary_new(c);
    cr_assert_eq(tt_tsv_parse(c, "f", file, sizeof file - 1, &s), TT_OK);
    tt_vocabulary_read(v, "good film");
    tt_glove_parse(c, "f", VECTORS, sizeof VECTORS - 1, v, &w);
    cr_expect_eq(tt_sentences_longest(&s), 7);
    cr_assert(tt_sentence_set_of(c, &s, v, 3, &set));
    static const int32_t words[] = {2, 3, TT_WORD_PAD, TT_WORD_UNKNOWN, TT_WORD_UNKNOWN,
                                    3};
    for (int i = 0; i < 6; i++) cr_expect_eq(set.words[i], words[i], "word %d", i);
    tt_sentence_batch b;
    cr_assert(tt_sentence_batch_of(c, &set, &w, (uint32_t[]){1, 0, 0}, 3, &b));
    float u[3];
    memcpy(u, tt_word_vector(&w, TT_WORD_UNKNOWN), sizeof u);
    NN_EXPECT(c, b.x, TT_SHAPE(3, 3, 3), "4.5", "x (B,dim,T)", /* xyzzy film, good film */
              u[0], u[0], 7, u[1], u[1], 8, u[2], u[2], 9,     /**/
              0.5, 7, 0, -2e-3, 8, 0, 4, 9, 0,                 /**/
              0.5, 7, 0, -2e-3, 8, 0, 4, 9, 0);
    NN_EXPECT(c, b.y, TT_SHAPE(3, 1), "4.5", "y", 0, 1, 1);
    cr_expect(!tt_sentence_batch_of(c, &set, &w, (uint32_t[]){2}, 1, &b));
    NN_EXPECT_ERROR(c, TT_ERR_INDEX, "sentence 2 of 2");
    cr_expect(!tt_sentence_batch_of(c, &set, &w, NULL, 0, &b));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "0 sentences");
    cr_expect(!tt_sentence_set_of(c, &s, v, 0, &set));
    NN_EXPECT_ERROR(c, TT_ERR_VALUE, "0 words");
    tt_ctx_free(c);
}

Test(module4_text, an_order_depends_on_seed_and_epoch_only)
{
    enum { N = 50 };
    tt_ctx *c = tt_ctx_new(NULL);
    tt_sentence_set set = {.n = N, .length = 1};
    uint32_t first[N], again[N], next[N];
    tt_seed(c, 3);
    tt_sentence_order(c, &set, 1, first);
    tt_rand(c, TT_SHAPE(100));
    tt_sentence_order(c, &set, 1, again);
    tt_sentence_order(c, &set, 2, next);
    bool seen[N] = {false};
    for (int i = 0; i < N; i++) seen[first[i]] = true;
    for (int i = 0; i < N; i++) cr_expect(seen[i], "sentence %d is missing", i);
    cr_expect_arr_eq(first, again, sizeof first);
    cr_expect_arr_neq(first, next, sizeof first);
    tt_seed(c, 4);
    tt_sentence_order(c, &set, 1, again);
    cr_expect_arr_neq(first, again, sizeof first);
    tt_ctx_free(c);
}

/* ---- files ------------------------------------------------------------------------------------- */

static char *path_of(tt_ctx *c, const char *name)
{
    const char *folder = getenv("TEST_TMPDIR");
    return tt_text(c, "%s/%s-%ld", folder ? folder : "/tmp", name, (long)getpid());
}

Test(module4_text, files_are_read_plain_and_packed_and_named_when_they_are_not)
{
    tt_ctx *c = nn_begin(1);
    tt_sentences s;
    tt_word_vectors w;
    tt_vocabulary *v = tt_vocabulary_new(c);
    tt_vocabulary_read(v, "good");
    char *path = path_of(c, "text");
    for (int packed = 0; packed < 2; packed++) {
        gzFile out = gzopen(path, packed ? "wb" : "wbT");
        gzputs(out, HEADER "good\t1\n");
        gzclose(out);
        cr_expect_eq(tt_tsv_read(c, path, &s), TT_OK, "%s", tt_error(c));
        out = gzopen(path, packed ? "wb" : "wbT");
        gzputs(out, VECTORS);
        gzclose(out);
        cr_expect_eq(tt_glove_read(c, path, v, &w), TT_OK, "%s", tt_error(c));
    }
    cr_expect_eq(tt_tsv_read(c, path, &s), TT_ERR_FORMAT, "vectors are no sentences");
    NN_EXPECT_ERROR(c, TT_ERR_FORMAT, path, ":1: ");
    unlink(path);
    cr_expect_eq(tt_glove_read(c, path, v, &w), TT_ERR_FILE);
    NN_EXPECT_ERROR(c, TT_ERR_FILE, path, "no such file");
    cr_expect_eq(tt_tsv_read(c, path, &s), TT_ERR_FILE);
    NN_EXPECT_ERROR(c, TT_ERR_FILE, path, "no such file");
    cr_expect_eq(tt_tsv_read(c, "/tmp", &s), TT_ERR_FILE);
    NN_EXPECT_ERROR(c, TT_ERR_FILE, "/tmp", "folder");
    cr_expect_eq(tt_glove_read(c, "/tmp", v, &w), TT_ERR_FILE);
    NN_EXPECT_ERROR(c, TT_ERR_FILE, "/tmp", "folder");
    tt_ctx_free(c);
}

/* root may read everything: then the file is /proc's, whose reading fails. */
Test(module4_text, an_unreadable_file_is_said_to_be_so)
{
    tt_ctx *c = nn_begin(1);
    tt_sentences s;
    char *path = path_of(c, "unreadable");
    fclose(fopen(path, "w"));
    chmod(path, 0);
    cr_expect_eq(tt_tsv_read(c, geteuid() == 0 ? "/proc/self/mem" : path, &s), TT_ERR_FILE);
    NN_EXPECT_ERROR(c, TT_ERR_FILE, "cannot be");
    unlink(path);
    tt_ctx_free(c);
}
