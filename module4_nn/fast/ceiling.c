#include "module4_nn/fast/ceiling.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "module3_gpu/fast/threads.h"
#include "module4_nn/fast/nn_simd.h"

enum {
    DEPTH = 64,
    TIMES = 200,
    ROUNDS = 9,
    MOST_ROWS = 14,
    MOST_LANES = 16,
    BYTES = 64 << 20
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of the quickest of some rounds: a ceiling is what is reached when nothing disturbs. */
static double quickest(tti_parallel_body *body, void *user)
{
    double best = 1e30;
    for (int i = 0; i < ROUNDS; i++) {
        double begun = now();
        tti_parallel(tt_threads(), body, user);
        double seconds = now() - begun;
        if (seconds < best) best = seconds;
    }
    return best;
}

typedef struct tile {
    const tti_nn_simd *simd;
    float weight[MOST_ROWS * DEPTH], x[2 * MOST_LANES];
    uint32_t offset[DEPTH]; /* all 0 */
} tile;

static void tiles(void *user, size_t thread, size_t team)
{
    const tile *t = user;
    float out[MOST_ROWS * 2 * MOST_LANES];
    (void)thread, (void)team;
    for (int i = 0; i < TIMES; i++)
        t->simd->conv_tile(t->simd->tile_rows, 2, DEPTH, t->weight, t->x, t->offset, out,
                           2 * (size_t)t->simd->lanes);
    __asm__ volatile("" : : "r"(out) : "memory"); /* it must not be left out */
}

double tti_ceiling_arithmetic(void)
{
    tile t = {.simd = tti_nn_simd_best()};
    for (int i = 0; i < MOST_ROWS * DEPTH; i++) t.weight[i] = 0.01f * (float)(i % 17);
    for (int i = 0; i < 2 * MOST_LANES; i++) t.x[i] = 0.02f * (float)(i % 13);
    double operations =
        2.0 * TIMES * DEPTH * t.simd->tile_rows * 2 * t.simd->lanes * tt_threads();
    return 1e-9 * operations / quickest(tiles, &t);
}

typedef struct block {
    char *from, *to;
} block;

static void copies(void *user, size_t thread, size_t team)
{
    const block *b = user;
    size_t begin = (size_t)BYTES * thread / team, end = (size_t)BYTES * (thread + 1) / team;
    memcpy(b->to + begin, b->from + begin, end - begin);
    __asm__ volatile("" : : "r"(b->to) : "memory");
}

double tti_ceiling_memory(void)
{
    block b = {malloc(BYTES), malloc(BYTES)};
    double rate = 0;
    if (b.from && b.to) {
        memset(b.from, 1, BYTES), memset(b.to, 2, BYTES);
        rate = 2e-9 * BYTES / quickest(copies, &b);
    }
    free(b.from), free(b.to);
    return rate;
}
