/* What happened before what. A thread's accesses are in order. Within a block a barrier orders
 * everything (epochs differ), a warp operation its lanes (clocks differ). Else there is the one
 * pattern that CUDA has for it: write, __threadfence(), atomic; then, by another thread, an atomic
 * on the same address, read ("the last block sums up", and locks).
 *
 * So a fence notes what happened before it: that is what the thread, or after a barrier its block,
 * can publish. An atomic publishes it under its address, and learns what is published there already.
 * Who learns is known by version: an address's releases are numbered. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>
#include <unordered_map>

namespace tti_sim
{

phases phase;

struct warp_clock {
    uint32_t now;              /* counts warp operations and fences */
    uint32_t begin;            /* when the phase began */
    uint32_t all;              /* the last that all lanes took part in */
    bool some;                 /* `pair` is in use */
    uint32_t pair[WARP][WARP]; /* the last that both took part in */
};
static warp_clock clocks[MOST_WARPS];

struct block_begin {
    uint32_t epoch;
    uint64_t number;
};
static std::vector<block_begin> begins; /* of this launch */

/* ---- what is published where ------------------------------------------------------------- */

/* Accesses of a thread in the current phase with a clock below `until`. */
struct mark {
    uint32_t thread, until;
};
/* What the sync object knew at a version. */
struct known {
    uint32_t sync, version;
};
/* What happened before a fence: accesses of the block in phases before `epoch`, marks in it, and
 * what was known from others. Empty: epoch is 0. */
struct history {
    uint32_t epoch = 0;
    std::vector<mark> marks;
    std::vector<known> knows;
};

struct event {
    uint32_t until, version, previous;
};
/* An address that atomics behind a fence have been used on. */
struct sync_object {
    const cell *at = nullptr;
    uint32_t block = 0; /* the epoch it began with, for shared memory */
    uint32_t version = 0;
    std::vector<event> events{{0, 0, 0}};
    std::unordered_map<uint64_t, uint32_t> last;   /* event of a key */
    std::vector<std::pair<uint32_t, known>> links; /* since which version it knows others */
    uint32_t asked = 0, asked_version = 0;
};

constexpr size_t MOST_SYNCS = 65536, MOST_KNOWN = 64;
constexpr uint32_t NONE = UINT32_MAX;
constexpr uint32_t EVERY = MOST_THREADS; /* instead of a thread: its whole block */
constexpr uint32_t ITSELF =
    2 * MOST_THREADS; /* plus a thread: its atomics on that address */

/* The first one knows all that is published anywhere, and stands in where others would be many. */
static std::vector<sync_object> syncs;
static std::unordered_map<const cell *, uint32_t> sync_of;

static std::vector<known> knows[MOST_THREADS], block_knows;
static history fenced[MOST_THREADS],
    block_fenced;                   /* by the thread in this phase; before it */
static bool unfenced[MOST_THREADS]; /* has accessed global memory since its last fence */
static bool fences;                 /* in this launch */
static bool busy;                   /* a thread of this block has fenced or learned */

static uint64_t key(uint32_t epoch, uint32_t who)
{
    return static_cast<uint64_t>(epoch) << 12 | who;
}

static void learn(std::vector<known> *v, const known &k)
{
    for (known &old : *v)
        if (old.sync == k.sync) {
            old.version = std::max(old.version, k.version);
            return;
        }
    if (v->size() < MOST_KNOWN) return v->push_back(k);
    v->assign(1, {0, syncs[0].version});
}
static void learn(std::vector<known> *v, const std::vector<known> &others)
{
    for (const known &k : others) learn(v, k);
}

static void note(sync_object *s, uint64_t k, uint32_t until)
{
    uint32_t &last = s->last[k];
    if (s->events[last].until >= until) return;
    s->events.push_back({until, s->version, last});
    last = static_cast<uint32_t>(s->events.size() - 1);
}

static bool noted(const sync_object &s, uint64_t k, uint32_t at, uint32_t version)
{
    auto i = s.last.find(k);
    if (i == s.last.end()) return false;
    for (uint32_t e = i->second; s.events[e].until > at; e = s.events[e].previous)
        if (s.events[e].version <= version) return true;
    return false;
}

static void link_to(sync_object *s, const known &k)
{
    if (&syncs[k.sync] == s) return;
    for (auto i = s->links.rbegin(); i != s->links.rend(); ++i)
        if (i->second.sync == k.sync) {
            if (i->second.version >= k.version) return;
            break;
        }
    s->links.push_back({s->version, k});
}

