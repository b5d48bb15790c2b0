/* Data races: two accesses to the same bytes by two threads, at least one a plain write, or one
 * plain and one atomic, with nothing that orders them (order.cc).
 *
 * A cell keeps the accesses that later ones may collide with, and no others: what collides with a
 * read that is not kept collides with one that is. A plain read that a compare-and-swap of the same
 * thread follows is a guess, which the swap proves: no race either. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>

namespace tti_sim
{

/* ---- who was where more than once -------------------------------------------------------- */

struct visitors {
    uint32_t block, launch; /* epochs: `threads` is of that block, `again` of that launch */
    bool again;
    uint32_t threads[MOST_WARPS];
};
static std::vector<visitors> visited; /* by site */

void race_visit(uint32_t site)
{
    const unsigned id = now->current->id;
    if (site >= visited.size()) visited.resize(site + 64);
    visitors &v = visited[site];
    if (v.launch != phase.launch) v.again = false;
    v.launch = phase.launch;
    if (v.block != phase.block) std::fill(v.threads, v.threads + MOST_WARPS, 0u);
    v.block = phase.block;
    v.again |= v.threads[id / WARP] >> id % WARP & 1;
    v.threads[id / WARP] |= 1u << id % WARP;
}

/* ---- collisions ------------------------------------------------------------------------------ */

static deed act_of(const access_record &r)
{
    return static_cast<deed>(r.act);
}

static uint3 place_in_grid(const launch &l, uint64_t n)
{
    return {static_cast<unsigned>(n % l.grid.x),
            static_cast<unsigned>(n / l.grid.x % l.grid.y),
            static_cast<unsigned>(n / l.grid.x / l.grid.y)};
}

/* The newest read of c in this phase by the current thread. */
static const access_record *own_read(const cell &c)
{
    const thread &t = *now->current;
    for (unsigned i = 0; i < c.count; i++) {
        const access_record &r = c.records[i];
        if (act_of(r) == deed::READ && r.epoch == phase.now && r.warp == t.id / WARP &&
            (r.lanes >> t.id % WARP & 1))
            return &r;
    }
    return nullptr;
}

/* x += 1 by both, or a line that one of them is at once more, or neither. */
static form form_of(const cell &c, const access_record &r, const access_record &me)
{
    const bool writes = act_of(r) == deed::WRITE && act_of(me) == deed::WRITE;
    if (writes && own_read(c)) return form::UPDATE;
    return visited[me.site].again || visited[r.site].again ? form::LOOP : form::PLAIN;
}

static void tell(const cell &c, const access_record &r, int lane, const access_record &me,
                 bool shared)
{
    const engine *e = now;
    if (report_again(TT_SIM_RACE, site_pc(me.site), site_pc(r.site))) return;
    raw_finding f = finding_of(e, TT_SIM_RACE, site_pc(me.site));
    f.other_pc = site_pc(r.site);
    f.act = act_of(me);
    f.other_act = act_of(r);
    f.shared = shared;
    f.other_block = r.epoch < phase.block;
    f.block2 = place_in_grid(*e->run, order_block_of(r.epoch));
    const unsigned id = r.warp * WARP + static_cast<unsigned>(lane);
    const uint3 b = e->run->block;
    f.thread2 = {id % b.x, id / b.x % b.y, id / b.x / b.y};
    f.how = form_of(c, r, me);
    report(f);
}

static bool may_collide(deed a, deed b)
{
    return a == deed::WRITE || b == deed::WRITE || a != b;
}

/* Tells of one collision: with a write if there is one, else with an atomic. */
static void collide(const cell &c, const access_record &me, bool shared, uint32_t since)
{
    const access_record *hit = nullptr;
    int with = -1;
    for (unsigned i = 0; i < c.count; i++) {
        const access_record &r = c.records[i];
        if (r.epoch < since || !(r.mask & me.mask)) continue;
        if (!may_collide(act_of(r), act_of(me))) continue;
        if (hit && (act_of(*hit) == act_of(r) || act_of(r) == deed::READ ||
                    act_of(*hit) == deed::WRITE))
            continue;
        const int lane = order_missing(r, &c);
        if (lane < 0) continue;
        hit = &r;
        with = lane;
    }
    if (hit) tell(c, *hit, with, me, shared);
}

/* ---- what is kept ---------------------------------------------------------------------------- */

struct list {
    access_record records[MOST_RECORDS + 1];
    unsigned n;
};

static void drop(list *l, unsigned i)
{
    std::copy(l->records + i + 1, l->records + l->n--, l->records + i);
}

