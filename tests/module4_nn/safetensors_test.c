/* safetensors files: what is written is read back, and every damage has a message of its own. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "module4_nn/checkpoint/safetensors.h"

TestSuite(module4_safetensors, .timeout = 60);

/* Errors of this file are looked at, not printed. */
static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* A file of this header, `n` as its length (-1: the true one), and `zeros` bytes of data, in memory of
 * exactly its size, so that AddressSanitizer sees a read past its end. For free. */
static uint8_t *file_of(const char *header, int64_t n, size_t zeros, size_t *size)
{
    size_t length = strlen(header);
    uint64_t says = n < 0 ? length : (uint64_t)n;
    *size = 8 + length + zeros;
    uint8_t *file = calloc(1, *size);
    memcpy(file, &says, 8);
    memcpy(file + 8, header, length);
    return file;
}

static void refuse_bytes(const char *what, const uint8_t *file, size_t size,
                         const char *words)
{
    tt_ctx *c = quiet_ctx();
    tt_safetensors read = {.name = "untouched"};
    tt_status status = tt_safetensors_parse(c, "some-file", file, size, &read);
    const char *message = tt_error(c) ? tt_error(c) : "";
    cr_expect_eq(status, TT_ERR_FORMAT, "%s: status %d", what, (int)status);
    cr_expect(strstr(message, words), "%s: \"%s\" should hold \"%s\"", what, message,
              words);
    cr_expect(strstr(message, "some-file"), "%s: \"%s\" should name the file", what,
              message);
    cr_expect_str_eq(read.name, "untouched", "%s: *file was changed", what);
    tt_ctx_free(c);
}

static void refuse(const char *header, int64_t n, size_t zeros, const char *words)
{
    size_t size;
    uint8_t *file = file_of(header, n, zeros, &size);
    refuse_bytes(header, file, size, words);
    free(file);
}

#define TENSOR(name, dtype, shape, offsets)                                              \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape                             \
    ",\"data_offsets\":" offsets "}"

Test(module4_safetensors, reads_tensors_and_notes)
{
    size_t size;
    uint8_t *bytes =
        file_of("{" TENSOR("b", "F32", "[2,1]",
                           "[4,12]") ","
                                     "\"__metadata__\":{\"k\":\"v\"}," TENSOR(
                                         "a", "I32", "[]", "[0,4]") "}   ",
                -1, 12, &size);
    bytes[size - 12] = 42;
    tt_ctx *c = quiet_ctx();
    tt_safetensors file;
    cr_assert_eq(tt_safetensors_parse(c, "f", bytes, size, &file), TT_OK, "%s",
                 tt_error(c));
    const tt_stored *a = tt_safetensors_find(&file, "a"),
                    *b = tt_safetensors_find(&file, "b");
    cr_assert(a && b && file.tensor_count == 2 && file.note_count == 1);
    cr_expect(a->shape.ndim == 0 && a->size == 4 && *(const uint8_t *)a->bytes == 42);
    cr_expect(tt_shape_equal(b->shape, TT_SHAPE(2, 1)) && b->size == 8);
    cr_expect_eq((const uint8_t *)b->bytes, bytes + size - 8);
    cr_expect_str_eq(b->dtype, "F32");
    cr_expect_str_eq(tt_safetensors_note(&file, "k"), "v");
    cr_expect_null(tt_safetensors_note(&file, "v"));
    cr_expect_null(tt_safetensors_find(&file, "__metadata__"));
    tt_ctx_free(c);
    free(bytes);
}

Test(module4_safetensors, frames_that_are_wrong)
{
    refuse_bytes("empty", (const uint8_t *)"", 0, "is empty");
    refuse_bytes("7 bytes", (const uint8_t *)"\2\0\0\0\0\0\0", 7, "cut off");
    refuse("{}", (int64_t)1 << 60, 0, "header of 1152921504606846976 bytes");
    refuse("{}", INT64_MAX, 0, "no safetensors file");
    refuse("{}", (int64_t)TT_SAFETENSORS_HEADER_MOST + 1, 0, "at most 4194304");
    refuse("{}", 3, 0, "should have 3 bytes, but only 2 follow");
    refuse("", 0, 0, "does not begin with {");
    refuse("[]", -1, 0, "does not begin with {");
    refuse("<html>", -1, 0, "does not begin with {");
    refuse("{\"a\":", -1, 0, "no JSON");
    refuse("{}x", -1, 0, "no JSON from byte 2");
    refuse("{}", -1, 5, "0 bytes, but 5 follow");
}

