/* The entry point that gcc's -fsanitize=object-size calls before an access outside of a variable of
 * known size. It knows of what the addresses alone do not say: an index that leaves one array and lands
 * in another one, or in a neighbour on the stack. */
#include "module3_gpu/sim/shadow.h"

#include <dlfcn.h>

using namespace tti_sim;

#define HERE reinterpret_cast<uintptr_t>(__builtin_return_address(0))

/* What the compiler tells; fixed by its ABI. */
struct mismatch {
    const char *file;
    uint32_t line, column;
    const void *type;
    uint8_t alignment, access; /* 0: load, 1: store */
};

static void outside(const mismatch &m, const void *p, uintptr_t pc)
{
    engine *e = now;
    inside guard(e);
    const uintptr_t at = reinterpret_cast<uintptr_t>(p);
    raw_finding f = finding_of(e, TT_SIM_BOUNDS, pc);
    f.act = m.access == 1 ? deed::WRITE : deed::READ;
    f.how = form::LOCAL;
    if (!e->pool.contains(p)) {
        uintptr_t begin, end;
        const segment *s = segment_of(at);
        /* In no other one: the check of the access itself says how far outside. */
        if (!s || !s->named || !variable_named(*s, at, &begin, &end, f.text, sizeof f.text))
            return;
        f.how = form::ANOTHER;
        f.shared = s->shared;
    }
    report(f);
    e->give_up(cudaErrorIllegalAddress);
}

/* Weak, and for the host whoever has the name too: programs with this library may be sanitized. */
extern "C" __attribute__((weak)) void __ubsan_handle_type_mismatch_v1(mismatch *m, void *p);
extern "C" void __ubsan_handle_type_mismatch_v1(mismatch *m, void *p)
{
    typedef void handler(mismatch *, void *);
    if (now && now->current && now->diagnose && !now->inside) {
        if (m->access <= 1) outside(*m, p, HERE);
        return;
    }
    static handler *const next =
        reinterpret_cast<handler *>(dlsym(RTLD_NEXT, "__ubsan_handle_type_mismatch_v1"));
    if (next) next(m, p);
}
