/* The simulator's cuda_runtime.h: what CUDA C needs to be compiled by g++ or clang++ and to run on
 * the CPU. The names, types and meanings are NVIDIA's (CUDA C++ Programming Guide, "C++ Language
 * Extensions" and "Runtime API"); the work is done by the functions tt_sim_* of sim.h's library.
 *
 * A block's threads are coroutines on one CPU thread: __syncthreads and the warp operations switch
 * from one to the next. So __shared__ is thread_local, of which each CPU thread has its own.
 *
 * Two things of nvcc's language no header can give: k<<<g, b>>>(...) and `extern __shared__ T x[]`.
 * `//module3_gpu:sim` rewrites both. A file compiled without it writes tt_sim_launch("k", g, b,
 * shared_bytes, k, ...) and TT_SIM_DYNAMIC_SHARED(T, x), best behind a macro that nvcc also takes.
 *
 * What is not here, the simulator does not have; tt_sim/missing.h names the usual functions, and
 * sim/program/unsupported.c headers and words, so that the compiler says so in words.
 */
#ifndef TT_SIM_CUDA_RUNTIME_H
#define TT_SIM_CUDA_RUNTIME_H

#ifndef __cplusplus
#error "kernels are C++: compile this file with g++ -x c++, or simulate it with //module3_gpu:sim"
#endif

#define TT_SIM 1

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime> /* clock() */
#include <math.h>

#define __global__
#define __device__
#define __host__
/* The tag becomes part of the symbol's name, by which the simulator knows that kernels only read it. */
#define __constant__ __attribute__((abi_tag("__constant__")))
#define __managed__
#define __shared__ __attribute__((aligned(128))) thread_local /* banks then begin at 0 */
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __grid_constant__
#define asm                                                                              \
    the_simulator_does_not_have_PTX /* an expression of CUDA C, or an intrinsic, instead */

#include "tt_sim/types.h"
#include "tt_sim/work.h"
#include "tt_sim/warp.h"
#include "tt_sim/atomics.h"
#include "tt_sim/math.h"
#include "tt_sim/launch.h"
#include "tt_sim/runtime.h"
#include "tt_sim/missing.h"

#endif
