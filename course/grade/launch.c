/* Runs an untrusted program once a case, within limits, and tells what became of it.
 *
 *   launch --cases FIRST,LAST --wall MS --idle MS --cpu-ms MS --cpu S --memory MB --output KB --records KB --file MB
 *          [--budget S] [--user UID] [--filter] [--alone] PROGRAM ARGUMENT...
 *   launch --once ... PROGRAM ARGUMENT...        one program, such as the compiler; no records
 *
 * The program gets the number of its case (with --modulo N: its remainder by N) as last argument, nothing to read, a pipe for records
 * (descriptor 3) and one for what it prints. After each case its group is killed; with --alone, for
 * a launcher in a PID namespace of its own, everything that runs there.
 * For each case goes to standard output
 *
 *   case NUMBER exited|signal CODE LIMIT CPU_MS WALL_MS RSS_KB RECORD_BYTES PRINTED_BYTES FILTER\n
 *
 * and then the records and the end of what was printed. LIMIT is none, time, output or files.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "course/grade/filter.h"

enum { RECORDS_FD = 3, PRINTED_KEPT = 16 * 1024, FREE_FD = 40, MOST_WORDS = 200 };

typedef struct options {
    long first, last, wall_ms, idle_ms, cpu_ms, cpu_s, budget_s, memory_mb, output_kb,
        records_kb, file_mb, user, modulo;
    bool filter, once, alone;
    char **program;
    int words;
} options;

/* What came through one pipe. */
typedef struct gathered {
    int fd;
    size_t total, kept, most; /* bytes that came; bytes in `at`; bytes allowed */
    bool tail;                /* keep the end only */
    unsigned char *at;
} gathered;

typedef struct outcome {
    const char *limit;
    int status;
    long cpu_ms, wall_ms, rss_kb;
} outcome;

static void die(const char *what)
{
    fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
    exit(3);
}

/* ---- options --------------------------------------------------------------------------------- */

static long number(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || n < 0) {
        fprintf(stderr, "launch: %s is no number\n", text);
        exit(2);
    }
    return n;
}

static void set_cases(options *o, char *text)
{
    char *comma = strchr(text, ',');
    if (comma != NULL) *comma = '\0';
    o->first = number(text);
    o->last = comma != NULL ? number(comma + 1) : o->first;
}

static options parse(int argc, char **argv)
{
    options o = {.wall_ms = 120000,
                 .idle_ms = 8000,
                 .cpu_s = 5,
                 .budget_s = 1000,
                 .memory_mb = 1024,
                 .output_kb = 8192,
                 .records_kb = 65536,
                 .file_mb = 16};
    const struct {
        const char *name;
        long *value;
    } numbers[] = {{"--wall", &o.wall_ms},     {"--idle", &o.idle_ms},
                   {"--cpu-ms", &o.cpu_ms},    {"--cpu", &o.cpu_s},
                   {"--budget", &o.budget_s},  {"--memory", &o.memory_mb},
                   {"--output", &o.output_kb}, {"--records", &o.records_kb},
                   {"--file", &o.file_mb},     {"--user", &o.user},
                   {"--modulo", &o.modulo}};
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--filter") == 0) o.filter = true;
        else if (strcmp(argv[i], "--once") == 0) o.once = true;
        else if (strcmp(argv[i], "--alone") == 0) o.alone = true;
        else if (i + 1 < argc && strcmp(argv[i], "--cases") == 0)
            set_cases(&o, argv[++i]);
        else {
            size_t n = 0, count = sizeof numbers / sizeof *numbers;
            while (n < count && strcmp(argv[i], numbers[n].name) != 0) n++;
            if (n == count || i + 1 == argc) {
                fprintf(stderr, "launch: %s is no option, or lacks its value\n", argv[i]);
                exit(2);
            }
            *numbers[n].value = number(argv[++i]);
        }
    }
    o.program = argv + i;
    o.words = argc - i;
    if (o.words == 0 || o.words > MOST_WORDS) exit(2);
    return o;
}

/* ---- in the child ---------------------------------------------------------------------------- */

static void limit(int what, rlim_t soft)
{
    struct rlimit r = {soft, what == RLIMIT_CPU ? soft + 1 : soft};
    if (setrlimit(what, &r) != 0) die("setrlimit");
}

