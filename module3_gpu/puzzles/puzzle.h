/* Eight warm-ups for kernels (README.md): what each is to compute, and the runner that looks.
 *
 * NAME.cu holds a kernel to be written and, below it, how it is launched; puzzles.c what is right.
 * `./bazelw run //module3_gpu/puzzles:NAME` runs it on the simulator, the threads taking turns forward,
 * in reverse and at random. Nothing here is graded.
 */
#ifndef TT_MODULE3_GPU_PUZZLES_PUZZLE_H
#define TT_MODULE3_GPU_PUZZLES_PUZZLE_H

#include <stdbool.h>
#include <stdint.h>

#include "module3_gpu/cuda/launch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A matrix of rows x columns; a row of numbers has one row. */
typedef struct puzzle_size {
    int rows, columns;
} puzzle_size;

/* Launches the kernel of NAME.cu: out, a and b are arrays of the sizes below (b may be NULL).
 * Returns an error of CUDA, or 0. */
typedef int puzzle_launch(float *out, const float *a, const float *b);

typedef struct puzzle {
    const char *name, *task; /* "copy", "3.0a" */
    puzzle_size a, b, out;   /* b of 0 rows: there is none */
    int values;              /* a and b hold whole numbers below it */
    float start;             /* what the cells of out hold before */
    uint64_t loads, stores;  /* the most from and to global memory; 0: any */
    void (*want)(float *out, const float *a, const float *b);
} puzzle;

/* NULL: there is no puzzle of that name. */
const puzzle *puzzle_named(const char *name);

/* Runs `launch` as the puzzle, prints the verdict, and returns true when it is right. */
bool puzzle_solved(const puzzle *p, puzzle_launch *launch);

#ifdef __cplusplus
}
#endif
#endif
