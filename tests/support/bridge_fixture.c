/* Tests that must fail, each for one reason, and a few that must not: run by bridge_test.sh. */
#include "tests/support/expect.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <criterion/redirect.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

Test(good, passes)
{
    cr_assert(1 + 1 == 2);
}

Test(good, aborts_as_asked, .signal = SIGABRT)
{
    abort();
}

Test(good, exits_as_asked, .exit_code = 3)
{
    exit(3);
}

Test(good, is_skipped)
{
    cr_skip_test("for a reason");
}

Test(good, output_can_be_redirected, .init = cr_redirect_stderr)
{
    fputs("heard", stderr);
    fflush(stderr);
    cr_assert_stderr_eq_str("heard");
}

Test(good, close_values)
{
    const float some[] = {1.0f, NAN, -INFINITY};
    tt_expect_close(1.0 + 1e-13, 1.0, 1e-12, 0);
    tt_expect_close(1e-7, 0.0, 0, 1e-6, "a context of %d", 1);
    tt_expect_close(INFINITY, INFINITY, 0, 0);
    tt_expect_close(NAN, NAN, 0, 0);
    tt_expect_all_close(some, some, 3, 0, 0);
}

Test(bad, fails)
{
    puts("printed by the test");
    cr_assert(1 + 1 == 3, "arithmetic\nis right");
}

Test(bad, exits)
{
    exit(0);
}

Test(bad, exits_at_once)
{
    _Exit(0);
}

Test(bad, exits_with_1)
{
    exit(1);
}

Test(bad, hangs, .timeout = 0.2)
{
    sleep(10);
}

Test(bad, aborts)
{
    fputs("printed before the end\n", stderr);
    abort();
}

/* Not inlined, so that the message has a name to tell. */
#if defined(__clang__)
__attribute__((noinline))
#else
__attribute__((noipa)) /* nor copied for its one argument, NULL, and given another name */
#endif
static int
read_at(const volatile int *place)
{
    return *place;
}

Test(bad, crashes)
{
    cr_assert(read_at(NULL) == 1);
}

Test(bad, floods)
{
    for (int i = 0; i < 1000; i++) {
        printf("line %d\n", i);
        cr_expect(i < 0, "assertion %d", i);
    }
}

ParameterizedTestParameters(bad, parameter)
{
    static int values[] = {1, 2, 3};
    return cr_make_param_array(int, values, 3);
}

ParameterizedTest(const int *value, bad, parameter)
{
    cr_assert(*value != 2);
}

/* Several: the last one's address may still lie about on the stack. */
Test(leak, leaks)
{
    for (int i = 0; i < 10; i++) {
        volatile char *lost = malloc(77);
        lost[0] = 1;
    }
}

Test(expect, value)
{
    tt_expect_close(sqrt(2), 1.5, 0, 1e-9, "seed %d", 7);
}

Test(expect, nan_is_close_to_nothing)
{
    tt_expect_close(NAN, 1.0, 1, 1e9);
}

Test(expect, nan_was_expected)
{
    tt_expect_close(1.0, NAN, 1, 1e9);
}

Test(expect, infinity_is_not_near)
{
    tt_expect_close(1e300, INFINITY, 1, 1e9);
}

Test(expect, infinities_have_signs)
{
    tt_expect_close(-INFINITY, INFINITY, 1, 1e9);
}

Test(expect, elements)
{
    const float actual[] = {1, 2.5f, 3, 7}, expected[] = {1, 2, 3, 4};
    tt_expect_all_close(actual, expected, 4, 0, 0.1, "why it matters");
}