static void set_limits(const options *o, long cpu_s)
{
    rlim_t mb = 1024 * 1024;
    limit(RLIMIT_CPU, (rlim_t)cpu_s);
    limit(RLIMIT_AS, (rlim_t)o->memory_mb * mb);
    limit(RLIMIT_FSIZE, (rlim_t)o->file_mb * mb);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_NPROC, 512);
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_MSGQUEUE, 0);
}

/* A user of its own where this one may choose: the files of root and of the grader are not its. */
static void become(long user)
{
    if (user == 0 || geteuid() != 0) return;
    uid_t id = (uid_t)user;
    if (setgroups(0, NULL) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0)
        die("cannot become another user");
}

static void child(const options *o, long cpu_s, char **words, int records, int printed)
{
    setsid();
    /* Opened before the user changes, for the program may lie where that user cannot look. */
    int program = o->once ? -1 : open(words[0], O_RDONLY | O_CLOEXEC);
    if (!o->once && program < 0) die(words[0]);
    if (program >= 0) program = dup3(program, FREE_FD, O_CLOEXEC);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0) nothing = open("/", O_RDONLY | O_DIRECTORY);
    dup2(printed, 1);
    dup2(printed, 2);
    if (records >= 0) dup2(records, RECORDS_FD);
    dup2(nothing, 0);
    syscall(SYS_close_range, records >= 0 ? 4u : 3u, (unsigned)FREE_FD - 1, 0);
    syscall(SYS_close_range, (unsigned)FREE_FD + 1, ~0u, 0);
    set_limits(o, cpu_s);
    become(o->user);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (o->filter && !tti_filter_install(FREE_FD)) die("seccomp");
    static char *const environment[] = {"LANG=C.UTF-8", "PATH=/usr/bin:/bin",
                                        "TMPDIR=/tmp", NULL};
    if (o->once) execvpe(words[0], words, environment);
    else
        syscall(SYS_execveat, FREE_FD, "", words, environment, 0x1000 /* AT_EMPTY_PATH */);
    die(words[0]);
}

/* ---- in the parent --------------------------------------------------------------------------- */

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Takes what there is. False when the program may not write more. */
static bool gather(gathered *g)
{
    unsigned char buffer[65536];
    ssize_t n = read(g->fd, buffer, sizeof buffer);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (n <= 0) {
        close(g->fd);
        g->fd = -1;
        return true;
    }
    size_t got = (size_t)n;
    g->total += got;
    if (g->total > g->most) return false;
    if (g->tail && g->kept + got > 2 * (size_t)PRINTED_KEPT) {
        size_t keep = g->kept < PRINTED_KEPT ? g->kept : PRINTED_KEPT;
        memmove(g->at, g->at + g->kept - keep, keep);
        g->kept = keep;
    }
    unsigned char *at = realloc(g->at, g->kept + got);
    if (at == NULL) die("memory");
    g->at = at;
    memcpy(at + g->kept, buffer, got);
    g->kept += got;
    return true;
}

/* Whether the program has had its time, or sleeps: on a busy machine one that works gets a share of
 * the processor only, so it is the share that counts. */
static bool too_long(const options *o, pid_t pid, long wall_ms)
{
    enum { SMALLEST_SHARE = 25 };
    clockid_t clock;
    struct timespec t = {0};
    if (wall_ms > o->wall_ms) return true;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return false;
    long cpu_ms = t.tv_sec * 1000 + t.tv_nsec / 1000000;
    if (o->cpu_ms > 0 && cpu_ms > o->cpu_ms) return true;
    return wall_ms > o->idle_ms + SMALLEST_SHARE * cpu_ms;
}

