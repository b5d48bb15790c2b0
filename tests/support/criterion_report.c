#include "tests/support/bridge.h"

#include <criterion/criterion.h>
#include <criterion/logging.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/sanitizer.h"

/* The parent's ledger: what Criterion reports becomes one result a test, printed at once if it is
 * no success, and written for Bazel at the end. */

enum { ASSERTIONS = 4, OUTPUT_LINES = 8 }; /* so much of a failure is shown: 15 lines */

typedef enum { PASSED, FAILED, SKIPPED, VERDICTS } verdict;

typedef struct {
    const struct criterion_test *test;
    char *name; /* suite/name */
    verdict verdict;
    double seconds;
    char *text; /* why it failed or was skipped */
} result;

static result *results;
static size_t result_count;
static size_t counts[VERDICTS];
static char folder[4096];

/* The running test: since when, whether its result is in, what its assertions said until now. */
static double started;
static bool entered;
static struct {
    char *text;
    size_t size;
    FILE *out;
    int assertions;
} said;

static const char *in_folder(const char *file)
{
    static char path[sizeof(folder) + 16];
    snprintf(path, sizeof(path), "%s/%s", folder, file);
    return path;
}

/* So that the next test, if it dies early, is not judged by what this one left. */
static void forget_worker(void)
{
    static const char *const files[] = {TTI_OUTPUT, TTI_FINISHED, TTI_CRASH};
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        unlink(in_folder(files[i]));
}

/* ------------------------------------------------------------------ a failure in 15 lines */

static void indented(FILE *out, const char *prefix, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        fprintf(out, "    %s%.*s\n", prefix, (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* A sanitizer's report in a sentence, in front of its beginning. */
static void print_sentence(FILE *out)
{
    char sentence[1024];
    FILE *file = fopen(in_folder(TTI_OUTPUT), "r");
    if (!file) return;
    if (tti_sanitizer_sentence(file, sentence, sizeof(sentence)))
        fprintf(out, "    what happened: %s\n", sentence);
    fclose(file);
}

/* The beginning of what the test printed. All of it with TT_TEST_LINES=N. */
static void print_output(FILE *out)
{
    char line[512];
    FILE *file = fopen(in_folder(TTI_OUTPUT), "r");
    if (!file) return;
    const char *wanted = getenv("TT_TEST_LINES");
    long limit = wanted ? strtol(wanted, NULL, 10) : OUTPUT_LINES, lines = 0;
    while (fgets(line, sizeof(line), file)) {
        if (lines++ < limit) indented(out, "| ", line);
    }
    if (lines > limit) {
        fprintf(out, "    | ... and %ld more lines: --test_env=TT_TEST_LINES=1000\n",
                lines - limit);
    }
    fclose(file);
}

/* A test passes by its body's end, or by the signal or the exit status that it asks for. */
static bool came_to_its_end(const struct criterion_test_stats *stats)
{
    return access(in_folder(TTI_FINISHED), F_OK) == 0 || stats->signal || stats->exit_code;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static char *failure_text(const char *how)
{
    char *text, place[512];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) abort();
    if (*how) fprintf(out, "%s\n", how);
    if (tti_place_of_crash(folder, place, sizeof(place)))
        fprintf(out, "    in %s\n", place);
    fflush(said.out);
    fputs(said.text, out);
    if (said.assertions > ASSERTIONS) {
        fprintf(out, "    ... and %d more assertions failed\n",
                said.assertions - ASSERTIONS);
    }
    print_sentence(out);
    print_output(out);
    fclose(out);
    return text;
}

static char *test_name(const struct criterion_test *test)
{
    size_t index = 0; /* of a parameterized test, whose runs all have one name */
    for (size_t i = 0; i < result_count; i++) index += results[i].test == test;
    char *name;
    int n = test->data->kind_ == CR_TEST_PARAMETERIZED
                ? asprintf(&name, "%s/%s[%zu]", test->category, test->name, index)
                : asprintf(&name, "%s/%s", test->category, test->name);
    if (n < 0) abort();
    return name;
}

/* Enters a test's result and prints it if it is no success. */
static void enter(const struct criterion_test_stats *stats, verdict v, const char *how)
{
    result r = {.test = stats->test,
                .name = test_name(stats->test),
                .verdict = v,
                .seconds = now() - started,
                .text = v == FAILED ? failure_text(how) : strdup(how)};
    if (v == FAILED) {
        printf("FAIL %s (%.2f s)%s%s\n", r.name, r.seconds, *how ? ": " : "\n", r.text);
    } else if (v == SKIPPED) {
        printf("SKIP %s: %s\n", r.name, r.text);
    }
    forget_worker();
    counts[v]++;
    results = realloc(results, (result_count + 1) * sizeof(*results));
    if (!results) abort();
    results[result_count++] = r;
    entered = true;
}

/* ------------------------------------------------------------------ what Criterion reports */

static void on_start(struct criterion_suite *suite, struct criterion_test *test)
{
    (void)suite, (void)test;
    if (said.out) fclose(said.out);
    free(said.text);
    said.out = open_memstream(&said.text, &said.size);
    if (!said.out) abort();
    said.assertions = 0;
    started = now();
    entered = false;
}

static void on_assertion(struct criterion_assert_stats *stats)
{
    if (++said.assertions > ASSERTIONS) return;
    char *text;
    const char *message = stats->message ? stats->message : "";
    if (asprintf(&text, "%s:%u: %s", stats->file, stats->line, message) < 0) abort();
    indented(said.out, "", text);
    free(text);
}

/* The new assertions, cr_assert(eq(int, a, b)), tell their parts after the assertion. */
static void on_part(struct criterion_assert_stats *stats, const char *part,
                    const char *message)
{
    (void)stats;
    if (said.assertions > ASSERTIONS) return;
    fprintf(said.out, "      %s%s%s\n", part, message ? ": " : "", message ? message : "");
}

static void on_values(struct criterion_assert_stats *stats,
                      struct cr_log_assert_param *expected,
                      struct cr_log_assert_param *actual)
{
    (void)stats;
    if (said.assertions > ASSERTIONS) return;
    fprintf(said.out, "        expected %s, got %s\n", (const char *)expected->data,
            (const char *)actual->data);
}

static void on_value(struct criterion_assert_stats *stats, struct cr_log_assert_param *value)
{
    on_part(stats, value->name, value->data);
}

static void on_formatted(struct criterion_assert_stats *stats, const char *text)
{
    on_part(stats, text, NULL);
}

static void on_theory(struct criterion_theory_stats *stats)
{
    fprintf(said.out, "    with the parameters %s:\n", stats->formatted_args);
}

static void on_exit_status(struct criterion_test_stats *stats)
{
    char how[64];
    snprintf(how, sizeof(how), "the process exited with status %d", stats->exit_code);
    if (!entered) enter(stats, FAILED, how);
}

static void on_end(struct criterion_test_stats *stats)
{
    if (entered) return;
    if (stats->test_status == CR_STATUS_SKIPPED) {
        enter(stats, SKIPPED, stats->message ? stats->message : "");
    } else if (stats->test_status == CR_STATUS_FAILED && stats->exit_code) {
        on_exit_status(stats);
    } else if (stats->test_status == CR_STATUS_FAILED) {
        enter(stats, FAILED, "");
    } else if (!came_to_its_end(stats)) {
        enter(stats, FAILED, "the process ended before the test did: did it call exit?");
    } else {
        enter(stats, PASSED, "");
    }
}

static void on_crash(struct criterion_test_stats *stats)
{
    char how[64];
    const char *name = sigabbrev_np(stats->signal);
    snprintf(how, sizeof(how), "killed by %s%s", name ? "SIG" : "signal ",
             name ? name : "?");
    enter(stats, FAILED, how);
}

static void on_timeout(struct criterion_test_stats *stats)
{
    enter(stats, FAILED, "timed out");
}

static void on_abort(struct criterion_test_stats *stats, const char *message)
{
    (void)stats;
    indented(said.out, "", message);
}

/* A crash outside the body: in .init, or in .fini of a test that had passed until then. */
static void on_other_crash(struct criterion_test_stats *stats)
{
    if (entered) counts[results[--result_count].verdict]--;
    enter(stats, FAILED, "crashed in its .init or .fini");
}

static void on_message(enum criterion_severity severity, const char *message)
{
    (void)severity;
    if (said.out) {
        indented(said.out, "", message);
    } else {
        fputs(message, stderr);
    }
}

static struct criterion_logger logger = {
    .log_message = on_message,
    .log_pre_init = on_start,
    .log_assert = on_assertion,
    .log_assert_sub = on_part,
    .log_assert_param = on_value,
    .log_assert_param_eq = on_values,
    .log_assert_formatted = on_formatted,
    .log_theory_fail = on_theory,
    .log_post_test = on_end,
    .log_test_crash = on_crash,
    .log_test_timeout = on_timeout,
    .log_test_abort = on_abort,
    .log_abnormal_exit = on_exit_status,
    .log_other_crash = on_other_crash,
};

/* ------------------------------------------------------------------ results for Bazel */

static void write_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char ch = (unsigned char)*text;
        if (strchr("&<>\"", ch)) {
            fprintf(out, "&#%d;", ch);
        } else if (ch >= ' ' || ch == '\n' || ch == '\t') {
            fputc(ch, out);
        } else {
            fputc('?', out); /* XML has no other control characters */
        }
    }
}

static void write_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    write_escaped(out, value);
    fputc('"', out);
}

