/* What goes wrong with devices, in words: none there, a driver too old, a wrong number, tensors of two
 * backends, memory that runs out, a kernel that faults, tensors too large, tensors of nothing. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module3_gpu/backends.h"
#include "module3_gpu/cuda/device_choice.h"
#include "module3_gpu/cuda/launched.h"
#include "module3_gpu/cuda/timer.h"
#include "module3_gpu/examples/swish.h"
#include "tests/module3_gpu/support/kernel_cases.h"
#include "tests/support/expect.h"

TestSuite(cuda_errors, .timeout = 60);

static tt_ctx *quiet_context(const tt_backend *backend)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    tt_use(c, backend);
    return c;
}

static void expect_error(tt_ctx *c, tt_status status, const char *const *words)
{
    cr_expect_eq(tt_error_status(c), status, "status %d: %s", (int)tt_error_status(c),
                 tt_error(c) ? tt_error(c) : "no error");
    for (; *words && tt_error(c); words++)
        cr_expect(strstr(tt_error(c), *words), "\"%s\" lacks \"%s\"", tt_error(c), *words);
    tt_error_clear(c);
}

#define EXPECT_ERROR(c, status, ...)                                                     \
    expect_error(c, status, (const char *const[]){__VA_ARGS__, NULL})

/* ---- which device --------------------------------------------------------------------------------- */

/* A machine as the runtime describes it. */
static struct {
    int devices, find_error, use_error, used;
} machine;

static int find(int *devices)
{
    *devices = machine.devices;
    return machine.find_error;
}

static int use(int device)
{
    machine.used = device;
    return machine.use_error;
}

static int words(int code, char *text, size_t room)
{
    return snprintf(text, room, "error %d", code);
}

static const ttk_table pretended = {
    .device_find = find, .device_use = use, .error_text = words};

static void choose(int devices, int find_error, int use_error, const char *wanted,
                   int device, const char *problem)
{
    char text[512] = "?";
    int found = -1;
    machine.devices = devices, machine.find_error = find_error,
    machine.use_error = use_error;
    bool good = tti_device_choose(&pretended, wanted, &found, text, sizeof text);
    cr_expect_eq(good, problem == NULL, "TT_CUDA_DEVICE=%s: %s",
                 wanted ? wanted : "(unset)", text);
    cr_expect_eq(found, device);
    if (good) cr_expect_eq(machine.used, device);
    if (good) cr_expect_str_empty(text);
    else cr_expect(strstr(text, problem), "\"%s\" lacks \"%s\"", text, problem);
}

Test(cuda_errors, the_device_is_chosen_by_its_number)
{
    choose(1, 0, 0, NULL, 0, NULL);
    choose(1, 0, 0, "", 0, NULL);
    choose(4, 0, 0, "3", 3, NULL);
}

