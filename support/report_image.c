/* Images inside a page: PNG files of grey pixels, in the page's own text by a data: address. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/report.h"

/* ---- base64 (RFC 4648) ---------------------------------------------------------------------------- */

static void put_base64(FILE *out, const unsigned char *bytes, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned long three = (unsigned long)bytes[i] << 16;
        if (i + 1 < n) three |= (unsigned long)bytes[i + 1] << 8;
        if (i + 2 < n) three |= bytes[i + 2];
        fputc(digits[three >> 18], out);
        fputc(digits[three >> 12 & 63], out);
        fputc(i + 1 < n ? digits[three >> 6 & 63] : '=', out);
        fputc(i + 2 < n ? digits[three & 63] : '=', out);
    }
}

/* ---- PNG (RFC 2083) ------------------------------------------------------------------------------- */

static unsigned char *put_u32(unsigned char *at, unsigned long value)
{
    for (int i = 0; i < 4; i++) at[i] = (unsigned char)(value >> (24 - 8 * i));
    return at + 4;
}

/* Length, kind, data and their checksum: returns where the next chunk goes. */
static unsigned char *put_chunk(unsigned char *at, const char *kind,
                                const unsigned char *data, size_t n)
{
    unsigned char *begin = put_u32(at, n);
    memcpy(begin, kind, 4);
    if (n > 0) memcpy(begin + 4, data, n);
    return put_u32(begin + 4 + n, crc32(0, begin, (uInt)(n + 4)));
}

/* The pixels as PNG wants them: before each row a 0, "as it is"; then deflated. NULL: no memory. */
static unsigned char *deflated(const uint8_t *pixels, int rows, int columns, uLongf *size)
{
    size_t width = (size_t)columns + 1, n = (size_t)rows * width;
    unsigned char *raw = malloc(n), *packed = NULL;
    *size = compressBound((uLong)n);
    if (raw != NULL) packed = malloc(*size);
    if (packed != NULL) {
        for (int i = 0; i < rows; i++) {
            raw[(size_t)i * width] = 0;
            memcpy(raw + (size_t)i * width + 1, pixels + (size_t)i * (size_t)columns,
                   (size_t)columns);
        }
        if (compress(packed, size, raw, (uLong)n) != Z_OK) *size = 0;
    }
    free(raw);
    return packed;
}

static void put_png(FILE *out, const uint8_t *pixels, int rows, int columns)
{
    static const unsigned char signature[] = {137, 'P', 'N', 'G', '\r', '\n', 26, '\n'};
    enum { FRAMES = 8 + 3 * 12 + 13 }; /* signature; length, kind and checksum; header */
    uLongf size;
    unsigned char *data = deflated(pixels, rows, columns, &size);
    unsigned char *file = data != NULL ? malloc(FRAMES + size) : NULL;
    if (file != NULL) {
        unsigned char header[13] = {[8] = 8}; /* 8 bits; grey, deflate, no filter, not laced */
        put_u32(put_u32(header, (unsigned long)columns), (unsigned long)rows);
        memcpy(file, signature, sizeof signature);
        unsigned char *at =
            put_chunk(file + sizeof signature, "IHDR", header, sizeof header);
        at = put_chunk(at, "IDAT", data, size);
        at = put_chunk(at, "IEND", NULL, 0);
        put_base64(out, file, (size_t)(at - file));
    }
    free(file);
    free(data);
}

void tt_report_image(FILE *out, const uint8_t *pixels, int rows, int columns, int side,
                     const char *caption)
{
    int longer = rows > columns ? rows : columns;
    fputs("<figure class=\"image\">\n<img alt=\"\" ", out);
    fprintf(out, "width=\"%d\" height=\"%d\" src=\"data:image/png;base64,",
            side * columns / longer, side * rows / longer);
    put_png(out, pixels, rows, columns);
    fputs("\">\n", out);
    tti_report_end_figure(out, caption);
}
