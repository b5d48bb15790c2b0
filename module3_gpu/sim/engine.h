/* What runs one block: its threads, their coroutines, and where each waits.
 *
 * A worker coroutine takes one thread after the other and runs each to its end; only when a thread
 * waits does the scheduler take another coroutine for the rest. A kernel that never waits is thus a
 * plain loop. */
#ifndef TT_MODULE3_GPU_SIM_ENGINE_H
#define TT_MODULE3_GPU_SIM_ENGINE_H

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "module3_gpu/sim/fiber.h"
#include "module3_gpu/sim/include/cuda_runtime.h"
#include "module3_gpu/sim/sim.h"

namespace tti_sim
{

constexpr unsigned WARP = 32;
constexpr unsigned MOST_THREADS = 1024;
constexpr unsigned MOST_WARPS = MOST_THREADS / WARP;
constexpr size_t MOST_SHARED = 48 * 1024;

/* One <<<>>>. */
struct launch {
    const char *kernel;
    uint3 grid, block;
    size_t shared;
    void (*body)(void *);
    void *arguments;
    size_t argument_bytes;
    unsigned threads; /* of a block */
    uint64_t blocks;
    tt_sim_options options;
    std::atomic<uint64_t> next{0}; /* block to be taken */
    std::atomic<int> error{0};     /* the first; ends the launch */
};

enum class state : uint8_t { NEW, READY, BARRIER, WARP_WAIT, DONE };
enum class warp_operation : uint8_t { SYNC, EXCHANGE, BALLOT };

struct thread {
    uint3 index;
    unsigned id;
    state is;
    warp_operation operation;
    bool compares;    /* the atomic that it does now is a compare-and-swap */
    int fiber;        /* the coroutine it waits in */
    int source;       /* lane that EXCHANGE reads */
    unsigned mask;    /* lanes that take part */
    int vote;         /* what it gave to __syncthreads_count and so on; then the result */
    uint32_t segment; /* how many times it has waited in this block */
    uintptr_t pc;     /* where it waits */
    unsigned long long value; /* what it gave; then what it gets */
};

struct engine {
    launch *run = nullptr;
    bool diagnose = false;
    thread *current = nullptr;
    thread threads[MOST_THREADS];
    uint16_t order[MOST_THREADS]; /* the threads' turns */
    unsigned cursor = 0;          /* the next of them that has not begun */
    uint3 block{0, 0, 0};
    uint64_t block_number = 0;
    uint64_t barriers = 0;
    char *shared = nullptr; /* dynamic */
    size_t shared_size = 0;

    context scheduler;
    context fibers[MOST_THREADS];
    stacks pool;
    unsigned made = 0; /* fibers that have a stack */
    std::vector<int> idle;

    uintptr_t last_pc = 0; /* of the current thread's last call of the simulator */
    /* Set while the simulator's own code runs for a kernel: a signal then waits for its end. */
    volatile bool inside = false;
    volatile bool late = false; /* the time is up */
    volatile bool abandoned = false;
    void (*afterwards)(void *) = nullptr; /* called when the block has been abandoned */
    void *argument = nullptr;

    ~engine();
    bool prepare(launch *l);
    void run_block(uint64_t number);
    void order_threads();
    void start_all();
    bool turn();
    bool release_warps();
    bool release_barrier();
    void wait(state is, uintptr_t pc);
    [[noreturn]] void give_up(int error);
    void reset_fibers();
};

/* The engine of this CPU thread while it runs a kernel, else NULL. */
extern thread_local engine *now __attribute__((tls_model("initial-exec")));

/* Marks the simulator's own code, so that the time limit waits for a good moment. */
struct inside {
    engine *e;
    explicit inside(engine *e_) : e(e_) { e->inside = true; }
    ~inside();
};

/* Findings of the scheduler. */
void report_divergence(engine *e, const thread &at, const thread *other, bool left);
void report_stuck(engine *e, const thread &a, const thread *b);
void report_source(engine *e, const thread &t, int source);

/* Between the phases of a block (order.cc); nothing where nothing is diagnosed. */
void phase_block_begins(engine *e);
void phase_barrier(engine *e);
void phase_warp(engine *e, unsigned warp, unsigned mask);
void phase_block_ends(engine *e);
void phase_thread_resumes(engine *e);

} // namespace tti_sim
#endif
