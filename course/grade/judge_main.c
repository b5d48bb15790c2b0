/* The judge:  judge EXPECTED ACTUAL  compares two bundles of one scenario, a line of JSON a case.
 *
 *   {"case":0,"right":false,"reason":"...","record":"dx","kind":"f64","index":[0],
 *    "expected":1.5,"actual":3,"ratio":2,"transposed":false,"input":[...],"crash":[4198400]}
 *
 * The first bundle is the reference's; the second is untrusted. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "course/grade/bundle.h"
#include "course/grade/compare.h"

enum { SHOWN = 256 }; /* values of an input */

/* ---- JSON ------------------------------------------------------------------------------------ */

static void print_text(const char *text, size_t n)
{
    putchar('"');
    for (size_t i = 0; i < n; i++) {
        unsigned char x = (unsigned char)text[i];
        if (x == '"' || x == '\\') printf("\\%c", x);
        else if (x >= ' ' && x < 0x7f) putchar(x);
        else printf("\\u%04x", x);
    }
    putchar('"');
}

static void print_value(const ttr_record *r, size_t i)
{
    double x = compare_number(r, i);
    if (r->header.kind == TTR_TEXT) {
        size_t n = r->count > 0 ? r->count - 1 : 0;
        if (r->count == 0) printf("null");
        else print_text((const char *)r->payload, n < SHOWN ? n : SHOWN);
    } else if (isnan(x)) printf("\"nan\"");
    else if (isinf(x)) printf(x > 0 ? "\"inf\"" : "\"-inf\"");
    else if (r->header.kind == TTR_F32) printf("%.9g", x);
    else printf("%.17g", x);
}

static void print_index(const ttr_record *r, size_t i)
{
    size_t at[TTR_DIMS];
    for (int d = r->header.dims - 1; d >= 0; d--) {
        at[d] = i % r->header.dim[d];
        i /= r->header.dim[d];
    }
    printf("[");
    for (int d = 0; d < r->header.dims; d++) printf(d > 0 ? ",%zu" : "%zu", at[d]);
    printf("]");
}

static void print_input(const ttr_record *r, bool first)
{
    printf("%s{\"name\":", first ? "" : ",");
    print_text(r->name, strlen(r->name));
    printf(",\"kind\":\"%s\",\"shape\":[", ttr_kind_text(r->header.kind));
    bool text = r->header.kind == TTR_TEXT;
    for (int d = 0; !text && d < r->header.dims; d++)
        printf(d > 0 ? ",%u" : "%u", r->header.dim[d]);
    printf("],\"values\":[");
    size_t n = text ? 1 : r->count < SHOWN ? r->count : SHOWN;
    for (size_t i = 0; i < n; i++) {
        if (i > 0) putchar(',');
        print_value(r, i);
    }
    printf("]}");
}

/* ---- one case -------------------------------------------------------------------------------- */

/* The inputs that the reference was given, up to the record that failed. */
static void print_inputs(ttr_stream expected, unsigned records)
{
    ttr_record r;
    const char *why;
    bool first = true;
    printf(",\"input\":[");
    for (unsigned i = 0; i < records && ttr_next(&expected, &r, &why); i++) {
        if ((r.header.flags & TTR_INPUT) == 0) continue;
        print_input(&r, first);
        first = false;
    }
    printf("]");
}

static void print_crash(const ttr_record *r)
{
    printf(",\"crash\":[");
    for (size_t i = 0; i < r->count / 8 && i < 32; i++) {
        uint64_t address;
        memcpy(&address, r->payload + 8 * i, sizeof address);
        printf(i > 0 ? ",%" PRIu64 : "%" PRIu64, address);
    }
    printf("]");
}

static void print_difference(const ttr_record *expected, const ttr_record *actual,
                             const difference *d)
{
    printf(",\"reason\":");
    print_text(d->reason, strlen(d->reason));
    bool comparable = d->has_index || (expected->header.kind == TTR_TEXT &&
                                       actual->header.kind == TTR_TEXT);
    if (!comparable) return;
    if (d->has_index) {
        printf(",\"cell\":%zu,\"index\":", (size_t)d->index);
        print_index(expected, d->index);
    }
    printf(",\"expected\":");
    print_value(expected, d->index);
    printf(",\"actual\":");
    print_value(actual, d->index);
    if (!isnan(d->ratio)) printf(",\"ratio\":%.6g", d->ratio);
    if (d->transposed) printf(",\"transposed\":true");
}

