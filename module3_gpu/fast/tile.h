/* A tile of a matrix product: what kernels.h's `tile` does at one call. The loops are in tile.inc. */
#ifndef TT_MODULE3_GPU_FAST_TILE_H
#define TT_MODULE3_GPU_FAST_TILE_H

#include <stdbool.h>
#include <stddef.h>

/* out[0..rows, 0..columns] = a x b, or += (tile.inc). */
typedef struct tti_tile {
    size_t k;
    const float *a; /* a[i * a_row + p * a_column] */
    size_t a_row, a_column;
    const float *b; /* b[p * b_row + j] */
    size_t b_row;
    float *out; /* out[i * out_row + j] */
    size_t out_row;
    int columns; /* 1 .. 2 lanes */
    bool add;
} tti_tile;

#endif
