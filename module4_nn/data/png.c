/* PNG: chunks, of which IDAT hold one zlib stream; its rows are each filtered against the one above.
 *
 *   8 bytes signature, then chunks: length, type, data, CRC of type and data (numbers big-endian)
 *   IHDR columns, rows, depth, colour type, 0, 0, interlaced   PLTE colours   tRNS their opacity
 */
#include "module4_nn/data/png.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const uint8_t SIGNATURE[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

enum { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 };

/* An image while it is read. */
typedef struct png {
    tt_ctx *ctx;
    const char *name;
    const uint8_t *at, *end; /* what is not yet read of the file */
    uint32_t rows, columns;
    unsigned depth, type;
    size_t row_bytes; /* without the byte that names the filter */
    uint8_t *raw;     /* (rows, 1 + row_bytes) */
    z_stream stream;  /* fills raw */
    uint8_t colours[256][3], opacity[256];
    unsigned colour_count;
} png;

typedef struct chunk {
    const uint8_t *data;
    uint32_t length;
    char type[5];
} chunk;

static bool bad(const png *p, const char *what)
{
    return tti_bad_image(p->ctx, p->name, what);
}

static uint32_t big_endian(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool next_chunk(png *p, chunk *k)
{
    enum { FRAME = 12 };
    size_t left = (size_t)(p->end - p->at);
    if (left < FRAME) return bad(p, "is cut off");
    k->length = big_endian(p->at);
    if (k->length > left - FRAME) return bad(p, "is cut off, or damaged");
    memcpy(k->type, p->at + 4, 4);
    k->type[4] = '\0';
    k->data = p->at + 8;
    uint32_t sum = (uint32_t)crc32(crc32(0, NULL, 0), p->at + 4, k->length + 4);
    if (sum != big_endian(k->data + k->length))
        return bad(p, "is damaged: a checksum is wrong");
    p->at += k->length + FRAME;
    return true;
}

/* ---- chunks ----------------------------------------------------------------------------------- */

static unsigned channels(unsigned type)
{
    return type == RGB ? 3 : type == RGB_ALPHA ? 4 : type == GREY_ALPHA ? 2 : 1;
}

static bool depth_allowed(unsigned type, unsigned depth)
{
    bool small = depth == 1 || depth == 2 || depth == 4;
    if (type == GREY) return small || depth == 8 || depth == 16;
    if (type == PALETTE) return small || depth == 8;
    return (type == RGB || type == GREY_ALPHA || type == RGB_ALPHA) &&
           (depth == 8 || depth == 16);
}

static bool read_header(png *p, tt_picture *picture, uint8_t **grey)
{
    chunk k;
    if (!next_chunk(p, &k)) return false;
    if (strcmp(k.type, "IHDR") != 0 || k.length != 13)
        return bad(p, "does not begin with a PNG's header");
    p->columns = big_endian(k.data);
    p->rows = big_endian(k.data + 4);
    p->depth = k.data[8];
    p->type = k.data[9];
    if (!depth_allowed(p->type, p->depth) || k.data[10] || k.data[11] || k.data[12] > 1)
        return bad(p, "has a header that PNG does not allow");
    if (k.data[12])
        return bad(p, "is interlaced (Adam7), which is not read; save it without");
    *grey = tti_picture_new(p->ctx, p->name, p->rows, p->columns, picture);
    if (!*grey) return false;
    p->row_bytes = ((size_t)p->columns * channels(p->type) * p->depth + 7) / 8;
    size_t size = p->rows * (1 + p->row_bytes);
    p->raw = tt_alloc(p->ctx, size);
    p->stream.next_out = p->raw;
    p->stream.avail_out = (uInt)size; /* at most 2^24 pixels of 8 bytes */
    return p->raw != NULL;
}

static bool read_palette(png *p, const chunk *k)
{
    if (k->length % 3 || k->length > sizeof p->colours || k->length == 0)
        return bad(p, "has a palette of a wrong size");
    memcpy(p->colours, k->data, k->length);
    p->colour_count = k->length / 3;
    return true;
}

/* What comes once all rows are full is left alone. */
static bool inflate_data(png *p, const chunk *k)
{
    if (p->stream.avail_out == 0) return true;
    p->stream.next_in = (Bytef *)(uintptr_t)k->data; /* zlib reads it only */
    p->stream.avail_in = k->length;
    int code = inflate(&p->stream, Z_SYNC_FLUSH);
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR) return true;
    return bad(p, "has damaged data");
}

