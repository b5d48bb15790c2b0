/* IDX files: what is right is read, and every damage has a message of its own. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "module4_nn/data/idx.h"

TestSuite(module4_idx, .timeout = 30);

/* Errors of this file are looked at, not printed. */
static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* Parses bytes that must be refused; the message must hold `words`. */
static void refuse(const char *what, const uint8_t *file, size_t size, const char *words)
{
    tt_ctx *c = quiet_ctx();
    tt_idx idx = {.bytes = (const uint8_t *)"untouched"};
    /* A copy of exact size, so that AddressSanitizer sees a read past its end. */
    uint8_t *copy = malloc(size ? size : 1);
    if (size) memcpy(copy, file, size);
    tt_status status = tt_idx_parse(c, "some-file", copy, size, &idx);
    free(copy);
    cr_expect_eq(status, TT_ERR_FORMAT, "%s: status %d", what, (int)status);
    cr_expect_eq(tt_error_status(c), TT_ERR_FORMAT, "%s: the error must stick", what);
    const char *message = tt_error(c) ? tt_error(c) : "";
    cr_expect(strstr(message, words), "%s: the message \"%s\" should hold \"%s\"", what,
              message, words);
    cr_expect(strstr(message, "some-file"), "%s: \"%s\" should name the file", what,
              message);
    cr_expect_str_eq((const char *)idx.bytes, "untouched", "%s: *idx was changed", what);
    tt_ctx_free(c);
}

#define REFUSE(what, words, ...)                                                         \
    refuse(what, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), \
           words)

Test(module4_idx, reads_shape_and_bytes)
{
    static const uint8_t file[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,   0, 0,
                                   1, 0, 0, 0, 3, 9, 8, 7, 255, 0, 1};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_idx idx;
    cr_assert_eq(tt_idx_parse(c, "f", file, sizeof file, &idx), TT_OK);
    cr_expect(tt_shape_equal(idx.shape, TT_SHAPE(2, 1, 3)));
    cr_expect_eq(idx.bytes[0], 9);
    cr_expect_eq(idx.bytes[3], 255);
    cr_expect_eq(idx.bytes[5], 1);
    tt_ctx_free(c);
}

Test(module4_idx, an_empty_dimension_is_a_file_without_data)
{
    static const uint8_t file[] = {0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 5};
    tt_ctx *c = tt_ctx_new(NULL);
    tt_idx idx;
    cr_expect_eq(tt_idx_parse(c, "f", file, sizeof file, &idx), TT_OK);
    cr_expect_eq(tt_shape_size(idx.shape), 0);
    tt_ctx_free(c);
}

Test(module4_idx, refuses_what_is_no_idx)
{
    refuse("empty", (const uint8_t *)"", 0, "empty");
    REFUSE("three bytes", "3 bytes", 0, 0, 8);
    REFUSE("gzip in gzip", "gzip inside gzip", 0x1f, 0x8b, 8, 0, 0, 0, 0, 0);
    REFUSE("zip", "zip archive", 'P', 'K', 3, 4, 0, 0);
    REFUSE("web page", "web page", '<', 'h', 't', 'm', 'l', '>');
    REFUSE("little-endian magic", "0x01", 1, 8, 0, 0, 0, 0, 0, 0, 0);
    REFUSE("floats", "float", 0, 0, 0x0D, 1, 0, 0, 0, 1, 0, 0, 0, 0);
    REFUSE("unknown type", "0x07", 0, 0, 7, 1, 0, 0, 0, 1, 0);
    REFUSE("no dimension", "0 dimensions", 0, 0, 8, 0, 1);
    REFUSE("five dimensions", "5 dimensions", 0, 0, 8, 5, 0, 0, 0, 1, 0, 0, 0, 1);
    REFUSE("255 dimensions", "255 dimensions", 0, 0, 8, 255);
}

Test(module4_idx, refuses_sizes_that_overflow)
{
    REFUSE("4294967295", "4294967295", 0, 0, 8, 1, 255, 255, 255, 255, 1);
    REFUSE("above the limit", "bytes 4-7", 0, 0, 8, 1, 0x40, 0, 0, 1, 1);
    REFUSE("2^16 * 2^16 is 0 in 32 bits", "dimension 1", 0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0,
           0, 1);
    REFUSE("2^64 is 0 in 64 bits", "dimension", 0, 0, 8, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1,
           0, 0, 0, 1, 0, 0, 1);
    REFUSE("0 times too much", "bytes 8-11", 0, 0, 8, 2, 0, 0, 0, 0, 0x80, 0, 0, 0);
}

Test(module4_idx, refuses_wrong_amounts_of_data)
{
    REFUSE("header cut off", "header", 0, 0, 8, 3, 0, 0, 0, 2, 0, 0);
    REFUSE("no data", "cut off", 0, 0, 8, 1, 0, 0, 0, 2);
    REFUSE("one too few", "2 bytes of data, but 1", 0, 0, 8, 1, 0, 0, 0, 2, 7);
    REFUSE("one too many", "2 bytes of data, but 3", 0, 0, 8, 1, 0, 0, 0, 2, 7, 7, 7);
    REFUSE("trailing after nothing", "longer", 0, 0, 8, 1, 0, 0, 0, 0, 7);
}

