#include "tests/support/bridge.h"

#include <criterion/criterion.h>
#include <criterion/event.h>
#include <criterion/internal/ordered-set.h>
#include <criterion/new/assert.h>
#include <criterion/options.h>
#include <criterion/parameterized.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What surrounds a test body, in the process where it runs. The Test() macro calls three functions
 * of libcriterion around the body; ours come first in the program and call on to the library's.
 * They add what Criterion leaves open: a body that never came to its end must not pass (it may
 * have called exit), a leak must fail, and what a test prints belongs under its verdict.
 */

typedef void body_fn(void);
typedef void parameter_fn(void *);

static body_fn *body;

/* Where a debugger runs one test in this process, that test. */
static const struct criterion_test *debugged;
static const struct criterion_suite *debugged_suite;

/* The library's function that ours stands in front of. */
static void *library(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        fprintf(stderr, "tests/support: libcriterion has no %s\n", name);
        _exit(1);
    }
    return function;
}

static void in_folder(const char *file, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", getenv(TTI_WORKER_FOLDER), file);
}

/* ------------------------------------------------------------------ in a worker */

static void capture_output(void)
{
    char path[4096];
    in_folder(TTI_FINISHED, path, sizeof(path));
    unlink(path);
    in_folder(TTI_OUTPUT, path, sizeof(path));
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    if (fd < 0) return;
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    close(fd);
    setvbuf(stdout, NULL, _IOLBF,
            0); /* so that a crash loses nothing, and the order is kept */
}

/* Present where LeakSanitizer is linked in. */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* Present under `bazel coverage`. */
extern void __gcov_dump(void) __attribute__((weak));

/* The body has come to its end, and no assertion has left it. */
static void body_finished(void)
{
    fflush(NULL);
    if (__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check()) {
        cr_fatal("memory leaked: LeakSanitizer's report is below");
    }
    if (__gcov_dump) __gcov_dump(); /* Criterion leaves without exit handlers */
    char path[4096];
    in_folder(TTI_FINISHED, path, sizeof(path));
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
}

static void run_body(void)
{
    body();
    body_finished();
}

static void run_parameterized_body(void *parameter)
{
    ((parameter_fn *)body)(parameter);
    body_finished();
}

/* ------------------------------------------------------------------ in a debugger */

static void fixture(const struct criterion_test_extra_data *data, bool first)
{
    body_fn *function = !data ? NULL : first ? data->init : data->fini;
    if (function) function();
}

static void debug_body(void)
{
    if (!debugged->data->param_) {
        body();
        return;
    }
    struct criterion_test_params params = debugged->data->param_();
    for (size_t i = 0; i < params.length; i++) {
        ((parameter_fn *)body)((char *)params.params + i * params.size);
    }
}

bool tti_debug_test(struct criterion_test_set *set, const char *name)
{
    FOREACH_SET(struct criterion_suite_set * suite, set->suites)
    {
        if (!suite->tests) continue;
        FOREACH_SET(struct criterion_test * test, suite->tests)
        {
            if (strcmp(test->data->identifier_, name) != 0) continue;
            debugged = test;
            debugged_suite = &suite->suite;
            test->test(); /* comes back here by the three functions below */
            fprintf(stderr, "%s came to its end\n", name);
            return true;
        }
    }
    fprintf(stderr, "there is no test %s here; --list names them\n", name);
    return false;
}

/* ------------------------------------------------------------------ in front of libcriterion */

void criterion_internal_test_setup(void)
{
    if (debugged) {
        fixture(debugged_suite->data, true);
        fixture(debugged->data, true);
        return;
    }
    capture_output();
    tti_watch_for_crashes(getenv(TTI_WORKER_FOLDER));
    ((body_fn *)library(__func__))();
}

/* Criterion copies this structure to a place that is not aligned for it. */
__attribute__((no_sanitize("alignment"))) static bool takes_a_parameter(void)
{
    return criterion_current_test->data->param_ != NULL;
}

void criterion_internal_test_main(body_fn *function)
{
    body = function;
    if (debugged) {
        debug_body();
    } else if (takes_a_parameter()) {
        ((void (*)(body_fn *))library(__func__))((body_fn *)run_parameterized_body);
    } else {
        ((void (*)(body_fn *))library(__func__))(run_body);
    }
}

void criterion_internal_test_teardown(void)
{
    if (debugged) {
        fixture(debugged->data, false);
        fixture(debugged_suite->data, false);
        return;
    }
    ((body_fn *)library(__func__))();
}

void criterion_send_assert(struct criterion_assert_stats *stats)
{
    if (debugged) {
        if (stats->passed) return;
        fprintf(stderr, "%s:%u: %s\n", stats->file, stats->line, stats->message);
        raise(SIGTRAP); /* the debugger stops here: `up` leads to the assertion */
        return;
    }
    ((void (*)(struct criterion_assert_stats *))library(__func__))(stats);
}
