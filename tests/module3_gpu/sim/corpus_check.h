/* Wrong kernels against what wrong.cu says of them. */
#ifndef TT_TESTS_SIM_CORPUS_CHECK_H
#define TT_TESTS_SIM_CORPUS_CHECK_H

#include "tests/module3_gpu/sim/corpus.h"

enum { CORPUS_ORDERS = 3 };
extern const char *const corpus_orders[CORPUS_ORDERS];

/* Diagnosis in this order of threads, with so many seconds for a launch. */
void corpus_set(int order, double seconds);

/* Runs w, which must give one finding: of the kind and at the lines that are marked in wrong.cu. */
void corpus_check_wrong(const sim_case *w, int order);

#endif
