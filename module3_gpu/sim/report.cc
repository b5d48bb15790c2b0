/* Keeps findings and counts, each different mistake once. */
#include "module3_gpu/sim/report.h"

#include <cstring>
#include <deque>
#include <mutex>
#include <unordered_set>
#include <unistd.h>

namespace tti_sim
{

constexpr size_t MOST_FINDINGS = 64;
constexpr size_t MOST_LAUNCHES = 1024;

static std::mutex lock;
static std::vector<raw_finding> fresh; /* of the launch that runs */
static std::unordered_set<uintptr_t> guesses;
static std::vector<tt_sim_finding> findings;
static std::deque<tt_sim_traffic> launches;
static tt_sim_traffic total;
tt_sim_traffic *counts;
tt_sim_options settings = {true, false, TT_SIM_FORWARD, 0, 0, 0, 0, nullptr};
bool watch_host;
static bool begun;

constexpr double SECONDS = 60;

raw_finding finding_of(const engine *e, tt_sim_kind kind, uintptr_t pc)
{
    raw_finding f;
    f.kind = kind;
    f.pc = pc;
    f.block = e->block;
    if (e->current) f.thread = e->current->index;
    return f;
}

bool report_again(tt_sim_kind kind, uintptr_t pc, uintptr_t other_pc)
{
    std::lock_guard<std::mutex> hold(lock);
    for (raw_finding &f : fresh)
        if (f.kind == kind && f.pc == pc && f.other_pc == other_pc) {
            f.times++;
            return true;
        }
    return fresh.size() >= MOST_FINDINGS;
}

void report(const raw_finding &f)
{
    if (report_again(f.kind, f.pc, f.other_pc)) return;
    std::lock_guard<std::mutex> hold(lock);
    fresh.push_back(f);
}

static void fill(tt_sim_place *p, uintptr_t pc, const uint3 &block, const uint3 &thread)
{
    const line l = line_of(pc);
    snprintf(p->file, sizeof p->file, "%s", l.file);
    p->line = l.number;
    const unsigned b[3] = {block.x, block.y, block.z},
                   t[3] = {thread.x, thread.y, thread.z};
    memcpy(p->block, b, sizeof b);
    memcpy(p->thread, t, sizeof t);
}

static bool same_place(const tt_sim_place &a, const tt_sim_place &b)
{
    return a.line == b.line && strcmp(a.file, b.file) == 0;
}

/* One line may be several places in the code, and the two lines of a race come in either order. */
static bool same(const tt_sim_finding &a, const tt_sim_finding &b)
{
    if (a.kind != b.kind || strcmp(a.kernel, b.kernel) != 0) return false;
    if (a.kind == TT_SIM_LAUNCH) return strcmp(a.text, b.text) == 0;
    return (same_place(a.at, b.at) && same_place(a.other, b.other)) ||
           (same_place(a.at, b.other) && same_place(a.other, b.at));
}

/* A read that is part of a race needs no second finding for what it found there. */
static bool raced(const raw_finding &r)
{
    if (r.kind != TT_SIM_UNINITIALISED) return false;
    for (const raw_finding &f : fresh)
        if (f.kind == TT_SIM_RACE && (f.pc == r.pc || f.other_pc == r.pc)) return true;
    return false;
}

void report_guess(uintptr_t pc)
{
    guesses.insert(pc);
}

static bool guessed(const raw_finding &r)
{
    const bool read = r.act == deed::READ, other = r.other_act == deed::READ;
    const bool atomic = r.act == deed::ATOMIC || r.other_act == deed::ATOMIC;
    return r.kind == TT_SIM_RACE && atomic &&
           ((read && guesses.count(r.pc)) || (other && guesses.count(r.other_pc)));
}

static void settle(const raw_finding &r, const char *kernel)
{
    tt_sim_finding f = {};
    f.kind = r.kind;
    f.shared = r.shared;
    f.times = r.times;
    snprintf(f.kernel, sizeof f.kernel, "%s", kernel);
    const bool known = line_of(r.pc).number > 0;
    fill(&f.at, known ? r.pc : r.instead, r.block, r.thread);
    fill(&f.other, r.other_pc, r.block2, r.thread2);
    /* The same barrier, of which the compiler has made two. */
    if (r.kind == TT_SIM_DIVERGENCE && r.how == form::ELSEWHERE && f.at.line > 0 &&
        same_place(f.at, f.other))
        return;
    sentence(&f, r);
    for (tt_sim_finding &old : findings)
        if (same(old, f)) {
            old.times += f.times;
            return;
        }
    if (findings.size() >= MOST_FINDINGS) return;
    findings.push_back(f);
    if (!settings.quiet) fprintf(stderr, "%s\n", f.text);
}

static bool at_line(const raw_finding &r, const line &l)
{
    const line a = line_of(r.pc), b = line_of(r.other_pc);
    return r.kind == TT_SIM_RACE && l.number > 0 && a.number == l.number &&
           b.number == l.number && strcmp(a.file, l.file) == 0 &&
           strcmp(b.file, l.file) == 0;
}

/* Of x += 1 the first to collide is a read with a write; that it is an update shows later. */
static bool updates(const raw_finding &r)
{
    const line l = line_of(r.pc);
    for (const raw_finding &f : fresh)
        if (f.how == form::UPDATE && at_line(f, l) && at_line(r, l)) return true;
    return false;
}

void report_flush(const char *kernel)
{
    if (fresh.empty()) return;
    std::vector<uintptr_t> pcs;
    for (const raw_finding &f : fresh) {
        pcs.push_back(f.pc);
        pcs.push_back(f.other_pc);
        pcs.push_back(f.instead);
    }
    lines_look_up(pcs);
    for (raw_finding &f : fresh)
        if (updates(f)) f.how = form::UPDATE;
    for (const raw_finding &f : fresh)
        if (!raced(f) && !guessed(f)) settle(f, kernel);
    fresh.clear();
}

/* For //module3_gpu:sim: everything is said at the end, and findings are a failure. */
static void report_at_end()
{
    const char *how = getenv("TT_SIM_REPORT"), *to = getenv("TT_SIM_REPORT_TO");
    watch_host = false;
    report_flush("(none)");
    fflush(stdout);
    FILE *out = to ? fdopen(atoi(to), "w") : stdout;
    if (!out) return;
    if (strcmp(how, "json") == 0) tt_sim_print_json(out);
    else tt_sim_print(out);
    fflush(nullptr);
    if (!findings.empty()) _exit(1);
}

void settings_begin()
{
    if (begun) return;
    begun = true;
    settings.quiet = getenv("TT_SIM_REPORT") != nullptr;
    watch_host = settings.quiet;
    if (settings.quiet) atexit(report_at_end);
    const char *order = getenv("TT_SIM_ORDER"), *seed = getenv("TT_SIM_SEED");
    const char *seconds = getenv("TT_SIM_SECONDS"), *diagnose = getenv("TT_SIM_DIAGNOSE");
    const char *trace = getenv("TT_SIM_TRACE");
    if (order && strcmp(order, "reverse") == 0) settings.order = TT_SIM_REVERSE;
    if (order && strcmp(order, "random") == 0) settings.order = TT_SIM_RANDOM;
    if (seed) settings.seed = strtoull(seed, nullptr, 10);
    if (diagnose && strcmp(diagnose, "0") == 0) settings.diagnose = false;
    settings.seconds = seconds ? strtod(seconds, nullptr) : SECONDS;
    if (trace) settings.trace = atoi(trace);
}

void report_launch(const tt_sim_traffic &t)
{
    if (launches.size() >= MOST_LAUNCHES) launches.pop_front();
    launches.push_back(t);
    /* All counters stand in one row, from the first to the last but shared_bytes. */
    const uint64_t *from = &t.global_loads;
    uint64_t *to = &total.global_loads;
    while (to < &total.shared_bytes) *to++ += *from++;
}

} // namespace tti_sim

using namespace tti_sim;

extern "C" tt_sim_options tt_sim_settings(void)
{
    settings_begin();
    return settings;
}

extern "C" void tt_sim_configure(const tt_sim_options *options)
{
    begun = true;
    settings = *options;
}

extern "C" size_t tt_sim_finding_count(void)
{
    return findings.size();
}
extern "C" const tt_sim_finding *tt_sim_finding_at(size_t i)
{
    return i < findings.size() ? &findings[i] : nullptr;
}
extern "C" size_t tt_sim_launch_count(void)
{
    return launches.size();
}
extern "C" const tt_sim_traffic *tt_sim_launch_at(size_t i)
{
    return i < launches.size() ? &launches[i] : nullptr;
}
extern "C" tt_sim_traffic tt_sim_total(void)
{
    return total;
}

extern "C" void tt_sim_forget(void)
{
    findings.clear();
    launches.clear();
    total = tt_sim_traffic{};
}
