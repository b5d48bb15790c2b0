/* The operator list: each expression written once and read three ways: on plain doubles with libm,
 * on scalars of module 1, and on tensors. So a tensor operation has two judges that do not know it.
 *
 * MiniTorch's MathTest functions (14 of one argument, 6 of two), with other constants: there,
 * log(a + 100000) has slope 1e-5 and exp(a - 200) is 0, so a wrong derivative is within any
 * tolerance. Kinks and jumps lie at multiples of 1/8 or between cells, which case_tensor avoids.
 */
#ifndef TT_TESTS_MODULE2_TENSORS_SUPPORT_OP_CASES_H
#define TT_TESTS_MODULE2_TENSORS_SUPPORT_OP_CASES_H

#include "module1_autodiff/scalar.h"
#include "module2_tensors/tensor.h"

/* X(name, expression in A). Backward of what the first list stands on is given; of the others it is
 * Task 2.4. */
#define TT_CASE_ONE_GIVEN(X)                                                             \
    X(neg, NEG(A))                                                                       \
    X(add_constant, ADD(K(5), A))                                                        \
    X(sub_constant, SUB(A, K(5)))                                                        \
    X(inv, INV(ADD(A, K(3.5))))

#define TT_CASE_ONE_WRITTEN(X)                                                             \
    X(square, MUL(A, A))                                                                   \
    X(cube, MUL(MUL(A, A), A))                                                             \
    X(mult_constant, MUL(K(5), A))                                                         \
    X(div, DIV(A, K(5)))                                                                   \
    X(sigmoid, SIGMOID(A))                                                                 \
    X(log, LOG(ADD(A, K(3.5))))                                                            \
    X(relu, RELU(ADD(A, K(0.5))))                                                          \
    X(exp, EXP(SUB(A, K(0.5))))                                                            \
    X(explog, ADD(LOG(ADD(A, K(3.5))), EXP(SUB(A, K(0.5)))))                               \
    X(complex,                                                                             \
      DIV(LOG(SIGMOID(MUL(RELU(ADD(MUL(RELU(ADD(MUL(K(2), A), K(1.5))), K(0.6)), K(0.5))), \
                          K(-1.5)))),                                                      \
          K(2)))

#define TT_CASE_ONE(X)                                                                   \
    TT_CASE_ONE_GIVEN(X)                                                                 \
    TT_CASE_ONE_WRITTEN(X)

/* X(name, expression in A and B) */
#define TT_CASE_TWO(X)                                                                   \
    X(add2, ADD(A, MUL(K(2), B)))                                                        \
    X(mul2, MUL(A, B))                                                                   \
    X(div2, DIV(A, ADD(B, K(5.5))))                                                      \
    X(gt2, GT(ADD(A, K(1.1875)), B))                                                     \
    X(lt2, LT(ADD(A, K(1.1875)), B))                                                     \
    X(eq2, EQ(A, ADD(B, K(5.5))))

typedef struct tt_case_one {
    const char *name;
    tt_tensor *(*tensor)(tt_ctx *c, tt_tensor *a);
    tt_scalar *(*scalar)(tt_ctx *c, tt_scalar *a);
    double (*number)(double a);
} tt_case_one;

typedef struct tt_case_two {
    const char *name;
    tt_tensor *(*tensor)(tt_ctx *c, tt_tensor *a, tt_tensor *b);
    tt_scalar *(*scalar)(tt_ctx *c, tt_scalar *a, tt_scalar *b);
    double (*number)(double a, double b);
} tt_case_two;

#define DECLARE(name, expression) extern const tt_case_one case_one_##name;
TT_CASE_ONE(DECLARE)
#undef DECLARE
#define DECLARE(name, expression) extern const tt_case_two case_two_##name;
TT_CASE_TWO(DECLARE)
#undef DECLARE

#endif
