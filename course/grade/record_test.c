/* Reading and comparing what an untrusted program wrote: nothing in it is believed. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "course/grade/bundle.h"
#include "course/grade/compare.h"
#include "course/grade/record.h"

TestSuite(grade, .timeout = 20);

static unsigned char stream[4096];
static size_t used;

/* Appends a record of doubles. */
static ttr_header *add(ttr_kind kind, const char *name, int dims, const uint32_t *dim,
                       const void *payload, uint32_t bytes)
{
    ttr_header h = {.magic = TTR_MAGIC,
                    .kind = (uint8_t)kind,
                    .dims = (uint8_t)dims,
                    .name_length = (uint8_t)strlen(name),
                    .bytes = bytes,
                    .rtol = 1e-6};
    for (int i = 0; i < dims; i++) h.dim[i] = dim[i];
    unsigned char *at = stream + used;
    memcpy(at, &h, sizeof h);
    memcpy(at + sizeof h, name, strlen(name));
    memcpy(at + sizeof h + strlen(name), payload, bytes);
    used += sizeof h + strlen(name) + bytes;
    return (ttr_header *)(void *)at;
}

static ttr_record one(ttr_kind kind, int dims, const uint32_t *dim, const void *payload,
                      uint32_t bytes)
{
    used = 0;
    add(kind, "x", dims, dim, payload, bytes);
    unsigned char *copy = malloc(used); /* leaks are the test's end */
    memcpy(copy, stream, used);
    ttr_record r = {.header = {.magic = 0}};
    const char *why;
    cr_assert(ttr_next(&(ttr_stream){copy, used}, &r, &why), "%s", why);
    r.payload =
        memcpy(stream + 2048 + (kind == TTR_F64 && dims == 0 ? 512 : 0), r.payload, bytes);
    free(copy);
    return r;
}

static ttr_record list(const double *x, uint32_t n)
{
    static unsigned char kept[16][512];
    static int next;
    ttr_record r = one(TTR_F64, 1, &n, x, n * 8);
    r.payload = memcpy(kept[next], x, n * 8);
    next = (next + 1) % 16;
    return r;
}

static bool same(ttr_record expected, ttr_record actual, difference *d)
{
    return compare_records(&expected, &actual, NULL, d);
}

/* Reads to the end and returns why it stopped. */
static const char *fault_of(const unsigned char *data, size_t n, int *records)
{
    ttr_stream s = {data, n};
    ttr_record r;
    const char *why;
    *records = 0;
    while (ttr_next(&s, &r, &why)) {
        ++*records;
        volatile unsigned sum = 0;
        for (uint32_t i = 0; i < r.header.bytes; i++)
            sum += r.payload[i]; /* ASan looks on */
    }
    return why;
}

/* ---- streams that are no streams ------------------------------------------------------------- */

static void fill(void)
{
    used = 0;
    add(TTR_F64, "grad", 2, (uint32_t[]){2, 3}, (double[6]){1, 2, 3, 4, 5, 6}, 48);
    add(TTR_TEXT, "name", 1, (uint32_t[]){4}, "abc", 4);
    add(TTR_END, "end", 1, (uint32_t[]){0}, "", 0);
}

Test(grade, a_stream_is_read)
{
    int n;
    fill();
    cr_assert(fault_of(stream, used, &n) == NULL);
    cr_assert(n == 3, "got %d", n);
}

Test(grade, a_stream_that_breaks_off_is_noticed_at_every_byte)
{
    int n;
    fill();
    size_t whole = used;
    int proper = 0;
    for (size_t cut = 0; cut < whole; cut++) {
        unsigned char *copy = malloc(cut + 1);
        memcpy(copy, stream, cut);
        if (fault_of(copy, cut, &n) == NULL) proper++;
        free(copy);
    }
    cr_assert(proper == 3, "0 bytes, one record and two records end properly; got %d",
              proper);
}

Test(grade, every_flipped_byte_is_survived)
{
    int n;
    fill();
    for (size_t i = 0; i < used; i++)
        for (int bit = 0; bit < 8; bit++) {
            unsigned char *copy = malloc(used);
            memcpy(copy, stream, used);
            copy[i] ^= (unsigned char)(1u << bit);
            fault_of(copy, used, &n);
            free(copy);
        }
}

Test(grade, sizes_that_lie_are_refused)
{
    int n;
    struct {
        const char *what;
        uint32_t bytes, dim0, dim1;
        uint8_t dims, kind, name;
    } lies[] = {
        {"a payload of 4 GB", 0xffffffffu, 2, 3, 2, TTR_F64, 4},
        {"a shape whose product overflows", 48, 0x80000000u, 0x80000000u, 2, TTR_F64, 4},
        {"a shape that is not the payload's", 48, 2, 4, 2, TTR_F64, 4},
        {"nine dimensions", 48, 2, 3, 9, TTR_F64, 4},
        {"an unknown kind", 48, 2, 3, 2, 200, 4},
        {"a long name", 48, 2, 3, 2, TTR_F64, 255},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        fill();
        ttr_header h;
        memcpy(&h, stream, sizeof h);
        h.bytes = lies[i].bytes, h.dim[0] = lies[i].dim0, h.dim[1] = lies[i].dim1;
        h.dims = lies[i].dims, h.kind = lies[i].kind, h.name_length = lies[i].name;
        memcpy(stream, &h, sizeof h);
        cr_expect(fault_of(stream, used, &n) != NULL, "%s was read", lies[i].what);
        cr_expect(n == 0, "%s was read", lies[i].what);
    }
}

