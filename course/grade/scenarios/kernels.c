#include "course/grade/scenarios/kernels.h"

const ttk_table *simulated(scenario *s, tt_sim_order order)
{
    tt_sim_options options = tt_sim_settings();
    options.order = order;
    options.seed = s->seed;
    options.diagnose = true;
    options.quiet = true;
    options.threads = 1;
    options.seconds = 0;
    tt_sim_configure(&options);
    tt_sim_forget();
    /* Sums of some dozen products, in any order: each addition rounds by 2^-24 of what is summed
     * so far, also where the whole comes out near 0. */
    tolerance(s, 2e-5, 2e-5);
    return tti_sim_kernels();
}

static float *to_device(const ttk_table *k, const float *host, int n)
{
    void *device = NULL;
    TT_ASSERT(k->device_alloc(&device, (size_t)n * sizeof(float)) == 0);
    k->device_write(device, host, (size_t)n * sizeof(float));
    return device;
}

float *device_draw(scenario *s, const ttk_table *k, const char *name, int n, float low,
                   float high)
{
    static float host[MOST_NUMBERS];
    TT_ASSERT(n <= MOST_NUMBERS);
    drawf_all(s, host, (size_t)n, low, high);
    in_f32s(s, name, host, (size_t)n);
    return to_device(k, host, n);
}

float *device_room(const ttk_table *k, int n)
{
    static float host[MOST_NUMBERS];
    TT_ASSERT(n <= MOST_NUMBERS);
    for (int i = 0; i < n; i++) host[i] = -77.25f;
    return to_device(k, host, n);
}

void put_launch(scenario *s, const ttk_table *k, int error, const float *out, int n,
                uint64_t loads, uint64_t stores)
{
    static float host[MOST_NUMBERS];
    put_i64(s, "error of the launch", error);
    const tt_sim_finding *first = tt_sim_finding_at(0);
    put_text(s, "what the simulator found", first != NULL ? first->text : "");
    k->device_read(host, out, (size_t)n * sizeof(float));
    put_f32s(s, "out", host, (size_t)n);
    tt_sim_traffic t = tt_sim_total();
    put_i64(s, "a kernel was launched", tt_sim_launch_count() > 0);
    put_i64(s, "it reads its input from global memory", t.global_loads >= loads);
    put_i64(s, "it writes its output to global memory", t.global_stores >= stores);
    tt_sim_forget();
}
