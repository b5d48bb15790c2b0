#include "module4_nn/data/idx.h"

#include "support/file.h"

enum { MAGIC_BYTES = 4, SIZE_BYTES = 4, TYPE_BYTE = 8 };

/* A file while its header is read. */
typedef struct parser {
    tt_ctx *ctx;
    const char *name;
    const uint8_t *file;
    size_t size;
} parser;

static const char *const WHO = "tt_idx_read";

/* What a file that is no IDX probably is, judged by its first bytes. */
static const char *guess(const parser *p)
{
    const uint8_t *f = p->file;
    if (f[0] == 0x1f && f[1] == 0x8b) return "; it is gzip inside gzip: unpack it once";
    if (f[0] == 'P' && f[1] == 'K') return "; it is a zip archive: unpack it";
    if (f[0] == '<') return "; it looks like a web page: the download went wrong";
    return "; was another file given that name?";
}

static const char *type_name(uint8_t type)
{
    switch (type) {
    case 0x09: return " (signed byte)";
    case 0x0B: return " (16-bit integer)";
    case 0x0C: return " (32-bit integer)";
    case 0x0D: return " (float)";
    case 0x0E: return " (double)";
    default: return "";
    }
}

/* The first four bytes: 0, 0, type, number of dimensions. */
static tt_status check_magic(const parser *p)
{
    tt_ctx *c = p->ctx;
    const uint8_t *f = p->file;
    if (p->size == 0)
        return tti_fail_status(c, TT_ERR_FORMAT, WHO, "%s: is empty", p->name);
    if (p->size < MAGIC_BYTES)
        return tti_fail_status(
            c, TT_ERR_FORMAT, WHO,
            "%s: has %zu bytes, an IDX file at least %d: it is cut off", p->name, p->size,
            MAGIC_BYTES + SIZE_BYTES);
    if (f[0] != 0 || f[1] != 0)
        return tti_fail_status(
            c, TT_ERR_FORMAT, WHO,
            "%s: begins with bytes 0x%02x 0x%02x, an IDX file with 0x00 0x00%s", p->name,
            f[0], f[1], guess(p));
    if (f[2] != TYPE_BYTE)
        return tti_fail_status(
            c, TT_ERR_FORMAT, WHO,
            "%s: byte 2 is 0x%02x%s, but only type 0x08 (unsigned byte) can be "
            "read",
            p->name, f[2], type_name(f[2]));
    if (f[3] < 1 || f[3] > TT_IDX_MAX_DIMS)
        return tti_fail_status(c, TT_ERR_FORMAT, WHO,
                               "%s: byte 3 says %d dimensions, allowed are 1 to %d",
                               p->name, f[3], TT_IDX_MAX_DIMS);
    return TT_OK;
}

/* The sizes, big-endian, from byte 4 on. Their product is checked before each multiplication. */
static tt_status read_sizes(const parser *p, tt_shape *shape, size_t *count)
{
    int ndim = p->file[3];
    size_t header = MAGIC_BYTES + SIZE_BYTES * (size_t)ndim;
    if (p->size < header)
        return tti_fail_status(
            p->ctx, TT_ERR_FORMAT, WHO,
            "%s: has %zu bytes, but the header with %d dimensions alone takes "
            "%zu: it is cut off",
            p->name, p->size, ndim, header);
    shape->ndim = ndim;
    *count = 1;
    for (int d = 0; d < ndim; d++) {
        size_t at = MAGIC_BYTES + SIZE_BYTES * (size_t)d;
        const uint8_t *b = p->file + at;
        uint32_t n =
            (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        if (n > TT_IDX_MOST || (n > 0 && *count > (size_t)TT_IDX_MOST / n))
            return tti_fail_status(
                p->ctx, TT_ERR_FORMAT, WHO,
                "%s: bytes %zu-%zu give dimension %d the size %u, with which "
                "the file would hold more than %d bytes: the header is damaged",
                p->name, at, at + 3, d, (unsigned)n, (int)TT_IDX_MOST);
        shape->dim[d] = (int)n;
        *count *= n;
    }
    return TT_OK;
}

tt_status tt_idx_parse(tt_ctx *c, const char *name, const uint8_t *file, size_t size,
                       tt_idx *idx)
{
    if (tt_error(c)) return tt_error_status(c);
    parser p = {c, name, file, size};
    tt_shape shape = {0};
    size_t count = 0;
    tt_status status = check_magic(&p);
    if (status == TT_OK) status = read_sizes(&p, &shape, &count);
    if (status != TT_OK) return status;

    size_t header = MAGIC_BYTES + SIZE_BYTES * (size_t)shape.ndim;
    char text[TT_SHAPE_TEXT];
    if (size - header != count)
        return tti_fail_status(
            c, TT_ERR_FORMAT, WHO,
            "%s: the header says %s, which is %zu bytes of data, but %zu follow "
            "it: the file is %s",
            name, tt_shape_text(shape, text), count, size - header,
            size - header < count ? "cut off" : "longer than it should be");
    *idx = (tt_idx){shape, file + header};
    return TT_OK;
}

tt_status tt_idx_read(tt_ctx *c, const char *path, tt_idx *idx)
{
    enum { HEADER_MOST = MAGIC_BYTES + SIZE_BYTES * TT_IDX_MAX_DIMS };
    size_t size = 0;
    const uint8_t *file = tt_file_read(c, path, (size_t)TT_IDX_MOST + HEADER_MOST, &size);
    if (!file) return tt_error_status(c);
    return tt_idx_parse(c, path, file, size, idx);
}
