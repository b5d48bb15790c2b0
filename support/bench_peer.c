/* Peers: a child process that is asked line by line. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <glob.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bench.h"

extern char **environ;

enum { NOT_INSTALLED = 77, PATIENCE_MS = 600 * 1000, LINE_BYTES = 65536 };

struct tt_bench_peer {
    pid_t pid;
    int fd;      /* a socket: its input and its output */
    bool broken; /* no more answers will come */
    size_t used; /* bytes read and not yet taken */
    char line[LINE_BYTES];
    char name[256];
};

/* ---- starting -------------------------------------------------------------------------------- */

/* The first file that matches a pattern, in path; false when none does. */
static bool look(char path[4096], const char *pattern)
{
    glob_t found = {0};
    bool ok = glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0 &&
              snprintf(path, 4096, "%s", found.gl_pathv[0]) < 4096;
    globfree(&found);
    return ok;
}

/* Where Bazel put a file of the repository, or where it stands in the source tree. */
static bool find_script(char path[4096], const char *script)
{
    char pattern[8192], self[4096];
    const char *runfiles = getenv("RUNFILES_DIR"),
               *source = getenv("BUILD_WORKSPACE_DIRECTORY");
    if (look(path, script)) return true;
    if (script[0] == '/') return false;
    if (runfiles) {
        snprintf(pattern, sizeof pattern, "%s/*/%s", runfiles, script);
        if (look(path, pattern)) return true;
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        snprintf(pattern, sizeof pattern, "%s.runfiles/*/%s", self, script);
        if (look(path, pattern)) return true;
    }
    if (!source) return false;
    snprintf(pattern, sizeof pattern, "%s/%s", source, script);
    return look(path, pattern);
}

/* Starts `python script threads` with `end` as its standard input and output. */
static int spawn(pid_t *pid, char *script, int threads, int end)
{
    char count[16];
    snprintf(count, sizeof count, "%d", threads);
    const char *chosen = getenv("PYTHON");
    char python[] = "python3";
    char *program = chosen && *chosen ? (char *)(uintptr_t)chosen : python;
    char *const argv[] = {program, script, count, NULL};
    posix_spawn_file_actions_t files;
    if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
    posix_spawn_file_actions_adddup2(&files, end, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, end, STDOUT_FILENO);
    int error = posix_spawnp(pid, program, &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

tt_bench_peer *tt_bench_peer_open(const char *script, int threads)
{
    char path[4096];
    int ends[2];
    if (!find_script(path, script)) {
        fprintf(stderr, "bench: %s is not there; going on without this peer\n", script);
        return NULL;
    }
    tt_bench_peer *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        free(p);
        return NULL;
    }
    int error = spawn(&p->pid, path, threads, ends[1]);
    close(ends[1]);
    p->fd = ends[0];
    if (error == 0) return p;
    close(ends[0]);
    free(p);
    return NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* Sends without SIGPIPE where the child is gone. */
static bool send_line(const tt_bench_peer *p, const char *request)
{
    char line[1024];
    int n = snprintf(line, sizeof line, "%s\n", request);
    if (n < 0 || n >= (int)sizeof line) return false;
    return send(p->fd, line, (size_t)n, MSG_NOSIGNAL) == n;
}

/* Waits for a whole line, which is left at the beginning of p->line with its end set to zero;
 * returns its length with the newline, or 0 when none comes. */
static size_t receive_line(tt_bench_peer *p)
{
    for (;;) {
        char *end = memchr(p->line, '\n', p->used);
        if (end) {
            *end = '\0';
            return (size_t)(end - p->line) + 1;
        }
        if (p->used == sizeof p->line) return 0;
        struct pollfd wait = {.fd = p->fd, .events = POLLIN};
        int ready = poll(&wait, 1, PATIENCE_MS);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return 0;
        ssize_t got = recv(p->fd, p->line + p->used, sizeof p->line - p->used, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 0;
        p->used += (size_t)got;
    }
}

/* Reads {"peer": ..., "value": ...}. */
static bool read_answer(tt_bench_peer *p, double *value)
{
    cJSON *answer = cJSON_Parse(p->line);
    const cJSON *peer = cJSON_GetObjectItemCaseSensitive(answer, "peer");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(answer, "value");
    bool ok =
        cJSON_IsString(peer) && cJSON_IsNumber(number) && isfinite(number->valuedouble);
    if (ok) {
        snprintf(p->name, sizeof p->name, "%s", peer->valuestring);
        *value = number->valuedouble;
    } else if (!cJSON_IsNull(peer)) {
        fprintf(stderr, "bench: the peer answered what is no figure: %.200s\n", p->line);
    }
    cJSON_Delete(answer);
    return ok;
}

/* Closes the child's input and lets it end, or after two seconds ends it. Returns its status. */
static int end_child(tt_bench_peer *p)
{
    enum { TRIES = 40, PAUSE_US = 50 * 1000 };
    int status = 0;
    p->broken = true;
    close(p->fd);
    for (int i = 0; i < TRIES; i++) {
        if (waitpid(p->pid, &status, WNOHANG) == p->pid) return status;
        usleep(PAUSE_US);
    }
    kill(p->pid, SIGKILL);
    waitpid(p->pid, &status, 0);
    return status;
}

/* No answer came: says why, unless its library is just not installed. */
static void give_up(tt_bench_peer *p)
{
    int status = end_child(p);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_INSTALLED) return;
    if (WIFEXITED(status))
        fprintf(stderr, "bench: the peer ended with status %d\n", WEXITSTATUS(status));
    else fprintf(stderr, "bench: the peer gave no answer, or was ended by a signal\n");
}

bool tt_bench_peer_ask(tt_bench_peer *p, const char *request, double *value,
                       const char **name)
{
    if (!p || p->broken) return false;
    size_t n = send_line(p, request) ? receive_line(p) : 0;
    if (n == 0) {
        give_up(p);
        return false;
    }
    bool ok = read_answer(p, value);
    memmove(p->line, p->line + n, p->used - n);
    p->used -= n;
    *name = p->name;
    return ok;
}

void tt_bench_peer_close(tt_bench_peer *p)
{
    if (!p) return;
    if (!p->broken) end_child(p);
    free(p);
}
