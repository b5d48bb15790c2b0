/* One block: threads take turns until all have ended or nothing moves any more. */
#include "module3_gpu/sim/report.h"

#include <algorithm>
#include <cstring>
#include <sys/mman.h>

namespace tti_sim
{

thread_local engine *now = nullptr;

inside::~inside()
{
    e->inside = false;
    if (__builtin_expect(e->late, 0)) time_is_up(e, e->last_pc);
}

/* Philox would do, but a shuffle of turns needs no more than splitmix64. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The CPU thread ends; in the middle of a kernel only where that called exit(). */
engine::~engine()
{
    if (now == this) exit_in_kernel(this);
    free(shared);
}

bool engine::prepare(launch *l)
{
    run = l;
    abandoned = late = inside = false;
    if (shared_size < l->shared) {
        char *bigger =
            static_cast<char *>(aligned_alloc(128, (l->shared + 127) & ~size_t(127)));
        if (!bigger) return false;
        free(shared);
        shared = bigger;
        shared_size = l->shared;
    }
    return pool.count >= MOST_THREADS || pool.reserve(MOST_THREADS);
}

/* A coroutine: runs threads that have not begun until there is none left. */
static void fiber_body()
{
    for (;;) {
        engine *e = now;
        while (e->cursor < e->run->threads) {
            thread &t = e->threads[e->order[e->cursor++]];
            t.fiber = e->idle.back();
            e->current = &t;
            e->last_pc = 0;
            if (e->diagnose) phase_thread_resumes(e);
            e->inside = false;
            e->run->body(e->run->arguments);
            e->inside = true;
            e->current->is = state::DONE;
        }
        /* From here nobody holds this coroutine: its number stays on top of `idle`. */
        e->current = nullptr;
        context_switch(&e->fibers[e->idle.back()], &e->scheduler);
    }
}

void engine::order_threads()
{
    const unsigned n = run->threads;
    for (unsigned i = 0; i < n; i++) {
        const bool back = run->options.order == TT_SIM_REVERSE;
        order[i] = static_cast<uint16_t>(back ? n - 1 - i : i);
    }
    if (run->options.order != TT_SIM_RANDOM) return;
    uint64_t x = mix(run->options.seed ^ mix(block_number * 2048 + barriers));
    for (unsigned i = n - 1; i > 0; i--) {
        x = mix(x);
        std::swap(order[i], order[x % (i + 1)]);
    }
}

/* Every thread begins; those that wait have taken a coroutine each. */
void engine::start_all()
{
    while (cursor < run->threads && !abandoned) {
        if (idle.empty()) {
            const int i = static_cast<int>(made++);
            context_make(&fibers[i], pool.low(static_cast<size_t>(i)),
                         stacks::BYTES - GUARD, fiber_body);
            idle.push_back(i);
        }
        context_switch(&scheduler, &fibers[idle.back()]);
    }
}

/* Called by the current thread: lets others go on until the scheduler comes back to it. */
void engine::wait(state is, uintptr_t pc)
{
    thread *t = current;
    t->is = is;
    t->pc = pc;
    t->segment++;
    if (!idle.empty() && idle.back() == t->fiber)
        idle.pop_back(); /* it is held from now on */
    context_switch(&fibers[t->fiber], &scheduler);
}

/* Lets each thread that may go on take its turn. False when there was none. */
bool engine::turn()
{
    bool moved = false;
    for (unsigned i = 0; i < run->threads && !abandoned; i++) {
        thread &t = threads[order[i]];
        if (t.is != state::READY) continue;
        moved = true;
        current = &t;
        last_pc = t.pc;
        idle.push_back(t.fiber); /* unless it waits again, the coroutine is free afterwards */
        if (diagnose) phase_thread_resumes(this);
        context_switch(&scheduler, &fibers[t.fiber]);
    }
    return moved;
}

void engine::run_block(uint64_t number)
{
    block_number = number;
    barriers = 0;
    const uint3 g = run->grid, b = run->block;
    block = {static_cast<unsigned>(number % g.x), static_cast<unsigned>(number / g.x % g.y),
             static_cast<unsigned>(number / g.x / g.y)};
    for (unsigned i = 0; i < run->threads; i++) {
        thread &t = threads[i];
        memset(static_cast<void *>(&t), 0, sizeof t);
        t.id = i;
        t.index = {i % b.x, i / b.x % b.y, i / b.x / b.y};
    }
    cursor = 0;
    order_threads();
    if (diagnose) phase_block_begins(this);
    inside = true;
    start_all();
    while (!abandoned && (release_warps() || release_barrier()) && turn()) {}
    inside = false;
    if (diagnose) phase_block_ends(this);
    if (abandoned) reset_fibers();
    current = nullptr;
    if (auto *call = afterwards) {
        afterwards = nullptr;
        call(argument);
    }
}

/* Leaves the kernel for good: its threads are forgotten where they are. */
void engine::give_up(int error)
{
    int none = 0;
    run->error.compare_exchange_strong(none, error);
    abandoned = true;
    context dead;
    context_switch(&dead, &scheduler);
    __builtin_unreachable();
}

void engine::reset_fibers()
{
    idle.clear();
    for (unsigned i = 0; i < made; i++) {
        context_make(&fibers[i], pool.base + i * stacks::BYTES + GUARD,
                     stacks::BYTES - GUARD, fiber_body);
        idle.push_back(static_cast<int>(i));
    }
}

} // namespace tti_sim
