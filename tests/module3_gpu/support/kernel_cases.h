/* Kernels under test: on the simulator always, on a GPU where one answers.
 *
 * Arrays go to the device exactly as large as they are, so that the simulator sees every access
 * beside them; and after each launch it must have found nothing. Expected values are worked out in
 * double by the tests' own loops.
 */
#ifndef TT_TESTS_MODULE3_GPU_SUPPORT_KERNEL_CASES_H
#define TT_TESTS_MODULE3_GPU_SUPPORT_KERNEL_CASES_H

#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/sim/sim.h"

/* Where kernels are run. */
typedef struct kernel_place {
    const char *name; /* "sim with threads forward", "cuda" */
    const ttk_table *k;
    bool simulated;
} kernel_place;

/* Runs body(place) on the simulator with threads forward, reverse and in random order, then on the
 * GPU where there is one. With TT_REQUIRE_GPU=1 its absence fails the test. */
typedef void kernel_body(const kernel_place *place);
void kernel_each(kernel_body *body);

/* Whether a GPU answers; notes for the log whether kernels ran on it, or why not. With
 * TT_REQUIRE_GPU=1 its absence fails the test. */
bool kernel_on_hardware(void);

/* The same with one order of threads, for what takes long. */
void kernel_once(kernel_body *body);

/* Whether the simulator looks for mistakes from now on: without, large sizes take a moment only. */
void kernel_diagnosing(bool diagnose);

/* From here on the simulator's first finding fails the test, with its sentence: what a race does to the
 * numbers says nothing. */
void kernel_stop_at_findings(void);

/* The backends made of kernels that are here: sim, sim-fast, cuda, cuda-course. NULL behind the
 * last. */
const tt_backend *const *kernel_backends(void);

/* Sizes around warps, blocks and MiniTorch's limit of 1024; 0 behind the last. */
extern const int kernel_sizes[];

/* n irregular numbers in [-2, 2), different for each seed, to be freed. */
float *kernel_numbers(int n, int seed);

/* n numbers on the device, copied from host, or set to a value no kernel computes (NULL). */
float *kernel_device(const kernel_place *place, const float *host, size_t n);
void kernel_free(const kernel_place *place, float *device);

/* Launch went well, the simulator found nothing, and the n numbers on the device are `want`, within
 * tolerance * (1 + |want|). The text at the end is printf's and says which case it was. */
void kernel_expect(const kernel_place *place, int error, const float *device,
                   const double *want, size_t n, double tolerance, const char *task,
                   const char *format, ...) __attribute__((format(printf, 8, 9)));

/* Counting begins / what the simulator counted since; false where nothing counts (a GPU). */
void kernel_count_begins(void);
bool kernel_counted(const kernel_place *place, tt_sim_traffic *t);

#endif
