/* Values and derivatives that another library found: golden.py makes golden.c. */
#ifndef TT_TESTS_MODULE1_AUTODIFF_SUPPORT_GOLDEN_H
#define TT_TESTS_MODULE1_AUTODIFF_SUPPORT_GOLDEN_H

#include "module1_autodiff/scalar.h"

typedef struct golden_case {
    const char *formula; /* as PyTorch was asked */
    tt_scalar *(*build)(tt_ctx *c, tt_scalar *x, tt_scalar *y);
    double x, y, value, dx, dy;
} golden_case;

enum { GOLDEN = 6 };
extern const golden_case golden_cases[GOLDEN];

#endif
