/* Files: every way in which reading and writing go wrong, and what is left then. */
#include "support/file.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

TestSuite(support_file, .timeout = 30);

static char folder[PATH_MAX];

static tt_ctx *begin(void)
{
    const char *tmp = getenv("TEST_TMPDIR");
    snprintf(folder, sizeof folder, "%s/file_test.XXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(folder), "no folder for the test: %s", folder);
    unsetenv("BUILD_WORKING_DIRECTORY");
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

static void end(tt_ctx *c)
{
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_expect(system(command) == 0);
    tt_ctx_free(c);
}

static char *in_folder(tt_ctx *c, const char *name)
{
    return tt_path_join(c, folder, name);
}

static void put(const char *path, const void *data, size_t n)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
}

static void put_gzip(const char *path, const void *data, unsigned n)
{
    gzFile f = gzopen(path, "wb9");
    cr_assert(f && gzwrite(f, data, n) == (int)n && gzclose(f) == Z_OK);
}

static int entries(void)
{
    int n = 0;
    DIR *d = opendir(folder);
    cr_assert(d);
    while (readdir(d)) n++;
    closedir(d);
    return n - 2; /* . and .. */
}

/* The error that is there, and that it says `text`; cleared. */
static void expect_error(tt_ctx *c, tt_status status, const char *text)
{
    cr_expect(tt_error_status(c) == status, "status %s, expected %s: %s",
              tt_status_text(tt_error_status(c)), tt_status_text(status),
              tt_error(c) ? tt_error(c) : "no error");
    cr_expect(tt_error(c) && strstr(tt_error(c), text), "the message has no '%s': %s",
              text, tt_error(c) ? tt_error(c) : "no error");
    tt_error_clear(c);
}

/* High-entropy bytes, so that gzip cannot make them small. */
static unsigned char *noise(size_t n)
{
    unsigned char *bytes = malloc(n);
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (unsigned char)(state >> 32);
    }
    return bytes;
}

Test(support_file, relative_paths_are_taken_from_where_the_user_stands)
{
    tt_ctx *c = begin();
    cr_expect_str_eq(tt_path(c, "a/b"), "a/b");
    setenv("BUILD_WORKING_DIRECTORY", "/home/ann", 1);
    cr_expect_str_eq(tt_path(c, "a/b"), "/home/ann/a/b");
    cr_expect_str_eq(tt_path(c, "/a/b"), "/a/b");
    cr_expect_str_eq(tt_path_absolute(c, "./a//b/./c"), "/home/ann/a/b/c");
    cr_expect_str_eq(tt_path_absolute(c, "../x"), "/home/ann/../x");
    cr_expect_str_eq(tt_path_join(c, "data/", "x.gz"), "/home/ann/data/x.gz");
    cr_expect_str_eq(tt_path_join(c, "data", "/x.gz"), "/x.gz");
    unsetenv("BUILD_WORKING_DIRECTORY");
    char here[PATH_MAX], expected[PATH_MAX + 8];
    cr_assert(getcwd(here, sizeof here));
    snprintf(expected, sizeof expected, "%s/x", strcmp(here, "/") == 0 ? "" : here);
    cr_expect_str_eq(tt_path_absolute(c, "x"), expected);
    cr_expect(tt_path(c, NULL) == NULL);
    end(c);
}

Test(support_file, reads_plain_and_packed_alike)
{
    static const size_t sizes[] = {0, 1, 2, 65534, 65535, 65536, 65537, 1 << 20, 3000001};
    tt_ctx *c = begin();
    unsigned char *data = noise(3000001);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        TT_SCOPE (c) {
            size_t n = sizes[i], size = 99;
            put(in_folder(c, "plain"), data, n);
            put_gzip(in_folder(c, "packed.gz"), data, (unsigned)n);
            char *plain = tt_file_read(c, in_folder(c, "plain"), n, &size);
            cr_expect(plain && size == n && memcmp(plain, data, n) == 0 && plain[n] == 0,
                      "plain, %zu bytes: %s", n, tt_error(c) ? tt_error(c) : "differs");
            char *packed = tt_file_read(c, in_folder(c, "packed.gz"), n, &size);
            cr_expect(packed && size == n && memcmp(packed, data, n) == 0 && packed[n] == 0,
                      "packed, %zu bytes: %s", n, tt_error(c) ? tt_error(c) : "differs");
            cr_expect((uintptr_t)packed % 64 == 0);
        }
    free(data);
    end(c);
}