static bool same_place(const access_record &a, const access_record &b)
{
    return a.epoch == b.epoch && a.clock == b.clock && a.site == b.site &&
           a.warp == b.warp && a.mask == b.mask && a.act == b.act;
}

/* What collides with r later, and has not yet, collides with `me`: it comes after r. */
static bool superseded(const access_record &r, const access_record &me, const cell *c)
{
    if (r.mask & ~me.mask) return false;
    if (act_of(me) == deed::WRITE) return true;
    return r.act == me.act && order_missing(r, c) < 0;
}

/* Of one phase two accesses by two warps will do: barriers order both, a warp's operations one. Not
 * so atomics behind fences, so where there are any it takes a lack of room. */
static void thin_crowd(list *l)
{
    const access_record me = l->records[0];
    const access_record *other = nullptr;
    for (unsigned i = l->n; i-- > 1;) {
        const access_record &r = l->records[i];
        if (r.act == me.act && r.epoch == me.epoch && r.warp != me.warp &&
            (r.mask & me.mask) == me.mask)
            other = &r;
    }
    if (!other) return;
    const access_record kept = *other;
    for (unsigned i = l->n; i-- > 1;) {
        const access_record &r = l->records[i];
        if (r.act == me.act && r.epoch == me.epoch && !(r.mask & ~me.mask) &&
            !same_place(r, kept))
            drop(l, i);
    }
}

/* Both are by blocks that have ended: what collides with r collides with k. What was published is
 * in order for some, what was not never. */
static bool outlived(const list &l, unsigned r, unsigned k)
{
    const access_record &a = l.records[r], &b = l.records[k];
    if (r == k || a.epoch >= phase.block || b.epoch >= phase.block) return false;
    if ((a.mask & ~b.mask) || (a.act != b.act && act_of(b) != deed::WRITE)) return false;
    const bool newer = a.act != b.act || k < r;
    if (!order_fences()) return newer;
    const bool published_a = order_published(a), published_b = order_published(b);
    return published_a == published_b ? newer : published_a;
}

static void thin_past(list *l)
{
    for (unsigned i = l->n; i-- > 1;)
        for (unsigned k = 1; k < l->n; k++)
            if (outlived(*l, i, k)) {
                drop(l, i);
                break;
            }
}

static void keep(cell *c, const access_record &me, uint32_t since)
{
    if (c->count && act_of(me) != deed::WRITE && same_place(c->records[0], me)) {
        c->records[0].lanes |= me.lanes;
        return;
    }
    list l;
    l.records[0] = me;
    l.n = 1;
    for (unsigned i = 0; i < c->count; i++) {
        const access_record &r = c->records[i];
        if (r.epoch < since) continue;
        if (same_place(r, me)) l.records[0].lanes |= r.lanes;
        else if (!superseded(r, me, c)) l.records[l.n++] = r;
    }
    if (act_of(me) != deed::WRITE && (!order_fences() || l.n > MOST_RECORDS))
        thin_crowd(&l);
    if (l.n > 2) thin_past(&l);
    c->count = static_cast<uint8_t>(std::min(l.n, MOST_RECORDS));
    std::copy(l.records, l.records + c->count, c->records);
}

void race_access(cell *c, uint8_t mask, deed act, bool shared, uint32_t site)
{
    const thread &t = *now->current;
    /* What may collide: of shared memory this phase, of global memory this launch. */
    const uint32_t since = shared ? phase.now : phase.launch;
    if (act == deed::ATOMIC) {
        const access_record *guess = t.compares ? own_read(*c) : nullptr;
        if (guess) report_guess(site_pc(guess->site));
        order_atomic(c, shared);
    }
    access_record me = {phase.now, order_clock(t.id / WARP), 1u << t.id % WARP, 0, 0, 0,
                        0};
    me.site = site & 0x1fffff;
    me.warp = t.id / WARP & 31;
    me.mask = mask & 15;
    me.act = static_cast<uint32_t>(act) & 3;
    collide(*c, me, shared, since);
    keep(c, me, since);
    if (act == deed::READ) return;
    if (c->written_epoch < phase.block) c->written_mask = 0;
    c->written_epoch = phase.now;
    c->written_mask |= mask;
}

bool race_written(const cell &c, uint8_t mask)
{
    return c.written_epoch >= phase.block && (c.written_mask & mask) == mask;
}

bool race_touched_first(const cell &c)
{
    return c.count == 0 || c.records[0].epoch < phase.block;
}

} // namespace tti_sim
