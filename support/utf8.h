/* Text from outside may hold any bytes; JSON, SVG and HTML may not. Internal. */
#ifndef TT_SUPPORT_UTF8_H
#define TT_SUPPORT_UTF8_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Length in bytes (1 to 4) of the valid UTF-8 character that text begins with, or 0 when it begins
 * with none (stray or cut-off bytes, overlong forms, surrogates, beyond U+10FFFF). */
size_t tti_utf8_length(const char *text);

/* Copies text with every invalid byte replaced by U+FFFD; out needs 3 * strlen(text) + 1 bytes. */
void tti_utf8_clean(char *out, const char *text);

#ifdef __cplusplus
}
#endif
#endif