/* What stands where a record was expected, when it is not one that can be compared. */
static void print_missing(const ttr_record *actual, bool came, const char *why)
{
    bool event = came && actual->header.kind == TTR_EVENT;
    if (event && strcmp(actual->name, "crash") == 0) {
        printf(",\"reason\":\"crashed\"");
        print_crash(actual);
    } else if (event && strcmp(actual->name, "forbidden") == 0) {
        printf(",\"reason\":\"forbidden\",\"forbidden\":");
        print_text((const char *)actual->payload, actual->count);
    } else if (why != NULL) {
        printf(",\"reason\":\"broken\",\"broken\":");
        print_text(why, strlen(why));
    } else printf(",\"reason\":\"ended\"");
}

/* Compares record by record, up to the first difference. */
static void judge(long number, ttr_stream expected, ttr_stream actual)
{
    ttr_stream begin = expected;
    ttr_record want, got, before = {.header = {.kind = TTR_END}};
    const char *broken, *why = NULL;
    difference d;
    unsigned n = 0;
    printf("{\"case\":%ld", number);
    while (ttr_next(&expected, &want, &broken)) {
        n++;
        bool came = ttr_next(&actual, &got, &why);
        bool event = came && got.header.kind == TTR_EVENT && want.header.kind != TTR_EVENT;
        const ttr_record *edges =
            want.header.kind == TTR_ORDER && before.header.kind == TTR_I64 ? &before : NULL;
        if (came && !event && compare_records(&want, &got, edges, &d)) {
            before = want;
            continue;
        }
        printf(",\"right\":false,\"record\":");
        print_text(want.name, strlen(want.name));
        printf(",\"kind\":\"%s\",\"is_input\":%s,\"sequence\":%u",
               ttr_kind_text(want.header.kind),
               want.header.flags & TTR_INPUT ? "true" : "false", n - 1);
        if (!came || event) print_missing(&got, came, why);
        else print_difference(&want, &got, &d);
        print_inputs(begin, n);
        printf("}\n");
        return;
    }
    bool more = actual.left > 0;
    if (more) printf(",\"right\":false,\"record\":\"\",\"reason\":\"more\"}\n");
    else printf(",\"right\":true}\n");
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool complete(ttr_stream records)
{
    ttr_record r = {.header = {.kind = TTR_KIND_COUNT}};
    const char *why;
    while (ttr_next(&records, &r, &why)) {}
    return why == NULL && r.header.kind == TTR_END;
}

/* Whether some record that is no input holds something else: then nobody can know it beforehand. */
static bool answers_differ(ttr_stream one, ttr_stream other)
{
    ttr_record a, b;
    const char *why;
    while (ttr_next(&one, &a, &why) && ttr_next(&other, &b, &why)) {
        if (a.header.flags & TTR_INPUT) continue;
        if (a.header.bytes != b.header.bytes || strcmp(a.name, b.name) != 0 ||
            memcmp(a.payload, b.payload, a.header.bytes) != 0)
            return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    bundle expected, actual;
    unsigned char *first = NULL, *second = NULL;
    bool seeds = argc == 4 &&
                 strcmp(argv[1], "--answers") == 0; /* of two seeds: for self_test.py */
    if (argc == 3 || seeds) {
        first = bundle_read(argv[argc - 2], &expected.left);
        second = bundle_read(argv[argc - 1], &actual.left);
    }
    if (first == NULL || second == NULL) {
        fprintf(stderr, "usage: judge EXPECTED ACTUAL, two readable files\n");
        return 2;
    }
    expected.at = first;
    actual.at = second;
    long wanted, got;
    ttr_stream reference, submission;
    while (bundle_next(&expected, &wanted, &reference)) {
        if (!complete(reference)) {
            fprintf(stderr, "judge: the reference did not complete case %ld\n", wanted);
            return 3;
        }
        if (!bundle_next(&actual, &got, &submission) || got != wanted)
            submission = (ttr_stream){NULL, 0};
        if (seeds) puts(answers_differ(reference, submission) ? "differ" : "same");
        else judge(wanted, reference, submission);
    }
    if (expected.left > 0) return 3;
    free(first);
    free(second);
    return 0;
}
