/* The two things of CUDA C that no header can give, rewritten so that a C++ compiler takes them:
 *
 *   k<<<grid, block, bytes>>>(a, b)      tt_sim_launch_call("k", grid, block, bytes,
 *                                            [=](auto... tt_a) { k(tt_a...); }, a, b)
 *   extern __shared__ float s[];         TT_SIM_DYNAMIC_SHARED(float, s);
 *
 * Line numbers stay. Comments and texts are left alone. It also lists the kernels, for a file that
 * has no main. This is a pass over characters, not a parser: macros that build half a launch are
 * beyond it. */
#ifndef TT_MODULE3_GPU_SIM_PROGRAM_REWRITE_H
#define TT_MODULE3_GPU_SIM_PROGRAM_REWRITE_H

#include "support/ctx.h"

enum { SIM_MOST_KERNELS = 64 };

typedef struct sim_source {
    char *text;                            /* rewritten */
    const char *kernels[SIM_MOST_KERNELS]; /* names of those that are no templates */
    int kernel_count;
    int templates; /* kernels that are */
    bool has_main;
} sim_source;

/* Errors: TT_ERR_FORMAT for a launch that never ends. Owner: c. */
bool sim_rewrite(tt_ctx *c, const char *text, sim_source *out);

#endif