Test(module4_safetensors, entries_that_are_wrong)
{
    refuse("{\"a\":1}", -1, 4, "\"a\": has no dtype");
    refuse("{" TENSOR("a", "F99", "[1]", "[0,4]") "}", -1, 4, "dtype is none");
    refuse("{" TENSOR("a", "F32", "[1.5]", "[0,4]") "}", -1, 4, "its shape");
    refuse("{" TENSOR("a", "F32", "[-1]", "[0,4]") "}", -1, 4, "its shape");
    refuse("{" TENSOR("a", "F32", "7", "[0,4]") "}", -1, 4, "its shape");
    refuse("{" TENSOR("a", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]") "}", -1, 4, "its shape");
    refuse("{" TENSOR("a", "F32", "[2147483647,2147483647,2147483647]", "[0,4]") "}", -1,
           4, "its shape");
    refuse("{" TENSOR("a", "F32", "[1]", "[0]") "}", -1, 4, "data_offsets");
    refuse("{" TENSOR("a", "F32", "[1]", "[4,0]") "}", -1, 4, "data_offsets");
    refuse("{" TENSOR("a", "F32", "[1]", "[0,1e300]") "}", -1, 4, "data_offsets");
    refuse("{" TENSOR("a", "F32", "[1]", "{\"x\":0,\"y\":4}") "}", -1, 4, "data_offsets");
    refuse("{" TENSOR("a", "F32", "[2]", "[0,8]") "}", -1, 4,
           "\"a\" ends at byte 8 of the data, of which there are 4");
    refuse("{" TENSOR("a", "F32", "[2]", "[0,4]") "}", -1, 4, "takes 8 bytes");
    refuse("{" TENSOR("a\\u001b[2J", "F32", "[1]", "[0,4]") "}", -1, 4, "not printable");
    refuse("{\"__metadata__\":{\"a\":1}}", -1, 0, "no text");
    refuse("{\"__metadata__\":[]}", -1, 0, "no object");
    refuse("{\"__metadata__\":{},\"__metadata__\":{}}", -1, 0, "twice");
    refuse("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", -1, 0, "two notes");
}

Test(module4_safetensors, places_that_are_wrong)
{
#define TWO(first, second)                                                               \
    "{" TENSOR("a", "F32", "[1]", first) "," TENSOR("b", "F32", "[1]", second) "}"
    refuse(TWO("[0,4]", "[2,6]"), -1, 6, "overlap");
    refuse(TWO("[0,4]", "[0,4]"), -1, 4, "overlap");
    refuse(TWO("[0,4]", "[8,12]"), -1, 12, "hole");
    refuse(TWO("[4,8]", "[8,12]"), -1, 12, "hole");
    refuse(TWO("[0,4]", "[4,8]"), -1, 9, "longer than it should be");
    refuse("{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("a", "F32", "[1]", "[4,8]") "}",
           -1, 8, "two tensors called \"a\"");
}

/* 20,000 brackets must not use up the stack. */
Test(module4_safetensors, deep_json_is_refused)
{
    enum { DEEP = 20000 };
    char *header = malloc(DEEP + 6);
    memcpy(header, "{\"a\":", 5);
    memset(header + 5, '[', DEEP);
    header[DEEP + 5] = '\0';
    size_t size;
    uint8_t *file = file_of(header, -1, 0, &size);
    refuse_bytes("deep", file, size, "no JSON");
    free(file);
    free(header);
}

/* ---- writing ---------------------------------------------------------------------------------- */

static const char *path_in_tmp(tt_ctx *c, const char *name)
{
    const char *base = getenv("TEST_TMPDIR") ? getenv("TEST_TMPDIR") : "/tmp";
    return tt_text(c, "%s/%s.%ld", base, name, (long)getpid());
}

static const float NUMBERS[6] = {1.5f, -2, 0, 1e-40f, 3e38f, 0.1f};

