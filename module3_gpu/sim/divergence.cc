/* What the scheduler finds. */
#include "module3_gpu/sim/report.h"

namespace tti_sim
{

static raw_finding waiting(const engine *e, tt_sim_kind kind, const thread &at,
                           const thread *other)
{
    raw_finding f = finding_of(e, kind, at.pc);
    f.thread = at.index;
    f.block2 = e->block;
    if (other) f.thread2 = other->index;
    return f;
}

void report_divergence(engine *e, const thread &at, const thread *other, bool left)
{
    raw_finding f = waiting(e, TT_SIM_DIVERGENCE, at, other);
    f.how = left ? form::LEFT : form::ELSEWHERE;
    f.other_pc = left ? 0 : other->pc;
    report(f);
}

/* A warp operation that never completes, and the barrier that other threads wait at, if any. */
void report_stuck(engine *e, const thread &a, const thread *b)
{
    raw_finding f = waiting(e, TT_SIM_WARP, a, b);
    f.number = a.mask;
    f.other_pc = b ? b->pc : 0;
    report(f);
}

void report_source(engine *e, const thread &t, int source)
{
    raw_finding f = waiting(e, TT_SIM_WARP, t, nullptr);
    f.how = form::SOURCE;
    f.number = static_cast<uint64_t>(source);
    report(f);
}

} // namespace tti_sim
