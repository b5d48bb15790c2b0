/* The simulator: runs CUDA kernels on the CPU, and says in one sentence what is wrong with them.
 *
 * A kernel file is compiled by the host's C++ compiler against include/cuda_runtime.h and linked
 * with this library (tt_cuda_library does both; `//module3_gpu:sim -- my_kernel.cu` does it for one
 * file). Compiled with SIM_COPTS of sim.bzl it is diagnosed; with SIM_FAST_COPTS it only runs.
 *
 *   A kernel under test:
 *     tt_sim_options o = tt_sim_settings();
 *     o.order = TT_SIM_REVERSE;
 *     tt_sim_configure(&o);
 *     tt_sim_forget();
 *     launch_my_kernel();                          // C, in the .cu file
 *     for (size_t i = 0; i < tt_sim_finding_count(); i++)
 *         puts(tt_sim_finding_at(i)->text);
 *
 *   race: kernel sum, block (0,0,0): thread (1,0,0) reads what thread (17,0,0) writes, with no
 *   __syncthreads() between: sum.cu:9 and sum.cu:9 (shared memory)
 *
 * What is found: data races on shared and global memory, between threads of a block and between
 * blocks; accesses outside of what cudaMalloc gave, or of `__shared__`, `__device__`, `__constant__`
 * and local arrays; writes to `__constant__`; misaligned addresses; reads of shared memory that nobody
 * wrote; barriers and warp operations that not all threads reach; launches the hardware refuses;
 * threads that overflow their stack, never end, or fault. What is not: races that need another path
 * through the kernel than the one taken, numbers that are merely wrong, and an index that leaves one
 * array and lands in another one, where it goes through a pointer or clang has compiled the kernel.
 *
 * What is counted, per launch: struct tt_sim_traffic.
 *
 * Not safe for several host threads at once: one launches, the simulator spreads the blocks.
 */
#ifndef TT_MODULE3_GPU_SIM_SIM_H
#define TT_MODULE3_GPU_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In which order threads and blocks take their turns. A right kernel gives the same with each. */
typedef enum tt_sim_order { TT_SIM_FORWARD, TT_SIM_REVERSE, TT_SIM_RANDOM } tt_sim_order;

/* X(name, word): the kinds of findings and how texts and JSON call them. */
#define TT_SIM_KINDS(X)                                                                  \
    X(RACE, "race")                                                                      \
    X(BOUNDS, "out-of-bounds")                                                           \
    X(MISALIGNED, "misaligned")                                                          \
    X(UNINITIALISED, "uninitialised")                                                    \
    X(DIVERGENCE, "barrier-divergence")                                                  \
    X(WARP, "warp-divergence")                                                           \
    X(LAUNCH, "launch")                                                                  \
    X(STACK, "stack-overflow")                                                           \
    X(TIME, "time-limit")                                                                \
    X(FAULT, "fault")

typedef enum tt_sim_kind {
#define TT_SIM_KIND_ENUM(name, word) TT_SIM_##name,
    TT_SIM_KINDS(TT_SIM_KIND_ENUM)
#undef TT_SIM_KIND_ENUM
} tt_sim_kind;

typedef struct tt_sim_place {
    char file[160]; /* base name, as in messages; "" when nothing is known */
    int line;
    unsigned block[3], thread[3];
} tt_sim_place;

/* One mistake. The same mistake by other threads only counts. */
typedef struct tt_sim_finding {
    tt_sim_kind kind;
    char kernel[96];
    tt_sim_place at; /* where it was noticed */
    tt_sim_place other; /* the access it collides with (races), the other barrier, or the thread that
                         * comes to none; line 0: nowhere */
    bool shared;    /* shared memory, else global */
    uint64_t times; /* how often */
    char text[640]; /* the sentence */
} tt_sim_finding;

typedef struct tt_sim_options {
    bool diagnose; /* look for mistakes and count; needs a kernel compiled with SIM_COPTS */
    bool quiet;    /* findings are kept but not printed to standard error */
    tt_sim_order order; /* of threads and of blocks */
    uint64_t seed;      /* for TT_SIM_RANDOM */
    int threads;    /* CPU threads for blocks where nothing is diagnosed; 0: one a core */
    double seconds; /* CPU time a launch may take on one thread; 0: no limit */
    int trace;      /* the first accesses of each line that are drawn, by warp; 0: none */
    /* Called at the end of a launch with its first new finding, unless NULL: a test may stop there. */
    void (*found)(const tt_sim_finding *first);
} tt_sim_options;

/* The settings now, and new ones. They begin as: diagnose, printed, forward, 60 seconds;
 * TT_SIM_ORDER (forward, reverse, random), TT_SIM_SEED, TT_SIM_SECONDS and TT_SIM_DIAGNOSE=0 in the
 * environment change that. */
tt_sim_options tt_sim_settings(void);
void tt_sim_configure(const tt_sim_options *options);

/* Findings since the beginning or tt_sim_forget, in order. NULL when i is out of range. Owner: the
 * simulator; valid until the next launch or tt_sim_forget. At most 64 different ones are kept. */
size_t tt_sim_finding_count(void);
const tt_sim_finding *tt_sim_finding_at(size_t i);

/* What one launch read and wrote. Loads and stores are counted per thread; requests are the
 * instructions of a warp; a sector is the 32 bytes that memory moves at least. */
typedef struct tt_sim_traffic {
    char kernel[96];
    unsigned grid[3], block[3];
    int error; /* cudaError_t */
    uint64_t global_loads, global_stores, global_atomics;
    uint64_t global_load_bytes, global_store_bytes; /* asked for by threads */
    uint64_t global_load_requests, global_store_requests;
    uint64_t global_load_sectors,
        global_store_sectors; /* 4 for 32 neighbouring floats, 32 at worst */
    uint64_t shared_loads, shared_stores, shared_atomics;
    uint64_t shared_load_bytes, shared_store_bytes;
    uint64_t shared_requests;
    uint64_t bank_conflicts; /* further rounds that a shared request needs because of its banks */
    uint64_t barriers; /* __syncthreads, once a block */
    uint64_t shared_bytes; /* of a block: `__shared__` arrays in use, and what the launch asks for */
} tt_sim_traffic;

/* The launches since the beginning or tt_sim_forget; only the last 1024 are kept. */
size_t tt_sim_launch_count(void);
const tt_sim_traffic *tt_sim_launch_at(size_t i);
/* The sum of all since then, kernel and sizes empty. */
tt_sim_traffic tt_sim_total(void);

/* Forgets findings and launches. */
void tt_sim_forget(void);

/* Findings, then traffic, as text for people or as JSON, one object a line:
 * {"event":"finding","kind":"race","kernel":…,"text":…,"file":…,"line":…,…} and
 * {"event":"launch","kernel":…,"global_loads":…,…}. False when it could not be written. */
bool tt_sim_print(FILE *out);
bool tt_sim_print_json(FILE *out);

/* Makes memory of the host's known as global memory: without it, a kernel that touches it is out of
 * bounds. cudaMalloc does this by itself. `name` is used in messages, may be NULL, and is copied. */
void tt_sim_register(const void *p, size_t bytes, const char *name);
void tt_sim_unregister(const void *p);

/* The most bytes that cudaMalloc hands out altogether (0: no limit, the default): for tests of what a
 * program does when the device is full. */
void tt_sim_memory_limit(size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
