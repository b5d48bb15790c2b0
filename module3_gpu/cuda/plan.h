/* How the fast kernels cut their work up: for launchers, and for who finds them scratch memory.
 *
 * A GPU is busy when every one of its processors has blocks. Where the result has too few cells for
 * that, the dimension that is summed over is cut into pieces, each piece makes a partial result of
 * its own in scratch memory, and a second stage folds these. The order of every sum depends on the
 * sizes alone, so that results repeat to the last bit; no atomics.
 *
 * Reasoned for 132 processors (H100, H200); smaller cards get finer pieces than they need.
 */
#ifndef TT_MODULE3_GPU_CUDA_PLAN_H
#define TT_MODULE3_GPU_CUDA_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TTK_PROCESSORS = 132,
    TTK_LARGE_TILE = 128, /* sides of matmul_fast's tiles of out */
    TTK_SMALL_TILE = 64,
    TTK_MOST_PIECES = 64
};

static inline size_t ttk_ceil(size_t n, size_t per)
{
    return (n + per - 1) / per;
}

/* Into how many pieces to cut work for `blocks` blocks so that each processor gets `each`; `most` is
 * what the summed dimension allows. */
static inline size_t ttk_pieces(size_t blocks, size_t each, size_t most)
{
    size_t wanted = blocks ? each * TTK_PROCESSORS / blocks : 1;
    size_t pieces = wanted < most ? wanted : most;
    if (pieces > TTK_MOST_PIECES) pieces = TTK_MOST_PIECES;
    return pieces < 2 ? 1 : pieces;
}

/* reduce_fast: (outer, n, inner) over n. Long lines (inner 1) are folded by a block each, 1024 cells at
 * a time; columns, and lines shorter than a warp, by blocks of 32 x 8 threads, 32 of them at a time. */
static inline size_t ttk_reduce_pieces(size_t outer, size_t n, size_t inner)
{
    return inner == 1 ? ttk_pieces(outer, 8, n / 4096)
                      : ttk_pieces(ttk_ceil(outer * inner, 32), 8, n / 64);
}

static inline size_t ttk_reduce_scratch(size_t outer, size_t n, size_t inner)
{
    size_t pieces = ttk_reduce_pieces(outer, n, inner);
    return pieces > 1 ? outer * pieces * inner : 0;
}

/* The matrices of a stack: out (rows, cols), summed over `inner`. */
typedef struct ttk_sizes {
    size_t rows, cols, inner, batches;
} ttk_sizes;

static inline size_t ttk_tiles(const ttk_sizes *s, size_t side)
{
    return ttk_ceil(s->rows, side) * ttk_ceil(s->cols, side) * s->batches;
}

/* Whether tiles of 128 x 128 cells pay: they need fewer reads of memory a product, about 6 to 7 in
 * time, but four times the work must be there to go round. Compared by the rounds it takes. */
static inline bool ttk_large_tiles(const ttk_sizes *s)
{
    size_t large = ttk_ceil(ttk_tiles(s, TTK_LARGE_TILE), TTK_PROCESSORS);
    size_t small = ttk_ceil(ttk_tiles(s, TTK_SMALL_TILE), TTK_PROCESSORS);
    return 4 * 6 * large <= 7 * small;
}

/* Into how many pieces the inner dimension is cut, each of at least 256 cells. */
static inline size_t ttk_matmul_pieces(const ttk_sizes *s, size_t side)
{
    return ttk_pieces(ttk_tiles(s, side), 2, s->inner / 256);
}

/* Numbers of scratch memory for a product, by matmul_fast or matmul_tf32. */
static inline size_t ttk_matmul_scratch(const ttk_sizes *s)
{
    size_t small = ttk_matmul_pieces(s, TTK_SMALL_TILE);
    size_t large = ttk_matmul_pieces(s, TTK_LARGE_TILE);
    size_t pieces = small > large ? small : large;
    return pieces > 1 ? pieces * s->rows * s->cols * s->batches : 0;
}

#ifdef __cplusplus
}
#endif
#endif
