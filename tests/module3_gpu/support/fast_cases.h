/* Every way that the fast backend can be set: instruction sets, threads, and the readable twin. */
#ifndef TT_TESTS_MODULE3_GPU_SUPPORT_FAST_CASES_H
#define TT_TESTS_MODULE3_GPU_SUPPORT_FAST_CASES_H

#include "module2_tensors/backend.h"
#include "support/random.h"

/* A tensor's place in memory that a test fills by itself. */
typedef struct box {
    tt_data data;
    float *at; /* start of the storage */
} box;

/* Cells uniform in [low, high), in memory that holds the dimensions in `order` (slowest first; NULL:
 * row-major), from offset 3 on. */
box box_of(tt_ctx *c, tt_shape shape, const int *order, double low, double high,
           uint64_t seed);

/* Room for a result: contiguous, every cell a nan. */
box box_out(tt_ctx *c, tt_shape shape);

/* A box seen with dimension d stretched to `size` (it has size 1): stride 0. */
box box_stretched(box b, int d, int size);

/* The cells of `got` are those of `want` within tolerance * (1 + |want|); nan equals nan. */
void box_expect(box got, box want, double tolerance, const char *what);

/* The same bits in every cell. */
void box_expect_same(box got, box want, const char *what);

/* Calls body(user) for each instruction set that this processor has, with 1, 2 and 3 threads.
 * `setting` says which: "avx2, 3 threads". */
void each_setting(void (*body)(void *user, const char *setting), void *user);

#endif
