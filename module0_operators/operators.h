/* Operators: the sixteen numeric functions that everything else is built from (Task 0.1).
 *
 *   tt_op_mul(2.0, 3.0)   6.0    double, for scalars           libm's naming:
 *   tt_op_mulf(2.f, 3.f)  6.0f   float, for tensors            exp and expf
 *
 * one argument:  id neg sigmoid relu log exp inv
 * two arguments: mul add lt eq max is_close log_back inv_back relu_back
 *
 * The formulas stand in formulas.h, once for both types and for host and device. Names live in one
 * list here, which makes the enums, the tables of names, and every backend's instantiations; so
 * they cannot get out of step. Pure functions: no state, no errors (see formulas.h for what bad
 * arguments give). Source: MiniTorch Task 0.1, minitorch/operators.py.
 */
#ifndef TT_MODULE0_OPERATORS_OPERATORS_H
#define TT_MODULE0_OPERATORS_OPERATORS_H

#include <math.h>

#include "support/error.h"
#include "support/random.h"

/* X(NAME, name): an enum constant TT_OP_NAME and a formula tt_op_name, tt_op_namef. */
#define TT_UNARY_OPS(X)                                                                  \
    X(ID, id)                                                                            \
    X(NEG, neg)                                                                          \
    X(SIGMOID, sigmoid)                                                                  \
    X(RELU, relu)                                                                        \
    X(LOG, log)                                                                          \
    X(EXP, exp)                                                                          \
    X(INV, inv)

#define TT_BINARY_OPS(X)                                                                 \
    X(ADD, add)                                                                          \
    X(MUL, mul)                                                                          \
    X(LT, lt)                                                                            \
    X(EQ, eq)                                                                            \
    X(MAX, max)                                                                          \
    X(IS_CLOSE, is_close)                                                                \
    X(LOG_BACK, log_back)                                                                \
    X(INV_BACK, inv_back)                                                                \
    X(RELU_BACK, relu_back)

#define TT_OP_ENUM(NAME, name) TT_OP_##NAME,
typedef enum tt_unary_op { TT_UNARY_OPS(TT_OP_ENUM) TT_UNARY_COUNT } tt_unary_op;
typedef enum tt_binary_op { TT_BINARY_OPS(TT_OP_ENUM) TT_BINARY_COUNT } tt_binary_op;
#undef TT_OP_ENUM

/* What formulas.h needs. A backend with elementary functions of its own (module 3) defines
 * TT_EXPF, TT_LOGF before it includes this header in that one file. */
#ifndef TT_EXPF
#define TT_EXPF expf
#define TT_LOGF logf
#endif

#define real double
#define R(literal) literal
#define TT_OP(name) tt_op_##name
#define TT_FORMULA(name) static inline TT_HD double tt_op_##name
#define TT_EXP exp
#define TT_LOG log
#define TT_FABS fabs
#include "module0_operators/formulas.h"
#undef real
#undef R
#undef TT_OP
#undef TT_FORMULA
#undef TT_EXP
#undef TT_LOG
#undef TT_FABS

#define real float
#define R(literal) literal##f /* with a point: R(1.0) */
#define TT_OP(name) tt_op_##name##f
#define TT_FORMULA(name) static inline TT_HD float tt_op_##name##f
#define TT_EXP TT_EXPF
#define TT_LOG TT_LOGF
#define TT_FABS fabsf
#include "module0_operators/formulas.h"
#undef real
#undef R
#undef TT_OP
#undef TT_FORMULA
#undef TT_EXP
#undef TT_LOG
#undef TT_FABS

#ifdef __cplusplus
extern "C" {
#endif

typedef double tt_unary_fn(double x);
typedef double tt_binary_fn(double x, double y);
typedef float tt_unary_fnf(float x);
typedef float tt_binary_fnf(float x, float y);

/* The formula of an operator as a function, to be passed to map, zip and reduce. Never NULL. */
tt_unary_fn *tt_unary(tt_unary_op op);
tt_binary_fn *tt_binary(tt_binary_op op);
tt_unary_fnf *tt_unaryf(tt_unary_op op);
tt_binary_fnf *tt_binaryf(tt_binary_op op);

/* "relu", "is_close": the operator's name, as in the list above. */
const char *tt_unary_name(tt_unary_op op);
const char *tt_binary_name(tt_binary_op op);

/* The operator of that name; false when there is none. */
bool tt_unary_find(const char *name, tt_unary_op *op);
bool tt_binary_find(const char *name, tt_binary_op *op);

#ifdef __cplusplus
}
#endif
#endif
