/* Images: every kind of PNG and PGM is read as the numbers it means, and damage has a message. The files
 * are made here, from the format's description, with zlib. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "module4_nn/data/image.h"

TestSuite(module4_image, .timeout = 60);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* ---- making PNG files ------------------------------------------------------------------------- */

typedef struct bytes {
    uint8_t at[1 << 12];
    size_t n;
} bytes;

static void put(bytes *b, const void *data, size_t n)
{
    cr_assert_leq(b->n + n, sizeof b->at);
    if (n) memcpy(b->at + b->n, data, n);
    b->n += n;
}

static void put32(bytes *b, uint32_t x)
{
    put(b,
        (uint8_t[]){(uint8_t)(x >> 24), (uint8_t)(x >> 16), (uint8_t)(x >> 8), (uint8_t)x},
        4);
}

static void put_chunk(bytes *b, const char *type, const void *data, size_t n)
{
    put32(b, (uint32_t)n);
    size_t begin = b->n;
    put(b, type, 4);
    put(b, data, n);
    put32(b, (uint32_t)crc32(0, b->at + begin, (uInt)(n + 4)));
}

static void begin_png(bytes *b, uint32_t columns, uint32_t rows, int depth, int type,
                      int interlaced)
{
    bytes header = {.n = 0};
    b->n = 0;
    put(b, "\x89PNG\r\n\x1a\n", 8);
    put32(&header, columns);
    put32(&header, rows);
    put(&header, (uint8_t[]){(uint8_t)depth, (uint8_t)type, 0, 0, (uint8_t)interlaced}, 5);
    put_chunk(b, "IHDR", header.at, header.n);
}

/* The rows, each with its filter in front, in two IDAT chunks, and the end. */
static void end_png(bytes *b, const uint8_t *rows, size_t n)
{
    uint8_t packed[2048];
    uLongf size = sizeof packed;
    cr_assert_eq(compress(packed, &size, rows, n), Z_OK);
    put_chunk(b, "IDAT", packed, 3);
    put_chunk(b, "IDAT", packed + 3, size - 3);
    put_chunk(b, "IEND", NULL, 0);
}

/* Reads from memory of exactly its size, so that AddressSanitizer sees a read past its end. */
static bool parse(tt_ctx *c, const bytes *b, tt_picture *p)
{
    uint8_t *copy = malloc(b->n ? b->n : 1);
    memcpy(copy, b->at, b->n);
    bool ok = tt_picture_parse(c, "some-image", copy, b->n, p);
    free(copy);
    return ok;
}

static void expect_grey(const bytes *b, const uint8_t *grey, int rows, int columns,
                        const char *what)
{
    tt_ctx *c = quiet_ctx();
    tt_picture p = {0, 0, NULL};
    cr_assert(parse(c, b, &p), "%s: %s", what, tt_error(c));
    cr_assert(p.rows == rows && p.columns == columns, "%s: %d x %d", what, p.rows,
              p.columns);
    for (int i = 0; i < rows * columns; i++)
        cr_expect_eq(p.grey[i], grey[i], "%s: pixel %d is %d, not %d", what, i, p.grey[i],
                     grey[i]);
    tt_ctx_free(c);
}

static void expect_refused(const bytes *b, const char *words)
{
    tt_ctx *c = quiet_ctx();
    tt_picture p = {7, 7, NULL};
    cr_expect(!parse(c, b, &p), "%s", words);
    cr_expect_eq(tt_error_status(c), TT_ERR_FORMAT);
    cr_expect(tt_error(c) && strstr(tt_error(c), words) && strstr(tt_error(c), "some-image"),
              "\"%s\" should say \"%s\"", tt_error(c), words);
    cr_expect(p.rows == 7 && !p.grey, "*picture was changed");
    tt_ctx_free(c);
}

/* ---- what is read ----------------------------------------------------------------------------- */

