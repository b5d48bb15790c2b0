/* Findings and counts on their way to the user. */
#ifndef TT_MODULE3_GPU_SIM_REPORT_H
#define TT_MODULE3_GPU_SIM_REPORT_H

#include "module3_gpu/sim/engine.h"

namespace tti_sim
{

enum class deed : uint8_t { READ, WRITE, ATOMIC };

/* Why an access is out of bounds, and the other forms that a sentence of one kind may take. */
enum class form : uint8_t {
    PLAIN,
    PAST_END, /* number: bytes past the end, size: of the array */
    BEFORE,   /* number: bytes before the beginning */
    FREED,    /* size: of the array that was there */
    DEVICE,   /* the host accesses memory of the device */
    HOST,     /* no device memory at all */
    NULL_POINTER,
    LOOP,      /* of a race: a thread was there more than once */
    UPDATE,    /* of a race: threads change one number at one line */
    BETWEEN,   /* shared memory outside of every array */
    LEFT,      /* the other thread has ended */
    ELSEWHERE, /* the other thread waits somewhere else */
    SOURCE,    /* number: lane that takes no part */
    ADDRESS,   /* number: of a fault */
    CONSTANT,  /* in an array that kernels only read */
    ANOTHER,   /* past the end of its array and in another one, whose name is text */
    LOCAL,     /* outside of an array on the stack */
    ENDED,     /* the whole program, by no thread that is known */
};

/* A finding before its lines are known: finding them takes a child process. */
struct raw_finding {
    tt_sim_kind kind = TT_SIM_RACE;
    form how = form::PLAIN;
    deed act = deed::READ, other_act = deed::READ;
    bool shared = false, other_block = false;
    uintptr_t pc = 0, other_pc = 0; /* return addresses; 0: none */
    /* Who called it, innermost first, and the last access: these name the place where pc is in a
     * library and has no line. */
    uintptr_t callers[12] = {0}, instead = 0;
    uint3 block{0, 0, 0}, thread{0, 0, 0}, block2{0, 0, 0}, thread2{0, 0, 0};
    uint64_t number = 0, size = 0, bytes = 0, times = 1;
    char text[200] = ""; /* a name, or for launches all there is to say */
};

/* Keeps it, or counts it when the same program locations were named before. */
void report(const raw_finding &f);
/* A finding of the current thread of e at pc. */
raw_finding finding_of(const engine *e, tt_sim_kind kind, uintptr_t pc);
/* True when a finding with these locations would only be counted; counts it. */
bool report_again(tt_sim_kind kind, uintptr_t pc, uintptr_t other_pc);
/* The read at pc was a guess that a compare-and-swap then proved: no race with atomics. */
void report_guess(uintptr_t pc);
/* Looks up lines, writes and prints the sentences of what `kernel` did. */
void report_flush(const char *kernel);
/* The kernel that runs, "" for none. */
void report_running(const char *kernel);
const char *report_running_now();
/* Findings and counts are shared with processes forked from now on. False: they cannot be. */
bool report_share();

/* The sentence (sentence.cc). */
void sentence(tt_sim_finding *f, const raw_finding &raw);

/* file:line of the call that returns to pc (where.cc). File "" when it is not known. */
struct line {
    char file[160];
    int number;
};
void lines_look_up(const std::vector<uintptr_t> &pcs);
line line_of(uintptr_t pc);
/* Fills f->callers with the calls that led here, of the program and not of libraries. */
void callers_of(raw_finding *f);

/* Adds the counts of one launch to the list. */
void report_launch(const tt_sim_traffic &t);
void report_without_launches(); /* for --quiet */
extern tt_sim_traffic *counts;  /* of the launch that runs and is diagnosed, else NULL */

extern tt_sim_options settings;
extern bool watch_host; /* the host's own accesses are looked at too (//module3_gpu:sim) */
void settings_begin();  /* reads the environment once */

/* The current thread of e has called exit() (witness.cc). */
[[noreturn]] void exit_in_kernel(engine *e);

/* Faults and time (signals.cc): while one lives, kernels of e may fault or take too long. */
struct guarded {
    explicit guarded(engine *e);
    ~guarded();
};
[[noreturn]] void time_is_up(engine *e, uintptr_t pc);
[[noreturn]] void stack_overflow(engine *e, uintptr_t pc, int error);
} // namespace tti_sim
#endif
