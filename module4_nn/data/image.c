#include "module4_nn/data/image.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "module4_nn/data/png.h"
#include "support/file.h"

static const char *const WHO = "tt_image";

enum { FILE_MOST = 1 << 28 };

bool tti_bad_image(tt_ctx *c, const char *name, const char *what)
{
    tti_fail(c, TT_ERR_FORMAT, WHO, "%s: %s", name, what);
    return false;
}

uint8_t *tti_picture_new(tt_ctx *c, const char *name, uint32_t rows, uint32_t columns,
                         tt_picture *picture)
{
    if (rows == 0 || columns == 0 || rows > TT_IMAGE_MOST || columns > TT_IMAGE_MOST / rows)
        return tti_fail(c, TT_ERR_FORMAT, WHO,
                        "%s: is %u x %u pixels large; from 1 to %d in all are read", name,
                        (unsigned)columns, (unsigned)rows, (int)TT_IMAGE_MOST);
    uint8_t *grey = tt_alloc(c, (size_t)rows * columns);
    *picture = (tt_picture){(int)rows, (int)columns, grey};
    return grey;
}

/* ---- PGM: "P5 columns rows most" and a byte a pixel, or P2 and a number in text --------------- */

typedef struct pgm {
    const uint8_t *at, *end;
} pgm;

/* The next whole number, behind blanks and comments; false where there is none below 2^24. */
static bool number(pgm *p, uint32_t *value)
{
    while (p->at < p->end && (isspace(*p->at) || *p->at == '#')) {
        bool comment = *p->at++ == '#';
        while (comment && p->at < p->end && *p->at != '\n') p->at++;
    }
    const uint8_t *begin = p->at;
    for (*value = 0; p->at < p->end && isdigit(*p->at) && *value < TT_IMAGE_MOST; p->at++)
        *value = *value * 10 + (uint32_t)(*p->at - '0');
    return p->at > begin && *value < TT_IMAGE_MOST;
}

static bool pgm_parse(tt_ctx *c, const char *name, const uint8_t *file, size_t size,
                      tt_picture *picture)
{
    pgm p = {file + 2, file + size};
    uint32_t rows, columns, most, value = 0;
    tt_picture read;
    if (!number(&p, &columns) || !number(&p, &rows) || !number(&p, &most) || most < 1)
        return tti_bad_image(c, name, "has a header that PGM does not allow");
    if (most > 255)
        return tti_bad_image(c, name, "has 16 bits a pixel; PGM is read with 8");
    uint8_t *grey = tti_picture_new(c, name, rows, columns, &read);
    if (!grey) return false;
    bool text = file[1] == '2';
    if (!text) p.at++; /* one blank */
    for (size_t i = 0; i < (size_t)rows * columns; i++) {
        bool there = text ? number(&p, &value) : p.at < p.end;
        if (!there)
            return tti_bad_image(c, name, "has fewer data than pixels: it is cut off");
        if (!text) value = *p.at++;
        if (value > most) return tti_bad_image(c, name, "has a pixel whiter than white");
        grey[i] = (uint8_t)((value * 255 + most / 2) / most);
    }
    *picture = read;
    return true;
}

/* ---- both ------------------------------------------------------------------------------------- */

/* What a file that is neither is, judged by its first bytes. */
static const char *guess(const uint8_t *f, size_t size)
{
    if (size == 0) return "is empty";
    if (size > 2 && f[0] == 0xff && f[1] == 0xd8)
        return "is a JPEG; PNG and PGM are read: convert it, for example with `convert`";
    if (size > 3 && memcmp(f, "GIF", 3) == 0) return "is a GIF; PNG and PGM are read";
    if (size > 1 && f[0] == 'B' && f[1] == 'M') return "is a BMP; PNG and PGM are read";
    return "is neither PNG nor PGM";
}

bool tt_picture_parse(tt_ctx *c, const char *name, const uint8_t *file, size_t size,
                      tt_picture *picture)
{
    if (tt_error(c)) return false;
    if (tti_is_png(file, size)) return tti_png_parse(c, name, file, size, picture);
    if (size > 2 && file[0] == 'P' && (file[1] == '5' || file[1] == '2'))
        return pgm_parse(c, name, file, size, picture);
    return tti_bad_image(c, name, guess(file, size));
}

/* out[i] = mean of in over the n numbers' worth of space that belongs to it, of `from` numbers, each
 * `stride` apart: a cell that lies in two is shared out. */
static void average(const float *in, int from, size_t in_stride, float *out, int n,
                    size_t out_stride)
{
    for (int i = 0; i < n; i++) {
        double low = (double)i * from / n, high = (double)(i + 1) * from / n, sum = 0;
        for (int k = (int)low; k < from && k < high; k++) {
            double begin = k > low ? k : low, end = k + 1 < high ? k + 1 : high;
            sum += (end - begin) * (double)in[(size_t)k * in_stride];
        }
        out[(size_t)i * out_stride] = (float)(sum / (high - low));
    }
}

/* First each row, then each column. */
static bool resize(tt_ctx *c, const tt_picture *from, float *out, int rows, int columns)
{
    size_t wide = (size_t)from->columns, narrow = (size_t)columns;
    float *line = tt_alloc(c, wide * sizeof *line);
    float *half = tt_alloc(c, (size_t)from->rows * narrow * sizeof *half);
    if (!line || !half) return false;
    for (size_t y = 0; y < (size_t)from->rows; y++) {
        for (size_t x = 0; x < wide; x++)
            line[x] = (float)from->grey[y * wide + x] / 255.0f;
        average(line, from->columns, 1, half + y * narrow, columns, 1);
    }
    for (size_t x = 0; x < narrow; x++)
        average(half + x, from->rows, narrow, out + x, rows, narrow);
    return true;
}

tt_tensor *tt_image(tt_ctx *c, const char *path, tt_shape shape)
{
    char text[TT_SHAPE_TEXT];
    size_t size = 0;
    if (tt_error(c)) return NULL;
    bool image = shape.ndim >= 2;
    for (int d = 0; d < shape.ndim; d++)
        image = image && (d < shape.ndim - 2 ? shape.dim[d] == 1 : shape.dim[d] > 0);
    if (!image || tt_shape_size(shape) > TT_IMAGE_MOST)
        return tti_fail(c, TT_ERR_SHAPE, WHO,
                        "%s is no shape of one image: (.., rows, columns), 1 before them",
                        tt_shape_text(shape, text));
    tt_tensor *t = tt_empty(c, shape);
    float *out = t ? tt_storage_set(t->data.storage) : NULL;
    TT_SCOPE (c) {
        tt_picture picture;
        const uint8_t *file = out ? tt_file_read(c, path, FILE_MOST, &size) : NULL;
        if (file && tt_picture_parse(c, tt_path(c, path), file, size, &picture))
            resize(c, &picture, out, shape.dim[shape.ndim - 2], shape.dim[shape.ndim - 1]);
    }
    return tt_error(c) ? NULL : t;
}
