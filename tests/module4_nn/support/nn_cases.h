/* What the tests of module 4's operations share: random tensors in any layout, comparison with cells
 * worked out in double, and convolution by its definition. */
#ifndef TT_TESTS_MODULE4_NN_SUPPORT_NN_CASES_H
#define TT_TESTS_MODULE4_NN_SUPPORT_NN_CASES_H

#include "module2_tensors/tensor.h"

/* A context of the simple backend in which errors stick quietly. */
tt_ctx *nn_begin(uint64_t seed);

/* Calls body(c) with a context of nn_begin for each backend that is here: simple, fast, sim, sim-fast,
 * and cuda and cuda-course where there is a GPU. The simulator must have found nothing. */
void nn_on_each_backend(void (*body)(tt_ctx *c));

/* Normal numbers in that shape; memory holds the dimensions in another order, the last one first. */
tt_tensor *nn_random(tt_ctx *c, tt_shape shape);

/* The cells in row-major order as doubles, in memory of c. Fails the test for NULL. */
double *nn_cells(tt_ctx *c, tt_tensor *t);

/* Fails the test unless `actual` is there, without an error, and has the shape and the cells:
 * |actual - want| <= 2e-5 (1 + |want|). */
void nn_expect(tt_ctx *c, tt_tensor *actual, tt_shape shape, const double *want,
               const char *task, const char *what);

/* The same for cells given in place. */
#define NN_EXPECT(c, actual, shape, task, what, ...)                                     \
    nn_expect((c), (actual), (shape), (const double[]){__VA_ARGS__}, (task), (what))

/* An error of that status sticks and its message has each of the words; then clears it. */
#define NN_EXPECT_ERROR(c, status, ...)                                                  \
    nn_expect_error((c), (status), (const char *const[]){__VA_ARGS__, NULL})
void nn_expect_error(tt_ctx *c, tt_status status, const char *const *words);

/* out[b,o,i,j] = sum of weight[o,c,di,dj] in[b,c, i stride + di dilation - padding, ..], by
 * definition; with d also the gradients, which are added to dx and dw by walking over the same terms.
 * All row-major, all four-dimensional; each of out, d, dx, dw may be NULL. */
typedef struct nn_conv {
    tt_shape in, weight, out;
    int stride[2], dilation[2], padding[2];
} nn_conv;
void nn_conv_by_definition(const nn_conv *k, const double *x, const double *w,
                           double *out, const double *d, double *dx, double *dw);

#endif
