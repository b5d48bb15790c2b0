/* Data sets: folders of IDX files with what can be wrong in them, and drawn digits. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "module4_nn/data/data.h"

TestSuite(module4_data, .timeout = 60);

static tt_ctx *quiet_ctx(void)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    return c;
}

/* ---- folders ---------------------------------------------------------------------------------- */

/* A new folder for this test, below the place tests may write to. */
static char *new_folder(tt_ctx *c, const char *name)
{
    const char *base = getenv("TEST_TMPDIR");
    char *path = tt_text(c, "%s/%s-%ld", base ? base : "/tmp", name, (long)getpid());
    mkdir(path, 0777);
    return path;
}

/* An IDX file of n examples of `pixels` rows and columns (0: labels); the bytes are i % 10 + more. */
static void write_idx(tt_ctx *c, const char *dir, const char *name, int n, int pixels,
                      int more)
{
    uint8_t header[16] = {0, 0, 8, pixels ? 3 : 1, 0, 0, (uint8_t)(n >> 8), (uint8_t)n};
    header[11] = header[15] = (uint8_t)pixels;
    char *path = tt_text(c, "%s/%s", dir, name);
    bool packed = strstr(name, ".gz") != NULL;
    gzFile out = gzopen(path, packed ? "wb" : "wbT");
    cr_assert(out, "cannot write %s", path);
    gzwrite(out, header, pixels ? 16 : 8);
    int each = pixels ? pixels * pixels : 1;
    for (int i = 0; i < n * each; i++) gzputc(out, (i / each) % 10 + more);
    gzclose(out);
}

static void remove_folder(tt_ctx *c, const char *dir)
{
    static const char *const names[] = {
        "train-images-idx3-ubyte",   "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte",   "t10k-images.idx3-ubyte",
        "t10k-labels-idx1-ubyte.gz", NULL};
    for (int i = 0; names[i]; i++) unlink(tt_text(c, "%s/%s", dir, names[i]));
    rmdir(dir);
}

/* tt_data_idx must refuse; status and message as said. */
static void refuse(tt_ctx *c, const char *dir, const char *part, tt_status status,
                   const char *words)
{
    tt_data_set set;
    cr_expect(!tt_data_idx(c, dir, part, &set), "%s should have been refused", words);
    cr_expect_eq(tt_error_status(c), status, "%s: %s", tt_status_text(tt_error_status(c)),
                 tt_error(c));
    cr_expect(tt_error(c) && strstr(tt_error(c), words), "\"%s\" should hold \"%s\"",
              tt_error(c), words);
    tt_error_clear(c);
}

Test(module4_data, reads_a_folder_plain_or_gzip)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set;
    char *dir = new_folder(c, "things");
    write_idx(c, dir, "train-images-idx3-ubyte.gz", 300, 3, 0);
    write_idx(c, dir, "train-labels-idx1-ubyte", 300, 0, 0);
    write_idx(c, dir, "t10k-images.idx3-ubyte", 20, 3, 7);
    write_idx(c, dir, "t10k-labels-idx1-ubyte.gz", 20, 0, 0);
    cr_assert(tt_data_idx(c, dir, "train", &set), "%s", tt_error(c));
    cr_expect(set.n == 300 && set.rows == 3 && set.columns == 3 && set.classes == 10);
    cr_expect_eq(set.labels[299], 9);
    cr_expect_eq(set.images[299 * 9 + 8], 9);
    cr_expect(strstr(set.name, "things") && strstr(set.name, "train"), "named \"%s\"",
              set.name);
    cr_assert(tt_data_idx(c, dir, "test", &set), "%s", tt_error(c));
    cr_expect(set.n == 20 && set.images[0] == 7);
    remove_folder(c, dir);
    tt_ctx_free(c);
}

Test(module4_data, says_what_is_missing)
{
    tt_ctx *c = quiet_ctx();
    char *dir = new_folder(c, "gaps");
    refuse(c, "/no/such/folder", "train", TT_ERR_FILE, "no such folder");
    refuse(c, dir, "train", TT_ERR_FILE, "train-images-idx3-ubyte");
    write_idx(c, dir, "train-images-idx3-ubyte", 10, 3, 0);
    refuse(c, dir, "train", TT_ERR_FILE, "train-labels-idx1-ubyte");
    refuse(c, dir, "valid", TT_ERR_NAME, "\"valid\"");
    remove_folder(c, dir);
    tt_ctx_free(c);
}