static bool read_chunks(png *p)
{
    chunk k;
    do {
        bool ok = next_chunk(p, &k);
        if (ok && strcmp(k.type, "PLTE") == 0) ok = read_palette(p, &k);
        else if (ok && strcmp(k.type, "IDAT") == 0) ok = inflate_data(p, &k);
        else if (ok && strcmp(k.type, "tRNS") == 0 && p->type == PALETTE)
            memcpy(p->opacity, k.data, k.length < 256 ? k.length : 256);
        if (!ok) return false;
    } while (strcmp(k.type, "IEND") != 0);
    if (p->stream.avail_out) return bad(p, "has fewer data than pixels: it is cut off");
    if (p->type == PALETTE && !p->colour_count) return bad(p, "has no palette");
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------- */

/* The neighbour (left, above, above left) that is nearest to left + above - above left. */
static int paeth(int a, int b, int c)
{
    int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* Takes the filter off one row. above is NULL for the first; step: bytes of a pixel, at least 1. */
static bool unfilter(uint8_t filter, uint8_t *row, const uint8_t *above, size_t n,
                     size_t step)
{
    if (filter > 4) return false;
    for (size_t i = 0; i < n; i++) {
        int a = i >= step ? row[i - step] : 0, b = above ? above[i] : 0;
        int c = i >= step && above ? above[i - step] : 0;
        int guess[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
        row[i] = (uint8_t)(row[i] + guess[filter]);
    }
    return true;
}

/* Sample i of a row: of 16 bits the upper 8. */
static unsigned sample(const uint8_t *row, size_t i, unsigned depth)
{
    if (depth == 16) return row[2 * i];
    if (depth == 8) return row[i];
    size_t bit = i * depth;
    return (unsigned)row[bit / 8] >> (8 - depth - bit % 8) & ((1u << depth) - 1);
}

static uint8_t grey_of(unsigned r, unsigned g, unsigned b, unsigned opacity)
{
    return (uint8_t)((299 * r + 587 * g + 114 * b) * opacity / (1000 * 255));
}

static bool grey_row(const png *p, const uint8_t *row, uint8_t *grey)
{
    unsigned n = channels(p->type), most = p->depth < 8 ? (1u << p->depth) - 1 : 255;
    for (size_t x = 0; x < p->columns; x++) {
        unsigned s[4] = {0};
        for (unsigned k = 0; k < n; k++) s[k] = sample(row, x * n + k, p->depth);
        if (p->type == PALETTE) {
            const uint8_t *colour = p->colours[s[0]];
            if (s[0] >= p->colour_count)
                return bad(p, "has a colour outside its palette");
            grey[x] = grey_of(colour[0], colour[1], colour[2], p->opacity[s[0]]);
        } else if (n <= 2)
            grey[x] = (uint8_t)(s[0] * 255 / most * (n == 2 ? s[1] : 255) / 255);
        else grey[x] = grey_of(s[0], s[1], s[2], n == 4 ? s[3] : 255);
    }
    return true;
}

static bool grey_all(const png *p, uint8_t *grey)
{
    size_t step = (size_t)channels(p->type) * p->depth / 8;
    uint8_t *above = NULL;
    for (size_t y = 0; y < p->rows; y++) {
        uint8_t *row = p->raw + y * (1 + p->row_bytes) + 1;
        if (!unfilter(row[-1], row, above, p->row_bytes, step ? step : 1))
            return bad(p, "has a row with an unknown filter");
        if (!grey_row(p, row, grey + y * p->columns)) return false;
        above = row;
    }
    return true;
}

bool tti_is_png(const uint8_t *file, size_t size)
{
    return size >= sizeof SIGNATURE && memcmp(file, SIGNATURE, sizeof SIGNATURE) == 0;
}

bool tti_png_parse(tt_ctx *c, const char *name, const uint8_t *file, size_t size,
                   tt_picture *picture)
{
    tt_picture read;
    uint8_t *grey = NULL;
    png *p = tt_alloc(c, sizeof *p);
    if (!p) return false;
    *p = (png){.ctx = c, .name = name, .at = file + sizeof SIGNATURE, .end = file + size};
    memset(p->opacity, 255, sizeof p->opacity);
    if (!read_header(p, &read, &grey)) return false;
    if (inflateInit(&p->stream) != Z_OK)
        return bad(p, "cannot be unpacked: out of memory");
    bool ok = read_chunks(p);
    inflateEnd(&p->stream);
    if (!ok || !grey_all(p, grey)) return false;
    *picture = read;
    return true;
}
