/* How the program ends must not decide whether its findings are told: by a failed assert, a
 * segmentation fault or _exit() no code of its own runs any more. For //module3_gpu:sim the process
 * therefore forks before main: the child is the program, the parent waits for its end, whatever it is,
 * and prints what both share. */
#include "module3_gpu/sim/report.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tti_sim
{

static void add_fault(raw_finding *f, const char *text)
{
    f->kind = TT_SIM_FAULT;
    snprintf(f->text, sizeof f->text, "%s", text);
    report(*f);
}

/* A launch began and did not end: the kernel has taken the program with it. */
static void blame_kernel(int signal)
{
    raw_finding f;
    f.how = form::ENDED;
    char text[120];
    if (signal)
        snprintf(text, sizeof text, "the program ends with signal %d (%s) while it runs",
                 signal, strsignal(signal));
    else
        snprintf(text, sizeof text,
                 "it ends the program: only the host can, return ends a thread");
    add_fault(&f, text);
}

static bool print()
{
    const char *how = getenv("TT_SIM_REPORT"), *to = getenv("TT_SIM_REPORT_TO");
    FILE *out = to ? fdopen(atoi(to), "w") : stdout;
    if (!out) return false;
    if (strstr(how, "quiet")) report_without_launches();
    const bool good = strstr(how, "json") ? tt_sim_print_json(out) : tt_sim_print(out);
    return fflush(out) == 0 && good;
}

[[noreturn]] static void tell_the_end(pid_t program)
{
    int status = 0;
    while (waitpid(program, &status, 0) < 0 && errno == EINTR) {}
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    const std::string kernel = report_running_now();
    settings.quiet = true;
    if (!kernel.empty()) blame_kernel(signal);
    report_flush(kernel.empty() ? "(none)" : kernel.c_str());
    const bool printed = print(), found = tt_sim_finding_count() > 0;
    if (signal && kernel.empty()) _exit(128 + signal);
    _exit(found || !printed ? 1 : WEXITSTATUS(status));
}

/* Before every other constructor, while there is one thread and nothing has been printed. */
__attribute__((constructor(101))) static void fork_witness()
{
    if (!getenv("TT_SIM_REPORT") || !report_share()) return;
    const pid_t program = fork();
    if (program > 0) tell_the_end(program);
    if (program == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void exit_in_kernel(engine *e)
{
    e->inside = true;
    raw_finding f = finding_of(e, TT_SIM_FAULT, 0);
    callers_of(&f);
    add_fault(&f, "calls exit(), which only the host can: return ends a thread, __trap() "
                  "the kernel");
    report_flush(e->run->kernel);
    report_running("");
    fflush(nullptr);
    _exit(1);
}

} // namespace tti_sim
