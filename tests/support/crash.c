#include "tests/support/bridge.h"

#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A crash is recorded in the worker as plain addresses, which a signal handler may write, and
 * turned into a function and a line by the parent, with binutils' addr2line. */

enum { FRAMES = 32 };

static char crash_file[4096];
static uintptr_t program_base;

static int first_object(struct dl_phdr_info *info, size_t size, void *base)
{
    (void)size;
    *(uintptr_t *)base = (uintptr_t)info->dlpi_addr;
    return 1;
}

static void on_crash(int signal_number)
{
    void *frames[FRAMES];
    int n = backtrace(frames, FRAMES);
    for (int i = 0; i < n; i++) frames[i] = (void *)((uintptr_t)frames[i] - program_base);
    int fd = open(crash_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ssize_t written = write(fd, frames, (size_t)n * sizeof(*frames));
        (void)written;
        close(fd);
    }
    raise(signal_number); /* the handler was for one time: now the signal does its work */
}

void tti_watch_for_crashes(const char *folder)
{
    snprintf(crash_file, sizeof(crash_file), "%s/" TTI_CRASH, folder);
    dl_iterate_phdr(first_object, &program_base);

    void *frame[1];
    backtrace(frame, 1); /* loads libgcc now: a handler must not */

    static char stack[64 * 1024]; /* a test that overflowed its stack has no room left */
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof(stack)}, NULL);

    struct sigaction action = {.sa_handler = on_crash};
    action.sa_flags = (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
    const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        struct sigaction before;
        sigaction(signals[i], NULL, &before);
        if (before.sa_handler == SIG_DFL) sigaction(signals[i], &action, NULL);
    }
}

/* "/tmp/x/execroot/tinytorch/module1_autodiff/scalar.c:88" -> "module1_autodiff/scalar.c:88" */
static const char *in_project(const char *place)
{
    static const char *const folders[] = {"module", "tests/", "examples/"};
    static const char own[] = "tests/support/cr"; /* crash.c, criterion_*.c */
    for (const char *at = place; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (!strncmp(at, own, strlen(own))) return NULL;
        for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
            if (!strncmp(at, folders[i], strlen(folders[i]))) return at;
        }
    }
    return NULL;
}

bool tti_place_of_crash(const char *folder, char *text, size_t size)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/" TTI_CRASH, folder);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    uintptr_t frames[FRAMES];
    size_t n = fread(frames, sizeof(*frames), FRAMES, file);
    fclose(file);

    char program[4096] = "", command[4096 + 32 * FRAMES];
    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0) return false;
    int used = snprintf(command, sizeof(command), "addr2line -f -e '%s'", program);
    for (size_t i = 0; i < n; i++) {
        /* A return address is past its call. Frames 0 and 1 are the handler's; frame 2 is the
         * instruction that failed itself, and may be the first of its function. */
        used += snprintf(command + used, sizeof(command) - (size_t)used, " %#zx",
                         (size_t)frames[i] - (i != 2));
    }
    FILE *answer = popen(strcat(command, " 2>/dev/null"), "r");
    if (!answer) return false;
    char function[256], line[4096];
    bool found = false;
    while (!found && fscanf(answer, "%255s %4095[^\n]", function, line) == 2) {
        const char *place = in_project(line);
        line[strcspn(line, " ")] = '\0'; /* "(discriminator 3)" */
        found = place != NULL;
        if (found) snprintf(text, size, "%s (%s)", function, place);
    }
    pclose(answer);
    return found;
}
