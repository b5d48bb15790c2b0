/* Data races: two accesses to the same bytes by two threads, at least one a plain write, or one
 * plain and one atomic, with nothing that orders them.
 *
 * Within a block a barrier orders everything (epochs differ), a warp operation its lanes. Blocks are
 * not ordered, nor are threads otherwise, but for the one pattern that CUDA has for it: write,
 * __threadfence(), atomic; then atomic, read ("the last block sums up", and locks).
 *
 * A plain read that a compare-and-swap of the same thread follows is a guess, which the swap
 * proves: no race either. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>

namespace tti_sim
{

struct warp_clock {
    uint32_t now;              /* counts warp operations */
    uint32_t all;              /* the last that all lanes took part in */
    bool some;                 /* `pair` is in use */
    uint32_t pair[WARP][WARP]; /* the last that both took part in */
};

struct block_begin {
    uint32_t epoch;
    uint64_t number;
    bool released; /* an atomic after __threadfence: what it wrote may be relied upon */
};

static uint32_t epoch, block_epoch, launch_epoch;
static warp_clock clocks[MOST_WARPS];
static std::vector<block_begin> begins; /* of this launch */
static bool acquired;                   /* the block that runs has done an atomic */

void race_launch_begins()
{
    launch_epoch = epoch + 1;
    begins.clear();
}

void phase_block_begins(engine *e)
{
    block_epoch = ++epoch;
    begins.push_back({epoch, e->block_number, false});
    acquired = false;
    for (warp_clock &c : clocks) {
        c.now = 1;
        c.all = 0;
        if (c.some) std::fill(&c.pair[0][0], &c.pair[0][0] + WARP * WARP, 0u);
        c.some = false;
    }
}

void phase_barrier(engine *e)
{
    epoch++;
    if (counts) counts->barriers++;
    traffic_flush(e);
}

void phase_warp(engine *e, unsigned warp, unsigned mask)
{
    warp_clock &c = clocks[warp];
    c.now++;
    bool everybody = true;
    for (unsigned i = 0; i < WARP && warp * WARP + i < e->run->threads; i++)
        if (!(mask >> i & 1) && e->threads[warp * WARP + i].is != state::DONE)
            everybody = false;
    if (everybody) {
        c.all = c.now;
        return;
    }
    c.some = true;
    for (unsigned i = 0; i < WARP; i++)
        for (unsigned j = 0; j < WARP; j++)
            if ((mask >> i & 1) && (mask >> j & 1)) c.pair[i][j] = c.now;
}

void phase_block_ends(engine *e)
{
    traffic_flush(e);
}
void phase_thread_resumes(engine *)
{
    traffic_resume();
}

static block_begin &begin_of(uint32_t at)
{
    auto i = std::upper_bound(begins.begin(), begins.end(), at,
                              [](uint32_t a, const block_begin &b) { return a < b.epoch; });
    return *(i - 1);
}

static bool ordered(const access_record &a, const thread &t)
{
    if (a.epoch < block_epoch) return acquired && begin_of(a.epoch).released;
    if (a.epoch != epoch || a.thread == t.id) return true;
    if (t.acquired && now->threads[a.thread].released) return true;
    if (a.thread / WARP != t.id / WARP) return false;
    const warp_clock &c = clocks[t.id / WARP];
    return a.clock < c.all || (c.some && a.clock < c.pair[a.thread % WARP][t.id % WARP]);
}

/* What may collide begins with the block (shared memory) or the launch (global memory). */
static uint32_t since;

static bool collides(const access_record &a, uint8_t mask, const thread &t)
{
    return a.epoch >= since && (a.mask & mask) && !ordered(a, t);
}

static uint3 place_in_grid(const launch &l, uint64_t n)
{
    return {static_cast<unsigned>(n % l.grid.x),
            static_cast<unsigned>(n / l.grid.x % l.grid.y),
            static_cast<unsigned>(n / l.grid.x / l.grid.y)};
}

static void tell(const access_record &a, deed other, deed act, bool shared, uint32_t site)
{
    const engine *e = now;
    if (report_again(TT_SIM_RACE, site_pc(site), site_pc(a.site))) return;
    raw_finding f = finding_of(e, TT_SIM_RACE, site_pc(site));
    f.other_pc = site_pc(a.site);
    f.act = act;
    f.other_act = other;
    f.shared = shared;
    f.other_block = a.epoch < block_epoch;
    f.block2 = place_in_grid(*e->run, begin_of(a.epoch).number);
    const uint3 b = e->run->block;
    f.thread2 = {a.thread % b.x, a.thread / b.x % b.y, a.thread / b.x / b.y};
    report(f);
}

static const access_record *first(const crowd &c, uint8_t mask, const thread &t)
{
    if (collides(c.last, mask, t)) return &c.last;
    if (collides(c.other, mask, t)) return &c.other;
    return collides(c.past, mask, t) ? &c.past : nullptr;
}

static void join(crowd *c, const access_record &a)
{
    if (c->last.epoch < block_epoch) c->past = c->last;
    else if (c->last.thread != a.thread) c->other = c->last;
    c->last = a;
}

/* An atomic of the current thread: what it orders, and whether it proves a guess. */
static void atomic_orders(const cell &c, bool shared)
{
    thread &t = *now->current;
    const access_record &read = c.reads.last;
    t.acquired = true;
    t.released |= t.fenced;
    if (t.compares && read.epoch == epoch && read.thread == t.id)
        report_guess(site_pc(read.site));
    if (shared) return;
    acquired = true;
    if (t.fenced) begins.back().released = true;
}

void race_access(cell *c, uint8_t mask, deed act, bool shared, uint32_t site)
{
    thread &t = *now->current;
    const access_record me = {epoch, site, clocks[t.id / WARP].now,
                              static_cast<uint16_t>(t.id), mask};
    const access_record *hit = nullptr;
    since = shared ? block_epoch : launch_epoch;
    if (act == deed::ATOMIC) atomic_orders(*c, shared);
    if (collides(c->write, mask, t)) tell(c->write, deed::WRITE, act, shared, site);
    else if (act != deed::ATOMIC && (hit = first(c->atomics, mask, t)))
        tell(*hit, deed::ATOMIC, act, shared, site);
    else if (act != deed::READ && (hit = first(c->reads, mask, t)))
        tell(*hit, deed::READ, act, shared, site);
    if (act == deed::READ) join(&c->reads, me);
    if (act == deed::ATOMIC) join(&c->atomics, me);
    if (act == deed::WRITE) c->write = me;
    if (act == deed::READ) return;
    if (c->written_epoch < block_epoch) c->written_mask = 0;
    c->written_epoch = epoch;
    c->written_mask |= mask;
}

bool race_written(const cell &c, uint8_t mask)
{
    return c.written_epoch >= block_epoch && (c.written_mask & mask) == mask;
}

bool race_touched_first(const cell &c)
{
    return c.write.epoch < block_epoch && c.reads.last.epoch < block_epoch &&
           c.atomics.last.epoch < block_epoch;
}

} // namespace tti_sim
