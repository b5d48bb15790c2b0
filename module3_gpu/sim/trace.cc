/* Draws which thread of a warp went where: the first access of each line, on 80 columns.
 *
 * Global memory as rows of 32 bytes, the sectors that it moves; shared memory as rounds, each of
 * which serves every bank one word. In a cell stands the thread that asked for it, by its number in
 * the warp. It goes where the program prints: the findings follow it there. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

namespace tti_sim
{

/* std::to_string would put a name of the C++ library among those that libtinytorch.a exports. */
static std::string digits(size_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", number);
    return text;
}

constexpr size_t MOST_DRAWN = 256;
constexpr unsigned MOST_ROWS = 8; /* of one access; the others are counted */
constexpr unsigned BANKS = 32, SECTOR = 32, SECTOR_WORDS = SECTOR / 4;

struct drawing {
    warp_access access;
    uint3 block;
    unsigned sectors, conflicts;
    std::string array; /* where it went, */
    uintptr_t begin;   /* and where that begins */
};

static std::vector<drawing> drawings;
static int wanted;

void trace_launch_begins(int most)
{
    wanted = most;
    drawings.clear();
}

static uintptr_t lowest(const warp_access &a)
{
    uintptr_t low = ~uintptr_t(0);
    for (unsigned i = 0; i < WARP; i++)
        if (a.lanes >> i & 1) low = std::min(low, a.address[i]);
    return low;
}

/* Names the array that an access went to, while it is known. */
static void locate(drawing *d)
{
    const uintptr_t low = lowest(d->access);
    char name[100] = "";
    uintptr_t end = 0;
    d->begin = low;
    if (const region *r = d->access.shared ? nullptr : region_of(low)) {
        d->begin = r->begin;
        d->array =
            r->name[0] ? r->name : "the array of cudaMalloc number " + digits(r->number);
        return;
    }
    const segment *s = segment_of(low);
    if (s && s->named) variable_named(*s, low, &d->begin, &end, name, sizeof name);
    d->array = name[0] ? name : d->access.shared ? "dynamic shared memory" : "a variable";
}

void trace_access(const engine *e, const warp_access &a, unsigned sectors,
                  unsigned conflicts)
{
    if (wanted <= 0 || drawings.size() >= MOST_DRAWN) return;
    int before = 0;
    for (const drawing &d : drawings) before += d.access.site == a.site;
    if (before >= wanted) return;
    drawings.push_back({a, e->block, sectors, conflicts, "", 0});
    locate(&drawings.back());
}

/* t5, t0-31, t0+3 (and three others), or a dot for nobody. */
static std::string threads(uint32_t lanes)
{
    if (lanes == 0) return ".";
    const int first = __builtin_ctz(lanes), more = __builtin_popcount(lanes) - 1;
    const std::string name = "t" + digits(first);
    if (more == 0) return name;
    const bool row = (lanes >> first) == (more == 31 ? ~0u : (2u << more) - 1);
    return name + (row ? "-" : "+") + digits(row ? first + more : more);
}

/* The same number of bytes from each thread to the next one, or 0. */
static long step_of(const warp_access &a)
{
    long step = 0;
    for (unsigned i = 1; i < WARP; i++) {
        if (!(a.lanes >> i & 1) || !(a.lanes >> (i - 1) & 1)) continue;
        const long here = static_cast<long>(a.address[i] - a.address[i - 1]);
        if (step && here != step) return 0;
        step = here;
    }
    return step;
}

/* ---- global memory ------------------------------------------------------------------------- */

typedef std::map<uintptr_t, uint32_t> by_word; /* word -> lanes */

static by_word words_of(const warp_access &a, unsigned first, unsigned lanes)
{
    by_word words;
    for (unsigned i = first; i < first + lanes; i++) {
        if (!(a.lanes >> i & 1)) continue;
        for (uintptr_t w = a.address[i] / 4; w <= (a.address[i] + a.bytes - 1) / 4; w++)
            words[w] |= 1u << i;
    }
    return words;
}

static void draw_sectors(const drawing &d)
{
    const by_word words = words_of(d.access, 0, WARP);
    unsigned rows = 0;
    printf("  %8s", "byte");
    for (unsigned i = 0; i < SECTOR_WORDS; i++)
        printf(" %7s", ("+" + digits(4 * i)).c_str());
    printf("\n");
    for (auto w = words.begin(); w != words.end();) {
        const uintptr_t sector = w->first / SECTOR_WORDS;
        std::string row[SECTOR_WORDS];
        for (std::string &cell : row) cell = ".";
        for (; w != words.end() && w->first / SECTOR_WORDS == sector; ++w)
            row[w->first % SECTOR_WORDS] = threads(w->second);
        if (rows++ >= MOST_ROWS) continue;
        printf("  %8lld",
               static_cast<long long>(sector * SECTOR) - static_cast<long long>(d.begin));
        for (const std::string &cell : row) printf(" %7s", cell.c_str());
        printf("\n");
    }
    if (rows > MOST_ROWS) printf("  %8s and %u more\n", "..", rows - MOST_ROWS);
}

