/* cudaMalloc and friends: host memory, with a list of what kernels may touch. */
#include "module3_gpu/sim/shadow.h"

#include <algorithm>
#include <mutex>
#include <sys/mman.h>
#include <vector>

namespace tti_sim
{

constexpr size_t REMEMBERED = 64;

/* Sorted by address. Launches only read it. */
static std::vector<region> regions;
static std::vector<region> freed;
static std::mutex lock;
static uint64_t number;
static size_t in_use, limit;

static std::vector<region>::iterator after(uintptr_t address)
{
    return std::upper_bound(regions.begin(), regions.end(), address,
                            [](uintptr_t a, const region &r) { return a < r.begin; });
}

region *region_of(uintptr_t address)
{
    auto i = after(address);
    if (i == regions.begin()) return nullptr;
    --i;
    return address < i->end ? &*i : nullptr;
}

region *region_near(uintptr_t address)
{
    auto i = after(address);
    region *best = nullptr;
    if (i != regions.end() && i->begin - address < NEAR) best = &*i;
    if (i == regions.begin()) return best;
    --i;
    if (address - i->end >= NEAR) return best;
    return best && best->begin - address < address - i->end ? best : &*i;
}

const region *region_freed(uintptr_t address)
{
    for (const region &r : freed)
        if (address >= r.begin && address < r.end) return &r;
    return nullptr;
}

static void add(uintptr_t begin, size_t bytes, const char *name, bool own,
                bool managed = false)
{
    region r = {};
    r.begin = begin;
    r.end = begin + bytes;
    r.number = ++number;
    r.own = own;
    r.managed = managed;
    snprintf(r.name, sizeof r.name, "%s", name ? name : "");
    const uintptr_t beside = own ? NEAR : 0;
    freed.erase(std::remove_if(freed.begin(), freed.end(),
                               [&](const region &f) {
                                   return f.begin < r.end + beside &&
                                          begin - beside < f.end;
                               }),
                freed.end());
    regions.insert(after(begin), r);
}

void regions_forget_all()
{
    if (!regions_are_many()) return;
    for (region &r : regions) region_forget(&r);
}

/* False when p is not the beginning of a region. */
static bool take(uintptr_t p, bool own)
{
    auto i = after(p);
    if (i == regions.begin()) return false;
    --i;
    if (i->begin != p || i->own != own) return false;
    region_forget(&*i);
    if (freed.size() >= REMEMBERED) freed.erase(freed.begin());
    freed.push_back(*i);
    if (own) in_use -= i->end - i->begin;
    regions.erase(i);
    return true;
}

void host_access(const void *p, size_t bytes, deed act, uintptr_t pc)
{
    const region *r = region_of(reinterpret_cast<uintptr_t>(p));
    if (!r || !r->own || r->managed) return;
    raw_finding f;
    f.kind = TT_SIM_BOUNDS;
    f.how = form::DEVICE;
    f.act = act;
    f.bytes = bytes;
    f.number = r->number;
    f.pc = pc;
    report(f);
}

void misaligned(const void *p, size_t bytes, deed act, uintptr_t pc)
{
    engine *e = now;
    if (!e || !e->current || e->inside || !e->diagnose) return;
    inside guard(e);
    raw_finding f = finding_of(e, TT_SIM_MISALIGNED, pc);
    f.act = act;
    f.bytes = bytes;
    f.number = reinterpret_cast<uintptr_t>(p) % bytes;
    callers_of(&f);
    report(f);
    e->give_up(cudaErrorMisalignedAddress);
}

} // namespace tti_sim

using namespace tti_sim;

/* An array lies in a mapping of its own with NEAR bytes on both sides, so that what is near to it is
 * nothing else: neither another array nor the host's memory. */
static size_t mapped(size_t bytes)
{
    return bytes + 2 * NEAR;
}

static char *map_array(size_t bytes)
{
    void *p = mmap(nullptr, mapped(bytes), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? nullptr : static_cast<char *>(p) + NEAR;
}

extern "C" int tt_sim_malloc(void **p, size_t bytes, int managed)
{
    std::lock_guard<std::mutex> hold(lock);
    *p = nullptr;
    settings_begin();
    if (bytes == 0) return cudaSuccess;
    if (limit && (bytes > limit || in_use > limit - bytes))
        return fail(cudaErrorMemoryAllocation);
    if (bytes > SIZE_MAX / 2) return fail(cudaErrorMemoryAllocation);
    char *got = map_array(bytes);
    if (!got) return fail(cudaErrorMemoryAllocation);
    memset(got, 0x7f, bytes); /* 3.4e38: whoever reads it before writing will notice */
    in_use += bytes;
    add(reinterpret_cast<uintptr_t>(got), bytes, nullptr, true, managed != 0);
    *p = got;
    return cudaSuccess;
}

extern "C" int tt_sim_free(void *p)
{
    if (!p) return cudaSuccess;
    std::lock_guard<std::mutex> hold(lock);
    if (!take(reinterpret_cast<uintptr_t>(p), true))
        return fail(cudaErrorInvalidDevicePointer);
    const region &r = freed.back();
    munmap(static_cast<char *>(p) - NEAR, mapped(r.end - r.begin));
    return cudaSuccess;
}

/* [p, p + bytes) lies in one region of the device. */
static bool on_device(const void *p, size_t bytes)
{
    const uintptr_t at = reinterpret_cast<uintptr_t>(p);
    const region *r = region_of(at);
    return r && bytes <= r->end - at;
}

extern "C" int tt_sim_copy(void *to, const void *from, size_t bytes, int direction)
{
    if (bytes == 0) return cudaSuccess;
    if (!to || !from) return fail(cudaErrorInvalidValue);
    if (direction < cudaMemcpyHostToHost || direction > cudaMemcpyDefault)
        return fail(cudaErrorInvalidMemcpyDirection);
    const bool to_device =
        direction == cudaMemcpyHostToDevice || direction == cudaMemcpyDeviceToDevice;
    const bool from_device =
        direction == cudaMemcpyDeviceToHost || direction == cudaMemcpyDeviceToDevice;
    if ((to_device && !on_device(to, bytes)) || (from_device && !on_device(from, bytes)))
        return fail(cudaErrorInvalidValue);
    memmove(to, from, bytes);
    return cudaSuccess;
}

extern "C" int tt_sim_set(void *p, int value, size_t bytes)
{
    if (bytes == 0) return cudaSuccess;
    if (!on_device(p, bytes)) return fail(cudaErrorInvalidValue);
    memset(p, value, bytes);
    return cudaSuccess;
}

extern "C" void tt_sim_register(const void *p, size_t bytes, const char *name)
{
    std::lock_guard<std::mutex> hold(lock);
    if (p && bytes) add(reinterpret_cast<uintptr_t>(p), bytes, name, false);
}

extern "C" void tt_sim_unregister(const void *p)
{
    std::lock_guard<std::mutex> hold(lock);
    take(reinterpret_cast<uintptr_t>(p), false);
}

extern "C" void tt_sim_memory_limit(size_t bytes)
{
    limit = bytes;
}
