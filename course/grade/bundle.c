#include "course/grade/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 256 };

bool bundle_next(bundle *b, long *number, ttr_stream *records)
{
    char line[LONGEST_LINE];
    size_t most = b->left < LONGEST_LINE ? b->left : LONGEST_LINE, record_bytes, printed;
    const unsigned char *end = b->left > 0 ? memchr(b->at, '\n', most) : NULL;
    if (end == NULL) return false;
    size_t length = (size_t)(end - b->at);
    memcpy(line, b->at, length);
    line[length] = '\0';
    if (sscanf(line, "case %ld %*15s %*d %*15s %*d %*d %*d %zu %zu", number,
               &record_bytes, &printed) != 3)
        return false;
    size_t rest = b->left - length - 1;
    if (record_bytes > rest || printed > rest - record_bytes) return false;
    *records = (ttr_stream){end + 1, record_bytes};
    b->at = end + 1 + record_bytes + printed;
    b->left = rest - record_bytes - printed;
    return true;
}

unsigned char *bundle_read(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    unsigned char *data = NULL;
    size_t room = 0, n = 0, got;
    do {
        if (n == room) {
            room = room > 0 ? 2 * room : 1 << 16;
            unsigned char *more = realloc(data, room);
            if (more == NULL) break;
            data = more;
        }
        got = fread(data + n, 1, room - n, file);
        n += got;
    } while (got > 0);
    bool whole = feof(file) != 0 && ferror(file) == 0;
    fclose(file);
    if (!whole) {
        free(data);
        return NULL;
    }
    *bytes = n;
    return data;
}
