#include "module4_nn/data/lines.h"

#include <limits.h>
#include <string.h>

#include "support/text.h"

tti_lines tti_lines_of(tt_ctx *c, const char *who, const char *name, const char *text,
                       size_t size, size_t most)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t skip = size >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
    return (tti_lines){.ctx = c,
                       .who = who,
                       .name = name,
                       .at = text + skip,
                       .end = text + size,
                       .most = most};
}

tt_status tti_line_fail(tti_lines *l, const char *message)
{
    return tti_fail_status(l->ctx, TT_ERR_FORMAT, l->who, "%s:%d: %s", l->name, l->number,
                           message ? message : "");
}

/* The byte, counted from 1, at which the line stops being UTF-8; 0 when it does not. */
static size_t first_bad_byte(const tti_lines *l)
{
    for (size_t i = 0; i < l->length;) {
        char c[5] = {0}; /* never looks beyond the line */
        size_t left = l->length - i;
        memcpy(c, l->text + i, left < 4 ? left : 4);
        size_t n = tti_utf8_length(c);
        if (n == 0) return i + 1;
        i += n;
    }
    return 0;
}

static bool check_line(tti_lines *l)
{
    const char *zero = memchr(l->text, '\0', l->length);
    if (zero) {
        TTI_LINE_FAIL(l, "byte %zu is zero: this is no text file",
                      (size_t)(zero - l->text) + 1);
        return false;
    }
    if (l->length > l->most) {
        TTI_LINE_FAIL(l, "the line has %zu bytes; at most %zu are allowed", l->length,
                      l->most);
        return false;
    }
    size_t bad = first_bad_byte(l);
    if (bad == 0) return true;
    TTI_LINE_FAIL(l,
                  "byte %zu (0x%02x) is no UTF-8; if the file is in Latin-1, convert it: "
                  "iconv -f latin1 -t utf8",
                  bad, (unsigned)(unsigned char)l->text[bad - 1]);
    return false;
}

bool tti_next_line(tti_lines *l)
{
    if (tt_error(l->ctx) || l->at == l->end) return false;
    const char *newline = memchr(l->at, '\n', (size_t)(l->end - l->at));
    const char *end = newline ? newline : l->end;
    l->text = l->at;
    l->length = (size_t)(end - l->at);
    if (l->length > 0 && l->text[l->length - 1] == '\r') l->length--;
    l->at = newline ? newline + 1 : l->end;
    if (l->number < INT_MAX) l->number++;
    return check_line(l);
}

size_t tti_lines_left(const tti_lines *l)
{
    size_t n = 0;
    for (const char *p = l->at; p < l->end; n++) {
        const char *newline = memchr(p, '\n', (size_t)(l->end - p));
        p = newline ? newline + 1 : l->end;
    }
    return n;
}
