/* Running the ladder: every step on the simulator or on a GPU, checked, counted or timed. */
#ifndef TT_MODULE3_GPU_CUDA_LADDER_CLIMB_H
#define TT_MODULE3_GPU_CUDA_LADDER_CLIMB_H

#include "module2_tensors/tensor.h"
#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/cuda/ladder/ladder.h"
#include "module3_gpu/sim/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tti_ladder_step {
    const char *name;
    ttk_ladder_fn *sim, *cuda; /* cuda NULL: a build without nvcc */
} tti_ladder_step;

/* The steps in order; a name of NULL behind the last. */
const tti_ladder_step *tti_ladder(void);

/* Square matrices of side n, on one device. */
typedef struct tti_climb {
    tt_ctx *c;
    const tt_backend *backend; /* sim or cuda */
    int n;
    tt_tensor *a, *b, *out, *right; /* right: the product by `judge` */
} tti_climb;

/* Matrices of random numbers in [0, 1), and their product by another backend. False after an error. */
bool tti_climb_begin(tti_climb *climb, tt_ctx *c, const tt_backend *backend,
                     const tt_backend *judge, int n);

/* Runs a step once. False after an error. */
bool tti_climb_step(tti_climb *climb, const tti_ladder_step *step);

/* The largest |out - right| / right. 11 bits are kept of each factor by the last step, 24 by the rest. */
double tti_climb_error(tti_climb *climb);

/* A line of the table in Markdown for what the simulator counted. */
enum { TTI_LADDER_TEXT = 200 };
const char *tti_ladder_head(void);
const char *tti_ladder_row(const char *name, const tt_sim_traffic *t, char *text);

#ifdef __cplusplus
}
#endif
#endif