Test(support_file, unlimited_reading_does_not_overflow)
{
    tt_ctx *c = begin();
    size_t size;
    put(in_folder(c, "x"), "abc", 3);
    char *text = tt_file_read(c, in_folder(c, "x"), SIZE_MAX, &size);
    cr_expect(text && size == 3 && strcmp(text, "abc") == 0);
    end(c);
}

Test(support_file, what_cannot_be_read_is_named)
{
    tt_ctx *c = begin();
    size_t size = 99;
    cr_expect(!tt_file_read(c, in_folder(c, "none"), 100, &size) && size == 0);
    expect_error(c, TT_ERR_FILE, "none: there is no such file");
    cr_expect(!tt_file_read(c, folder, 100, &size));
    expect_error(c, TT_ERR_FILE, "is a folder, not a file");
    cr_expect(!tt_file_read(c, "/proc/self/mem", 100, &size)); /* root may open, none may read */
    expect_error(c, TT_ERR_FILE, "/proc/self/mem: cannot be read: ");
    cr_expect(!tt_file_read(c, "", 100, &size));
    expect_error(c, TT_ERR_FILE, "no such file");
    put(in_folder(c, "x"), "abc", 3);
    cr_expect(!tt_file_read(c, in_folder(c, "x/y"), 100, &size));
    expect_error(c, TT_ERR_FILE, "Not a directory");
    end(c);
}

Test(support_file, a_limit_holds_for_plain_packed_and_bombs)
{
    tt_ctx *c = begin();
    size_t size;
    char *zeros = calloc(1, 50 << 20);
    put(in_folder(c, "plain"), zeros, 101);
    put_gzip(in_folder(c, "bomb.gz"), zeros, 50 << 20); /* 50 kB hold 50 MB */
    free(zeros);
    cr_expect(tt_file_read(c, in_folder(c, "plain"), 101, &size) && size == 101);
    cr_expect(!tt_file_read(c, in_folder(c, "plain"), 100, &size));
    expect_error(c, TT_ERR_FILE, "more than the 100 bytes allowed");
    cr_expect(!tt_file_read(c, in_folder(c, "plain"), 0, &size));
    expect_error(c, TT_ERR_FILE, "more than the 0 bytes allowed");
    cr_expect(!tt_file_read(c, in_folder(c, "bomb.gz"), 1000000, &size));
    expect_error(c, TT_ERR_FILE, "1000000 bytes allowed once it is unpacked");
    cr_expect(tt_ctx_bytes(c) < 10 << 20, "a bomb took %zu bytes", tt_ctx_bytes(c));
    end(c);
}

Test(support_file, every_truncation_of_a_packed_file_is_an_error)
{
    tt_ctx *c = begin();
    unsigned char *data = noise(300);
    put_gzip(in_folder(c, "whole.gz"), data, 300);
    size_t whole, size;
    unsigned char *packed = tt_alloc(c, 4096);
    FILE *f = fopen(in_folder(c, "whole.gz"), "rb");
    whole = fread(packed, 1, 4096, f);
    fclose(f);
    for (size_t n = 3; n < whole; n++)
        TT_SCOPE (c) {
            put(in_folder(c, "cut.gz"), packed, n);
            cr_expect(!tt_file_read(c, in_folder(c, "cut.gz"), 1000, &size),
                      "%zu of %zu bytes", n, whole);
            expect_error(c, TT_ERR_FORMAT, "cut off");
        }
    free(data);
    end(c);
}