static tt_status write_example(tt_ctx *c, const char *path)
{
    const tt_stored tensors[] = {
        {"z.weight", "F32", TT_SHAPE(2, 3), NUMBERS, sizeof NUMBERS},
        {"quote \" and \xC3\xA9", "F32", {0}, NUMBERS, 4},
        {"empty", "F32", TT_SHAPE(0, 4), NULL, 0}};
    const tt_note notes[] = {{"command", "train --lr \"0.1\""}, {"lines", "a\nb"}};
    return tt_safetensors_write(c, path, tensors, 3, notes, 2);
}

Test(module4_safetensors, what_is_written_is_read_back)
{
    tt_ctx *c = quiet_ctx();
    const char *path = path_in_tmp(c, "back.safetensors");
    tt_safetensors file;
    cr_assert_eq(write_example(c, path), TT_OK, "%s", tt_error(c));
    cr_assert_eq(tt_safetensors_read(c, path, &file), TT_OK, "%s", tt_error(c));
    const tt_stored *z = tt_safetensors_find(&file, "z.weight");
    cr_assert(z && tt_safetensors_find(&file, "empty") &&
              tt_safetensors_find(&file, "quote \" and \xC3\xA9"));
    cr_expect(tt_shape_equal(z->shape, TT_SHAPE(2, 3)));
    cr_expect_arr_eq(z->bytes, NUMBERS, sizeof NUMBERS);
    cr_expect_str_eq(tt_safetensors_note(&file, "command"), "train --lr \"0.1\"");
    cr_expect_str_eq(tt_safetensors_note(&file, "lines"), "a\nb");
    unlink(path);
    tt_ctx_free(c);
}

Test(module4_safetensors, a_name_twice_is_not_written)
{
    tt_ctx *c = quiet_ctx();
    const tt_stored tensors[] = {{"a", "F32", {0}, NUMBERS, 4},
                                 {"a", "F32", {0}, NUMBERS, 4}};
    const char *path = path_in_tmp(c, "twice.safetensors");
    cr_expect_eq(tt_safetensors_write(c, path, tensors, 2, NULL, 0), TT_ERR_NAME);
    cr_expect_neq(access(path, F_OK), 0);
    tt_ctx_free(c);
}

/* A limit on the size of files stands for a disk that is full. */
Test(module4_safetensors, a_full_disk_leaves_the_old_file)
{
    enum { CELLS = 100000 };
    tt_ctx *c = quiet_ctx();
    const char *path = path_in_tmp(c, "full.safetensors");
    float *large = tt_alloc(c, CELLS * sizeof *large);
    const tt_stored tensor = {"large", "F32", TT_SHAPE(CELLS), large,
                              CELLS * sizeof *large};
    tt_safetensors file;
    cr_assert_eq(write_example(c, path), TT_OK);
    struct rlimit before, small = {50000, 50000};
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    tt_status status = tt_safetensors_write(c, path, &tensor, 1, NULL, 0);
    setrlimit(RLIMIT_FSIZE, &before);
    cr_expect_eq(status, TT_ERR_FILE);
    cr_expect(strstr(tt_error(c), "too large") && strstr(tt_error(c), "unchanged"), "%s",
              tt_error(c));
    tt_error_clear(c);
    cr_assert_eq(tt_safetensors_read(c, path, &file), TT_OK, "the old file: %s",
                 tt_error(c));
    cr_expect(tt_safetensors_find(&file, "z.weight"));
    unlink(path);
    cr_expect_eq(tt_safetensors_write(c, "/dev/full", &tensor, 1, NULL, 0), TT_ERR_FILE);
    tt_ctx_free(c);
}

Test(module4_safetensors, files_that_cannot_be_read)
{
    static const struct {
        const char *path, *words;
    } bad[] = {{"/nowhere/a.safetensors", "no such file"},
               {"/", "folder"},
               {"/dev/null", "is empty"},
               {"/proc/self/mem", "cannot be"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tt_ctx *c = quiet_ctx();
        tt_safetensors file = {.name = "untouched"};
        cr_expect_neq(tt_safetensors_read(c, bad[i].path, &file), TT_OK);
        cr_expect(tt_error(c) && strstr(tt_error(c), bad[i].words), "%s: %s", bad[i].path,
                  tt_error(c));
        cr_expect_str_eq(file.name, "untouched");
        tt_ctx_free(c);
    }
}
