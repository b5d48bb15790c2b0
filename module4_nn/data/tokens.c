#include "module4_nn/data/tokens.h"

#include <string.h>

/* Not <ctype.h>: its answers depend on the locale. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_mark(char c)
{
    return c != '\0' && strchr(".,!?;:()\"", c) != NULL;
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the n bytes at p end with `ending`, in letters of either size. */
static bool ends_with(const char *p, size_t n, const char *ending)
{
    size_t m = strlen(ending);
    if (n < m) return false;
    for (size_t i = 0; i < m; i++)
        if (small(p[n - m + i]) != ending[i]) return false;
    return true;
}

/* How many of the n bytes at p stand before a verb's ending: 2 of "isn't"; n where there is none, and
 * where there is nothing else. */
static size_t before_ending(const char *p, size_t n)
{
    static const char *const endings[] = {"n't", "'s", "'re", "'ve", "'ll", "'d", "'m"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t m = strlen(endings[i]);
        if (n > m && ends_with(p, n, endings[i])) return n - m;
    }
    return n;
}

/* Bytes of the word that begins at p: up to a blank or a mark that is not inside a number. */
static size_t word_length(const char *p)
{
    size_t n = 0;
    while (p[n] && !is_blank(p[n])) {
        bool inside = n > 0 && is_digit(p[n - 1]) && is_digit(p[n + 1]);
        if (is_mark(p[n]) && !inside) break;
        n++;
    }
    return before_ending(p, n);
}

/* How many of n bytes to keep, so that no UTF-8 character is cut in two. */
static size_t kept(const char *p, size_t n)
{
    if (n <= TT_WORD_MOST) return n;
    n = TT_WORD_MOST;
    while (n > TT_WORD_MOST - 4 && ((unsigned char)p[n] & 0xC0) == 0x80) n--;
    return n;
}

bool tt_next_word(const char **text, char word[TT_WORD_ROOM])
{
    const char *p = *text;
    while (is_blank(*p)) p++;
    *text = p;
    if (!*p) return false;
    size_t n = 0;
    if (is_mark(*p))
        while (p[n] == *p) n++;
    else n = word_length(p);
    size_t keep = kept(p, n);
    for (size_t i = 0; i < keep; i++) word[i] = small(p[i]);
    word[keep] = '\0';
    *text = p + n;
    return true;
}
