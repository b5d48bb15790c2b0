/* ladder: every step of the ladder of matmul kernels, on a GPU for its speed, on the simulator for
 * what it reads and writes.
 *
 *   bazel run -c opt //module3_gpu:ladder
 *   bazel run -c opt //module3_gpu:ladder -- --backend sim --side 64 */
#include <math.h>
#include <stdio.h>

#include "module3_gpu/backends.h"
#include "module3_gpu/cuda/ladder/climb.h"
#include "module3_gpu/cuda/timer.h"
#include "module3_gpu/fast/fast_backend.h"
#include "support/bench.h"
#include "support/cli.h"
#include "support/json.h"
#include "support/progress.h"

/* A step keeps the numbers it is given, or 11 bits of them: errors grow slower than the sums. */
static bool right(tti_climb *climb, const tti_ladder_step *step)
{
    double error = tti_climb_error(climb);
    if (error <= ldexp(1, -10)) return true;
    fprintf(stderr, "ladder: step %s is wrong by %g: not worth a line\n", step->name,
            error);
    return false;
}

/* ---- counts ----------------------------------------------------------------------------------- */

static bool count(tti_climb *climb, bool json)
{
    char text[TTI_LADDER_TEXT];
    tt_sim_options options = tt_sim_settings();
    options.diagnose = true;
    tt_sim_configure(&options);
    if (!json) printf("%s", tti_ladder_head());
    for (const tti_ladder_step *step = tti_ladder(); step->name; step++) {
        tt_sim_forget();
        if (!tti_climb_step(climb, step) || !right(climb, step)) return false;
        tt_sim_traffic t = tt_sim_total();
        if (json)
            printf(
                "{\"event\":\"step\",\"step\":\"%s\",\"backend\":\"sim\",\"side\":%d,"
                "\"global_loads\":%llu,\"load_requests\":%llu,\"load_sectors\":%llu,"
                "\"shared_requests\":%llu,\"bank_conflicts\":%llu,\"barriers\":%llu}\n",
                step->name, climb->n, (unsigned long long)t.global_loads,
                (unsigned long long)t.global_load_requests,
                (unsigned long long)t.global_load_sectors,
                (unsigned long long)t.shared_requests,
                (unsigned long long)t.bank_conflicts, (unsigned long long)t.barriers);
        else printf("%s", tti_ladder_row(step->name, &t, text));
    }
    return true;
}

/* ---- speed ------------------------------------------------------------------------------------ */

typedef struct repeated {
    tti_climb *climb;
    const tti_ladder_step *step;
    int times;
} repeated;

static void run(void *user)
{
    const repeated *r = user;
    for (int i = 0; i < r->times; i++) tti_climb_step(r->climb, r->step);
}

/* GFLOP/s: the median of 7 times, each of as many runs as take about 20 ms. */
static double rate(tti_climb *climb, const tti_ladder_step *step)
{
    enum { SAMPLES = 7 };
    double seconds[SAMPLES], n = climb->n;
    repeated r = {climb, step, 1};
    double once = tt_device_seconds(climb->backend, run, &r);
    if (once < 0.02) r.times = (int)(0.02 / (once + 1e-6)) + 1;
    for (int i = 0; i < SAMPLES; i++)
        seconds[i] = tt_device_seconds(climb->backend, run, &r) / r.times;
    return 2e-9 * n * n * n / tt_bench_median(seconds, SAMPLES);
}

static bool speed(tti_climb *climb, bool json)
{
    double first = 0;
    char text[128];
    if (!json)
        printf("%s\n| step | GFLOP/s | to step 1 |\n|---|---:|---:|\n",
               tt_device_name(climb->backend, text, sizeof text));
    for (const tti_ladder_step *step = tti_ladder(); step->name; step++) {
        if (!tti_climb_step(climb, step) || !right(climb, step)) return false;
        double gflops = rate(climb, step);
        if (first == 0) first = gflops;
        if (json)
            printf("{\"event\":\"step\",\"step\":\"%s\",\"backend\":\"cuda\",\"side\":%d,"
                   "\"gflops\":%.1f}\n",
                   step->name, climb->n, gflops);
        else printf("| %s | %.0f | %.1f |\n", step->name, gflops, gflops / first);
        fflush(stdout);
    }
    return true;
}

static void start_json(const tt_backend *backend, int side)
{
    tt_json *j = tt_json_event("start");
    tt_json_text(j, "program", "ladder");
    tt_json_text(j, "backend", backend->name);
    tt_json_whole(j, "side", side);
    tt_json_text(j, "data", "random");
    tt_json_whole(j, "seed", 1);
    tt_json_print(j, stdout);
}

int main(int argc, char **argv)
{
    static const char *const backends[] = {"auto", "sim", "cuda", NULL};
    tt_options o = {.backend = "auto"};
    int side = 0;
    const tt_cli_option more[] = {
        {.name = "side",
         .kind = TT_CLI_WHOLE,
         .value = &side,
         .low = 0,
         .high = 16384,
         .help = "matrices are N x N; 0: 128 on sim, 4096 on cuda"},
        {0}};
    tt_cli_parse(&(tt_cli){.purpose =
                               "Runs the ladder of matmul kernels: on a GPU for GFLOP/s, "
                               "on the simulator for the memory it touches.",
                           .examples = "ladder --backend sim --side 64",
                           .takes = TT_CLI_BACKEND,
                           .backends = backends,
                           .more = more},
                 &o, argc, argv);
    const tt_backend *backend = tt_backend_cuda();
    bool simulate = o.backend[0] == 's' || (o.backend[0] == 'a' && !backend);
    if (!simulate && !backend) {
        fprintf(stderr, "ladder: no backend cuda: %s; --backend sim works\n",
                tt_cuda_problem());
        return 1;
    }
    if (simulate) backend = tt_backend_sim();
    if (side == 0) side = simulate ? 128 : 4096;
    double begun = tt_seconds();
    if (o.json) start_json(backend, side);
    else
        printf("backend %s, %d x %d matrices, numbers random from seed 1\n\n",
               backend->name, side, side);
    tt_ctx *c = tt_ctx_new(NULL);
    tti_climb climb;
    tt_seed(c, 1);
    bool good = tti_climb_begin(&climb, c, backend, tt_backend_fast(), side) &&
                (simulate ? count(&climb, o.json) : speed(&climb, o.json));
    if (o.json) tt_json_end(tt_seconds() - begun, !good);
    return tt_cli_finish(tt_exit(c) || !good);
}
