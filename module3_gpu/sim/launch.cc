/* <<<>>>: what the hardware would refuse is refused; then blocks run, one after the other where
 * something is diagnosed, else on all cores. */
#include "module3_gpu/sim/report.h"
#include "module3_gpu/sim/shadow.h"

#include <algorithm>
#include <cstdarg>
#include <memory>
#include <numeric>
#include <thread>

namespace tti_sim
{

static std::atomic<int> last_error{0};

/* Below so many threads a second CPU thread costs more than it gives. */
constexpr uint64_t WORTH_SPREADING = 16384;

/* Always false: the launch is refused. Its place is the first line of the program among the callers. */
static bool refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool refuse(const char *format, ...)
{
    raw_finding f;
    f.kind = TT_SIM_LAUNCH;
    va_list values;
    va_start(values, format);
    vsnprintf(f.text, sizeof f.text, format, values);
    va_end(values);
    callers_of(&f);
    report(f);
    return false;
}

static void check_shared(uint64_t bytes)
{
    if (bytes > MOST_SHARED)
        refuse("a block uses %llu bytes of shared memory; the hardware allows it 49152",
               static_cast<unsigned long long>(bytes));
}

static bool allowed(const launch &l)
{
    const uint3 g = l.grid, b = l.block;
    const uint64_t threads = uint64_t(b.x) * b.y * b.z;
    if (now) return refuse("kernels cannot launch kernels here");
    if (threads == 0 || uint64_t(g.x) * g.y * g.z == 0)
        return refuse(
            "grid (%u,%u,%u) of blocks (%u,%u,%u) is empty; every number must be at "
            "least 1",
            g.x, g.y, g.z, b.x, b.y, b.z);
    if (threads > MOST_THREADS || b.x > 1024 || b.y > 1024 || b.z > 64)
        return refuse(
            "block (%u,%u,%u) has %llu threads; the hardware allows 1024, and 64 in z",
            b.x, b.y, b.z, static_cast<unsigned long long>(threads));
    if (g.x > 0x7fffffffu || g.y > 65535 || g.z > 65535)
        return refuse(
            "grid (%u,%u,%u) is too large; the hardware allows 2147483647 in x and "
            "65535 in y and z",
            g.x, g.y, g.z);
    if (l.shared > MOST_SHARED)
        return refuse("%zu bytes of shared memory; the hardware allows a block 49152",
                      l.shared);
    return true;
}

/* The i-th block to run: every block once, in the order that was asked for. */
static uint64_t block_at(const launch &l, uint64_t i)
{
    if (l.options.order == TT_SIM_FORWARD) return i;
    if (l.options.order == TT_SIM_REVERSE) return l.blocks - 1 - i;
    uint64_t step = (l.options.seed * 2 + 1) * 0x9e3779b1u % l.blocks;
    while (std::gcd(step, l.blocks) != 1) step++;
    return static_cast<uint64_t>((static_cast<__uint128_t>(step) * i + l.options.seed) %
                                 l.blocks);
}

static void work(launch *l)
{
    static thread_local std::unique_ptr<engine> mine;
    if (!mine) mine.reset(new engine);
    engine *e = mine.get();
    if (!e->prepare(l)) {
        l->error = cudaErrorMemoryAllocation;
        return;
    }
    e->diagnose = l->options.diagnose;
    now = e;
    {
        guarded signals(e);
        for (uint64_t i; !l->error && (i = l->next++) < l->blocks;)
            e->run_block(block_at(*l, i));
    }
    now = nullptr;
}

static void spread(launch *l)
{
    uint64_t n = static_cast<uint64_t>(l->options.threads);
    if (n == 0) n = std::max(1u, std::thread::hardware_concurrency());
    n = std::min(n, l->blocks);
    if (l->options.diagnose || l->blocks * l->threads < WORTH_SPREADING) n = 1;
    std::vector<std::thread> helpers;
    for (uint64_t i = 1; i < n; i++) helpers.emplace_back(work, l);
    work(l);
    for (std::thread &t : helpers) t.join();
}

static void describe(tt_sim_traffic *t, const launch &l)
{
    const uint3 g = l.grid, b = l.block;
    snprintf(t->kernel, sizeof t->kernel, "%s", l.kernel);
    const unsigned grid[3] = {g.x, g.y, g.z}, block[3] = {b.x, b.y, b.z};
    std::copy(grid, grid + 3, t->grid);
    std::copy(block, block + 3, t->block);
    t->shared_bytes = l.shared;
}

} // namespace tti_sim

using namespace tti_sim;

extern "C" int tt_sim_run(const char *kernel, uint3 grid, uint3 block, size_t shared,
                          void (*body)(void *), void *arguments, size_t argument_bytes)
{
    settings_begin();
    launch l;
    l.kernel = kernel;
    l.grid = grid;
    l.block = block;
    l.shared = shared;
    l.body = body;
    l.arguments = arguments;
    l.argument_bytes = argument_bytes;
    l.threads = block.x * block.y * block.z;
    l.blocks = uint64_t(grid.x) * grid.y * grid.z;
    l.options = settings;
    tt_sim_traffic traffic = {};
    describe(&traffic, l);
    if (!allowed(l)) {
        l.error = cudaErrorInvalidConfiguration;
    } else {
        if (l.options.diagnose) {
            counts = &traffic;
            shadow_launch_begins(l);
        }
        report_running(kernel);
        spread(&l);
        report_running("");
        if (l.options.diagnose) {
            shadow_launch_ends(l);
            check_shared(traffic.shared_bytes);
        }
        counts = nullptr;
    }
    if (now) return l.error;
    const size_t known = tt_sim_finding_count();
    report_flush(kernel);
    traffic.error = l.error;
    report_launch(traffic);
    const int error = l.error;
    if (error) last_error = error;
    if (settings.found && tt_sim_finding_count() > known)
        settings.found(tt_sim_finding_at(known));
    return error;
}

extern "C" int tt_sim_last_error(int forget)
{
    return forget ? last_error.exchange(0) : last_error.load();
}

namespace tti_sim
{
int fail(int error)
{
    last_error = error;
    return error;
}
} // namespace tti_sim
