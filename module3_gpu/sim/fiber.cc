/* The switch pushes the registers that a callee must keep, swaps stacks and pops them again. */
#include "module3_gpu/sim/fiber.h"

#include <cstdint>
#include <cstring>
#include <sys/mman.h>

#if defined(__x86_64__)
__asm__(".text\n.p2align 4\n.globl tti_sim_switch\n.hidden tti_sim_switch\n"
        ".type tti_sim_switch, @function\ntti_sim_switch:\n"
        "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
        "movq %rsp, (%rdi)\nmovq (%rsi), %rsp\n"
        "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\nret\n"
        ".size tti_sim_switch, .-tti_sim_switch\n");
#elif defined(__aarch64__)
__asm__(".text\n.p2align 4\n.globl tti_sim_switch\n.hidden tti_sim_switch\n"
        ".type tti_sim_switch, %function\ntti_sim_switch:\n"
        "sub sp, sp, #160\n"
        "stp x19, x20, [sp, #0]\nstp x21, x22, [sp, #16]\nstp x23, x24, [sp, #32]\n"
        "stp x25, x26, [sp, #48]\nstp x27, x28, [sp, #64]\nstp x29, x30, [sp, #80]\n"
        "stp d8, d9, [sp, #96]\nstp d10, d11, [sp, #112]\n"
        "stp d12, d13, [sp, #128]\nstp d14, d15, [sp, #144]\n"
        "mov x9, sp\nstr x9, [x0]\nldr x9, [x1]\nmov sp, x9\n"
        "ldp x19, x20, [sp, #0]\nldp x21, x22, [sp, #16]\nldp x23, x24, [sp, #32]\n"
        "ldp x25, x26, [sp, #48]\nldp x27, x28, [sp, #64]\nldp x29, x30, [sp, #80]\n"
        "ldp d8, d9, [sp, #96]\nldp d10, d11, [sp, #112]\n"
        "ldp d12, d13, [sp, #128]\nldp d14, d15, [sp, #144]\n"
        "add sp, sp, #160\nret\n.size tti_sim_switch, .-tti_sim_switch\n");
#endif
#ifndef TT_SIM_UCONTEXT
extern "C" void tti_sim_switch(void **from, void **to);
#endif

namespace tti_sim
{

void context_switch(context *from, context *to)
{
#ifdef TT_SIM_UCONTEXT
    swapcontext(&from->at, &to->at);
#else
    tti_sim_switch(&from->stack_pointer, &to->stack_pointer);
#endif
}

void context_make(context *c, char *low, size_t bytes, void (*entry)())
{
#ifdef TT_SIM_UCONTEXT
    getcontext(&c->at);
    c->at.uc_stack.ss_sp = low;
    c->at.uc_stack.ss_size = bytes;
    c->at.uc_link = nullptr;
    makecontext(&c->at, entry, 0);
#elif defined(__x86_64__)
    /* Six registers, the address that `ret` takes, and a return address that nobody uses: at entry
     * the stack must be 8 off a multiple of 16, as after a call. */
    uintptr_t *top = reinterpret_cast<uintptr_t *>(low + bytes);
    *--top = 0;
    *--top = reinterpret_cast<uintptr_t>(entry);
    top -= 6;
    memset(top, 0, 6 * sizeof *top);
    c->stack_pointer = top;
#else
    uintptr_t *top = reinterpret_cast<uintptr_t *>(low + bytes) - 20;
    memset(top, 0, 20 * sizeof *top);
    top[11] = reinterpret_cast<uintptr_t>(entry); /* x30 */
    c->stack_pointer = top;
#endif
}

stacks::~stacks()
{
    if (base) munmap(base, count * BYTES);
}

bool stacks::reserve(size_t n)
{
    if (count >= n) return true;
    if (base) munmap(base, count * BYTES);
    void *p = mmap(nullptr, n * BYTES, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    base = p == MAP_FAILED ? nullptr : static_cast<char *>(p);
    count = base ? n : 0;
    return base != nullptr;
}

char *stacks::low(size_t i)
{
    char *guard = base + i * BYTES;
    mprotect(guard, GUARD, PROT_NONE);
    return guard + GUARD;
}

bool stacks::nearly_full(const void *p) const
{
    if (!contains(p)) return false;
    const size_t at = static_cast<size_t>(static_cast<const char *>(p) - base) % BYTES;
    return at < GUARD + 8192;
}

bool stacks::in_guard(const void *p) const
{
    if (!contains(p)) return false;
    return static_cast<size_t>(static_cast<const char *>(p) - base) % BYTES < GUARD;
}

} // namespace tti_sim
