/* A kernel that faults, overflows its stack or never ends: signals bring control back, and the
 * launch ends with a finding instead of the process. */
#include "module3_gpu/sim/report.h"

#include <csignal>
#include <ctime>
#include <execinfo.h>
#include <iterator>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace tti_sim
{

constexpr int FAULTS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr size_t FAULT_COUNT = std::size(FAULTS);
constexpr int CLOCK = SIGVTALRM;
constexpr size_t HANDLER_STACK = 64 * 1024;

/* One CPU thread's timer and handler stack, made at its first launch; a fork has no timers. */
struct thread_signals {
    timer_t timer;
    pid_t owner = 0;
    char *stack = nullptr;
    stack_t old_stack;
    ~thread_signals()
    {
        if (owner == getpid()) timer_delete(timer);
        free(stack);
    }
};
static thread_local thread_signals mine;

/* Handlers belong to the process: the first engine installs them, the last brings the old back. */
static std::atomic<int> users{0};
static struct sigaction old_faults[FAULT_COUNT], old_clock;

static uintptr_t interrupted(void *context_)
{
    const ucontext_t *c = static_cast<const ucontext_t *>(context_);
#if defined(__x86_64__)
    return static_cast<uintptr_t>(c->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return static_cast<uintptr_t>(c->uc_mcontext.pc);
#else
    (void)c;
    return 0;
#endif
}

static void allow(int signal)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

[[noreturn]] void time_is_up(engine *e, uintptr_t pc)
{
    e->inside = true;
    raw_finding f = finding_of(e, TT_SIM_TIME, pc);
    callers_of(&f);
    f.instead = e->last_pc;
    snprintf(f.text, sizeof f.text, "%g", e->run->options.seconds);
    report(f);
    e->give_up(cudaErrorLaunchTimeout);
}

static void on_clock(int signal, siginfo_t *, void *context)
{
    engine *e = now;
    if (!e) return;
    if (e->inside) {
        e->late = true;
        return;
    }
    allow(signal);
    time_is_up(e, interrupted(context) + 1);
}

[[noreturn]] void stack_overflow(engine *e, uintptr_t pc, int error)
{
    e->inside = true;
    report(finding_of(e, TT_SIM_STACK, pc));
    e->give_up(error);
}

static void describe_fault(raw_finding *f, int signal, const siginfo_t *info)
{
    const char *text = "accesses memory where there is none";
    if (signal == SIGFPE) text = "divides a whole number by zero";
    if (signal == SIGABRT)
        text = "calls abort(), which only the host can: __trap() ends a kernel";
    /* x86 gives no address where it is misaligned for a float4, or none that memory can have. */
    if (signal == SIGBUS || (signal == SIGSEGV && info->si_code == SI_KERNEL))
        text = "accesses memory at a misaligned address, or a wild one";
    snprintf(f->text, sizeof f->text, "%s", text);
    if (signal != SIGSEGV || info->si_code == SI_KERNEL) return;
    f->how = form::ADDRESS;
    f->number = reinterpret_cast<uintptr_t>(info->si_addr);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    engine *e = now;
    const bool stack = e && signal == SIGSEGV && e->pool.in_guard(info->si_addr);
    if (!e || !e->current || (e->inside && !stack)) { /* whoever was asked before decides */
        for (size_t i = 0; i < FAULT_COUNT; i++)
            if (FAULTS[i] == signal) sigaction(signal, &old_faults[i], nullptr);
        return;
    }
    const uintptr_t pc = e->inside ? e->last_pc : interrupted(context) + 1;
    allow(signal);
    if (stack) stack_overflow(e, pc, cudaErrorIllegalAddress);
    e->inside = true;
    raw_finding f = finding_of(e, TT_SIM_FAULT, pc);
    callers_of(&f);
    describe_fault(&f, signal, info);
    report(f);
    e->give_up(cudaErrorIllegalAddress);
}

static void install()
{
    void *frame;
    backtrace(&frame, 1); /* loads the unwinder, which a handler should not */
    struct sigaction a = {};
    a.sa_flags = SA_SIGINFO | SA_ONSTACK;
    a.sa_sigaction = on_fault;
    for (size_t i = 0; i < FAULT_COUNT; i++) sigaction(FAULTS[i], &a, &old_faults[i]);
    a.sa_sigaction = on_clock;
    a.sa_flags |= SA_RESTART;
    sigaction(CLOCK, &a, &old_clock);
}

static void set_timer(double seconds)
{
    struct itimerspec t = {};
    t.it_value.tv_sec = static_cast<time_t>(seconds);
    t.it_value.tv_nsec =
        static_cast<long>((seconds - static_cast<double>(t.it_value.tv_sec)) * 1e9);
    timer_settime(mine.timer, 0, &t, nullptr);
}

guarded::guarded(engine *e)
{
    if (users++ == 0) install();
    if (!mine.stack) mine.stack = static_cast<char *>(malloc(HANDLER_STACK));
    stack_t s = {};
    s.ss_sp = mine.stack;
    s.ss_size = HANDLER_STACK;
    sigaltstack(&s, &mine.old_stack);
    if (mine.owner != getpid()) {
        struct sigevent event = {};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = CLOCK;
        event.sigev_notify_thread_id = static_cast<pid_t>(syscall(SYS_gettid));
        if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &mine.timer) == 0)
            mine.owner = getpid();
    }
    if (mine.owner && e->run->options.seconds > 0) set_timer(e->run->options.seconds);
}

guarded::~guarded()
{
    if (mine.owner) set_timer(0);
    sigaltstack(&mine.old_stack, nullptr);
    if (--users > 0) return;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sigaction(FAULTS[i], &old_faults[i], nullptr);
    sigaction(CLOCK, &old_clock, nullptr);
}

} // namespace tti_sim
