/* Three readings of one list of expressions. */
#include "tests/module2_tensors/support/op_cases.h"

#include <math.h>

#define A a
#define B b

/* ---- on plain numbers ------------------------------------------------------------------------ */

#define K(v) ((double)(v))
#define NEG(x) (-(x))
#define ADD(x, y) ((x) + (y))
#define SUB(x, y) ((x) - (y))
#define MUL(x, y) ((x) * (y))
#define DIV(x, y) ((x) / (y))
#define INV(x) (1 / (x))
#define LOG(x) log(x)
#define EXP(x) exp(x)
#define SIGMOID(x) (1 / (1 + exp(-(x))))
#define RELU(x) fmax((x), 0)
#define LT(x, y) ((x) < (y) ? 1 : 0)
#define GT(x, y) ((x) > (y) ? 1 : 0)
#define EQ(x, y) ((x) == (y) ? 1 : 0)
#define ONE(name, expression)                                                            \
    static double number_##name(double a)                                                \
    {                                                                                    \
        return expression;                                                               \
    }
#define TWO(name, expression)                                                            \
    static double number_##name(double a, double b)                                      \
    {                                                                                    \
        return expression;                                                               \
    }
TT_CASE_ONE(ONE)
TT_CASE_TWO(TWO)
#undef K
#undef NEG
#undef ADD
#undef SUB
#undef MUL
#undef DIV
#undef INV
#undef LOG
#undef EXP
#undef SIGMOID
#undef RELU
#undef LT
#undef GT
#undef EQ
#undef ONE
#undef TWO

/* ---- on scalars and on tensors: P(op) is the name of a library's operation -------------------- */

#define K(v) CONSTANT(v)
#define NEG(x) P(neg)(c, (x))
#define ADD(x, y) P(add)(c, (x), (y))
#define SUB(x, y) P(sub)(c, (x), (y))
#define MUL(x, y) P(mul)(c, (x), (y))
#define DIV(x, y) P(div)(c, (x), (y))
#define INV(x) P(inv)(c, (x))
#define LOG(x) P(log)(c, (x))
#define EXP(x) P(exp)(c, (x))
#define SIGMOID(x) P(sigmoid)(c, (x))
#define RELU(x) P(relu)(c, (x))
#define LT(x, y) P(lt)(c, (x), (y))
#define GT(x, y) P(gt)(c, (x), (y))
#define EQ(x, y) P(eq)(c, (x), (y))

#define P(op) tts_##op
#define CONSTANT(v) tts_num(c, (v))
#define ONE(name, expression)                                                            \
    static tt_scalar *scalar_##name(tt_ctx *c, tt_scalar *a)                             \
    {                                                                                    \
        return expression;                                                               \
    }
#define TWO(name, expression)                                                            \
    static tt_scalar *scalar_##name(tt_ctx *c, tt_scalar *a, tt_scalar *b)               \
    {                                                                                    \
        return expression;                                                               \
    }
TT_CASE_ONE(ONE)
TT_CASE_TWO(TWO)
#undef P
#undef CONSTANT
#undef ONE
#undef TWO

#define P(op) tt_##op
#define CONSTANT(v) tt_full(c, TT_SHAPE0, (float)(v)) /* (): stretches nothing */
#define ONE(name, expression)                                                            \
    static tt_tensor *tensor_##name(tt_ctx *c, tt_tensor *a)                             \
    {                                                                                    \
        return expression;                                                               \
    }                                                                                    \
    const tt_case_one case_one_##name = {#name, tensor_##name, scalar_##name,            \
                                         number_##name};
#define TWO(name, expression)                                                            \
    static tt_tensor *tensor_##name(tt_ctx *c, tt_tensor *a, tt_tensor *b)               \
    {                                                                                    \
        return expression;                                                               \
    }                                                                                    \
    const tt_case_two case_two_##name = {#name, tensor_##name, scalar_##name,            \
                                         number_##name};
TT_CASE_ONE(ONE)
TT_CASE_TWO(TWO)