/* 3 x 1 pixels of every colour type and depth. */
Test(module4_image, every_colour_type_and_depth)
{
    static const struct {
        const char *what;
        int depth, type;
        size_t n;
        uint8_t row[32], grey[3];
    } kinds[] = {
        {"1 bit", 1, 0, 2, {0, 0xA0}, {255, 0, 255}},
        {"2 bits", 2, 0, 2, {0, 0x1B}, {0, 85, 170}},
        {"4 bits", 4, 0, 3, {0, 0x0F, 0x80}, {0, 255, 136}},
        {"8 bits", 8, 0, 4, {0, 1, 200, 255}, {1, 200, 255}},
        {"16 bits", 16, 0, 7, {0, 1, 99, 200, 0, 255, 255}, {1, 200, 255}},
        {"RGB", 8, 2, 10, {0, 255, 0, 0, 0, 255, 0, 0, 0, 255}, {76, 149, 29}},
        {"RGB, 16 bits", 16, 2, 19, {0, 90, 1, 90, 2, 90, 3}, {90, 0, 0}},
        {"opacity", 8, 4, 7, {0, 200, 255, 200, 0, 100, 51}, {200, 0, 20}},
        {"RGBA", 8, 6, 13, {0, 9, 9, 9, 255, 255, 255, 255, 0, 255, 255, 255, 51}, {9, 0, 51}},
        {"RGBA, 16 bits", 16, 6, 25, {0, 80, 0, 80, 0, 80, 0, 255, 255}, {80, 0, 0}},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bytes b;
        begin_png(&b, 3, 1, kinds[i].depth, kinds[i].type, 0);
        end_png(&b, kinds[i].row, kinds[i].n);
        expect_grey(&b, kinds[i].grey, 1, 3, kinds[i].what);
    }
}

Test(module4_image, a_palette_with_opacity)
{
    static const uint8_t colours[] = {255, 255, 255, 10, 10, 10, 200, 200, 200};
    bytes b;
    begin_png(&b, 4, 1, 2, 3, 0);
    put_chunk(&b, "PLTE", colours, sizeof colours);
    put_chunk(&b, "tRNS", "\xFF\xFF\x33", 3);
    end_png(&b, (uint8_t[]){0, 0x19}, 2); /* 0, 1, 2, 1 */
    expect_grey(&b, (uint8_t[]){255, 10, 40, 10}, 1, 4, "palette");
}

/* The same 3 x 3 image under each filter, as the encoder would have written it. */
Test(module4_image, every_filter)
{
    static const uint8_t image[3][3] = {{10, 20, 5}, {200, 7, 90}, {255, 0, 128}};
    for (int filter = 0; filter <= 4; filter++) {
        uint8_t rows[3][4];
        bytes b;
        for (int y = 0; y < 3; y++) {
            rows[y][0] = (uint8_t)filter;
            for (int x = 0; x < 3; x++) {
                int left = x ? image[y][x - 1] : 0, up = y ? image[y - 1][x] : 0;
                int corner = x && y ? image[y - 1][x - 1] : 0, p = left + up - corner;
                int to_left = abs(p - left), to_up = abs(p - up),
                    to_corner = abs(p - corner);
                int nearest = to_left <= to_up && to_left <= to_corner ? left
                              : to_up <= to_corner                     ? up
                                                                       : corner;
                int guess[] = {0, left, up, (left + up) / 2, nearest};
                rows[y][x + 1] = (uint8_t)(image[y][x] - guess[filter]);
            }
        }
        begin_png(&b, 3, 3, 8, 0, 0);
        end_png(&b, rows[0], sizeof rows);
        expect_grey(&b, image[0], 3, 3, "filter");
    }
}

static bytes text_file(const char *text)
{
    bytes b = {.n = 0};
    put(&b, text, strlen(text));
    return b;
}

Test(module4_image, pgm_binary_and_text)
{
    bytes b = text_file("P5 # a comment\n3 2\n255\n@AB CD");
    expect_grey(&b, (uint8_t[]){64, 65, 66, 32, 67, 68}, 2, 3, "P5");
    b = text_file("P2\n2 2 15\n0 5\n10 15");
    expect_grey(&b, (uint8_t[]){0, 85, 170, 255}, 2, 2, "P2");
}

/* ---- what is refused -------------------------------------------------------------------------- */

Test(module4_image, every_cut_is_refused)
{
    bytes b, cut;
    begin_png(&b, 3, 1, 8, 0, 0);
    end_png(&b, (uint8_t[]){0, 1, 2, 3}, 4);
    for (size_t n = 8; n < b.n; n++) {
        cut = b;
        cut.n = n;
        expect_refused(&cut, "is cut off");
    }
}

Test(module4_image, every_changed_byte_is_refused)
{
    bytes b, changed;
    begin_png(&b, 3, 1, 8, 0, 0);
    end_png(&b, (uint8_t[]){0, 1, 2, 3}, 4);
    for (size_t i = 0; i < b.n; i++) {
        changed = b;
        changed.at[i] ^= 0x10;
        expect_refused(&changed, i < 8 ? "neither PNG nor PGM" : "is ");
    }
}

