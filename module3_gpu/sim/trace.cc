/* Draws which thread of a warp went where: the first accesses of each line. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>
#include <cstring>

namespace tti_sim
{

constexpr size_t MOST_DRAWN = 256;

struct drawing {
    warp_access access;
    uint3 block;
    unsigned sectors, conflicts;
};

static std::vector<drawing> drawings;
static int wanted;

void trace_launch_begins(int most)
{
    wanted = most;
    drawings.clear();
}

void trace_access(const engine *e, const warp_access &a, unsigned sectors,
                  unsigned conflicts)
{
    if (wanted <= 0 || drawings.size() >= MOST_DRAWN) return;
    int before = 0;
    for (const drawing &d : drawings) before += d.access.site == a.site;
    if (before < wanted) drawings.push_back({a, e->block, sectors, conflicts});
}

static uintptr_t lowest(const warp_access &a)
{
    uintptr_t low = ~uintptr_t(0);
    for (unsigned i = 0; i < WARP; i++)
        if (a.lanes >> i & 1) low = std::min(low, a.address[i]);
    return low;
}

/* A row of one number a thread; dots for those that took no part. */
static void row(const char *title, const warp_access &a, uintptr_t from, unsigned unit,
                uintptr_t modulo)
{
    fprintf(stderr, "  %-8s", title);
    for (unsigned i = 0; i < WARP; i++) {
        if (!(a.lanes >> i & 1)) {
            fprintf(stderr, "   .");
            continue;
        }
        uintptr_t n = a.address[i] / unit - from;
        if (modulo) n %= modulo;
        fprintf(stderr, n > 9999 ? "   +" : " %3llu", static_cast<unsigned long long>(n));
    }
    fprintf(stderr, "\n");
}

static void draw(const drawing &d)
{
    const warp_access &a = d.access;
    const line l = line_of(site_pc(a.site));
    fprintf(stderr,
            "%s:%d: block (%u,%u,%u), warp %u %s %s memory, %u bytes a thread: ", l.file,
            l.number, d.block.x, d.block.y, d.block.z, unsigned(a.warp),
            a.act == deed::READ    ? "reads"
            : a.act == deed::WRITE ? "writes"
                                   : "updates",
            a.shared ? "shared" : "global", unsigned(a.bytes));
    if (a.shared)
        fprintf(stderr, "%u further round%s because of banks\n", d.conflicts,
                d.conflicts == 1 ? "" : "s");
    else
        fprintf(stderr, "%u sector%s of 32 bytes\n", d.sectors, d.sectors == 1 ? "" : "s");
    fprintf(stderr, "  %-8s", "lane");
    for (unsigned i = 0; i < WARP; i++) fprintf(stderr, " %3u", i);
    fprintf(stderr, "\n");
    const uintptr_t low = lowest(a);
    row("word", a, low / 4, 4, 0);
    if (a.shared) row("bank", a, 0, 4, 32);
    else row("sector", a, low / 32, 32, 0);
}

void trace_print(const char *kernel)
{
    if (drawings.empty()) return;
    std::vector<uintptr_t> pcs;
    for (const drawing &d : drawings) pcs.push_back(site_pc(d.access.site));
    lines_look_up(pcs);
    fprintf(stderr, "trace of %s: words and sectors count from the lowest address\n",
            kernel);
    for (const drawing &d : drawings) draw(d);
}

} // namespace tti_sim
