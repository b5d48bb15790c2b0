/* Kernels under test: see kernel_cases.h. */
#include "tests/module3_gpu/support/kernel_cases.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "module3_gpu/cuda/timer.h"
#include "support/random.h"
#include "tests/support/expect.h"

const int kernel_sizes[] = {1, 2, 31, 32, 33, 255, 256, 257, 1023, 1024, 1025, 2500, 0};

static const float UNTOUCHED = -77.25f;

static void simulate(tt_sim_order order)
{
    tt_sim_options options = tt_sim_settings();
    options.order = order;
    options.diagnose = true;
    options.quiet = true;
    options.seconds = 5; /* of CPU time: so a kernel that never ends is told, not the test */
    tt_sim_configure(&options);
    tt_sim_forget();
}

void kernel_diagnosing(bool diagnose)
{
    tt_sim_options options = tt_sim_settings();
    options.diagnose = diagnose;
    tt_sim_configure(&options);
}

bool kernel_on_hardware(void)
{
    const char *required = getenv("TT_REQUIRE_GPU");
    char text[160];
    if (tt_backend_cuda()) {
        tt_test_note("kernels ran on hardware: %s",
                     tt_device_name(tt_backend_cuda(), text, sizeof text));
        return true;
    }
    tt_test_note("no kernel ran on hardware: %s", tt_cuda_problem());
    cr_assert(!required || strcmp(required, "1") != 0, "TT_REQUIRE_GPU=1, but %s",
              tt_cuda_problem());
    return false;
}

static void in_orders(kernel_body *body, tt_sim_order last)
{
    static const char *const words[] = {"forward", "reverse", "random"};
    const char *only = getenv("TT_SIM_ORDER");
    for (int order = TT_SIM_FORWARD; order <= (int)last; order++) {
        if (only && strcmp(only, words[order]) != 0) continue;
        char name[40];
        snprintf(name, sizeof name, "sim with threads %s", words[order]);
        const kernel_place sim = {name, tti_sim_kernels(), true};
        simulate((tt_sim_order)order);
        body(&sim);
    }
    tt_test_note("kernels ran on the simulator");
    const kernel_place cuda = {"cuda", tti_cuda_kernels(), false};
    if (kernel_on_hardware()) body(&cuda);
}

static void stop(const tt_sim_finding *first)
{
    cr_assert_fail("%s (module3_gpu/README.md, Tasks 3.3 and 3.4)", first->text);
}

void kernel_stop_at_findings(void)
{
    tt_sim_options options = tt_sim_settings();
    options.found = stop;
    options.quiet = true;
    tt_sim_configure(&options);
}

void kernel_each(kernel_body *body)
{
    in_orders(body, TT_SIM_RANDOM);
}

void kernel_once(kernel_body *body)
{
    in_orders(body, TT_SIM_FORWARD);
}

const tt_backend *const *kernel_backends(void)
{
    static const tt_backend *backends[5];
    int n = 0;
    backends[n++] = tt_backend_sim();
    backends[n++] = tt_backend_sim_fast();
    tt_test_note("kernels ran on the simulator");
    if (kernel_on_hardware()) {
        backends[n++] = tt_backend_cuda();
        backends[n++] = tt_backend_cuda_course();
    }
    backends[n] = NULL;
    return backends;
}

float *kernel_numbers(int n, int seed)
{
    tt_rng rng = tt_rng_of((uint64_t)seed, TT_STREAM_DATA);
    float *x = malloc(sizeof *x * (size_t)(n + 1));
    for (int i = 0; i < n; i++) x[i] = 4 * (float)tt_rng_uniform(rng, (uint64_t)i) - 2;
    return x;
}

float *kernel_device(const kernel_place *place, const float *host, size_t n)
{
    void *device = NULL;
    float *filled = NULL;
    int error = place->k->device_alloc(&device, n * sizeof(float));
    cr_assert_eq(error, 0, "no memory for %zu numbers on %s", n, place->name);
    if (!host) {
        filled = malloc(n * sizeof *filled);
        for (size_t i = 0; i < n; i++) filled[i] = UNTOUCHED;
    }
    place->k->device_write(device, host ? host : filled, n * sizeof(float));
    free(filled);
    return device;
}

void kernel_free(const kernel_place *place, float *device)
{
    place->k->device_free(device);
}

/* Whose README explains the task. */
static const char *folder(const char *task)
{
    return task[0] == '4' ? "module4_nn" : "module3_gpu";
}

static void expect_no_findings(const kernel_place *place, int error, const char *about,
                               const char *task)
{
    char text[256] = "";
    if (error) place->k->error_text(error, text, sizeof text);
    const tt_sim_finding *first = place->simulated ? tt_sim_finding_at(0) : NULL;
    size_t found = tt_sim_finding_count();
    cr_assert(!first, "%s, on %s: %s (%zu finding%s; %s/README.md, Task %s)", about,
              place->name, first ? first->text : "", found, found == 1 ? "" : "s",
              folder(task), task);
    cr_assert_eq(error, 0, "%s, on %s: the launch failed with %s (%s/README.md, Task %s)",
                 about, place->name, text, folder(task), task);
}

void kernel_expect(const kernel_place *place, int error, const float *device,
                   const double *want, size_t n, double tolerance, const char *task,
                   const char *format, ...)
{
    char about[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(about, sizeof about, format, arguments);
    va_end(arguments);
    expect_no_findings(place, error, about, task);
    float *got = malloc((n + 1) * sizeof *got);
    error = place->k->device_read(got, device, n * sizeof *got);
    expect_no_findings(place, error, about, task);
    size_t wrong = 0, first = 0;
    for (size_t i = n; i-- > 0;) {
        bool same = fabs((double)got[i] - want[i]) <= tolerance * (1 + fabs(want[i]));
        if (same) continue;
        wrong++;
        first = i;
    }
    cr_assert_eq(wrong, 0,
                 "%s, on %s: cell %zu is %g, expected %g; %zu of %zu cells differ%s "
                 "(%s/README.md, Task %s)",
                 about, place->name, first, (double)got[first], want[first], wrong, n,
                 got[first] == UNTOUCHED ? "; nobody wrote it: has it a thread?" : "",
                 folder(task), task);
    free(got);
}

void kernel_count_begins(void)
{
    tt_sim_forget();
}

bool kernel_counted(const kernel_place *place, tt_sim_traffic *t)
{
    if (!place->simulated || tt_sim_launch_count() == 0) return false;
    *t = tt_sim_total();
    return t->global_loads + t->global_stores > 0;
}