/* Every cut of a right file, and every change of one header byte, is refused or still right. */
Test(module4_idx, survives_every_cut_and_every_header_byte)
{
    uint8_t file[16 + 2 * 3 * 4] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};
    tt_ctx *c = quiet_ctx();
    for (size_t size = 0; size < sizeof file; size++) {
        tt_idx idx;
        cr_expect_neq(tt_idx_parse(c, "f", file, size, &idx), TT_OK, "cut to %zu bytes",
                      size);
        tt_error_clear(c);
    }
    for (size_t at = 0; at < 16; at++) {
        for (int value = 0; value < 256; value++) {
            uint8_t old = file[at];
            tt_idx idx;
            file[at] = (uint8_t)value;
            if (tt_idx_parse(c, "f", file, sizeof file, &idx) == TT_OK)
                cr_expect_eq(tt_shape_size(idx.shape),
                             sizeof file - 4 - 4 * (size_t)idx.shape.ndim);
            tt_error_clear(c);
            file[at] = old;
        }
    }
    tt_ctx_free(c);
}

/* ---- files ------------------------------------------------------------------------------------ */

/* A file in the test's own folder; packed with gzip or as it is. */
static char *write_file(tt_ctx *c, const void *bytes, size_t size, bool packed)
{
    const char *folder = getenv("TEST_TMPDIR");
    char *path = tt_text(c, "%s/idx-%ld", folder ? folder : "/tmp", (long)getpid());
    gzFile out = gzopen(path, packed ? "wb" : "wbT");
    cr_assert(out, "cannot write %s", path);
    cr_assert_eq(gzwrite(out, bytes, (unsigned)size), (int)size);
    gzclose(out);
    return path;
}

static const uint8_t SMALL[] = {0, 0, 8, 1, 0, 0, 0, 3, 5, 6, 7};

Test(module4_idx, reads_plain_and_gzip)
{
    for (int packed = 0; packed < 2; packed++) {
        tt_ctx *c = tt_ctx_new(NULL);
        tt_idx idx = {0};
        char *path = write_file(c, SMALL, sizeof SMALL, packed);
        cr_expect_eq(tt_idx_read(c, path, &idx), TT_OK);
        cr_expect(idx.shape.dim[0] == 3 && idx.bytes[2] == 7, "packed: %d", packed);
        unlink(path);
        tt_ctx_free(c);
    }
}

Test(module4_idx, a_missing_file_is_named)
{
    tt_ctx *c = quiet_ctx();
    tt_idx idx;
    cr_expect_eq(tt_idx_read(c, "/nowhere/train-images", &idx), TT_ERR_FILE);
    cr_expect(strstr(tt_error(c), "/nowhere/train-images"), "%s", tt_error(c));
    tt_error_clear(c);
    cr_expect_eq(tt_idx_read(c, "/tmp", &idx), TT_ERR_FILE, "a folder is no file");
    tt_ctx_free(c);
}

/* A gzip file cut anywhere, or with any byte of its data or checksum changed, is never taken. */
Test(module4_idx, damaged_gzip_is_refused)
{
    uint8_t data[400] = {0, 0, 8, 1, 0, 0, 1, 136}, packed[600];
    for (size_t i = 8; i < sizeof data; i++)
        data[i] = (uint8_t)(i * i * 2654435761u >> 13);
    tt_ctx *c = quiet_ctx();
    char *path = write_file(c, data, sizeof data, true);
    FILE *in = fopen(path, "rb");
    size_t size = fread(packed, 1, sizeof packed, in);
    fclose(in);
    enum {
        GZIP_HEADER = 10 + 1
    }; /* and the first byte of the data, which may hold padding */
    for (size_t at = GZIP_HEADER; at < size; at += 7) {
        tt_mark mark = tt_ctx_mark(c);
        tt_idx idx;
        path = write_file(c, packed, at, false);
        cr_expect_neq(tt_idx_read(c, path, &idx), TT_OK, "cut to %zu of %zu bytes", at,
                      size);
        tt_error_clear(c);
        packed[at] ^= 0x10;
        path = write_file(c, packed, size, false);
        cr_expect_neq(tt_idx_read(c, path, &idx), TT_OK, "byte %zu changed", at);
        tt_error_clear(c);
        packed[at] ^= 0x10;
        unlink(path);
        tt_ctx_rewind(c, mark);
    }
    tt_ctx_free(c);
}

/* 64 MB of zeros are 64 kB of gzip. A context with a limit survives what unpacks to more. */
Test(module4_idx, a_bomb_is_an_error_and_not_a_full_memory)
{
    enum { MEGA = 1 << 20, MEGAS = 64 };
    tt_ctx *c = quiet_ctx();
    char *path =
        tt_text(c, "%s/bomb-%ld", getenv("TEST_TMPDIR") ? getenv("TEST_TMPDIR") : "/tmp",
                (long)getpid());
    static const uint8_t zeros[MEGA];
    gzFile out = gzopen(path, "wb1");
    cr_assert(out);
    for (int i = 0; i < MEGAS; i++) gzwrite(out, zeros, MEGA);
    gzclose(out);
    tt_ctx_limit(c, 16 * (size_t)MEGA);
    tt_idx idx;
    cr_expect_eq(tt_idx_read(c, path, &idx), TT_ERR_MEMORY);
    tt_error_clear(c);
    cr_expect(tt_alloc(c, MEGA), "after the error there is room again");
    unlink(path);
    tt_ctx_free(c);
}