Test(grade, names_cannot_write_to_a_terminal)
{
    used = 0;
    add(TTR_F64, "a\033[2Jb", 0, NULL, (double[]){1}, 8);
    ttr_record r;
    const char *why;
    cr_assert(ttr_next(&(ttr_stream){stream, used}, &r, &why));
    cr_assert_str_eq(r.name, "a?[2Jb");
}

Test(grade, random_bytes_are_no_stream)
{
    int n;
    srand(7);
    for (int round = 0; round < 2000; round++) {
        size_t size = (size_t)rand() % 300;
        unsigned char *data = malloc(size + 1);
        for (size_t i = 0; i < size; i++) data[i] = (unsigned char)rand();
        if (size >= 4) memcpy(data, &(uint32_t){TTR_MAGIC}, 4);
        fault_of(data, size, &n);
        free(data);
    }
}

Test(grade, bundles_that_lie_are_refused)
{
    const char *lies[] = {"",
                          "case",
                          "case 0 exited 0 none 1 1 1 999999 0 1\n",
                          "case 0 exited 0 none 1 1 1 18446744073709551615 5 1\n",
                          "case x exited 0 none 1 1 1 0 0 1\n",
                          "\n\n\n",
                          "case 0 exited 0 none 1 1 1 0 18446744073709551615 1\nabc"};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        bundle b = {(const unsigned char *)lies[i], strlen(lies[i])};
        long number;
        ttr_stream records;
        cr_expect(!bundle_next(&b, &number, &records), "\"%s\" was read", lies[i]);
    }
}

/* ---- comparing ------------------------------------------------------------------------------- */

Test(grade, close_is_close_and_nan_is_not)
{
    difference d;
    cr_assert(same(list((double[]){1, 2}, 2), list((double[]){1, 2.000001}, 2), &d));
    cr_assert(!same(list((double[]){1, 2}, 2), list((double[]){1, 2.00001}, 2), &d));
    cr_assert(!same(list((double[]){1, 2}, 2), list((double[]){1, (double)NAN}, 2), &d));
    cr_assert(d.index == 1);
    cr_assert(!same(list((double[]){1}, 1), list((double[]){(double)INFINITY}, 1), &d));
    cr_assert(!same(list((double[]){(double)INFINITY}, 1), list((double[]){1e308}, 1), &d));
    cr_assert(same(list((double[]){(double)NAN}, 1), list((double[]){(double)NAN}, 1), &d));
}

Test(grade, tolerances_of_the_submission_do_not_count)
{
    difference d;
    ttr_record generous = list((double[]){5}, 1);
    generous.header.rtol = generous.header.atol = 1e300;
    cr_assert(!same(list((double[]){1}, 1), generous, &d));
}

Test(grade, a_wrong_shape_or_kind_or_name_is_a_difference)
{
    difference d;
    ttr_record a = list((double[]){1, 2, 3, 4}, 4), b = a;
    b.header.dims = 2, b.header.dim[0] = 2, b.header.dim[1] = 2;
    cr_assert(!same(a, b, &d));
    cr_assert_str_eq(d.reason, "the shape is (2,2) instead of (4)");
    b = a;
    b.header.kind = TTR_I64;
    cr_assert(!same(a, b, &d));
    b = a;
    strcpy(b.name, "y");
    cr_assert(!same(a, b, &d));
}

Test(grade, ratios_and_transposes_are_told)
{
    difference d;
    cr_assert(!same(list((double[]){1, 2, 3}, 3), list((double[]){2, 2, 6}, 3), &d));
    cr_assert_float_eq(d.ratio, 2, 1e-9);
    ttr_record a = list((double[]){1, 2, 3, 4}, 4), b = list((double[]){1, 3, 2, 4}, 4);
    a.header.dims = b.header.dims = 2;
    a.header.dim[0] = a.header.dim[1] = b.header.dim[0] = b.header.dim[1] = 2;
    cr_assert(!same(a, b, &d));
    cr_assert(d.transposed);
}

static ttr_record whole(ttr_kind kind, const int64_t *x, uint32_t n)
{
    static unsigned char kept[16][512];
    static int next;
    ttr_record r = one(kind, 1, &n, x, n * 8);
    r.payload = memcpy(kept[next], x, n * 8);
    next = (next + 1) % 16;
    return r;
}

Test(grade, any_valid_order_is_right)
{
    difference d;
    int64_t edges[] = {3, 1, 3, 2, 2, 0, 1, 0}; /* user, input */
    ttr_record e = whole(TTR_I64, edges, 8),
               want = whole(TTR_ORDER, (int64_t[]){3, 1, 2, 0}, 4);
    struct {
        int64_t order[4];
        bool right;
    } tried[] = {{{3, 2, 1, 0}, true},  {{3, 1, 2, 0}, true},  {{0, 1, 2, 3}, false},
                 {{3, 3, 1, 0}, false}, {{3, 1, 2, 9}, false}, {{3, 1, 2, -1}, false}};
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        ttr_record got = whole(TTR_ORDER, tried[i].order, 4);
        cr_expect(compare_records(&want, &got, &e, &d) == tried[i].right, "order %zu: %s",
                  i, d.reason);
    }
}
