#include "course/grade/filter.h"

#ifdef TT_SECCOMP
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <unistd.h>

/* What computing needs. Names, so that those which a processor lacks are simply left out. */
static const char *const allowed[] = {
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "lseek",
    "_llseek",
    "close",
    "fstat",
    "stat",
    "lstat",
    "newfstatat",
    "statx",
    "open",
    "openat",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getcwd",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "ftruncate",
    "fsync",
    "fdatasync",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "rmdir",
    "getdents64",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "brk",
    "mmap",
    "mprotect",
    "munmap",
    "mremap",
    "madvise",
    "mincore",
    "membarrier",
    "futex",
    "set_robust_list",
    "rseq",
    "set_tid_address",
    "arch_prctl",
    "sched_yield",
    "sched_getaffinity",
    "sched_setaffinity",
    "getcpu",
    "nanosleep",
    "clock_nanosleep",
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "time",
    "times",
    "getrusage",
    "getrlimit",
    "getpid",
    "getppid",
    "gettid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "uname",
    "sysinfo",
    "getrandom",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "rt_sigtimedwait",
    "sigaltstack",
    "pause",
    "alarm",
    "setitimer",
    "getitimer",
    "restart_syscall",
    "exit",
    "exit_group",
};

static bool allow(scmp_filter_ctx filter, const char *name, unsigned n,
                  const struct scmp_arg_cmp *arguments)
{
    int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) return true;
    int error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, n, arguments);
    return error == 0 || error == -EEXIST;
}

/* Threads, not processes; signals to itself; its limits to be read. */
static bool allow_some(scmp_filter_ctx filter, int program)
{
    const struct scmp_arg_cmp thread[] = {
        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)};
    const struct scmp_arg_cmp itself[] = {SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())};
    const struct scmp_arg_cmp reading[] = {SCMP_A2(SCMP_CMP_EQ, 0)};
    const struct scmp_arg_cmp starting[] = {SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)program),
                                            SCMP_A4(SCMP_CMP_EQ, AT_EMPTY_PATH)};
    return allow(filter, "clone", 1, thread) && allow(filter, "tgkill", 1, itself) &&
           allow(filter, "kill", 1, itself) && allow(filter, "prlimit64", 1, reading) &&
           allow(filter, "execveat", 2, starting);
}

bool tti_filter_there(void)
{
    return true;
}

bool tti_filter_install(int program)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) return false;
    bool done = allow_some(filter, program);
    for (unsigned i = 0; done && i < sizeof allowed / sizeof *allowed; i++)
        done = allow(filter, allowed[i], 0, NULL);
    /* glibc asks for clone3 first and takes clone when there is none. */
    int clone3 = seccomp_syscall_resolve_name("clone3");
    if (clone3 != __NR_SCMP_ERROR)
        done = done && seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), clone3, 0) == 0;
    done = done && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}
#else
bool tti_filter_there(void)
{
    return false;
}

bool tti_filter_install(int program)
{
    (void)program;
    return false;
}
#endif
