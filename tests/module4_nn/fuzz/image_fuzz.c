/* Any bytes as an image: read as what they are, or refused with a message. */
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "module4_nn/data/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room) __attribute__((weak));

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_picture p = {0, 0, NULL};
    tt_error_handler(c, tt_error_quiet, NULL);
    bool ok = tt_picture_parse(c, "fuzz", data, size, &p);
    TT_ASSERT(ok || (tt_error_status(c) == TT_ERR_FORMAT && !p.grey));
    unsigned sum = 0; /* every pixel is there */
    for (int i = 0; ok && i < p.rows * p.columns; i++) sum += p.grey[i];
    TT_ASSERT(!ok || sum <= 255u * (unsigned)(p.rows * p.columns));
    tt_ctx_free(c);
    return 0;
}

static uint32_t get(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* A changed chunk would always fail at its checksum: all are put right again. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
    enum { SIGNATURE = 8, FRAME = 12 };
    (void)seed;
    size = LLVMFuzzerMutate(data, size, room);
    for (size_t at = SIGNATURE; at + FRAME <= size;) {
        uint32_t length = get(data + at);
        if (length > size - at - FRAME) break;
        uint32_t sum = (uint32_t)crc32(crc32(0, NULL, 0), data + at + 4, length + 4);
        for (int i = 0; i < 4; i++)
            data[at + 8 + length + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        at += length + FRAME;
    }
    return size;
}