Test(module4_image, pngs_that_make_no_sense)
{
    static const struct {
        uint32_t columns, rows;
        int depth, type, interlaced;
        uint8_t filter;
        const char *words;
    } bad[] = {
        {0, 1, 8, 0, 0, 0, "0 x 1 pixels"},
        {1u << 30, 1u << 30, 8, 0, 0, 0, "1073741824 x 1073741824 pixels"},
        {4097, 4096, 8, 0, 0, 0, "from 1 to 16777216 in all"},
        {3, 1, 3, 0, 0, 0, "PNG does not allow"},
        {3, 1, 8, 1, 0, 0, "PNG does not allow"},
        {3, 1, 4, 2, 0, 0, "PNG does not allow"},
        {3, 1, 8, 0, 1, 0, "interlaced"},
        {3, 1, 8, 0, 0, 5, "unknown filter"},
        {3, 2, 8, 0, 0, 0, "fewer data than pixels"},
        {3, 1, 8, 3, 0, 0, "has no palette"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bytes b;
        begin_png(&b, bad[i].columns, bad[i].rows, bad[i].depth, bad[i].type,
                  bad[i].interlaced);
        end_png(&b, (uint8_t[]){bad[i].filter, 1, 2, 3}, 4);
        expect_refused(&b, bad[i].words);
    }
}

Test(module4_image, files_of_other_kinds)
{
    static const char *const bad[][2] = {{"", "is empty"},
                                         {"\xff\xd8\xff\xe0", "JPEG"},
                                         {"GIF89a", "GIF"},
                                         {"BM....", "BMP"},
                                         {"<html>", "neither PNG nor PGM"},
                                         {"P5 2 2 255\nabc", "cut off"},
                                         {"P5 2 2 65535\nabcdefgh", "16 bits"},
                                         {"P5 1 1 10\nz", "whiter than white"},
                                         {"P2 2 1 9 3", "cut off"},
                                         {"P2 x", "PGM does not allow"},
                                         {"P5 1 1 0\nz", "PGM does not allow"},
                                         {"P5 99999999999 2 255\n", "PGM does not allow"},
                                         {"P5 9999999 9999999 255\n", "pixels large"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bytes b = text_file(bad[i][0]);
        expect_refused(&b, bad[i][1]);
    }
}

/* ---- tt_image --------------------------------------------------------------------------------- */

static tt_tensor *image_of(tt_ctx *c, const char *text, tt_shape shape)
{
    const char *base = getenv("TEST_TMPDIR") ? getenv("TEST_TMPDIR") : "/tmp";
    const char *path = tt_text(c, "%s/image.%ld.pgm", base, (long)getpid());
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
    tt_tensor *t = tt_image(c, path, shape);
    unlink(path);
    return t;
}

static void expect_cells(tt_tensor *t, const float *cells)
{
    float have[64];
    cr_assert(t && tt_numel(t) <= 64 && tt_read(t, have) == TT_OK);
    for (size_t i = 0; i < tt_numel(t); i++)
        cr_expect(fabsf(have[i] - cells[i]) < 1e-6f, "cell %zu is %g, not %g", i,
                  (double)have[i], (double)cells[i]);
}

Test(module4_image, sizes_are_brought_together_by_averaging)
{
    static const char four[] = "P2 4 2 100 0 100 20 40  0 100 60 80";
    tt_ctx *c = quiet_ctx();
    expect_cells(image_of(c, four, TT_SHAPE(1, 2, 4)),
                 (float[]){0, 1, .2f, .4f, 0, 1, .6f, .8f});
    expect_cells(image_of(c, four, TT_SHAPE(1, 2)), (float[]){.5f, .5f});
    expect_cells(image_of(c, four, TT_SHAPE(1, 1, 1, 1)), (float[]){.5f});
    expect_cells(image_of(c, "P2 2 1 10 0 10", TT_SHAPE(2, 3)), /* the middle lies in both */
                 (float[]){0, .5f, 1, 0, .5f, 1});
    expect_cells(image_of(c, "P2 3 1 255 0 255 51", TT_SHAPE(1, 2)),
                 (float[]){1 / 3.0f, 7 / 15.0f});
    tt_ctx_free(c);
}

Test(module4_image, what_cannot_be_is_refused)
{
    tt_ctx *c = quiet_ctx();
    cr_expect_null(tt_image(c, "/nowhere.png", TT_SHAPE(1, 28, 28)));
    cr_expect_eq(tt_error_status(c), TT_ERR_FILE);
    tt_error_clear(c);
    const tt_shape bad[] = {TT_SHAPE(28), TT_SHAPE(2, 28, 28), TT_SHAPE(0, 3)};
    for (int i = 0; i < 3; i++) {
        cr_expect_null(tt_image(c, "/nowhere.png", bad[i]));
        cr_expect_eq(tt_error_status(c), TT_ERR_SHAPE);
        tt_error_clear(c);
    }
    tt_ctx_free(c);
}
