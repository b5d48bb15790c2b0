/* The operators as function pointers and names, made from the lists in operators.h:
 * adding a line there adds a row to every table here. */
#include "module0_operators/operators.h"

#include <string.h>

#define TT_ROW(NAME, name) {#name, tt_op_##name, tt_op_##name##f},

static const struct {
    const char *name;
    tt_unary_fn *formula;
    tt_unary_fnf *formulaf;
} unary[] = {TT_UNARY_OPS(TT_ROW)};

static const struct {
    const char *name;
    tt_binary_fn *formula;
    tt_binary_fnf *formulaf;
} binary[] = {TT_BINARY_OPS(TT_ROW)};

/* An enum in C holds any int, so a wrong one is caught here instead of reading past the
 * table. */
static size_t unary_row(tt_unary_op op)
{
    TT_ASSERT((unsigned)op < (unsigned)TT_UNARY_COUNT);
    return (size_t)op;
}

static size_t binary_row(tt_binary_op op)
{
    TT_ASSERT((unsigned)op < (unsigned)TT_BINARY_COUNT);
    return (size_t)op;
}

tt_unary_fn *tt_unary(tt_unary_op op)
{
    return unary[unary_row(op)].formula;
}

tt_binary_fn *tt_binary(tt_binary_op op)
{
    return binary[binary_row(op)].formula;
}

tt_unary_fnf *tt_unaryf(tt_unary_op op)
{
    return unary[unary_row(op)].formulaf;
}

tt_binary_fnf *tt_binaryf(tt_binary_op op)
{
    return binary[binary_row(op)].formulaf;
}

const char *tt_unary_name(tt_unary_op op)
{
    return unary[unary_row(op)].name;
}

const char *tt_binary_name(tt_binary_op op)
{
    return binary[binary_row(op)].name;
}

bool tt_unary_find(const char *name, tt_unary_op *op)
{
    for (int i = 0; name && i < TT_UNARY_COUNT; i++) {
        if (strcmp(name, unary[i].name) != 0) continue;
        *op = (tt_unary_op)i;
        return true;
    }
    return false;
}

bool tt_binary_find(const char *name, tt_binary_op *op)
{
    for (int i = 0; name && i < TT_BINARY_COUNT; i++) {
        if (strcmp(name, binary[i].name) != 0) continue;
        *op = (tt_binary_op)i;
        return true;
    }
    return false;
}
