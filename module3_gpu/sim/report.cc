/* Keeps findings and counts, each different mistake once. */
#include "module3_gpu/sim/report.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <sys/mman.h>

namespace tti_sim
{

constexpr size_t MOST_FINDINGS = 64;
constexpr size_t MOST_LAUNCHES = 1024;
constexpr size_t MOST_GUESSES = 256;

/* One piece of memory without pointers, so that it can be shared with the process that outlives the
 * program (witness.cc). */
struct ledger {
    size_t fresh_count, finding_count, guess_count;
    uint64_t launch_count;
    char running[96];                  /* the kernel, "" between launches */
    raw_finding fresh[MOST_FINDINGS];  /* of the launch that runs */
    raw_finding causes[MOST_FINDINGS]; /* of findings */
    tt_sim_finding findings[MOST_FINDINGS];
    uintptr_t guesses[MOST_GUESSES];
    tt_sim_traffic launches[MOST_LAUNCHES], total; /* a ring */
};

static std::mutex lock;
static ledger own, *book = &own;
tt_sim_traffic *counts;
tt_sim_options settings = {true, false, TT_SIM_FORWARD, 0, 0, 0, 0, nullptr};
bool watch_host;
static bool begun;

constexpr double SECONDS = 60;

bool report_share()
{
    void *p = mmap(nullptr, sizeof own, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p != MAP_FAILED) book = new (p) ledger();
    return p != MAP_FAILED;
}

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
    for (size_t i = 0; i < book->fresh_count; i++) {
        raw_finding &f = book->fresh[i];
        if (f.kind != kind || f.pc != pc || f.other_pc != other_pc) continue;
        f.times++;
        return true;
    }
    return book->fresh_count >= MOST_FINDINGS;
}

