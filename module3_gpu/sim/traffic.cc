/* Counts what a launch moves, as the hardware does: by warp. Threads run one after the other here, so
 * the accesses of a warp's 32 threads are matched afterwards, by program location and how often the
 * thread has been there since it last waited. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>

namespace tti_sim
{

constexpr size_t MOST_ACCESSES = 200000; /* of warps, 60 MB: README.md, known gaps */
constexpr unsigned SECTOR = 32, BANKS = 32;

/* ---- program locations ------------------------------------------------------------------- */

static std::vector<uintptr_t> sites{0};
static std::vector<uint32_t> site_table;

/* All bits of a key must count: an access's highest say which pass of a loop it is. */
static size_t spot(uint64_t key, size_t size)
{
    key = (key ^ key >> 32) * 0x9e3779b97f4a7c15u;
    return static_cast<size_t>(key ^ key >> 32) & (size - 1);
}

static void sites_grow()
{
    site_table.assign(std::max<size_t>(1024, site_table.size() * 2), 0);
    for (uint32_t s = 1; s < sites.size(); s++) {
        size_t i = spot(sites[s], site_table.size());
        while (site_table[i]) i = (i + 1) & (site_table.size() - 1);
        site_table[i] = s;
    }
}

uint32_t site_of(uintptr_t pc)
{
    if (sites.size() * 2 >= site_table.size()) sites_grow();
    size_t i = spot(pc, site_table.size());
    while (site_table[i] && sites[site_table[i]] != pc)
        i = (i + 1) & (site_table.size() - 1);
    if (site_table[i] == 0) {
        site_table[i] = static_cast<uint32_t>(sites.size());
        sites.push_back(pc);
    }
    return site_table[i];
}

uintptr_t site_pc(uint32_t site)
{
    return sites[site];
}

/* ---- matching ------------------------------------------------------------------------------ */

struct visits {
    uint32_t turn, count;
};

static std::vector<visits> visited; /* by site: how often the current thread was there */
static uint32_t turn;
static std::vector<warp_access> accesses;
static std::vector<uint32_t> access_table; /* indices into it, plus 1 */

void traffic_launch_begins()
{
    accesses.clear();
    std::fill(access_table.begin(), access_table.end(), 0u);
}

void traffic_resume()
{
    turn++;
}

static uint32_t visit(uint32_t site)
{
    if (site >= visited.size()) visited.resize(site + 64, visits{0, 0});
    visits &v = visited[site];
    if (v.turn != turn) v = {turn, 0};
    return v.count++;
}

static void table_grow()
{
    access_table.assign(std::max<size_t>(4096, access_table.size() * 2), 0);
    for (uint32_t a = 0; a < accesses.size(); a++) {
        size_t i = spot(accesses[a].key, access_table.size());
        while (access_table[i]) i = (i + 1) & (access_table.size() - 1);
        access_table[i] = a + 1;
    }
}

static warp_access &match(uint64_t key)
{
    if (accesses.size() * 2 >= access_table.size()) table_grow();
    size_t i = spot(key, access_table.size());
    while (access_table[i] && accesses[access_table[i] - 1].key != key)
        i = (i + 1) & (access_table.size() - 1);
    if (access_table[i] == 0) {
        access_table[i] = static_cast<uint32_t>(accesses.size() + 1);
        accesses.emplace_back();
        accesses.back().key = key;
        accesses.back().lanes = 0;
    }
    return accesses[access_table[i] - 1];
}

static void count_thread(size_t bytes, deed act, bool shared)
{
    tt_sim_traffic &c = *counts;
    if (act == deed::ATOMIC) {
        (shared ? c.shared_atomics : c.global_atomics)++;
    } else if (act == deed::READ) {
        (shared ? c.shared_loads : c.global_loads)++;
        (shared ? c.shared_load_bytes : c.global_load_bytes) += bytes;
    } else {
        (shared ? c.shared_stores : c.global_stores)++;
        (shared ? c.shared_store_bytes : c.global_store_bytes) += bytes;
    }
}

void traffic_access(const thread &t, uintptr_t address, size_t bytes, deed act,
                    bool shared, uint32_t site)
{
    count_thread(bytes, act, shared);
    if (accesses.size() >= MOST_ACCESSES) traffic_flush(now);
    const uint64_t warp = t.id / WARP, occurrence = visit(site);
    const uint64_t key = warp | uint64_t(site & 0x7ffff) << 5 |
                         uint64_t(t.segment & 0xffff) << 24 |
                         (occurrence & 0xffffff) << 40;
    warp_access &a = match(key);
    a.site = site;
    a.warp = static_cast<uint16_t>(warp);
    a.bytes = static_cast<uint8_t>(bytes);
    a.shared = shared;
    a.act = act;
    a.lanes |= 1u << t.id % WARP;
    a.address[t.id % WARP] = address;
}

/* ---- counting -------------------------------------------------------------------------------- */

static unsigned sectors_of(const warp_access &a)
{
    uintptr_t ids[2 * WARP];
    unsigned n = 0;
    for (unsigned lane = 0; lane < WARP; lane++) {
        if (!(a.lanes >> lane & 1)) continue;
        const uintptr_t from = a.address[lane] / SECTOR;
        const uintptr_t to = (a.address[lane] + a.bytes - 1) / SECTOR;
        for (uintptr_t s = from; s <= to; s++)
            if (n == 0 || ids[n - 1] != s) ids[n++] = s;
    }
    std::sort(ids, ids + n);
    return static_cast<unsigned>(std::unique(ids, ids + n) - ids);
}

/* A round serves each bank one word. Wide accesses go by half and quarter warps. */
static unsigned group_rounds(const warp_access &a, unsigned first, unsigned lanes)
{
    uintptr_t words[4 * WARP];
    unsigned n = 0, bank[BANKS] = {0}, most = 0;
    for (unsigned lane = first; lane < first + lanes; lane++) {
        if (!(a.lanes >> lane & 1)) continue;
        for (uintptr_t w = a.address[lane] / 4; w <= (a.address[lane] + a.bytes - 1) / 4;
             w++)
            if (n < 4 * WARP) words[n++] = w;
    }
    std::sort(words, words + n);
    const unsigned different = static_cast<unsigned>(std::unique(words, words + n) - words);
    for (unsigned i = 0; i < different; i++)
        most = std::max(most, ++bank[words[i] % BANKS]);
    return most;
}

static unsigned conflicts_of(const warp_access &a)
{
    const unsigned lanes = a.bytes <= 4 ? 32 : a.bytes <= 8 ? 16 : 8;
    unsigned conflicts = 0;
    for (unsigned first = 0; first < WARP; first += lanes) {
        const unsigned rounds = group_rounds(a, first, lanes);
        if (rounds > 1) conflicts += rounds - 1;
    }
    return conflicts;
}

void traffic_flush(engine *e)
{
    for (const warp_access &a : accesses) {
        const unsigned sectors = a.shared ? 0 : sectors_of(a);
        const unsigned conflicts = a.shared ? conflicts_of(a) : 0;
        if (a.shared) {
            counts->shared_requests++;
            counts->bank_conflicts += conflicts;
        } else if (a.act == deed::READ) {
            counts->global_load_requests++;
            counts->global_load_sectors += sectors;
        } else if (a.act == deed::WRITE) {
            counts->global_store_requests++;
            counts->global_store_sectors += sectors;
        }
        trace_access(e, a, sectors, conflicts);
    }
    if (!accesses.empty()) std::fill(access_table.begin(), access_table.end(), 0u);
    accesses.clear();
    traffic_resume();
}

} // namespace tti_sim
