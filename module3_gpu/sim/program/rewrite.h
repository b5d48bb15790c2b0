/* The things of CUDA C that no header can give, rewritten so that a C++ compiler takes them:
 *
 *   k<<<grid, block, bytes>>>(a, b)      tt_sim_launch_with("k", grid, block, bytes, k,
 *                                            tti_parameters<..k..>::pack(a, b))
 *   extern __shared__ float s[];         TT_SIM_DYNAMIC_SHARED(float, s);
 *   #include <thrust/sort.h>             #error "the simulator does not have thrust/sort.h: .."
 *
 * Line numbers stay. Comments, texts and what stands in #if 0 are left alone. Files that are included
 * from beside a file are rewritten too. It also lists the kernels, for a file that has no main. This is
 * a pass over tokens, not a parser, and comes before the preprocessor. */
#ifndef TT_MODULE3_GPU_SIM_PROGRAM_REWRITE_H
#define TT_MODULE3_GPU_SIM_PROGRAM_REWRITE_H

#include "support/ctx.h"

typedef struct sim_kernel {
    struct sim_kernel *next;
    const char *name;       /* k */
    const char *full;       /* with its namespaces: my::k */
    const char *parameters; /* as they stand between the parentheses */
    const char *path;
    int line;
    int guard; /* in an #if: TT_SIM_KERNEL_<guard> is defined where it is compiled; else 0 */
    bool is_template, has_body, has_defaults;
    bool is_function_too; /* there is another function of its name */
} sim_kernel;

typedef struct sim_file {
    struct sim_file *next;
    const char *path; /* where it was read */
    const char *as;   /* the name by which the others include it */
    char *text;       /* rewritten; NULL while that goes on */
} sim_file;

typedef struct sim_source {
    sim_file *files;                   /* the first is the one given */
    sim_kernel *kernels, *last_kernel; /* in their order, declarations as well */
    int guards;                        /* given out so far */
    bool has_main;
    bool may_have_main;  /* in an #if: TT_SIM_MAIN is defined where it is compiled */
    bool uses_namespace; /* `using namespace`: a call may be of anything */
    bool stops; /* an #error was put in: what the compiler says afterwards is noise */
} sim_source;

/* The text of the file `path` (absolute), and of those it includes. Errors: TT_ERR_FORMAT for what can
 * be no launch, in words. Owner: c. */
bool sim_rewrite(tt_ctx *c, const char *path, const char *text, sim_source *out);

#endif