void report(const raw_finding &f)
{
    if (report_again(f.kind, f.pc, f.other_pc)) return;
    std::lock_guard<std::mutex> hold(lock);
    if (book->fresh_count < MOST_FINDINGS) book->fresh[book->fresh_count++] = f;
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
static bool same_places(const tt_sim_finding &a, const tt_sim_finding &b)
{
    return (same_place(a.at, b.at) && same_place(a.other, b.other)) ||
           (same_place(a.at, b.other) && same_place(a.other, b.at));
}

/* The i-th finding is what f, by r, would say again: only threads and numbers are others. */
static bool same(size_t i, const tt_sim_finding &f, const raw_finding &r)
{
    const tt_sim_finding &old = book->findings[i];
    const raw_finding &cause = book->causes[i];
    return old.kind == f.kind && strcmp(old.kernel, f.kernel) == 0 &&
           cause.how == r.how && strcmp(cause.text, r.text) == 0 && same_places(old, f);
}

/* A read that is part of a race needs no second finding for what it found there. */
static bool raced(const raw_finding &r)
{
    if (r.kind != TT_SIM_UNINITIALISED) return false;
    for (size_t i = 0; i < book->fresh_count; i++) {
        const raw_finding &f = book->fresh[i];
        if (f.kind == TT_SIM_RACE && (f.pc == r.pc || f.other_pc == r.pc)) return true;
    }
    return false;
}

static bool is_guess(uintptr_t pc)
{
    const uintptr_t *begin = book->guesses, *end = begin + book->guess_count;
    return std::find(begin, end, pc) != end;
}

void report_guess(uintptr_t pc)
{
    if (book->guess_count < MOST_GUESSES && !is_guess(pc))
        book->guesses[book->guess_count++] = pc;
}

static bool guessed(const raw_finding &r)
{
    const bool read = r.act == deed::READ, other = r.other_act == deed::READ;
    const bool atomic = r.act == deed::ATOMIC || r.other_act == deed::ATOMIC;
    return r.kind == TT_SIM_RACE && atomic &&
           ((read && is_guess(r.pc)) || (other && is_guess(r.other_pc)));
}

/* The first place with a line: where it happened, else who called that. */
static uintptr_t place_of(const raw_finding &r)
{
    if (line_of(r.pc).number > 0) return r.pc;
    for (uintptr_t pc : r.callers)
        if (line_of(pc).number > 0) return pc;
    return r.instead;
}

static void settle(const raw_finding &r, const char *kernel)
{
    tt_sim_finding f = {};
    f.kind = r.kind;
    f.shared = r.shared;
    f.times = r.times;
    snprintf(f.kernel, sizeof f.kernel, "%s", kernel);
    fill(&f.at, place_of(r), r.block, r.thread);
    fill(&f.other, r.other_pc, r.block2, r.thread2);
    /* The same barrier, of which the compiler has made two. */
    if (r.kind == TT_SIM_DIVERGENCE && r.how == form::ELSEWHERE && f.at.line > 0 &&
        same_place(f.at, f.other))
        return;
    sentence(&f, r);
    for (size_t i = 0; i < book->finding_count; i++)
        if (same(i, f, r)) {
            book->findings[i].times += f.times;
            return;
        }
    if (book->finding_count >= MOST_FINDINGS) return;
    book->causes[book->finding_count] = r;
    book->findings[book->finding_count++] = f;
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
    for (size_t i = 0; i < book->fresh_count; i++) {
        const raw_finding &f = book->fresh[i];
        if (f.how == form::UPDATE && at_line(f, l) && at_line(r, l)) return true;
    }
    return false;
}

void report_flush(const char *kernel)
{
    if (book->fresh_count == 0) return;
    std::vector<uintptr_t> pcs;
    for (size_t i = 0; i < book->fresh_count; i++) {
        const raw_finding &f = book->fresh[i];
        pcs.insert(pcs.end(), {f.pc, f.other_pc, f.instead});
        pcs.insert(pcs.end(), std::begin(f.callers), std::end(f.callers));
    }
    lines_look_up(pcs);
    for (size_t i = 0; i < book->fresh_count; i++)
        if (updates(book->fresh[i])) book->fresh[i].how = form::UPDATE;
    for (size_t i = 0; i < book->fresh_count; i++) {
        const raw_finding &f = book->fresh[i];
        if (!raced(f) && !guessed(f)) settle(f, kernel);
    }
    book->fresh_count = 0;
}

void report_running(const char *kernel)
{
    snprintf(book->running, sizeof book->running, "%s", kernel);
}

const char *report_running_now()
{
    return book->running;
}

void settings_begin()
{
    if (begun) return;
    begun = true;
    settings.quiet = getenv("TT_SIM_REPORT") != nullptr;
    watch_host = settings.quiet;
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

void report_without_launches()
{
    book->launch_count = 0;
}

void report_launch(const tt_sim_traffic &t)
{
    book->launches[book->launch_count++ % MOST_LAUNCHES] = t;
    /* All counters stand in one row, from the first to the last but shared_bytes. */
    const uint64_t *from = &t.global_loads;
    uint64_t *to = &book->total.global_loads;
    while (to < &book->total.shared_bytes) *to++ += *from++;
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
    return book->finding_count;
}
extern "C" const tt_sim_finding *tt_sim_finding_at(size_t i)
{
    return i < book->finding_count ? &book->findings[i] : nullptr;
}
extern "C" size_t tt_sim_launch_count(void)
{
    return std::min<uint64_t>(book->launch_count, MOST_LAUNCHES);
}
extern "C" const tt_sim_traffic *tt_sim_launch_at(size_t i)
{
    const uint64_t n = book->launch_count, first = n > MOST_LAUNCHES ? n : 0;
    return i < tt_sim_launch_count() ? &book->launches[(first + i) % MOST_LAUNCHES]
                                     : nullptr;
}
extern "C" tt_sim_traffic tt_sim_total(void)
{
    return book->total;
}

extern "C" void tt_sim_forget(void)
{
    book->finding_count = 0;
    book->launch_count = 0;
    book->total = tt_sim_traffic{};
}
