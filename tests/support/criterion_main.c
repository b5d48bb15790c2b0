/* The main function of every Criterion test: Bazel's side of the bargain.
 *
 *   $XML_OUTPUT_FILE       where the results go, one <testcase classname=...> each
 *   $TESTBRIDGE_TEST_ONLY  --test_filter=: a test, a suite, or suite/test; * and ? are wild
 *   $TEST_TIMEOUT          Bazel's patience; a test without a .timeout gets a part of it
 *   --debug-test S/T       runs one test in this process (//tests:debug)
 *
 * Criterion calls a run without tests a success, lets exit(0) pass and leaks too (see
 * criterion_worker.c), and prints the verdict after the details. Here a run must have run
 * something, a test that passed must have come to its end, and the verdict stands first.
 */
#include "tests/support/bridge.h"

#include <criterion/criterion.h>
#include <criterion/internal/ordered-set.h>
#include <criterion/options.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Criterion's --timeout only shortens, so that a test without one would never be stopped. */
static void set_timeouts(struct criterion_test_set *set)
{
    const char *patience = getenv("TEST_TIMEOUT");
    double seconds = patience ? fmin(60, 0.75 * strtod(patience, NULL)) : 60;
    FOREACH_SET(struct criterion_suite_set * suite, set->suites)
    {
        if (!suite->tests || (suite->suite.data && suite->suite.data->timeout > 0))
            continue;
        FOREACH_SET(struct criterion_test * test, suite->tests)
        {
            if (test->data->timeout <= 0) test->data->timeout = seconds;
        }
    }
}

static void set_filter(const char *filter)
{
    char *pattern;
    const char *form = strchr(filter, '/') ? "%s" : "@(*/%s|%s/*)";
    if (asprintf(&pattern, form, filter, filter) < 0) abort();
    criterion_options.pattern = pattern;
}

static void print_tests(struct criterion_test_set *set)
{
    FOREACH_SET(struct criterion_suite_set * suite, set->suites)
    {
        if (!suite->tests) continue;
        FOREACH_SET(struct criterion_test * test, suite->tests)
        {
            printf("%s/%s\n", test->category, test->name);
        }
    }
}

static bool make_folder(char *folder, size_t size)
{
    const char *parent = getenv("TEST_TMPDIR");
    snprintf(folder, size, "%s/worker-XXXXXX", parent ? parent : "/tmp");
    return mkdtemp(folder) && setenv(TTI_WORKER_FOLDER, folder, 1) == 0;
}

static bool run_tests(struct criterion_test_set *set)
{
    char folder[4096];
    if (!make_folder(folder, sizeof(folder))) {
        perror(folder);
        return false;
    }
    set_timeouts(set);
    const char *filter = getenv("TESTBRIDGE_TEST_ONLY"), *xml = getenv("XML_OUTPUT_FILE");
    if (filter && *filter) set_filter(filter);
    criterion_options.jobs = 1; /* Bazel shares out the cores */
    criterion_options.logger = tti_report_begin(folder);

    bool criterion_agrees = criterion_run_all_tests(set);
    bool passed = tti_report_end(criterion_options.pattern) && criterion_agrees;
    if (xml && !tti_report_xml(xml)) {
        perror(xml);
        passed = false;
    }
    rmdir(folder);
    return passed;
}

int main(int argc, char **argv)
{
    struct criterion_test_set *set = criterion_initialize();
    bool good = true;
    if (argc == 3 && !strcmp(argv[1], "--debug-test")) {
        good = tti_debug_test(set, argv[2]);
    } else if (argc == 2 && !strcmp(argv[1], "--list")) {
        print_tests(set);
    } else if (criterion_handle_args(argc, argv, true)) { /* false: --help, --version */
        good = run_tests(set);
    }
    fflush(stdout);
    criterion_finalize(set);
    _exit(good ? EXIT_SUCCESS : EXIT_FAILURE); /* Criterion leaks where it has run nothing */
}
