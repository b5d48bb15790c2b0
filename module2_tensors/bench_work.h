/* The pieces of work that `bench` times: internal to that program.
 *
 * Each works on the backend's slots directly, into an output that exists already, so that what is
 * timed is the loop and not the memory around it; PyTorch does the same with out=.
 */
#ifndef TT_MODULE2_TENSORS_BENCH_WORK_H
#define TT_MODULE2_TENSORS_BENCH_WORK_H

#include "module2_tensors/tensor.h"

/* X(name, bytes moved a cell at the least: reading each input and writing the output once).
 * Matrices are square; `row` and `col` are one row or column, too small to count. */
#define BENCH_LOOPS(X)                                                                   \
    X(copy, 8)          /* out = a */                                                    \
    X(zip_add, 12)      /* out = a + b */                                                \
    X(broadcast_row, 8) /* out = a + row */                                              \
    X(broadcast_col, 8) /* out = a + col */                                              \
    X(map_exp, 8)                                                                        \
    X(map_log, 8)                                                                        \
    X(map_sigmoid, 8)                                                                    \
    X(sum_all, 4) /* the matrix as one row of n */                                       \
    X(sum_last, 4)                                                                       \
    X(sum_first, 4)                                                                      \
    X(transpose_copy, 8)  /* out = a^T */                                                \
    X(add_transposed, 12) /* out = a + b^T */

typedef enum bench_kind {
#define BENCH_KIND(name, bytes) BENCH_##name,
    BENCH_LOOPS(BENCH_KIND)
#undef BENCH_KIND
        BENCH_matmul
} bench_kind;

/* One piece of work, its operands made. */
typedef struct bench_work {
    bench_kind kind;
    tt_ctx *c;
    int side; /* matrices are (side, side) */
    tt_tensor *a, *b, *row, *col, *out, *flat_a, *turned_a, *turned_b;
} bench_work;

/* Operands for matrices of (side, side), random in (0.5, 1.5). False after an error. */
bool bench_work_make(bench_work *w, tt_ctx *c, int side);

/* Does w->kind once. */
void bench_work_do(void *work);

/* Compares w->out with what plain loops in double give. False, and *message says where. */
bool bench_work_right(bench_work *w, char message[160]);

/* The network of MiniTorch's task 3.5: 2 - 100 - 100 - 1 by matmul, 50 points, batches of 10. */
typedef struct bench_mlp bench_mlp;
bench_mlp *bench_mlp_new(tt_ctx *c);

/* One epoch: 5 batches forward, backward, step. */
void bench_mlp_epoch(void *mlp);

/* Mean loss of the last epoch. */
double bench_mlp_loss(const bench_mlp *mlp);

#endif
