/* What scenarios of kernels share: arrays on the simulator's device, diagnosis, traffic. */
#ifndef TT_COURSE_GRADE_KERNELS_H
#define TT_COURSE_GRADE_KERNELS_H

#include "course/grade/scenario.h"
#include "module3_gpu/cuda/kernel_backend.h"
#include "module3_gpu/sim/sim.h"

enum { MOST_NUMBERS = 8192 };

/* The kernels as the simulator runs them; threads in that order, everything diagnosed. */
const ttk_table *simulated(scenario *s, tt_sim_order order);

/* n drawn numbers on the device, exactly as many; told as an input. */
float *device_draw(scenario *s, const ttk_table *k, const char *name, int n, float low,
                   float high);

/* Room for n numbers, each -77.25. */
float *device_room(const ttk_table *k, int n);

/* What a launch came to: its error, what the simulator found, the n numbers of out, and whether its
 * traffic is plausible: at least `loads` loads and `stores` stores of global memory. */
void put_launch(scenario *s, const ttk_table *k, int error, const float *out, int n,
                uint64_t loads, uint64_t stores);

#endif
