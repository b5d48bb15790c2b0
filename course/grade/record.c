#include "course/grade/record.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static const struct {
    const char *text;
    size_t bytes;
} kinds[] = {
#define ROW(NAME, text, bytes) {text, bytes},
    TTR_KINDS(ROW)
#undef ROW
};

const char *ttr_kind_text(int kind)
{
    return kind >= 0 && kind < TTR_KIND_COUNT ? kinds[kind].text : "?";
}

size_t ttr_kind_bytes(int kind)
{
    return kind >= 0 && kind < TTR_KIND_COUNT ? kinds[kind].bytes : 1;
}

/* ---- reading what an untrusted program wrote ------------------------------------------------- */

/* The number of elements that the dimensions say; false where it is none that a payload can hold. */
static bool count_of(const ttr_header *h, size_t *count)
{
    *count = 1;
    for (int i = 0; i < h->dims; i++) {
        if (h->dim[i] != 0 && *count > TTR_PAYLOAD / h->dim[i]) return false;
        *count *= h->dim[i];
    }
    return true;
}

static const char *fault(const ttr_header *h, size_t left, size_t *count)
{
    if (h->magic != TTR_MAGIC) return "something else was written where a record belongs";
    if (h->kind >= TTR_KIND_COUNT) return "a record of an unknown kind";
    if (h->dims > TTR_DIMS) return "a record of too many dimensions";
    if (h->name_length > TTR_NAME) return "a record whose name is too long";
    if (h->bytes > TTR_PAYLOAD) return "a record that is too large";
    if ((size_t)h->name_length + h->bytes > left) return "a record that breaks off";
    if (!count_of(h, count) || *count * kinds[h->kind].bytes != h->bytes)
        return "a record whose size is not that of its shape";
    return NULL;
}

bool ttr_next(ttr_stream *stream, ttr_record *record, const char **why)
{
    ttr_header *h = &record->header;
    *why = NULL;
    if (stream->left == 0) return false;
    *why = "a record that breaks off";
    if (stream->left < sizeof *h) return false;
    memcpy(h, stream->at, sizeof *h);
    *why = fault(h, stream->left - sizeof *h, &record->count);
    if (*why != NULL) return false;
    const unsigned char *name = stream->at + sizeof *h;
    for (int i = 0; i < h->name_length; i++) /* a name may be shown on a terminal */
        record->name[i] = name[i] >= ' ' && name[i] < 0x7f ? (char)name[i] : '?';
    record->name[h->name_length] = '\0';
    record->payload = name + h->name_length;
    size_t whole = sizeof *h + h->name_length + h->bytes;
    stream->at += whole;
    stream->left -= whole;
    return true;
}

/* ---- writing --------------------------------------------------------------------------------- */

void ttr_write(const ttr_header *header, const char *name, const void *payload)
{
    struct iovec parts[] = {{(void *)(uintptr_t)header, sizeof *header},
                            {(void *)(uintptr_t)name, header->name_length},
                            {(void *)(uintptr_t)payload, header->bytes}};
    size_t part = 0, n = sizeof parts / sizeof *parts;
    while (part < n) {
        ssize_t written = writev(TTR_FD, parts + part, (int)(n - part));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) _exit(125);
        size_t rest = (size_t)written;
        while (part < n && rest >= parts[part].iov_len) rest -= parts[part++].iov_len;
        if (part == n) break;
        parts[part].iov_base = (char *)parts[part].iov_base + rest;
        parts[part].iov_len -= rest;
    }
}
