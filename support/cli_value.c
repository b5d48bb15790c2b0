/* Strict reading of values, and near misses. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/cli.h"
#include "support/text.h"

enum { NAME_MAX_BYTES = 64 };

bool tt_cli_whole(const char *text, int64_t *value)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0') return false;
    errno = 0;
    long long n = strtoll(text, NULL, 10);
    if (errno != 0) return false;
    *value = n;
    return true;
}

bool tt_cli_count(const char *text, uint64_t *value)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0') return false;
    errno = 0;
    unsigned long long n = strtoull(text, NULL, 10);
    if (errno != 0) return false;
    *value = n;
    return true;
}

bool tt_cli_number(const char *text, double *value)
{
    /* Only decimal: strtod alone would also take blanks, hexadecimal, "inf" and "nan". */
    if (*text == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0') return false;
    locale_t before = tti_c_locale_begin();
    char *end = NULL;
    double x = strtod(text, &end);
    tti_c_locale_end(before);
    if (*end != '\0' || end == text || !isfinite(x)) return false;
    *value = x;
    return true;
}

static int least(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

/* Edits between two names: insertions, deletions, replacements, and swaps of neighbours. */
static int distance(const char *a, const char *b)
{
    int n = (int)strlen(a), m = (int)strlen(b);
    if (n >= NAME_MAX_BYTES || m >= NAME_MAX_BYTES) return NAME_MAX_BYTES;
    int rows[3][NAME_MAX_BYTES + 1]; /* of the table d[i][j]: i-2, i-1 and i, in turn */
    for (int j = 0; j <= m; j++) rows[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            int cost = a[i - 1] != b[j - 1];
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost);
            bool swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swap && two[j - 2] + 1 < row[j]) row[j] = two[j - 2] + 1;
        }
    }
    return rows[n % 3][m];
}

const char *tt_cli_nearest(const char *typed, const char *const *list)
{
    const char *best = NULL;
    int best_distance = NAME_MAX_BYTES;
    size_t length = strlen(typed);
    if (length == 0) return NULL;
    for (; *list; list++) {
        int d = distance(typed, *list);
        if (length >= 2 && strncmp(typed, *list, length) == 0) d = 1; /* only begun */
        int allowed = strlen(*list) < 4 ? 1 : 2; /* "a" is not a near miss of "xor" */
        if (d <= allowed && d < best_distance) {
            best = *list;
            best_distance = d;
        }
    }
    return best;
}