bool tti_report_xml(const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out) return false;
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite");
    write_attribute(out, "name", program_invocation_short_name);
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n", result_count,
            counts[FAILED], counts[SKIPPED]);
    for (size_t i = 0; i < result_count; i++) {
        const result *r = &results[i];
        fprintf(out, "<testcase");
        write_attribute(out, "classname", r->test->category);
        write_attribute(out, "name", strchr(r->name, '/') + 1);
        fprintf(out, " time=\"%.3f\">", r->seconds);
        if (r->verdict != PASSED) {
            const char *element = r->verdict == FAILED ? "failure" : "skipped";
            fprintf(out, "<%s>", element);
            write_escaped(out, r->text);
            fprintf(out, "</%s>", element);
        }
        fprintf(out, "</testcase>\n");
    }
    fprintf(out, "</testsuite>\n</testsuites>\n");
    return fclose(out) == 0;
}

struct criterion_logger *tti_report_begin(const char *worker_folder)
{
    snprintf(folder, sizeof(folder), "%s", worker_folder);
    return &logger;
}

bool tti_report_end(const char *pattern)
{
    size_t ran = counts[PASSED] + counts[FAILED];
    if (!ran && pattern) {
        printf("FAIL no test ran: none matches %s; %s --list names them\n", pattern,
               program_invocation_short_name);
    } else if (!ran) {
        printf("FAIL no test ran\n");
    }
    tti_print_notes(folder);
    printf("%s: %zu passed, %zu failed, %zu skipped\n", program_invocation_short_name,
           counts[PASSED], counts[FAILED], counts[SKIPPED]);
    return ran > 0 && !counts[FAILED];
}
