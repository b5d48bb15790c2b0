/* The part of Criterion that a learner's tests use, for grading: each test runs in a process of its
 * own, which ends with 0 when the test passed. Criterion itself is not wanted there: it forks, opens
 * sockets, and takes minutes of the work from whoever attacks it. */
#ifndef TT_COURSE_GRADE_SHIM_CRITERION_H
#define TT_COURSE_GRADE_SHIM_CRITERION_H

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct criterion_test_extra_data {
    void (*init)(void);
    void (*fini)(void);
    double timeout;
    int signal;
    int exit_code;
    bool disabled;
    const char *description;
};

typedef struct tti_learner_test {
    const char *suite, *name;
    void (*body)(void);
    struct criterion_test_extra_data options;
    struct tti_learner_test *next;
} tti_learner_test;

void tti_learner_add(tti_learner_test *test);
void tti_learner_suite(const char *suite, struct criterion_test_extra_data options);
void tti_learner_failed(const char *file, unsigned line, const char *what, bool go_on,
                        const char *format, ...);

#define Test(suite_, name_, ...)                                                         \
    static void suite_##_##name_##_body(void);                                           \
    __attribute__((constructor)) static void suite_##_##name_##_add(void)                \
    {                                                                                    \
        static tti_learner_test test = {.suite = #suite_,                                \
                                        .name = #name_,                                  \
                                        .body = suite_##_##name_##_body,                 \
                                        .options = {__VA_ARGS__}};                       \
        tti_learner_add(&test);                                                          \
    }                                                                                    \
    static void suite_##_##name_##_body(void)

#define TestSuite(suite_, ...)                                                           \
    __attribute__((constructor)) static void suite_##_options(void)                      \
    {                                                                                    \
        tti_learner_suite(#suite_, (struct criterion_test_extra_data){__VA_ARGS__});     \
    }                                                                                    \
    struct suite_##_is_a_suite

#define TTI_CHECK(go_on, condition, ...)                                                 \
    ((condition)                                                                         \
         ? (void)0                                                                       \
         : tti_learner_failed(__FILE__, __LINE__, #condition, go_on, " " __VA_ARGS__))

#define cr_assert(condition, ...) TTI_CHECK(false, condition, __VA_ARGS__)
#define cr_expect(condition, ...) TTI_CHECK(true, condition, __VA_ARGS__)
#define cr_assert_not(condition, ...) TTI_CHECK(false, !(condition), __VA_ARGS__)
#define cr_expect_not(condition, ...) TTI_CHECK(true, !(condition), __VA_ARGS__)
#define cr_assert_fail(...) TTI_CHECK(false, false, __VA_ARGS__)
#define cr_expect_fail(...) TTI_CHECK(true, false, __VA_ARGS__)
#define cr_fatal(...) TTI_CHECK(false, false, __VA_ARGS__)

#define cr_assert_eq(a, b, ...) TTI_CHECK(false, (a) == (b), __VA_ARGS__)
#define cr_expect_eq(a, b, ...) TTI_CHECK(true, (a) == (b), __VA_ARGS__)
#define cr_assert_neq(a, b, ...) TTI_CHECK(false, (a) != (b), __VA_ARGS__)
#define cr_expect_neq(a, b, ...) TTI_CHECK(true, (a) != (b), __VA_ARGS__)
#define cr_assert_lt(a, b, ...) TTI_CHECK(false, (a) < (b), __VA_ARGS__)
#define cr_expect_lt(a, b, ...) TTI_CHECK(true, (a) < (b), __VA_ARGS__)
#define cr_assert_leq(a, b, ...) TTI_CHECK(false, (a) <= (b), __VA_ARGS__)
#define cr_expect_leq(a, b, ...) TTI_CHECK(true, (a) <= (b), __VA_ARGS__)
#define cr_assert_gt(a, b, ...) TTI_CHECK(false, (a) > (b), __VA_ARGS__)
#define cr_expect_gt(a, b, ...) TTI_CHECK(true, (a) > (b), __VA_ARGS__)
#define cr_assert_geq(a, b, ...) TTI_CHECK(false, (a) >= (b), __VA_ARGS__)
#define cr_expect_geq(a, b, ...) TTI_CHECK(true, (a) >= (b), __VA_ARGS__)
#define cr_assert_null(a, ...) TTI_CHECK(false, (a) == NULL, __VA_ARGS__)
#define cr_expect_null(a, ...) TTI_CHECK(true, (a) == NULL, __VA_ARGS__)
#define cr_assert_not_null(a, ...) TTI_CHECK(false, (a) != NULL, __VA_ARGS__)
#define cr_expect_not_null(a, ...) TTI_CHECK(true, (a) != NULL, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) TTI_CHECK(false, strcmp(a, b) == 0, __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...) TTI_CHECK(true, strcmp(a, b) == 0, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...) TTI_CHECK(false, strcmp(a, b) != 0, __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...) TTI_CHECK(true, strcmp(a, b) != 0, __VA_ARGS__)
#define cr_assert_arr_eq(a, b, n, ...) TTI_CHECK(false, memcmp(a, b, n) == 0, __VA_ARGS__)
#define cr_expect_arr_eq(a, b, n, ...) TTI_CHECK(true, memcmp(a, b, n) == 0, __VA_ARGS__)
#define cr_assert_float_eq(a, b, e, ...)                                                 \
    TTI_CHECK(false, fabs((double)(a) - (double)(b)) <= (double)(e), __VA_ARGS__)
#define cr_expect_float_eq(a, b, e, ...)                                                 \
    TTI_CHECK(true, fabs((double)(a) - (double)(b)) <= (double)(e), __VA_ARGS__)
#define cr_assert_float_neq(a, b, e, ...)                                                \
    TTI_CHECK(false, !(fabs((double)(a) - (double)(b)) <= (double)(e)), __VA_ARGS__)
#define cr_expect_float_neq(a, b, e, ...)                                                \
    TTI_CHECK(true, !(fabs((double)(a) - (double)(b)) <= (double)(e)), __VA_ARGS__)

#define cr_log_info(...) fprintf(stderr, __VA_ARGS__)
#define cr_log_warn(...) fprintf(stderr, __VA_ARGS__)
#define cr_log_error(...) fprintf(stderr, __VA_ARGS__)

/* What tests/support/expect.c says a failure with. */
struct criterion_assert_stats {
    const char *message;
    bool passed;
    unsigned line;
    const char *file;
};
void criterion_send_assert(struct criterion_assert_stats *stats);
void criterion_continue_test(void);
void cri_asserts_passed_incr(void);

#endif
