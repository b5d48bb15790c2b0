/* One operator of the list, judged: its values against plain numbers; its gradients against the
 * central difference of the plain function (in double), against module 1's engine, and against the
 * central difference of the tensors themselves (tt_check_gradient_of).
 * The gradient that comes in is random, never uniform: a sum of outputs hides misplaced cells. */
#ifndef TT_TESTS_MODULE2_TENSORS_SUPPORT_OP_CHECKS_H
#define TT_TESTS_MODULE2_TENSORS_SUPPORT_OP_CHECKS_H

#include "tests/module2_tensors/support/op_cases.h"
#include "tests/module2_tensors/support/tensor_expect.h"

/* Bodies for case_each; `op` is a tt_case_one or tt_case_two. */
void check_values_one(tt_case *k, const void *op);
void check_values_two(tt_case *k, const void *op);
void check_gradient_one(tt_case *k, const void *op);

/* Gradients on two random tensors of one shape. */
void check_gradient_two(tt_case *k, const void *op);

/* Values and gradients on every pair of a list of small shapes that broadcasts. */
void check_values_broadcast(tt_case *k, const void *op);
void check_gradient_broadcast(tt_case *k, const void *op);

/* The shape two shapes stretch to, worked out here; false when they do not fit. */
bool check_big_shape(tt_shape a, tt_shape b, tt_shape *big);

#endif
