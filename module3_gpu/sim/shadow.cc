/* Each access: is it in bounds, was it written, does it collide; and then it is counted. */
#include "module3_gpu/sim/shadow.h"

#include <cstring>

namespace tti_sim
{

static region dynamic;   /* the dynamic shared memory of this launch */
static region *recent;   /* where the last access to global memory was */
static uint64_t touched; /* bytes of shared memory, by the block that runs */
static uint64_t touched_block;

void shadow_launch_begins(const launch &l)
{
    segments_begin();
    order_launch_begins();
    traffic_launch_begins();
    trace_launch_begins(l.options.trace);
    recent = nullptr;
    touched = 0;
}

void shadow_launch_ends(const launch &l)
{
    region_forget(&dynamic);
    regions_forget_all();
    segments_forget();
    if (l.options.trace > 0) trace_print(l.kernel);
    if (counts && counts->shared_bytes < l.shared + variables_shared_bytes())
        counts->shared_bytes = l.shared + variables_shared_bytes();
}

/* Ends the kernel: what would come next is chance. */
[[noreturn]] static void out_of_bounds(raw_finding *f, size_t bytes, deed act)
{
    f->act = act;
    f->bytes = bytes;
    callers_of(f);
    report(*f);
    now->give_up(cudaErrorIllegalAddress);
}

static void name_of(const region &r, char *name, size_t size)
{
    if (r.name[0]) snprintf(name, size, "%s", r.name);
    else
        snprintf(name, size, "the array of cudaMalloc number %llu",
                 static_cast<unsigned long long>(r.number));
}

static void past(raw_finding *f, const region &r, uintptr_t at)
{
    f->how = at < r.begin ? form::BEFORE : form::PAST_END;
    f->number = at < r.begin ? r.begin - at : at < r.end ? 0 : at - r.end;
    f->size = r.end - r.begin;
    name_of(r, f->text, sizeof f->text);
}

/* How far outside; without any dynamic shared memory only its very beginning is near to it. */
static uintptr_t distance(const region &r, uintptr_t at)
{
    if (r.begin == r.end) return at - r.begin < 128 ? 0 : NEAR;
    return at < r.begin ? r.begin - at : at - r.end;
}

static void check_variable(const segment &s, uintptr_t at, size_t bytes, deed act,
                           uintptr_t pc)
{
    uintptr_t begin = 0, end = 0;
    char name[100];
    const bool found = variable_at(s, at, &begin, &end, name, sizeof name);
    const bool constant = act != deed::READ && found && variable_constant(s, at);
    if (found && at + bytes <= end && !constant) return;
    if (constant) variable_named(s, at, &begin, &end, name, sizeof name);
    raw_finding f = finding_of(now, TT_SIM_BOUNDS, pc);
    f.shared = s.shared;
    f.how = constant ? form::CONSTANT : begin ? form::PAST_END : form::BETWEEN;
    f.number = at < end ? 0 : at - end;
    f.size = end - begin;
    snprintf(f.text, sizeof f.text, "%s", name);
    out_of_bounds(&f, bytes, act);
}

/* An address that belongs to nothing: says what it is near to. */
[[noreturn]] static void stray(uintptr_t at, size_t bytes, deed act, uintptr_t pc)
{
    raw_finding f = finding_of(now, TT_SIM_BOUNDS, pc);
    const region *r = region_near(at), *old = region_freed(at);
    if (const segment *s = segment_of_shared_before(at))
        check_variable(*s, at, bytes, act, pc);
    if (at < PAGE) {
        f.how = form::NULL_POINTER;
    } else if (old) {
        f.how = form::FREED;
        name_of(*old, f.text, sizeof f.text);
    } else if (distance(dynamic, at) < (r ? distance(*r, at) : NEAR)) {
        f.shared = true;
        past(&f, dynamic, at);
    } else if (r) {
        past(&f, *r, at);
    } else {
        f.how = form::HOST;
    }
    out_of_bounds(&f, bytes, act);
}

static void note_shared(const cell &c, uint8_t mask, deed act, uintptr_t pc)
{
    engine *e = now;
    if (touched_block != e->block_number) touched = 0;
    touched_block = e->block_number;
    if (race_touched_first(c)) touched += 4;
    if (counts->shared_bytes < touched) counts->shared_bytes = touched;
    if (act == deed::WRITE || race_written(c, mask)) return;
    if (report_again(TT_SIM_UNINITIALISED, pc, 0)) return;
    raw_finding f = finding_of(e, TT_SIM_UNINITIALISED, pc);
    f.shared = true;
    report(f);
}

static void note(region *r, uintptr_t at, size_t bytes, deed act, bool shared, uintptr_t pc)
{
    const uint32_t site = site_of(pc);
    race_visit(site);
    if (!shared) order_unfenced();
    for (uintptr_t word = at & ~uintptr_t(3); word < at + bytes; word += 4) {
        cell *c = region_cell(r, word);
        if (!c) break;
        unsigned mask = 0xf;
        if (word < at) mask &= 0xfu << (at - word);
        if (word + 4 > at + bytes) mask &= 0xfu >> (word + 4 - at - bytes);
        const uint8_t m = static_cast<uint8_t>(mask);
        if (shared) note_shared(*c, m, act, pc);
        race_access(c, m, act, shared, site);
    }
    for (size_t done = 0; done < bytes; done += 16)
        traffic_access(*now->current, at + done, bytes - done < 16 ? bytes - done : 16,
                       act, shared, site);
}

static bool within(const region *r, uintptr_t at, size_t bytes)
{
    return at >= r->begin && at < r->end && bytes <= r->end - at;
}

static void follow_dynamic(const engine *e)
{
    const uintptr_t begin = reinterpret_cast<uintptr_t>(e->shared);
    if (dynamic.begin == begin && dynamic.end == begin + e->run->shared) return;
    region_forget(&dynamic);
    dynamic.begin = begin;
    dynamic.end = begin + e->run->shared;
    snprintf(dynamic.name, sizeof dynamic.name, "the dynamic shared memory");
}

void shadow_access(const void *p, size_t bytes, deed act, uintptr_t pc)
{
    engine *e = now;
    const uintptr_t at = reinterpret_cast<uintptr_t>(p);
    if (e->pool.contains(p) || !e->current || e->inside) return;
    if (at - reinterpret_cast<uintptr_t>(e->run->arguments) < e->run->argument_bytes)
        return;
    inside guard(e);
    e->last_pc = pc;
    follow_dynamic(e);
    if (within(&dynamic, at, bytes)) return note(&dynamic, at, bytes, act, true, pc);
    if (recent && within(recent, at, bytes))
        return note(recent, at, bytes, act, false, pc);
    if (segment *s = segment_of(at)) {
        if (s->constant) return;
        if (s->named) check_variable(*s, at, bytes, act, pc);
        return note(&s->memory, at, bytes, act, s->shared, pc);
    }
    region *r = region_of(at);
    if (!r || !within(r, at, bytes)) stray(at, bytes, act, pc);
    recent = r;
    note(r, at, bytes, act, false, pc);
}

} // namespace tti_sim
