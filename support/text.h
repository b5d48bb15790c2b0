/* Text that leaves or enters the program: valid UTF-8 only, and numbers with a point in every
 * locale. Internal. */
#ifndef TT_SUPPORT_TEXT_H
#define TT_SUPPORT_TEXT_H

#include <locale.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Length in bytes (1 to 4) of the valid UTF-8 character that text begins with, or 0 when it begins
 * with none (stray or cut-off bytes, overlong forms, surrogates, beyond U+10FFFF). */
size_t tti_utf8_length(const char *text);

/* Copies text with every invalid byte replaced by U+FFFD; out needs 3 * strlen(text) + 1 bytes. */
void tti_utf8_clean(char *out, const char *text);

/* Between the two, this thread prints and reads numbers as in the C locale:
 *
 *   Example:
 *     locale_t before = tti_c_locale_begin();
 *     double half = strtod("0.5", NULL);
 *     tti_c_locale_end(before);
 */
locale_t tti_c_locale_begin(void);
void tti_c_locale_end(locale_t before);

#ifdef __cplusplus
}
#endif
#endif
