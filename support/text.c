#include "support/text.h"

#include <string.h>

size_t tti_utf8_length(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;   /* the ending zero stops this too */
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0; /* overlong */
    if (p[0] == 0xED && p[1] > 0x9F) return 0; /* surrogates */
    if (p[0] == 0xF0 && p[1] < 0x90) return 0; /* overlong */
    if (p[0] == 0xF4 && p[1] > 0x8F) return 0; /* beyond U+10FFFF */
    return n;
}

void tti_utf8_clean(char *out, const char *text)
{
    while (*text) {
        size_t n = tti_utf8_length(text);
        memcpy(out, n ? text : "\xEF\xBF\xBD", n ? n : 3);
        out += n ? n : 3;
        text += n ? n : 1;
    }
    *out = '\0';
}

locale_t tti_c_locale_begin(void)
{
    /* glibc gives a static object for "C": nothing to free, cannot fail. */
    return uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

void tti_c_locale_end(locale_t before)
{
    uselocale(before);
}