static void release(sync_object *s, const history &h, const thread &t)
{
    s->version++;
    if (h.epoch) note(s, key(phase.block, EVERY), h.epoch);
    for (const mark &m : h.marks) note(s, key(h.epoch, m.thread), m.until);
    for (const known &k : h.knows) link_to(s, k);
    note(s, key(phase.now, ITSELF + t.id), clocks[t.id / WARP].now + 1);
}

/* The address's object; NONE where nothing was published there and `make` is false. */
static uint32_t find_sync(const cell *c, bool shared, bool make)
{
    auto i = sync_of.find(c);
    if (i != sync_of.end() && (!shared || syncs[i->second].block == phase.block))
        return i->second;
    if (syncs.size() >= MOST_SYNCS) return 0;
    if (!make) return NONE;
    syncs.emplace_back();
    syncs.back().at = c;
    syncs.back().block = phase.block;
    return sync_of[c] = static_cast<uint32_t>(syncs.size() - 1);
}

void order_atomic(const cell *c, bool shared)
{
    if (!fences) return;
    const thread &t = *now->current;
    const history &h = fenced[t.id].epoch ? fenced[t.id] : block_fenced;
    const uint32_t s = find_sync(c, shared, h.epoch != 0);
    if (s == NONE) return;
    busy = true;
    learn(&knows[t.id], {s, syncs[s].version});
    release(&syncs[s], h, t);
    if (s != 0) release(&syncs[0], h, t);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static const block_begin &begin_of(uint32_t at)
{
    auto i = std::upper_bound(begins.begin(), begins.end(), at,
                              [](uint32_t a, const block_begin &b) { return a < b.epoch; });
    return *(i - 1);
}

uint64_t order_block_of(uint32_t epoch)
{
    return begin_of(epoch).number;
}

/* Whether the objects in `to_ask` knew an access of a lane of r, to c. */
static bool any_knows(std::vector<known> *to_ask, const access_record &r, unsigned lane,
                      const cell *c)
{
    static uint32_t question;
    const uint32_t thread = r.warp * WARP + lane, begin = begin_of(r.epoch).epoch;
    const bool atomic = static_cast<deed>(r.act) == deed::ATOMIC;
    question++;
    while (!to_ask->empty()) {
        const known k = to_ask->back();
        to_ask->pop_back();
        sync_object &s = syncs[k.sync];
        if (s.asked == question && s.asked_version >= k.version) continue;
        s.asked = question;
        s.asked_version = k.version;
        if (noted(s, key(r.epoch, thread), r.clock, k.version) ||
            noted(s, key(begin, EVERY), r.epoch, k.version) ||
            (atomic && (s.at == c || k.sync == 0) &&
             noted(s, key(r.epoch, ITSELF + thread), r.clock, k.version)))
            return true;
        for (const auto &l : s.links)
            if (l.first <= k.version) to_ask->push_back(l.second);
    }
    return false;
}

static bool learned(const access_record &r, unsigned lane, const cell *c)
{
    static std::vector<known> to_ask;
    to_ask = block_knows;
    const std::vector<known> &own = knows[now->current->id];
    to_ask.insert(to_ask.end(), own.begin(), own.end());
    return any_knows(&to_ask, r, lane, c);
}

bool order_published(const access_record &r)
{
    static std::vector<known> to_ask;
    for (unsigned lane = 0; lane < WARP; lane++) {
        if (!(r.lanes >> lane & 1)) continue;
        to_ask.assign(1, {0, syncs[0].version});
        if (!any_knows(&to_ask, r, lane, nullptr)) return false;
    }
    return true;
}

/* Lanes of r that no operation of the warp orders before lane `to` of it. */
static uint32_t out_of_step(const access_record &r, unsigned to)
{
    const warp_clock &c = clocks[r.warp];
    uint32_t lanes = r.clock < c.all ? 0 : r.lanes & ~(1u << to);
    for (unsigned i = 0; c.some && lanes >> i && i < WARP; i++)
        if (r.clock < c.pair[i][to]) lanes &= ~(1u << i);
    return lanes;
}

int order_missing(const access_record &r, const cell *c)
{
    const thread &t = *now->current;
    if (r.epoch >= phase.block && r.epoch != phase.now) return -1;
    uint32_t lanes = r.lanes;
    if (r.epoch == phase.now && r.warp == t.id / WARP)
        lanes = out_of_step(r, t.id % WARP);
    for (; lanes; lanes &= lanes - 1) {
        const int lane = __builtin_ctz(lanes);
        if (!busy || !learned(r, static_cast<unsigned>(lane), c)) return lane;
    }
    return -1;
}

bool order_fences()
{
    return fences;
}

uint32_t order_clock(unsigned warp)
{
    return clocks[warp].now;
}

/* ---- what orders ----------------------------------------------------------------------------- */

void order_unfenced()
{
    unfenced[now->current->id] = true;
}

void order_fence()
{
    const thread &t = *now->current;
    const unsigned warp = t.id / WARP, lane = t.id % WARP;
    warp_clock &c = clocks[warp];
    history &h = fenced[t.id];
    busy = fences = true;
    unfenced[t.id] = false;
    h.epoch = phase.now;
    h.knows = block_knows;
    learn(&h.knows, knows[t.id]);
    h.marks.assign(1, {t.id, ++c.now});
    for (unsigned i = 0; i < WARP; i++) {
        const uint32_t met = c.some ? std::max(c.all, c.pair[i][lane]) : c.all;
        if (i != lane && met > c.begin) h.marks.push_back({warp * WARP + i, met});
    }
}

/* What one of several fenced is fenced for all. */
static void join(history *all, const history &h)
{
    if (!h.epoch) return;
    all->epoch = h.epoch;
    learn(&all->knows, h.knows);
    for (const mark &m : h.marks) {
        auto i = std::find_if(all->marks.begin(), all->marks.end(),
                              [&](const mark &old) { return old.thread == m.thread; });
        if (i == all->marks.end()) all->marks.push_back(m);
        else i->until = std::max(i->until, m.until);
    }
}

static void barrier_joins(const engine *e)
{
    history all;
    bool whole = true;
    for (unsigned i = 0; i < e->run->threads; i++) whole &= !unfenced[i];
    for (unsigned i = 0; i < e->run->threads; i++) {
        if (whole) fenced[i].marks.clear();
        join(&all, fenced[i]);
        learn(&block_knows, knows[i]);
        fenced[i].epoch = 0;
        knows[i].clear();
    }
    if (!all.epoch) return;
    all.epoch += whole;
    block_fenced = all;
}

static void warp_joins(const engine *e, unsigned first, unsigned mask)
{
    history all;
    std::vector<known> learns;
    const unsigned end = std::min(first + WARP, e->run->threads);
    for (unsigned i = first; i < end; i++) {
        if (!(mask >> (i - first) & 1)) continue;
        join(&all, fenced[i]);
        learn(&learns, knows[i]);
    }
    for (unsigned i = first; i < end; i++) {
        if (!(mask >> (i - first) & 1)) continue;
        knows[i] = learns;
        fenced[i] = all;
    }
}

static void forget_block()
{
    for (unsigned i = 0; busy && i < MOST_THREADS; i++) {
        knows[i].clear();
        fenced[i].epoch = 0;
    }
    block_knows.clear();
    block_fenced = history();
    busy = false;
}

void order_launch_begins()
{
    phase.launch = phase.now + 1;
    begins.clear();
    syncs.assign(1, sync_object());
    sync_of.clear();
    fences = false;
}

void phase_block_begins(engine *e)
{
    phase.block = ++phase.now;
    begins.push_back({phase.now, e->block_number});
    forget_block();
    std::fill(unfenced, unfenced + MOST_THREADS, false);
    for (warp_clock &c : clocks) {
        c.now = c.begin = 1;
        c.all = 0;
        if (c.some) std::fill(&c.pair[0][0], &c.pair[0][0] + WARP * WARP, 0u);
        c.some = false;
    }
}

void phase_barrier(engine *e)
{
    if (busy) barrier_joins(e);
    std::fill(unfenced, unfenced + MOST_THREADS, false);
    for (warp_clock &c : clocks) c.begin = c.now;
    phase.now++;
    if (counts) counts->barriers++;
    traffic_flush(e);
}

void phase_warp(engine *e, unsigned warp, unsigned mask)
{
    warp_clock &c = clocks[warp];
    c.now++;
    if (busy) warp_joins(e, warp * WARP, mask);
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

} // namespace tti_sim
