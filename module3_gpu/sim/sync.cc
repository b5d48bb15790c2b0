/* What threads wait for: barriers of a block, operations of a warp. */
#include "module3_gpu/sim/engine.h"

#include <algorithm>

namespace tti_sim
{

/* True when all lanes in the mask that still live wait in the same operation. */
static bool warp_complete(engine *e, unsigned first, const thread &t)
{
    for (unsigned lane = 0; lane < WARP; lane++) {
        if (!(t.mask >> lane & 1) || first + lane >= e->run->threads) continue;
        const thread &o = e->threads[first + lane];
        if (o.is == state::DONE) continue;
        if (o.is != state::WARP_WAIT || o.mask != t.mask || o.operation != t.operation)
            return false;
    }
    return true;
}

static void warp_exchange(engine *e, unsigned first, unsigned mask)
{
    unsigned long long given[WARP] = {0};
    bool present[WARP] = {false};
    unsigned ballot = 0;
    for (unsigned lane = 0; lane < WARP && first + lane < e->run->threads; lane++) {
        const thread &t = e->threads[first + lane];
        present[lane] = (mask >> lane & 1) && t.is == state::WARP_WAIT;
        given[lane] = t.value;
        if (present[lane] && t.value) ballot |= 1u << lane;
    }
    for (unsigned lane = 0; lane < WARP; lane++) {
        if (!present[lane]) continue;
        thread &t = e->threads[first + lane];
        const unsigned from = static_cast<unsigned>(t.source) % WARP;
        if (t.operation == warp_operation::EXCHANGE && !present[from])
            report_source(e, t, static_cast<int>(from));
        t.value = t.operation == warp_operation::BALLOT ? ballot : given[from];
        t.is = state::READY;
    }
}

bool engine::release_warps()
{
    bool released = false;
    for (unsigned i = 0; i < run->threads; i++) {
        const thread &t = threads[i];
        if (t.is != state::WARP_WAIT) continue;
        const unsigned first = i / WARP * WARP, mask = t.mask;
        if (!warp_complete(this, first, t)) continue;
        warp_exchange(this, first, mask);
        if (diagnose) phase_warp(this, first / WARP, mask);
        released = true;
    }
    return released;
}

/* When nothing moves but barriers: all threads that live must be at one. */
bool engine::release_barrier()
{
    const thread *at = nullptr, *elsewhere = nullptr, *left = nullptr, *warp = nullptr;
    int count = 0, all = 1, any = 0;
    for (unsigned i = 0; i < run->threads; i++) {
        const thread &t = threads[i];
        if (t.is == state::DONE && !left) left = &t;
        if (t.is == state::WARP_WAIT && !warp) warp = &t;
        if (t.is != state::BARRIER) continue;
        if (!at) at = &t;
        if (t.pc != at->pc && !elsewhere) elsewhere = &t;
        count += t.vote != 0;
        all &= t.vote != 0;
        any |= t.vote != 0;
    }
    if (warp) {
        report_stuck(this, *warp, at);
        run->error = cudaErrorLaunchTimeout;
        abandoned = true;
        return false;
    }
    if (!at) return false;
    if (left) report_divergence(this, *at, left, true);
    if (elsewhere) report_divergence(this, *at, elsewhere, false);
    for (unsigned i = 0; i < run->threads; i++) {
        thread &t = threads[i];
        if (t.is != state::BARRIER) continue;
        t.vote = t.operation == warp_operation::SYNC ? count : t.value == 1 ? all : any;
        t.is = state::READY;
    }
    barriers++;
    order_threads();
    if (diagnose) phase_barrier(this);
    return true;
}

static unsigned wait_warp(warp_operation operation, unsigned mask,
                          unsigned long long value, int source, uintptr_t pc)
{
    engine *e = now;
    inside guard(e);
    thread *t = e->current;
    e->last_pc = pc;
    t->operation = operation;
    t->mask = mask | 1u << t->id % WARP;
    t->value = value;
    t->source = source;
    e->wait(state::WARP_WAIT, pc);
    return static_cast<unsigned>(t->value);
}

} // namespace tti_sim

using namespace tti_sim;

#define HERE reinterpret_cast<uintptr_t>(__builtin_return_address(0))

extern "C" void tt_sim_syncthreads(void)
{
    engine *e = now;
    if (!e) return tt_sim_not_available("__syncthreads");
    inside guard(e);
    e->last_pc = HERE;
    e->current->vote = 0;
    e->current->operation = warp_operation::SYNC;
    e->wait(state::BARRIER, HERE);
}

extern "C" int tt_sim_vote_block(int kind, int value)
{
    engine *e = now;
    if (!e) return tt_sim_not_available("__syncthreads_count"), 0;
    inside guard(e);
    thread *t = e->current;
    t->vote = value;
    t->value = static_cast<unsigned>(kind);
    t->operation = kind == 0 ? warp_operation::SYNC : warp_operation::BALLOT;
    e->wait(state::BARRIER, HERE);
    return t->vote;
}

extern "C" void tt_sim_syncwarp(unsigned mask)
{
    if (!now) return tt_sim_not_available("__syncwarp");
    wait_warp(warp_operation::SYNC, mask, 0, 0, HERE);
}

extern "C" unsigned tt_sim_ballot(unsigned mask, int value)
{
    if (!now) return tt_sim_not_available("__ballot_sync"), 0u;
    return wait_warp(warp_operation::BALLOT, mask, value != 0, 0, HERE);
}

extern "C" unsigned long long tt_sim_exchange(unsigned mask, unsigned long long value,
                                              int source)
{
    if (!now) return tt_sim_not_available("a shuffle"), 0ull;
    thread *t = now->current;
    wait_warp(warp_operation::EXCHANGE, mask, value, source, HERE);
    return t->value;
}

/* Lanes of this warp that have not ended. */
extern "C" unsigned tt_sim_active(void)
{
    if (!now) return tt_sim_not_available("__activemask"), 0u;
    const unsigned first = now->current->id / WARP * WARP;
    unsigned mask = 0;
    for (unsigned lane = 0; lane < WARP && first + lane < now->run->threads; lane++)
        if (now->threads[first + lane].is != state::DONE) mask |= 1u << lane;
    return mask;
}
