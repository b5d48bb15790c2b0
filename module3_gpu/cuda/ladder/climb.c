/* Running the ladder: see climb.h. */
#include "module3_gpu/cuda/ladder/climb.h"

#include <math.h>
#include <stdio.h>

#include "module3_gpu/cuda/operator.h"

#ifdef TT_HAVE_CUDA
#define ON_CUDA(name) ttk_cuda_ladder_##name
#else
#define ON_CUDA(name) NULL
#endif

const tti_ladder_step *tti_ladder(void)
{
    static const tti_ladder_step steps[] = {
#define STEP(name) {#name, ttk_sim_ladder_##name, ON_CUDA(name)},
        TTK_LADDER(STEP)
#undef STEP
            {NULL, NULL, NULL}};
    return steps;
}

bool tti_climb_begin(tti_climb *climb, tt_ctx *c, const tt_backend *backend,
                     const tt_backend *judge, int n)
{
    *climb = (tti_climb){.c = c, .backend = backend, .n = n};
    tt_use(c, backend);
    climb->a = tt_rand(c, TT_SHAPE(n, n));
    climb->b = tt_rand(c, TT_SHAPE(n, n));
    climb->out = tt_zeros(c, TT_SHAPE(n, n));
    climb->right = tt_matmul(c, tt_to(c, climb->a, judge), tt_to(c, climb->b, judge));
    return climb->right != NULL;
}

bool tti_climb_step(tti_climb *climb, const tti_ladder_step *step)
{
    ttk_ladder_fn *launch = tti_on_cuda(climb->c) ? step->cuda : step->sim;
    int error = launch(tt_dev_out(climb->out), tt_dev_in(climb->a), tt_dev_in(climb->b),
                       climb->n, climb->n, climb->n);
    return tt_launched(climb->c, error) == TT_OK;
}

double tti_climb_error(tti_climb *climb)
{
    const float *out = tt_storage_read(climb->out->data.storage);
    const float *right = tt_storage_read(climb->right->data.storage);
    double worst = 0;
    if (!out || !right) return (double)NAN;
    for (size_t i = 0; i < tt_numel(climb->out); i++) {
        double error = fabs((double)out[i] - (double)right[i]) / (double)right[i];
        if (!(error <= worst)) worst = error;
    }
    return worst;
}

const char *tti_ladder_head(void)
{
    return "| step | global loads | load requests | load sectors | shared requests | "
           "bank "
           "conflicts | barriers |\n"
           "|---|---:|---:|---:|---:|---:|---:|\n";
}

const char *tti_ladder_row(const char *name, const tt_sim_traffic *t, char *text)
{
    snprintf(text, TTI_LADDER_TEXT, "| %s | %llu | %llu | %llu | %llu | %llu | %llu |\n",
             name, (unsigned long long)t->global_loads,
             (unsigned long long)t->global_load_requests,
             (unsigned long long)t->global_load_sectors,
             (unsigned long long)t->shared_requests,
             (unsigned long long)t->bank_conflicts, (unsigned long long)t->barriers);
    return text;
}
