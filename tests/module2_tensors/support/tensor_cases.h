/* Random tensors for tests, and reading them without the code under test.
 *
 * Memory is laid out in a random order of the dimensions and seen in the right one, so that strides
 * that are not row-major are the norm and not the exception. Layouts are set by hand, and cells are
 * read by a walk of this file: neither tt_permute nor tt_to_index is trusted here.
 *
 * Everything follows from one seed; a failure names it.
 */
#ifndef TT_TESTS_MODULE2_TENSORS_SUPPORT_TENSOR_CASES_H
#define TT_TESTS_MODULE2_TENSORS_SUPPORT_TENSOR_CASES_H

#include "module2_tensors/tensor.h"
#include "support/random.h"

/* The backends that every operator test runs on: X(name, function that gives it). Module 3 adds
 * rows here. */
#define TT_CASE_BACKENDS(X) X(simple, tt_backend_simple)

enum { CASE_SEEDS = 20, CASE_MAX_CELLS = 81 }; /* 4 dimensions of size 3 */

/* One test case: a context and a sequence of random numbers. */
typedef struct tt_case {
    tt_ctx *c;
    tt_rng rng;
    uint64_t next; /* number of the next random word */
    uint64_t seed;
    const tt_backend *backend;
} tt_case;

/* A case on its own context, in which errors stick quietly. case_end frees it. */
tt_case case_begin(const tt_backend *backend, uint64_t seed);
void case_end(tt_case *k);

/* Uniform among 0 .. n-1; uniform in [low, high). */
int case_below(tt_case *k, int n);
double case_uniform(tt_case *k, double low, double high);

/* 1 to 4 dimensions of size 1 to 3, as in MiniTorch's tests. */
tt_shape case_shape(tt_case *k);

/* A shape that broadcasts with `shape`: some sizes become 1, some leading dimensions go. */
tt_shape case_smaller_shape(tt_case *k, tt_shape shape);

/* A tensor of that shape in a random permuted layout. Cells lie at (2 j + 1) / 16 + at most 1/64,
 * in [-2, 2): never nearer than 3/64 to a multiple of 1/8, where the tests' functions have their
 * kinks. */
tt_tensor *case_tensor(tt_case *k, tt_shape shape);

/* The same with cells uniform in [low, high), and with small whole numbers 0 .. n-1. */
tt_tensor *case_tensor_between(tt_case *k, tt_shape shape, double low, double high);
tt_tensor *case_tensor_whole(tt_case *k, tt_shape shape, int n);

/* A tensor of that shape whose memory holds the dimensions in `order` (slowest first), with the
 * cells row-major in `values`. */
tt_tensor *case_tensor_laid(tt_ctx *c, tt_shape shape, const int *order,
                            const float *values);

/* Goes to the next index in row-major order; false after the last. Start with zeros; a shape of no
 * cells has no first index. */
bool case_next_index(tt_shape shape, int *index);

/* All cells in row-major order as doubles, in memory of the tensor's context. */
double *case_cells(tt_tensor *t);

/* For cell `index` of `big`: the row-major position of the cell of `small` that it reads. */
size_t case_broadcast_position(const int *index, tt_shape big, tt_shape small);

/* "strides (1,2), offset 0" for messages, in memory of c. */
const char *case_layout_text(tt_ctx *c, const tt_layout *layout);

/* Runs body(k) for seeds 0 .. CASE_SEEDS-1 on each backend, or on one (for module 3's tests). */
typedef void case_body(tt_case *k, const void *user);
void case_each(case_body *body, const void *user);
void case_each_on(const tt_backend *backend, case_body *body, const void *user);

#endif