Test(cuda_errors, a_wrong_number_is_refused_with_the_right_ones)
{
    static const char *const wrong[] = {
        "4", "-1", "x", "1x", " 1", "+1", "0x1", "1.0", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        choose(4, 0, 0, wrong[i], -1, "0 to 3");
}

Test(cuda_errors, no_device_and_an_old_driver_are_told_apart)
{
    choose(0, 0, 0, NULL, -1, "no CUDA device");
    choose(0, 100, 0, NULL, -1, "CUDA_VISIBLE_DEVICES");
    choose(0, 35, 0, NULL, -1, "no NVIDIA driver, or one older");
    choose(0, 999, 0, NULL, -1, "error 999");
    choose(2, 0, 46, "1", -1, "device 1 cannot be used: error 46");
}

/* Both builds of the kernels are in this program, under names of their own. */
Test(cuda_errors, one_program_holds_both_builds)
{
    int devices = -1;
    cr_expect_eq(ttk_sim_device_find(&devices), 0);
    cr_expect_eq(devices, 1, "the simulator is one device");
#ifdef TT_HAVE_CUDA
    tt_test_note("kernels are compiled for the simulator and by nvcc");
    cr_expect((void *)ttk_cuda_map != (void *)ttk_sim_map);
    cr_expect((void *)ttk_cuda_swish != (void *)ttk_sim_swish);
    int error = ttk_cuda_device_find(&devices);
    cr_expect((error == 0 && devices > 0) == (tt_cuda_problem() == NULL),
              "error %d, %d devices", error, devices);
    cr_expect_eq(ttk_sim_device_find(&devices), 0, "the simulator answers beside the GPU");
#else
    tt_test_note("kernels are compiled for the simulator only");
    cr_expect(strstr(tt_cuda_problem(), "nvcc"), "%s", tt_cuda_problem());
    cr_expect_null(tti_cuda_kernels());
#endif
}

/* ---- mixed, missing, too large, empty --------------------------------------------------------------- */

Test(cuda_errors, two_backends_in_one_operation_are_both_named)
{
    tt_ctx *c = quiet_context(tt_backend_simple());
    tt_tensor *host = tt_ones(c, TT_SHAPE(2, 2));
    tt_use(c, tt_backend_sim());
    tt_tensor *sim = tt_ones(c, TT_SHAPE(2, 2));
    tt_use(c, tt_backend_sim_fast());
    tt_tensor *fast = tt_ones(c, TT_SHAPE(2, 2));
    cr_expect_null(tt_add(c, host, sim));
    EXPECT_ERROR(c, TT_ERR_BACKEND, "simple", "sim");
    cr_expect_null(tt_matmul(c, sim, host));
    EXPECT_ERROR(c, TT_ERR_BACKEND, "simple", "sim");
    cr_expect_null(tt_mul(c, sim, fast));
    EXPECT_ERROR(c, TT_ERR_BACKEND, "sim", "sim-fast");
    tt_tensor *moved = tt_to(c, host, tt_backend_sim());
    cr_expect_not_null(tt_add(c, moved, sim), "%s", tt_error(c));
    tt_ctx_free(c);
}

Test(cuda_errors, an_empty_slot_is_named)
{
    static tti_kernel_backend holes;
    holes = *(const tti_kernel_backend *)tt_backend_sim();
    holes.base.name = "holes";
    holes.base.matmul = NULL;
    holes.base.reduce = NULL;
    tt_ctx *c = quiet_context(&holes.base);
    tt_tensor *x = tt_ones(c, TT_SHAPE(2, 2));
    cr_expect_null(tt_matmul(c, x, x));
    EXPECT_ERROR(c, TT_ERR_BACKEND, "holes", "matmul");
    cr_expect_null(tt_sum(c, x, 0));
    EXPECT_ERROR(c, TT_ERR_BACKEND, "holes", "reduce");
    cr_expect_not_null(tt_add(c, x, x));
    tt_ctx_free(c);
}

Test(cuda_errors, more_than_2_to_the_31_cells_are_refused)
{
    for (const tt_backend *const *k = kernel_backends(); *k; k++) {
        tt_ctx *c = quiet_context(*k);
        tt_tensor *column = tt_ones(c, TT_SHAPE(65536, 1)),
                  *row = tt_ones(c, TT_SHAPE(1, 32768));
        cr_expect_null(tt_zeros(c, TT_SHAPE(65536, 32768)));
        EXPECT_ERROR(c, TT_ERR_SHAPE, "(65536,32768)", "2^31");
        cr_expect_null(tt_mul(c, column, row));
        EXPECT_ERROR(c, TT_ERR_SHAPE, "2^31");
        cr_expect_null(tt_matmul(c, column, row));
        EXPECT_ERROR(c, TT_ERR_SHAPE, "2^31");
        tt_ctx_free(c);
    }
}

Test(cuda_errors, tensors_of_nothing_go_everywhere)
{
    for (const tt_backend *const *k = kernel_backends(); *k; k++) {
        tt_ctx *c = quiet_context(*k);
        tt_tensor *none = tt_zeros(c, TT_SHAPE(0, 3)), *w = tt_rand(c, TT_SHAPE(3, 2));
        tt_requires_grad(w, true);
        tt_tensor *y = tt_matmul(c, tt_exp(c, tt_add(c, none, none)), w);
        cr_expect(y && tt_numel(y) == 0);
        tt_tensor *sums = tt_sum(c, none, 0);
        cr_expect(sums && tt_numel(sums) == 3 && tt_item(tt_sum_all(c, sums)) == 0);
        cr_expect(tt_numel(tt_sum(c, none, 1)) == 0);
        tt_backward(tt_sum_all(c, y));
        cr_expect_eq(tt_item(tt_sum_all(c, tt_grad(w))), 0, "the gradient of nothing is 0");
        tt_tensor *outer =
            tt_matmul(c, tt_zeros(c, TT_SHAPE(2, 0)), tt_zeros(c, TT_SHAPE(0, 3)));
        cr_expect(outer && tt_item(tt_sum_all(c, outer)) == 0, "an inner dimension of 0");
        cr_expect_null(tt_error(c), "%s: %s", (*k)->name, tt_error(c));
        tt_ctx_free(c);
    }
}

/* ---- memory ----------------------------------------------------------------------------------------- */

/* There is room for the operands and the result, but not for what the fast kernels work with. */
Test(cuda_errors, no_room_to_work_in_is_survived)
{
    tt_ctx *c = quiet_context(tt_backend_sim_fast());
    kernel_diagnosing(false);
    tt_tensor *x = tt_rand(c, TT_SHAPE(3, 20000)), *y = tt_rand(c, TT_SHAPE(20000, 3));

    tt_sim_memory_limit(2 * 240000 + 1000);
    cr_expect_null(tt_matmul(c, x, y));
    EXPECT_ERROR(c, TT_ERR_MEMORY, "sim-fast", "576 numbers to work with");
    cr_expect_null(tt_sum(c, tt_transpose(c, x, 0, 1), 0));
    EXPECT_ERROR(c, TT_ERR_MEMORY, "sim-fast", "to work with");
    tt_sim_memory_limit(0);
    cr_expect_not_null(tt_matmul(c, x, y), "%s", tt_error(c));

    tt_ctx_free(c);
}

/* ---- faults ------------------------------------------------------------------------------------------ */

/* A kernel that writes far beyond its array. Each test is a process of its own: on a GPU nothing works
 * behind a fault. */
static void fault(const tt_backend *backend)
{
    setenv("TT_CUDA_SYNC", "1", 1);
    tt_ctx *c = quiet_context(backend);
    tt_tensor *x = tt_ones(c, TT_SHAPE(8)), *y = tt_empty(c, TT_SHAPE(8));
    tt_sim_forget();
    tt_launched(c, TT_ON(c, swish)(tt_dev_out(y), tt_dev_in(x), (size_t)1 << 36));
    cr_expect_null(tt_add(c, x, x), "the error sticks");
    EXPECT_ERROR(c, TT_ERR_DEVICE, "swish_k", "cudaError", "(256,1,1)");
    tt_ctx_free(c);
}

Test(cuda_errors, a_kernel_fault_names_the_kernel_and_sticks)
{
    kernel_diagnosing(true);
    fault(tt_backend_sim());
    cr_assert(tt_sim_finding_count() > 0);
    cr_expect_eq(tt_sim_finding_at(0)->kind, TT_SIM_BOUNDS);
    cr_expect(strstr(tt_sim_finding_at(0)->text, "swish.cu"), "%s",
              tt_sim_finding_at(0)->text);
    if (kernel_on_hardware()) fault(tt_backend_cuda());
}

Test(cuda_errors, a_failed_copy_says_what_the_device_said)
{
    float numbers[4];
    const tt_backend *sim = tt_backend_sim();
    tt_ctx *c = quiet_context(sim);
    tt_tensor *x = tt_add_num(c, tt_ones(c, TT_SHAPE(4)), 1);
    cr_expect_eq(sim->to_host(numbers, (void *)(uintptr_t)4096, sizeof numbers),
                 TT_ERR_DEVICE);
    cr_expect(strstr(sim->device_trouble(), "cudaError"), "%s", sim->device_trouble());
    cr_expect(strstr(sim->device_trouble(), "kernel"), "%s", sim->device_trouble());
    x->data.storage->device = (char *)x->data.storage->device + (1 << 20);
    cr_expect_null(tt_storage_read(x->data.storage));
    x->data.storage->device = (char *)x->data.storage->device - (1 << 20);
    EXPECT_ERROR(c, TT_ERR_DEVICE, "16 bytes", "host", "sim", "cudaError", "kernel");
    tt_ctx_free(c);
}

/* ---- times ------------------------------------------------------------------------------------------- */

typedef struct job {
    tt_ctx *c;
    tt_tensor *a;
} job;

static void multiply(void *user)
{
    job *j = user;
    TT_SCOPE (j->c) tt_matmul(j->c, j->a, j->a);
}

Test(cuda_errors, device_times_are_positive_on_every_backend)
{
    char text[160];
    const tt_backend *const *k = kernel_backends();
    for (; *k; k++) {
        job j = {.c = quiet_context(*k)};
        j.a = tt_rand(j.c, TT_SHAPE(40, 40));
        double seconds = tt_device_seconds(*k, multiply, &j);
        cr_expect(seconds > 0 && seconds < 10, "%s: %g", (*k)->name, seconds);
        cr_expect_eq(tt_device_wait(*k), TT_OK);
        cr_expect(tt_device_name(*k, text, sizeof text)[0], "%s has a name", (*k)->name);
        tt_ctx_free(j.c);
    }
    job j = {.c = quiet_context(tt_backend_simple())};
    j.a = tt_rand(j.c, TT_SHAPE(40, 40));
    cr_expect(tt_device_seconds(tt_backend_simple(), multiply, &j) > 0);
    cr_expect_str_empty(tt_device_name(tt_backend_simple(), text, sizeof text));
    tt_ctx_free(j.c);
}

/* ---- TF32 -------------------------------------------------------------------------------------------- */

/* 1 + 2^-12 has more than TF32's 11 bits. */
static float multiplied(tt_ctx *c, const char *tf32)
{
    if (tf32) setenv("TT_CUDA_TF32", tf32, 1);
    else unsetenv("TT_CUDA_TF32");
    tt_tensor *x = tt_full(c, TT_SHAPE(1, 1), 1 + 1.0f / 4096);
    return tt_item(tt_matmul(c, x, tt_ones(c, TT_SHAPE(1, 1))));
}

Test(cuda_errors, tf32_is_for_those_who_ask)
{
    for (const tt_backend *const *k = kernel_backends(); *k; k++) {
        tt_ctx *c = quiet_context(*k);
        bool fast = strcmp((*k)->name, "sim-fast") == 0 || strcmp((*k)->name, "cuda") == 0;
        cr_expect_eq(multiplied(c, NULL), 1 + 1.0f / 4096, "%s", (*k)->name);
        cr_expect_eq(multiplied(c, ""), 1 + 1.0f / 4096, "%s", (*k)->name);
        cr_expect_eq(multiplied(c, "0"), 1 + 1.0f / 4096, "%s", (*k)->name);
        cr_expect_eq(multiplied(c, "1"), fast ? 1.0f : 1 + 1.0f / 4096, "%s", (*k)->name);
        tt_ctx_free(c);
    }
}
