/* The main function of a learner's tests in grading:  worker SEED NUMBER  runs one test, in the order
 * in which they stand in the file. It ends with 0 when the test passed and with 1 when it failed. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <unistd.h>

enum { FAILED = 1, ABSENT = 66, MOST_SUITES = 16 };

static tti_learner_test *first, **last = &first;
static bool failed;
static struct {
    const char *name;
    struct criterion_test_extra_data options;
} suites[MOST_SUITES];
static int n_suites;

void tti_learner_add(tti_learner_test *test)
{
    *last = test;
    last = &test->next;
}

void tti_learner_suite(const char *suite, struct criterion_test_extra_data options)
{
    if (n_suites == MOST_SUITES) return;
    suites[n_suites].name = suite;
    suites[n_suites++].options = options;
}

static void stop(void)
{
    fflush(NULL);
    _exit(FAILED);
}

void tti_learner_failed(const char *file, unsigned line, const char *what, bool go_on,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%u: ", file, line);
    if (format[1] != '\0') vfprintf(stderr, format + 1, args);
    else fprintf(stderr, "%s does not hold", what);
    fputc('\n', stderr);
    va_end(args);
    failed = true;
    if (!go_on) stop();
}

void criterion_send_assert(struct criterion_assert_stats *stats)
{
    fprintf(stderr, "%s:%u: %s\n", stats->file, stats->line, stats->message);
    failed = true;
}

void criterion_continue_test(void) {}

void cri_asserts_passed_incr(void) {}

int main(int argc, char **argv)
{
    long number = argc == 3 ? strtol(argv[2], NULL, 10) : -1;
    tti_learner_test *test = first;
    while (test != NULL && number-- > 0) test = test->next;
    if (test == NULL) return ABSENT;
    struct criterion_test_extra_data around = {0};
    for (int i = 0; i < n_suites; i++)
        if (strcmp(suites[i].name, test->suite) == 0) around = suites[i].options;
    if (test->options.init != NULL) around.init = test->options.init;
    if (test->options.fini != NULL) around.fini = test->options.fini;
    if (around.init != NULL) around.init();
    test->body();
    if (around.fini != NULL) around.fini();
    if (failed) stop();
    return 0;
}
