/* The two corpora: kernels that are wrong in one way each, and kernels that are right. */
#ifndef TT_TESTS_SIM_CORPUS_H
#define TT_TESTS_SIM_CORPUS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `run` launches the kernel `name`. A right one returns whether its numbers are right; of a wrong
 * one nobody asks. */
typedef struct sim_case {
    const char *name;
    bool (*run)(void);
} sim_case;

/* End with a case without a name. */
extern const sim_case sim_wrong[];
extern const sim_case sim_right[];

/* The case `alone` with n passes of its loop. */
bool sim_run_alone(int n);

#ifdef __cplusplus
}
#endif
#endif
