/* Between Criterion and Bazel: internal to tests/support.
 *
 * Criterion runs each test in a process of its own, which it starts by executing the binary
 * again. The parent chooses tests (criterion_main.c), judges and reports (criterion_report.c); the
 * worker wraps one test body (criterion_worker.c). They share a folder of a few small files.
 */
#ifndef TT_TESTS_SUPPORT_BRIDGE_H
#define TT_TESTS_SUPPORT_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>

struct criterion_logger;
struct criterion_test_set;

/* The variable that tells a worker where the folder is. */
#define TTI_WORKER_FOLDER "TT_WORKER_FOLDER"

/* What the test printed; an empty file, once its body has come to its end; where it crashed. */
#define TTI_OUTPUT "output"
#define TTI_FINISHED "finished"
#define TTI_CRASH "crash"

/* Takes down the results. The end prints their count, and says so where none ran (pattern: what
 * chose the tests, or NULL). False if a test failed or none ran. */
struct criterion_logger *tti_report_begin(const char *worker_folder);
bool tti_report_end(const char *pattern);
bool tti_report_xml(const char *path);

/* Prints what tests noted (tt_test_note), each line once, and forgets it. */
void tti_print_notes(const char *worker_folder);

/* Runs one test in this process, for a debugger: "task1_4/relu_backward".
 * False if there is no such test. */
bool tti_debug_test(struct criterion_test_set *set, const char *name);

/* Where a program was when it crashed, as "relu_backward (module1_autodiff/scalar.c:88)": the
 * topmost frame in a module's or a test's file. False if it cannot be told. */
bool tti_place_of_crash(const char *folder, char *text, size_t size);

/* In a worker: record the place of a crash, for tti_place_of_crash. */
void tti_watch_for_crashes(const char *folder);

#endif