Test(support_file, a_damaged_packed_file_is_an_error)
{
    tt_ctx *c = begin();
    unsigned char *data = noise(300);
    put_gzip(in_folder(c, "whole.gz"), data, 300);
    unsigned char *packed = tt_alloc(c, 4096);
    FILE *f = fopen(in_folder(c, "whole.gz"), "rb");
    size_t whole = fread(packed, 1, 4096, f), size;
    fclose(f);
    /* From 11: after the header and the first block's, some of whose bits mean nothing. */
    for (size_t i = 11; i < whole; i++)
        TT_SCOPE (c) {
            packed[i] ^= 0x40;
            put(in_folder(c, "bad.gz"), packed, whole);
            packed[i] ^= 0x40;
            cr_expect(!tt_file_read(c, in_folder(c, "bad.gz"), 1000, &size),
                      "byte %zu flipped", i);
            cr_expect(tt_error_status(c) == TT_ERR_FORMAT ||
                      tt_error_status(c) == TT_ERR_FILE);
            tt_error_clear(c);
        }
    free(data);
    end(c);
}

Test(support_file, reading_gives_its_memory_back_with_the_scope)
{
    tt_ctx *c = begin();
    unsigned char *data = noise(1 << 20);
    put(in_folder(c, "x"), data, 1 << 20);
    free(data);
    size_t size, held = 0;
    for (int i = 0; i < 20; i++) {
        TT_SCOPE (c) cr_expect(tt_file_read(c, in_folder(c, "x"), 1 << 20, &size));
        if (i == 3) held = tt_ctx_bytes(c);
    }
    cr_expect(tt_ctx_bytes(c) == held, "%zu bytes became %zu", held, tt_ctx_bytes(c));
    end(c);
}

Test(support_file, writes_and_replaces_and_keeps_permissions)
{
    tt_ctx *c = begin();
    char *path = in_folder(c, "x");
    size_t size;
    struct stat info;
    cr_expect(tt_file_write(c, path, "one", 3) == TT_OK, "%s", tt_error(c));
    cr_expect(chmod(path, 0640) == 0);
    cr_expect(tt_file_write(c, path, "second", 6) == TT_OK);
    cr_expect_str_eq((char *)tt_file_read(c, path, 100, &size), "second");
    cr_expect(stat(path, &info) == 0 && (info.st_mode & 0777) == 0640);
    cr_expect(tt_file_write(c, path, NULL, 0) == TT_OK);
    cr_expect(tt_file_read(c, path, 100, &size) && size == 0);
    cr_expect(tt_file_exists(c, path) && !tt_file_exists(c, folder));
    cr_expect(entries() == 1, "%d files in the folder, not 1", entries());
    end(c);
}

Test(support_file, a_link_stays_a_link)
{
    tt_ctx *c = begin();
    struct stat info;
    size_t size;
    put(in_folder(c, "real"), "old", 3);
    cr_assert(symlink("real", in_folder(c, "link")) == 0);
    cr_expect(tt_file_write(c, in_folder(c, "link"), "new", 3) == TT_OK);
    cr_expect(lstat(in_folder(c, "link"), &info) == 0 && S_ISLNK(info.st_mode));
    cr_expect_str_eq((char *)tt_file_read(c, in_folder(c, "real"), 9, &size), "new");
    end(c);
}

Test(support_file, nothing_is_seen_before_the_commit_nor_after_a_cancel)
{
    tt_ctx *c = begin();
    size_t size;
    char *path = in_folder(c, "x");
    put(path, "old", 3);
    TT_SCOPE (c) {
        tt_file_writer *w = tt_file_write_begin(c, path);
        cr_assert(w && w->path[0] == '/');
        fputs("new", w->out);
        fflush(w->out);
        cr_expect_str_eq((char *)tt_file_read(c, path, 9, &size), "old");
    } /* no commit: thrown away */
    cr_expect_str_eq((char *)tt_file_read(c, path, 9, &size), "old");
    cr_expect(entries() == 1);
    tt_file_writer *w = tt_file_write_begin(c, path);
    tt_file_write_cancel(w);
    tt_file_write_cancel(w);
    tt_file_write_cancel(NULL);
    cr_expect(tt_file_write_commit(w) == TT_ERR_FILE && tt_error(c) == NULL);
    cr_expect(entries() == 1);
    end(c);
}

