#include "course/grade/compare.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool differ(difference *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool differ(difference *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(d->reason, sizeof d->reason, format, args);
    va_end(args);
    return false;
}

static int64_t whole(const ttr_record *r, size_t i)
{
    int64_t x;
    memcpy(&x, r->payload + i * sizeof x, sizeof x);
    return x;
}

double compare_number(const ttr_record *r, size_t i)
{
    if (r->header.kind == TTR_F32) {
        float x;
        memcpy(&x, r->payload + i * sizeof x, sizeof x);
        return (double)x;
    }
    if (r->header.kind == TTR_F64) {
        double x;
        memcpy(&x, r->payload + i * sizeof x, sizeof x);
        return x;
    }
    return ttr_kind_bytes(r->header.kind) == 8 ? (double)whole(r, i)
                                               : (double)r->payload[i];
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static void shape_text(const ttr_header *h, char *text, size_t room)
{
    size_t used = (size_t)snprintf(text, room, "(");
    for (int i = 0; i < h->dims && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, i > 0 ? ",%u" : "%u", h->dim[i]);
    if (used < room) snprintf(text + used, room - used, ")");
}

static bool same_form(const ttr_header *expected, const ttr_header *actual, difference *d)
{
    if (expected->kind != actual->kind)
        return differ(d, "a record of kind %s instead of %s", ttr_kind_text(actual->kind),
                      ttr_kind_text(expected->kind));
    bool same = expected->dims == actual->dims;
    for (int i = 0; same && i < expected->dims; i++)
        same = expected->dim[i] == actual->dim[i];
    if (same || expected->kind == TTR_TEXT) return true;
    char want[96], got[96];
    shape_text(expected, want, sizeof want);
    shape_text(actual, got, sizeof got);
    return differ(d, "the shape is %s instead of %s", got, want);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static bool close_enough(double expected, double actual, const ttr_header *h)
{
    if (isnan(expected) || isnan(actual)) return isnan(expected) && isnan(actual);
    if (isinf(expected) || isinf(actual)) return expected == actual;
    return fabs(actual - expected) <= h->atol + h->rtol * fabs(expected);
}

/* Whether actual[j,i] is expected[i,j], which says what was forgotten. */
static bool is_transposed(const ttr_record *expected, const ttr_record *actual)
{
    const ttr_header *h = &expected->header;
    if (h->dims != 2 || h->dim[0] != h->dim[1] || h->dim[0] < 2) return false;
    size_t n = h->dim[0];
    for (size_t i = 0; i < n * n; i++)
        if (!close_enough(compare_number(expected, i),
                          compare_number(actual, i % n * n + i / n), h))
            return false;
    return true;
}

/* The ratio that all elements which differ have in common; NaN when they have none. */
static double common_ratio(const ttr_record *expected, const ttr_record *actual)
{
    double ratio = (double)NAN;
    for (size_t i = 0; i < expected->count; i++) {
        double e = compare_number(expected, i), a = compare_number(actual, i);
        if (close_enough(e, a, &expected->header)) continue;
        if (e == 0.0 || !isfinite(e) || !isfinite(a)) return (double)NAN;
        if (isnan(ratio)) ratio = a / e;
        else if (fabs(a / e - ratio) > 1e-4 * (fabs(ratio) + 1e-3)) return (double)NAN;
    }
    return ratio;
}

static bool numbers(const ttr_record *expected, const ttr_record *actual, difference *d)
{
    bool exact = expected->header.kind == TTR_I64 || expected->header.kind == TTR_STATUS ||
                 expected->header.kind == TTR_BYTES || expected->header.kind == TTR_EVENT;
    size_t wrong = 0;
    for (size_t i = 0; i < expected->count; i++) {
        bool same = exact && ttr_kind_bytes(expected->header.kind) == 8
                        ? whole(expected, i) == whole(actual, i)
                        : close_enough(compare_number(expected, i),
                                       compare_number(actual, i), &expected->header);
        if (same) continue;
        if (wrong++ == 0) d->index = i;
    }
    if (wrong == 0) return true;
    d->has_index = true;
    if (!exact) {
        d->ratio = common_ratio(expected, actual);
        d->transposed = is_transposed(expected, actual);
    }
    if (expected->count == 1) return differ(d, "the value differs");
    return differ(d, "%zu of %zu values differ", wrong, expected->count);
}

/* ---- orders ---------------------------------------------------------------------------------- */

/* Right is what holds the same nodes as the reference's order, each once, users before inputs. */
static bool order(const ttr_record *expected, const ttr_record *actual,
                  const ttr_record *edges, difference *d)
{
    size_t n = expected->count;
    int64_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = whole(expected, i) > most ? whole(expected, i) : most;
    size_t room = (size_t)most + 1;
    size_t *place = calloc(room, sizeof *place); /* 0: not in the order; else position + 1 */
    bool *wanted = calloc(room, sizeof *wanted), right = place != NULL && wanted != NULL;
    for (size_t i = 0; right && i < n; i++) wanted[whole(expected, i)] = true;
    for (size_t i = 0; right && i < n; i++) {
        int64_t node = whole(actual, i);
        if (node < 0 || node > most || !wanted[node])
            right = differ(d, "position %zu holds a node that does not belong there", i);
        else if (place[node] != 0)
            right = differ(d, "node %ld is at positions %zu and %zu", (long)node,
                           place[node] - 1, i);
        else place[node] = i + 1;
    }
    for (size_t e = 0; right && edges != NULL && e < edges->count / 2; e++) {
        int64_t user = whole(edges, 2 * e), input = whole(edges, 2 * e + 1);
        bool known = user >= 0 && user <= most && input >= 0 && input <= most;
        if (!known || place[user] == 0 || place[input] == 0) continue;
        if (place[user] > place[input])
            right = differ(d, "node %ld stands before node %ld, which uses it",
                           (long)input, (long)user);
    }
    free(place);
    free(wanted);
    return right;
}

/* ---- all kinds ------------------------------------------------------------------------------- */

static bool texts(const ttr_record *expected, const ttr_record *actual, difference *d)
{
    if (expected->count == actual->count &&
        (expected->count == 0 ||
         memcmp(expected->payload, actual->payload, expected->count) == 0))
        return true;
    return differ(d, "the text differs");
}

bool compare_records(const ttr_record *expected, const ttr_record *actual,
                     const ttr_record *edges, difference *d)
{
    *d = (difference){.ratio = (double)NAN};
    if (strcmp(expected->name, actual->name) != 0)
        return differ(d, "\"%.48s\" came where \"%.48s\" belongs", actual->name,
                      expected->name);
    if (!same_form(&expected->header, &actual->header, d)) return false;
    switch (expected->header.kind) {
    case TTR_TEXT: return texts(expected, actual, d);
    case TTR_ORDER: return order(expected, actual, edges, d);
    default: return numbers(expected, actual, d);
    }
}
