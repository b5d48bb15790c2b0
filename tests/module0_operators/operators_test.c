/* The tables of operators (given code): names, and finding by name. */
#include <criterion/criterion.h>
#include <string.h>

#include "module0_operators/operators.h"

TestSuite(operators, .timeout = 20);

Test(operators, there_are_sixteen)
{
    cr_assert(TT_UNARY_COUNT == 7 && TT_BINARY_COUNT == 9);
}

Test(operators, every_name_finds_its_operator)
{
    for (int i = 0; i < TT_UNARY_COUNT; i++) {
        tt_unary_op op = TT_UNARY_COUNT;
        const char *name = tt_unary_name((tt_unary_op)i);
        cr_expect(tt_unary_find(name, &op) && (int)op == i, "tt_unary_find(\"%s\")", name);
        cr_expect(tt_unary(op) && tt_unaryf(op), "no formula for %s", name);
    }
    for (int i = 0; i < TT_BINARY_COUNT; i++) {
        tt_binary_op op = TT_BINARY_COUNT;
        const char *name = tt_binary_name((tt_binary_op)i);
        cr_expect(tt_binary_find(name, &op) && (int)op == i, "tt_binary_find(\"%s\")",
                  name);
        cr_expect(tt_binary(op) && tt_binaryf(op), "no formula for %s", name);
    }
}

Test(operators, names_belong_to_their_constants)
{
    cr_assert_str_eq(tt_unary_name(TT_OP_ID), "id");
    cr_assert_str_eq(tt_unary_name(TT_OP_INV), "inv");
    cr_assert_str_eq(tt_binary_name(TT_OP_ADD), "add");
    cr_assert_str_eq(tt_binary_name(TT_OP_IS_CLOSE), "is_close");
    cr_assert_str_eq(tt_binary_name(TT_OP_RELU_BACK), "relu_back");
}

Test(operators, an_unknown_name_is_not_found)
{
    static const char *const names[] = {"", "Relu", "relu ", "rel", "reluu", "add"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tt_unary_op op = TT_OP_LOG;
        cr_expect(!tt_unary_find(names[i], &op), "tt_unary_find(\"%s\") found %d",
                  names[i], op);
        cr_expect(op == TT_OP_LOG, "an unknown name must leave *op alone");
    }
    tt_binary_op op = TT_OP_MUL;
    cr_expect(!tt_binary_find("relu", &op) && op == TT_OP_MUL, "relu takes one number");
    tt_unary_op unary = TT_OP_LOG;
    cr_expect(!tt_unary_find(NULL, &unary) && !tt_binary_find(NULL, &op),
              "NULL is no name");
}