/* No file may grow beyond `bytes`, as on a disk that is full then. */
static rlim_t allow_file_bytes(rlim_t bytes)
{
    struct rlimit limit;
    cr_assert(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = bytes;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    return before;
}

Test(support_file, a_full_disk_keeps_the_old_file)
{
    static const size_t sizes[] = {4097, 5000, 8192, 100000};
    tt_ctx *c = begin();
    size_t size;
    char *path = in_folder(c, "x");
    unsigned char *data = noise(100000);
    put(path, "old", 3);
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        size_t bytes = sizes[i / 2];
        rlim_t before = allow_file_bytes(4096);
        tt_status status = TT_OK;
        if (i % 2) status = tt_file_write(c, path, data, bytes);
        else
            TT_SCOPE (c) { /* in many small pieces */
                tt_file_writer *w = tt_file_write_begin(c, path);
                for (size_t k = 0; w && k < bytes; k++) fputc(data[k], w->out);
                status = tt_file_write_commit(w);
            }
        allow_file_bytes(before);
        cr_expect(status == TT_ERR_FILE, "%zu bytes: %s", bytes, tt_status_text(status));
        expect_error(c, TT_ERR_FILE, "File too large; what was there before is unchanged");
        cr_expect_str_eq((char *)tt_file_read(c, path, 9, &size), "old");
        cr_expect(entries() == 1, "the temporary file must go");
    }
    free(data);
    end(c);
}

Test(support_file, a_full_device_is_an_error)
{
    tt_ctx *c = begin();
    cr_expect(tt_file_write(c, "/dev/full", "x", 1) == TT_ERR_FILE);
    expect_error(c, TT_ERR_FILE, "/dev/full: cannot be written: No space left on device");
    cr_expect(tt_file_write(c, "/dev/null", "x", 1) == TT_OK);
    struct stat info;
    cr_expect(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode),
              "must not be replaced");
    end(c);
}

Test(support_file, a_check_says_what_a_begin_would_and_leaves_nothing)
{
    tt_ctx *c = begin();
    cr_expect(tt_file_write_check(c, in_folder(c, "new")) == TT_OK, "%s", tt_error(c));
    cr_expect(!tt_file_exists(c, in_folder(c, "new")));
    put(in_folder(c, "old"), "keep", 4);
    cr_expect(tt_file_write_check(c, in_folder(c, "old")) == TT_OK);
    cr_expect(rmdir(folder) != 0 && unlink(in_folder(c, "old")) == 0);
    cr_expect(rmdir(folder) == 0, "a temporary file is left behind");
    cr_expect(tt_file_write_check(c, "/dev/full") == TT_OK);
    cr_expect(tt_file_write_check(c, in_folder(c, "new")) == TT_ERR_FILE);
    end(c);
}

Test(support_file, what_cannot_be_written_is_named)
{
    tt_ctx *c = begin();
    cr_expect(tt_file_write(c, in_folder(c, "no/x"), "x", 1) == TT_ERR_FILE);
    expect_error(c, TT_ERR_FILE, "no/x: cannot be created: its folder does not exist");
    cr_expect(tt_file_write(c, folder, "x", 1) == TT_ERR_FILE);
    expect_error(c, TT_ERR_FILE, "is a folder");
    cr_expect(tt_file_write(c, "/proc/x", "x", 1) == TT_ERR_FILE);
    expect_error(c, TT_ERR_FILE, "/proc/x: cannot be created");
    cr_expect(tt_file_write_commit(NULL) == TT_ERR_FILE && tt_error(c) == NULL);
    end(c);
}

Test(support_file, memory_that_runs_out_is_an_error)
{
    tt_ctx *c = begin();
    size_t size;
    unsigned char *data = noise(1 << 20);
    put(in_folder(c, "x"), data, 1 << 20);
    free(data);
    tt_ctx_limit(c, tt_ctx_bytes(c) + (256 << 10));
    cr_expect(!tt_file_read(c, in_folder(c, "x"), 2 << 20, &size));
    expect_error(c, TT_ERR_MEMORY, "");
    tt_ctx_limit(c, 0);
    end(c);
}
