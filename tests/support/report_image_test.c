/* Images in a page: what a browser would decode is what was drawn. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/report.h"

TestSuite(support_report_image, .timeout = 20);

static int digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The bytes of the page's image; returns how many. */
static size_t decode(const char *page, unsigned char *bytes)
{
    static const char before[] = "data:image/png;base64,";
    const char *at = strstr(page, before);
    cr_assert_not_null(at, "no image in: %s", page);
    size_t n = 0;
    unsigned long bits = 0;
    int held = 0;
    for (at += strlen(before); digit(*at) >= 0; at++) {
        bits = bits << 6 | (unsigned long)digit(*at);
        held += 6;
        if (held >= 8) bytes[n++] = (unsigned char)(bits >> (held -= 8));
    }
    return n;
}

static unsigned long u32(const unsigned char *at)
{
    return (unsigned long)at[0] << 24 | (unsigned long)at[1] << 16 |
           (unsigned long)at[2] << 8 | at[3];
}

/* The chunk at `at`: its kind and checksum must be right. Returns its length. */
static size_t chunk(const unsigned char *at, const char *kind)
{
    size_t n = u32(at);
    cr_assert(memcmp(at + 4, kind, 4) == 0, "expected chunk %s, found %.4s", kind, at + 4);
    cr_expect_eq(u32(at + 8 + n), crc32(0, at + 4, (uInt)(n + 4)), "checksum of %s", kind);
    return n;
}

static void check(int rows, int columns)
{
    static uint8_t pixels[64 * 64];
    static unsigned char file[8192], raw[64 * 65];
    for (int i = 0; i < rows * columns; i++)
        pixels[i] = (uint8_t)(i * i * 7 + 31 * i + 5);
    char *page = NULL;
    size_t size;
    FILE *out = open_memstream(&page, &size);
    tt_report_image(out, pixels, rows, columns, 100, "a <b>");
    fclose(out);

    size_t n = decode(page, file);
    cr_assert(n > 45 && memcmp(file, "\x89PNG\r\n\x1a\n", 8) == 0, "no PNG: %zu bytes", n);
    cr_assert_eq(chunk(file + 8, "IHDR"), 13);
    cr_expect_eq(u32(file + 16), (unsigned long)columns);
    cr_expect_eq(u32(file + 20), (unsigned long)rows);
    cr_expect(memcmp(file + 24, "\x08\0\0\0\0", 5) == 0, "not 8 bit grey");
    size_t packed = chunk(file + 33, "IDAT");
    cr_assert_eq(chunk(file + 45 + packed, "IEND"), 0);
    cr_expect_eq(n, 57 + packed, "bytes behind the end");

    uLongf unpacked = sizeof raw;
    cr_assert_eq(uncompress(raw, &unpacked, file + 41, packed), Z_OK);
    cr_assert_eq(unpacked, (uLongf)(rows * (columns + 1)));
    for (int i = 0; i < rows; i++) {
        cr_expect_eq(raw[i * (columns + 1)], 0, "filter of row %d", i);
        cr_expect(memcmp(raw + i * (columns + 1) + 1, pixels + i * columns,
                         (size_t)columns) == 0,
                  "row %d of %dx%d differs", i, rows, columns);
    }
    cr_expect_not_null(strstr(page, "<figcaption>a &lt;b&gt;</figcaption>"));
    free(page);
}

/* Lengths that leave 0, 1 and 2 bytes for base64's last group are among them. */
Test(support_report_image, decodes_to_its_pixels)
{
    check(1, 1);
    check(28, 28);
    check(3, 5);
    check(64, 2);
    check(2, 64);
    check(7, 7);
}

Test(support_report_image, keeps_the_shape)
{
    char *page = NULL;
    size_t size;
    uint8_t pixels[200] = {0};
    FILE *out = open_memstream(&page, &size);
    tt_report_image(out, pixels, 10, 20, 100, NULL);
    fclose(out);
    cr_expect_not_null(strstr(page, "width=\"100\" height=\"50\""), "%s", page);
    free(page);
}

Test(support_report_image, confusion_shades_by_share_of_the_row)
{
    static const int counts[] = {3, 1, 0, 0};
    static const char *const names[] = {"shirt", "<coat>"};
    char *page = NULL;
    size_t size;
    FILE *out = open_memstream(&page, &size);
    tt_report_confusion(out, counts, 2, names);
    tt_report_confusion(out, counts, 2, NULL);
    fclose(out);
    cr_expect_not_null(strstr(page, "--share:0.750\">3<"), "%s", page);
    cr_expect_not_null(strstr(page, "--share:0.250\">1<"), "%s", page);
    cr_expect_not_null(strstr(page, "--share:0.000\">0<"), "an empty row: %s", page);
    cr_expect_not_null(strstr(page, "&lt;coat&gt;"), "%s", page);
    cr_expect_not_null(strstr(page, "<th>1</th>"), "%s", page);
    free(page);
}