static size_t different_bytes(const warp_access &a)
{
    std::vector<uintptr_t> at;
    for (unsigned i = 0; i < WARP; i++)
        if (a.lanes >> i & 1) at.push_back(a.address[i]);
    std::sort(at.begin(), at.end());
    return static_cast<size_t>(std::unique(at.begin(), at.end()) - at.begin()) * a.bytes;
}

static void judge_sectors(const drawing &d)
{
    const size_t moved = d.sectors * SECTOR, used = different_bytes(d.access);
    const long step = step_of(d.access);
    printf("  = %u sector%s of 32 bytes, of which %zu of %zu bytes are used", d.sectors,
           d.sectors == 1 ? "" : "s", used, moved);
    if (2 * used <= moved && step)
        printf(":\n    neighbouring threads are %ld bytes apart", step);
    printf("\n");
}

/* ---- shared memory ------------------------------------------------------------------------- */

typedef std::vector<uint32_t> round_cells; /* a bank each: the lanes it serves */

/* Wide accesses go by half and quarter warps. */
static std::vector<round_cells> rounds_of(const warp_access &a)
{
    const unsigned lanes = a.bytes <= 4 ? 32 : a.bytes <= 8 ? 16 : 8;
    std::vector<round_cells> rounds;
    for (unsigned first = 0; first < WARP; first += lanes) {
        const size_t begin = rounds.size();
        unsigned used[BANKS] = {0};
        for (const auto &w : words_of(a, first, lanes)) {
            const size_t r = begin + used[w.first % BANKS]++;
            if (r >= rounds.size()) rounds.push_back(round_cells(BANKS, 0));
            rounds[r][w.first % BANKS] = w.second;
        }
    }
    return rounds;
}

static void draw_half(const std::vector<round_cells> &rounds, unsigned first)
{
    uint32_t any = 0;
    for (const round_cells &r : rounds)
        for (unsigned b = first; b < first + BANKS / 2; b++) any |= r[b];
    if (any == 0) return;
    printf("  %8s", "bank");
    for (unsigned b = first; b < first + BANKS / 2; b++) printf(" %3u", b);
    printf("\n");
    for (size_t r = 0; r < std::min<size_t>(rounds.size(), MOST_ROWS); r++) {
        printf("  round %2zu", r + 1);
        for (unsigned b = first; b < first + BANKS / 2; b++) {
            const bool many = __builtin_popcount(rounds[r][b]) > 1;
            const std::string one = threads(rounds[r][b] & (~rounds[r][b] + 1));
            printf(" %3s", many ? (one.substr(0, 2) + "+").c_str() : one.c_str());
        }
        printf("\n");
    }
    if (rounds.size() > MOST_ROWS)
        printf("  %8s and %zu more\n", "..", rounds.size() - MOST_ROWS);
}

static void judge_rounds(const drawing &d, size_t rounds)
{
    const long step = step_of(d.access);
    printf("  = %zu round%s", rounds, rounds == 1 ? "" : "s");
    if (d.conflicts == 0) {
        printf(": no bank is asked for two words at once\n");
        return;
    }
    printf(" where %zu would do: banks are asked for several words", rounds - d.conflicts);
    if (step && step % 8 == 0)
        printf(":\n    neighbouring threads are %ld words apart; an odd number "
               "would spread them",
               step / 4);
    printf("\n");
}

/* ---- both ---------------------------------------------------------------------------------- */

static void draw(const drawing &d)
{
    const warp_access &a = d.access;
    const line l = line_of(site_pc(a.site));
    printf("\n%s:%d: warp %u of block (%u,%u,%u) %s %u bytes a thread\n", l.file,
           l.number, unsigned(a.warp), d.block.x, d.block.y, d.block.z,
           a.act == deed::READ    ? "reads"
           : a.act == deed::WRITE ? "writes"
                                  : "updates",
           unsigned(a.bytes));
    printf("  %s memory, %s", a.shared ? "shared" : "global", d.array.c_str());
    if (~a.lanes) printf("; only %s of t0-31", threads(a.lanes).c_str());
    printf("\n");
    if (a.warp > 0) printf("  t0 is thread %u of the block\n", a.warp * WARP);
    if (!a.shared) {
        draw_sectors(d);
        judge_sectors(d);
        return;
    }
    const std::vector<round_cells> rounds = rounds_of(a);
    draw_half(rounds, 0);
    draw_half(rounds, BANKS / 2);
    judge_rounds(d, rounds.size());
}

void trace_print(const char *kernel)
{
    if (drawings.empty()) return;
    std::vector<uintptr_t> pcs;
    for (const drawing &d : drawings) pcs.push_back(site_pc(d.access.site));
    lines_look_up(pcs);
    printf("trace of %s: the first access of each line\n", kernel);
    for (const drawing &d : drawings) draw(d);
    printf("\n");
    fflush(stdout);
}

} // namespace tti_sim
