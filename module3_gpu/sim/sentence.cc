/* What each finding says: one sentence that names kernel, block, threads and lines, and what to do. */
#include "module3_gpu/sim/report.h"

#include <cstdarg>
#include <string>

namespace tti_sim
{

static std::string text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static std::string text(const char *format, ...)
{
    char buffer[512];
    va_list values;
    va_start(values, format);
    vsnprintf(buffer, sizeof buffer, format, values);
    va_end(values);
    return buffer;
}

static std::string triple(const uint3 &i)
{
    return text("(%u,%u,%u)", i.x, i.y, i.z);
}
static std::string who(const uint3 &i)
{
    return "thread " + triple(i);
}

static std::string place(const tt_sim_place &p)
{
    if (p.line > 0) return text("%s:%d", p.file, p.line);
    return "an unknown line (compile with -g; addr2line must be installed)";
}

static const char *does(deed d)
{
    return d == deed::READ ? "reads" : d == deed::WRITE ? "writes" : "updates atomically";
}

static std::string race(const tt_sim_finding &f, const raw_finding &r)
{
    const char *memory = f.shared ? "shared memory" : "global memory";
    std::string other = who(r.thread2);
    if (r.other_block) other += " of block " + triple(r.block2);
    std::string s = who(r.thread) + text(" %s %s at ", does(r.act), memory) + place(f.at) +
                    " that " + other + " " + does(r.other_act) + " at " + place(f.other);
    if (r.how == form::UPDATE)
        return s +
               ": many threads update one number, and updates get lost: try atomicAdd, "
               "or one number a thread and a sum of them";
    if (r.other_block)
        return s + ": blocks run in any order, so use an atomic or a launch of its own";
    if (r.act != r.other_act && (r.act == deed::ATOMIC || r.other_act == deed::ATOMIC))
        return s + ": an atomic and a plain access need a __syncthreads() between them";
    const bool same = f.at.line == f.other.line && f.at.line > 0;
    const bool loop = r.how == form::LOOP;
    if (r.act == deed::WRITE && r.other_act == deed::WRITE)
        return s +
               ": which of the two stays is chance. Has each thread a cell of its own " +
               "(index, guard)?" +
               (same && !loop ? ""
                              : " Else use an atomic, or put a __syncthreads() between");
    return s + (loop ? " (one may be a pass of a loop ahead of the other)" : "") +
           ", with no __syncthreads() between";
}

static std::string bounds(const tt_sim_finding &f, const raw_finding &r)
{
    const unsigned long long n = r.number, size = r.size;
    std::string s = who(r.thread) + " " + does(r.act);
    if (r.bytes) s += text(" %llu bytes", static_cast<unsigned long long>(r.bytes));
    s += " at " + place(f.at);
    switch (r.how) {
    case form::PAST_END:
        s += n ? text(", %llu bytes past the end of ", n)
               : std::string(", just past the end of ");
        return s + text("%s (%llu bytes): does the index have a guard?", r.text, size);
    case form::BEFORE:
        return s + text(", %llu bytes before the beginning of %s (%llu bytes)", n, r.text,
                        size);
    case form::FREED: return s + text(", in %s, which has been freed", r.text);
    case form::NULL_POINTER: return s + ", through a null pointer";
    case form::BETWEEN:
        return s + (f.shared ? ", outside of every array in shared memory"
                             : ", outside of every variable of the device");
    case form::CONSTANT:
        return s + text(", in %s, which is __constant__: kernels read it, and the host "
                        "fills it by cudaMemcpyToSymbol",
                        r.text);
    case form::ANOTHER:
        return s +
               text(", outside of its array and in %s, which is another one: does the "
                    "index have a guard?",
                    r.text);
    case form::LOCAL:
        return s + ", outside of a local array: does the index have a guard?";
    default:
        return s +
               ", which is no memory of the device: a pointer of the host, an index "
               "far out, or malloc or new in a kernel, which the simulator does not have";
    }
}

static std::string misaligned(const tt_sim_finding &f, const raw_finding &r)
{
    const unsigned long long bytes = r.bytes, beyond = r.number;
    return who(r.thread) + text(" %s %llu bytes at ", does(r.act), bytes) + place(f.at) +
           text(", %llu byte%s beyond a multiple of %llu: the hardware refuses such an "
                "address. Is it a pointer to something smaller, cast?",
                beyond, beyond == 1 ? "" : "s", bytes);
}

static std::string divergence(const tt_sim_finding &f, const raw_finding &r)
{
    std::string s = who(r.thread) + " waits in __syncthreads() at " + place(f.at);
    if (r.how == form::LEFT)
        return s + ", which " + who(r.thread2) +
               " never reaches, as it has come to the kernel's end: all threads of a "
               "block must reach the same barriers";
    return s + " and " + who(r.thread2) + " in the one at " + place(f.other) +
           ": all threads of a block must reach the same barriers";
}

static std::string warp(const tt_sim_finding &f, const raw_finding &r)
{
    std::string s = who(r.thread) + " takes part in a warp operation at " + place(f.at);
    if (r.how == form::SOURCE)
        return s + text(" and asks for the value of lane %llu, which takes no part",
                        static_cast<unsigned long long>(r.number));
    if (f.other.line > 0)
        return s +
               text(" with mask 0x%llx, while ", static_cast<unsigned long long>(r.number)) +
               who(r.thread2) + " waits at " + place(f.other) + ": neither can go on";
    return s + text(" with mask 0x%llx, which names lanes that never come",
                    static_cast<unsigned long long>(r.number));
}

static std::string fault(const tt_sim_finding &f, const raw_finding &r)
{
    if (r.how == form::ENDED) return r.text;
    std::string s = who(r.thread) + " " + r.text;
    if (r.how == form::ADDRESS)
        s += text(", at address 0x%llx", static_cast<unsigned long long>(r.number));
    return s + ", at " + place(f.at);
}

static std::string body(const tt_sim_finding &f, const raw_finding &r)
{
    switch (r.kind) {
    case TT_SIM_RACE: return race(f, r);
    case TT_SIM_BOUNDS: return bounds(f, r);
    case TT_SIM_MISALIGNED: return misaligned(f, r);
    case TT_SIM_UNINITIALISED:
        return who(r.thread) + " reads at " + place(f.at) +
               " shared memory that no thread of this block has written";
    case TT_SIM_DIVERGENCE: return divergence(f, r);
    case TT_SIM_WARP: return warp(f, r);
    case TT_SIM_STACK:
        return who(r.thread) + " overflows its stack at " + place(f.at) +
               ": a recursion without end, or local arrays above 100 KiB";
    case TT_SIM_TIME:
        return who(r.thread) + " still runs after " + r.text + " s at " + place(f.at) +
               ": a loop that never ends? (--seconds of //module3_gpu:sim, elsewhere "
               "TT_SIM_SECONDS, gives it longer)";
    case TT_SIM_FAULT: return fault(f, r);
    default: return r.text;
    }
}

void sentence(tt_sim_finding *f, const raw_finding &r)
{
    static const char *const words[] = {
#define TT_SIM_WORD(name, word) word,
        TT_SIM_KINDS(TT_SIM_WORD)
#undef TT_SIM_WORD
    };
    if (r.how == form::DEVICE) {
        snprintf(f->text, sizeof f->text,
                 "%s: the host %s memory of the device at %s (the array of cudaMalloc "
                 "number %llu): "
                 "only kernels and cudaMemcpy may",
                 words[r.kind], does(r.act), place(f->at).c_str(),
                 static_cast<unsigned long long>(r.number));
        return;
    }
    std::string s = std::string(words[r.kind]) + ": kernel " + f->kernel;
    if (r.kind == TT_SIM_LAUNCH) s += ", launched at " + place(f->at);
    else if (r.how != form::ENDED) s += ", block " + triple(r.block);
    s += ": " + body(*f, r);
    snprintf(f->text, sizeof f->text, "%s", s.c_str());
}

} // namespace tti_sim