Test(module4_data, refuses_files_that_do_not_belong_together)
{
    tt_ctx *c = quiet_ctx();
    char *dir = new_folder(c, "pairs");
    write_idx(c, dir, "train-images-idx3-ubyte", 10, 3, 0);
    write_idx(c, dir, "train-labels-idx1-ubyte", 9, 0, 0);
    refuse(c, dir, "train", TT_ERR_FORMAT, "9 labels");
    write_idx(c, dir, "train-labels-idx1-ubyte", 10, 3, 0);
    refuse(c, dir, "train", TT_ERR_FORMAT, "labels have 1 dimension");
    write_idx(c, dir, "train-labels-idx1-ubyte", 10, 0, 1);
    refuse(c, dir, "train", TT_ERR_FORMAT, "example 9 has label 10");
    write_idx(c, dir, "train-images-idx3-ubyte", 0, 3, 0);
    write_idx(c, dir, "train-labels-idx1-ubyte", 0, 0, 0);
    refuse(c, dir, "train", TT_ERR_FORMAT, "(0,3,3)");
    remove_folder(c, dir);
    tt_ctx_free(c);
}

Test(module4_data, fashion_mnist_is_complete_where_it_is_installed)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set;
    const char *dir = tt_data_fashion_dir();
    if (dir) {
        cr_assert(tt_data_idx(c, dir, "test", &set));
        cr_expect(set.n == 10000 && set.rows == 28 && set.columns == 28);
        cr_assert(set.class_names);
        cr_expect_str_eq(set.class_names[9], "Ankle boot");
        int count[10] = {0};
        for (int i = 0; i < set.n; i++) count[set.labels[i]]++;
        for (int k = 0; k < 10; k++)
            cr_expect_eq(count[k], 1000, "class %d: %d", k, count[k]);
    }
    tt_ctx_free(c);
}

Test(module4_data, limit_takes_the_first)
{
    tt_data_set set = {.n = 100};
    tt_data_limit(&set, 0);
    cr_expect_eq(set.n, 100);
    tt_data_limit(&set, 200);
    cr_expect_eq(set.n, 100);
    tt_data_limit(&set, 7);
    cr_expect_eq(set.n, 7);
}

/* ---- drawn digits ----------------------------------------------------------------------------- */

enum { PIXELS = 28 * 28 };

Test(module4_data, digits_repeat_by_seed_and_number)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set few, many, other;
    cr_assert(tt_data_digits(c, "train", 50, 7, &few));
    cr_assert(tt_data_digits(c, "train", 120, 7, &many));
    cr_assert(tt_data_digits(c, "train", 50, 8, &other));
    cr_expect_arr_eq(few.images, many.images, 50 * PIXELS,
                     "image i must not depend on how many");
    cr_expect_arr_eq(few.labels, many.labels, 50);
    cr_expect_arr_neq(few.images, other.images, 50 * PIXELS,
                      "another seed, the same images");
    tt_ctx_free(c);
}

Test(module4_data, digits_of_train_and_test_differ)
{
    enum { N = 200 };
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set train, test;
    cr_assert(tt_data_digits(c, "train", N, 1, &train));
    cr_assert(tt_data_digits(c, "test", N, 1, &test));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            cr_assert(
                memcmp(train.images + i * PIXELS, test.images + j * PIXELS, PIXELS) != 0,
                "train %d is test %d", i, j);
    tt_ctx_free(c);
}

/* The digits are told apart by shape and not by chance: the mean images of two halves of a class
 * resemble each other more than those of any other class. */
Test(module4_data, digits_look_like_their_class)
{
    enum { N = 2000 };
    static double mean[2][10][PIXELS];
    static int count[2][10];
    tt_ctx *c = tt_ctx_new(NULL);
    tt_data_set set;
    cr_assert(tt_data_digits(c, "train", N, 3, &set));
    for (int i = 0; i < N; i++) {
        int half = i % 2, label = set.labels[i];
        count[half][label]++;
        for (int p = 0; p < PIXELS; p++)
            mean[half][label][p] += set.images[i * PIXELS + p];
    }
    for (int a = 0; a < 10; a++) {
        double best = 1e300;
        int nearest = -1;
        cr_expect(count[0][a] > 60 && count[1][a] > 60, "class %d is rare: %d", a,
                  count[0][a]);
        for (int b = 0; b < 10; b++) {
            double distance = 0;
            for (int p = 0; p < PIXELS; p++) {
                double d = mean[0][a][p] / count[0][a] - mean[1][b][p] / count[1][b];
                distance += d * d;
            }
            if (distance < best) best = distance, nearest = b;
        }
        cr_expect_eq(nearest, a, "the mean %d looks like a %d", a, nearest);
    }
    tt_ctx_free(c);
}

Test(module4_data, digits_refuse_nonsense)
{
    tt_ctx *c = quiet_ctx();
    tt_data_set set;
    cr_expect(!tt_data_digits(c, "train", 0, 1, &set));
    cr_expect_eq(tt_error_status(c), TT_ERR_VALUE);
    tt_error_clear(c);
    cr_expect(!tt_data_digits(c, "rest", 5, 1, &set));
    cr_expect_eq(tt_error_status(c), TT_ERR_NAME);
    tt_ctx_free(c);
}
