/* How long the device itself works: what a clock of the host cannot see, as launches return before
 * the kernel is done.
 *
 * Two events are put into the device's stream, one before and one after; the device notes the time
 * when it gets to each. So the host's own time is in it only where the device had to wait for it.
 *
 *   Example:
 *     #include "module3_gpu/cuda/timer.h"
 *
 *     typedef struct job {
 *         tt_ctx *c;
 *         tt_tensor *a;
 *     } job;
 *     static void multiply(void *user)
 *     {
 *         job *j = user;
 *         TT_SCOPE (j->c) tt_matmul(j->c, j->a, j->a);
 *     }
 *     job j = {c, tt_rand(c, TT_SHAPE(64, 64))};
 *     double seconds = tt_device_seconds(tt_backend_of(c), multiply, &j);
 *     printf("%s\n", seconds > 0 ? "some" : "none"); // prints: some
 */
#ifndef TT_MODULE3_GPU_CUDA_TIMER_H
#define TT_MODULE3_GPU_CUDA_TIMER_H

#include "module2_tensors/backend.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds between what work(user) queues first on the device of `backend` and the end of the last of
 * it. For a backend without a device the host's clock, and for the simulator the time of the
 * simulation. NaN when the device fails. Waits. */
double tt_device_seconds(const tt_backend *backend, void (*work)(void *user), void *user);

/* Waits until the device of `backend` is done with everything. TT_ERR_DEVICE when that failed, which
 * also the next operation will say in words. */
tt_status tt_device_wait(const tt_backend *backend);

/* The device of `backend` in words, "NVIDIA H100 80GB HBM3, 132 processors"; "" where there is none. */
const char *tt_device_name(const tt_backend *backend, char *text, size_t room);

#ifdef __cplusplus
}
#endif
#endif
