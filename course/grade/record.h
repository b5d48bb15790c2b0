/* Records: what a scenario tells of a submission, value by value.
 *
 * A scenario writes records to descriptor TTR_FD: each a header and its payload, in the order of
 * the program. The judge has a second stream of the same scenario, linked with the reference, and
 * compares. A stream comes from an untrusted program: whoever reads one checks every number in it
 * (ttr_next), and takes names, shapes and tolerances from its own stream only.
 *
 * Plain data in the machine's byte order; both streams are made on one machine.
 */
#ifndef TT_COURSE_GRADE_RECORD_H
#define TT_COURSE_GRADE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TTR_FD = 3,
    TTR_MAGIC = 0x31525454, /* "TTR1" */
    TTR_DIMS = 8,
    TTR_NAME = 80,                 /* longest name, in bytes */
    TTR_PAYLOAD = 64 * 1024 * 1024 /* largest payload, in bytes */
};

/* X(NAME, text, bytes of an element) */
#define TTR_KINDS(X)                                                                     \
    X(F32, "f32", 4)                                                                     \
    X(F64, "f64", 8)                                                                     \
    X(I64, "i64", 8)                                                                     \
    X(BYTES, "bytes", 1)                                                                 \
    X(TEXT, "text", 1)                                                                   \
    X(STATUS, "status", 8) /* a tt_status */                                             \
    X(ORDER, "order", 8)   /* numbers of nodes, users first; any valid order is right */ \
    X(EVENT, "event", 1)   /* something that happened: a forbidden call, a crash */      \
    X(END, "end", 1)       /* the case is complete */

typedef enum ttr_kind {
#define TTR_ENUM(NAME, text, bytes) TTR_##NAME,
    TTR_KINDS(TTR_ENUM)
#undef TTR_ENUM
        TTR_KIND_COUNT
} ttr_kind;

enum {
    TTR_INPUT = 1 /* flag: drawn by the scenario; shown with a failure, and must not change */
};

typedef struct ttr_header {
    uint32_t magic;
    uint32_t bytes; /* of the payload, which follows the name */
    uint16_t case_number;
    uint16_t sequence; /* 0, 1, ... within the case */
    uint8_t kind, flags, dims, name_length;
    uint32_t dim[TTR_DIMS];
    double rtol, atol; /* close: |actual - expected| <= atol + rtol |expected| */
} ttr_header;

/* A record in a stream: pointers into it; nothing is copied. */
typedef struct ttr_record {
    ttr_header header;
    char name[TTR_NAME + 1];
    const unsigned char *payload; /* header.bytes bytes, not aligned */
    size_t count;                 /* elements */
} ttr_record;

/* A stream in memory, read from its beginning. */
typedef struct ttr_stream {
    const unsigned char *at;
    size_t left;
} ttr_stream;

/* The next record. False at the end, and at the first byte that is no record: *why says what is
 * wrong there, or is NULL at a proper end. Safe on any bytes. */
bool ttr_next(ttr_stream *stream, ttr_record *record, const char **why);

/* "f64": the kind's name; "?" for none. */
const char *ttr_kind_text(int kind);

/* Bytes of an element of a kind. */
size_t ttr_kind_bytes(int kind);

/* Writes one record to TTR_FD. Ends the process when that cannot be done. */
void ttr_write(const ttr_header *header, const char *name, const void *payload);

#endif