/* Until the program has ended and nobody holds its pipes, or a limit is reached. */
static outcome watch(const options *o, long cpu_s, pid_t pid, gathered *records,
                     gathered *printed)
{
    outcome r = {.limit = "none"};
    long begin = now_ms();
    bool ended = false;
    struct rusage used = {0};
    while (!ended || records->fd >= 0 || printed->fd >= 0) {
        struct pollfd fds[] = {{records->fd, POLLIN, 0}, {printed->fd, POLLIN, 0}};
        poll(fds, 2, ended ? 0 : 20);
        bool came = fds[0].revents != 0 || fds[1].revents != 0;
        if ((fds[0].revents && !gather(records)) || (fds[1].revents && !gather(printed)))
            r.limit = "output";
        if (!ended && too_long(o, pid, now_ms() - begin)) r.limit = "time";
        if (strcmp(r.limit, "none") != 0)
            break; /* it may never end by itself: killed below */
        if (!ended && wait4(pid, &r.status, WNOHANG, &used) == pid) ended = true;
        if (ended && !came)
            break; /* a grandchild may hold a pipe: it is not waited for */
    }
    kill(-pid, SIGKILL);
    if (!ended) kill(pid, SIGKILL); /* also when it left its group */
    if (!ended) wait4(pid, &r.status, 0, &used);
    if (strcmp(r.limit, "time") == 0 && WIFEXITED(r.status))
        r.limit = "none"; /* just in time */
    r.wall_ms = now_ms() - begin;
    r.cpu_ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
               (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    r.rss_kb = used.ru_maxrss;
    if (WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGXCPU) r.limit = "time";
    if (WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGKILL && r.cpu_ms >= cpu_s * 1000)
        r.limit = "time"; /* it ignored SIGXCPU, so the kernel has ended it */
    if (WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGXFSZ) r.limit = "files";
    return r;
}

static void write_all(const void *data, size_t bytes)
{
    const char *at = data;
    while (bytes > 0) {
        ssize_t n = write(1, at, bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) exit(3);
        at += n;
        bytes -= (size_t)n;
    }
}

static void report(long number, const options *o, const outcome *r,
                   const gathered *records, const gathered *printed)
{
    char line[256];
    bool signalled = WIFSIGNALED(r->status);
    size_t keep = printed->kept < PRINTED_KEPT ? printed->kept : PRINTED_KEPT;
    int n = snprintf(line, sizeof line, "case %ld %s %d %s %ld %ld %ld %zu %zu %d\n",
                     number, signalled ? "signal" : "exited",
                     signalled ? WTERMSIG(r->status) : WEXITSTATUS(r->status), r->limit,
                     r->cpu_ms, r->wall_ms, r->rss_kb, records->kept, keep, (int)o->filter);
    write_all(line, (size_t)n);
    write_all(records->at, records->kept);
    if (keep > 0) write_all(printed->at + printed->kept - keep, keep);
}

/* Runs one case. Returns the milliseconds of processor time that it took. */
static long run_case(const options *o, long number, long cpu_s)
{
    int records[2] = {-1, -1}, printed[2];
    if ((!o->once && pipe2(records, O_CLOEXEC) != 0) || pipe2(printed, O_CLOEXEC) != 0)
        die("pipe");
    char text[24];
    snprintf(text, sizeof text, "%ld", o->modulo > 0 ? number % o->modulo : number);
    static char *words[MOST_WORDS + 2];
    memcpy(words, o->program, (size_t)o->words * sizeof *words);
    words[o->words] = o->once ? NULL : text;
    words[o->words + 1] = NULL;
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) child(o, cpu_s, words, records[1], printed[1]);
    if (!o->once) close(records[1]);
    close(printed[1]);
    gathered r = {.fd = records[0], .most = (size_t)o->records_kb * 1024};
    gathered p = {.fd = printed[0], .most = (size_t)o->output_kb * 1024, .tail = true};
    outcome result = watch(o, cpu_s, pid, &r, &p);
    if (o->alone) {
        kill(-1, SIGKILL); /* what left its group too */
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
    }
    if (r.fd >= 0) close(r.fd);
    if (p.fd >= 0) close(p.fd);
    report(number, o, &result, &r, &p);
    free(r.at);
    free(p.at);
    return result.cpu_ms;
}

int main(int argc, char **argv)
{
    options o = parse(argc, argv);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* nobody traces the launcher or reads its memory */
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    long left_ms = o.budget_s * 1000;
    for (long i = o.first; i <= o.last; i++) {
        long cpu_s =
            left_ms > 0 ? o.cpu_s : 1; /* who spent it all gets little for what follows */
        left_ms -= run_case(&o, i, cpu_s);
    }
    return 0;
}
