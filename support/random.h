/* Random numbers that depend on (seed, stream, i) only.
 *
 * Philox4x32-10 is a counter-based generator: element i is computed from its number, not from the
 * element before. So weights, masks and orders are the same on every backend, with any number of
 * threads, in any order, and after a restart. The same file serves host and device.
 *
 *   Example:
 *     tt_rng r = tt_rng_of(42, TT_STREAM_INIT);
 *     double first = tt_rng_uniform(r, 0), millionth = tt_rng_uniform(r, 1000000);
 *
 * Ref: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 * MiniTorch uses Python's global generator, so its runs cannot be repeated.
 */
#ifndef TT_SUPPORT_RANDOM_H
#define TT_SUPPORT_RANDOM_H

#include <math.h>
#include <stdint.h>

#include "support/error.h"

#ifdef __CUDACC__
#define TT_HD __host__ __device__
#else
#define TT_HD
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Independent sequences of one seed, so that e.g. one more dropout layer leaves the weights alone. */
typedef enum tt_stream {
    TT_STREAM_INIT,    /* initial parameters */
    TT_STREAM_SHUFFLE, /* order of batches */
    TT_STREAM_DROPOUT, /* masks */
    TT_STREAM_DATA,    /* data sets that are made, tt_rand */
    TT_STREAMS
} tt_stream;

typedef struct tt_rng {
    uint64_t seed;
    uint64_t stream;
    uint64_t first; /* number of the element called 0 */
} tt_rng;

/* The sequence of `stream` under `seed`, from its beginning. */
static inline TT_HD tt_rng tt_rng_of(uint64_t seed, uint64_t stream)
{
    tt_rng r = {seed, stream, 0};
    return r;
}

/* The next n numbers of c's stream, which c will not hand out again. Repeatable after tt_seed. */
tt_rng tt_ctx_rng(tt_ctx *c, tt_stream stream, uint64_t n);

typedef struct tt_philox {
    uint32_t x[4];
} tt_philox;

/* The generator itself: ten rounds of multiply and mix on a 128-bit counter with a 64-bit key. */
static inline TT_HD tt_philox tt_philox4x32(tt_philox counter, uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * counter.x[0];
        uint64_t b = (uint64_t)0xCD9E8D57u * counter.x[2];
        tt_philox next = {{(uint32_t)(b >> 32) ^ counter.x[1] ^ key0, (uint32_t)b,
                           (uint32_t)(a >> 32) ^ counter.x[3] ^ key1, (uint32_t)a}};
        counter = next;
        key0 += 0x9E3779B9u; /* golden ratio */
        key1 += 0xBB67AE85u; /* sqrt(3) - 1 */
    }
    return counter;
}

/* Element i as 32 random bits. Cost: one Philox block (about 30 multiplications). */
static inline TT_HD uint32_t tt_rng_bits(tt_rng r, uint64_t i)
{
    uint64_t n = r.first + i;
    tt_philox counter = {{(uint32_t)n, (uint32_t)(n >> 32), (uint32_t)r.stream,
                          (uint32_t)(r.stream >> 32)}};
    return tt_philox4x32(counter, (uint32_t)r.seed, (uint32_t)(r.seed >> 32)).x[0];
}

/* Element i uniform in [0, 1), a multiple of 2^-24: exact in float and in double. */
static inline TT_HD float tt_rng_uniform(tt_rng r, uint64_t i)
{
    return (float)(tt_rng_bits(r, i) >> 8) * (1.0f / 16777216.0f);
}

/* Element i uniform among 0 .. n-1 (n >= 1), by multiplication: bias below n / 2^32. */
static inline TT_HD uint32_t tt_rng_below(tt_rng r, uint64_t i, uint32_t n)
{
    return (uint32_t)(((uint64_t)tt_rng_bits(r, i) * n) >> 32);
}

/* Element i of the standard normal distribution (Box-Muller on two words of one block). */
static inline TT_HD float tt_rng_normal(tt_rng r, uint64_t i)
{
    uint64_t n = r.first + i;
    tt_philox counter = {{(uint32_t)n, (uint32_t)(n >> 32), (uint32_t)r.stream,
                          (uint32_t)(r.stream >> 32)}};
    tt_philox p = tt_philox4x32(counter, (uint32_t)r.seed, (uint32_t)(r.seed >> 32));
    float u =
        ((float)(p.x[0] >> 8) + 1.0f) * (1.0f / 16777216.0f); /* (0, 1]: log is finite */
    float v = (float)(p.x[1] >> 8) * (1.0f / 16777216.0f);
    return sqrtf(-2.0f * logf(u)) * cosf(6.28318530717958647692f * v);
}

/* order[0 .. n-1] becomes a random permutation of 0 .. n-1 (Fisher-Yates; n below 2^32). */
void tt_rng_permutation(tt_rng r, uint32_t *order, size_t n);

#ifdef __cplusplus
}
#endif
#endif
