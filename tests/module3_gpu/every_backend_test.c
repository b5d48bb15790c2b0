/* The operator list on every backend: values and gradients, in every form of broadcasting, permuted,
 * large, and products of stacks. One test an operator; each runs on simple, fast, sim, sim-fast, and
 * on cuda and cuda-course where a device answers. */
#include <criterion/criterion.h>
#include <math.h>

#include "module2_tensors/function.h"
#include "module3_gpu/backends.h"
#include "tests/module2_tensors/support/op_checks.h"
#include "tests/module3_gpu/support/kernel_cases.h"
#include "tests/support/expect.h"

TestSuite(every_backend, .timeout = 120);

/* Every backend that is here, NULL behind the last. */
static const tt_backend *const *all(void)
{
    static const char *const names[] = {"simple",   "fast", "sim",
                                        "sim-fast", "cuda", "cuda-course"};
    static const tt_backend *backends[7];
    int n = 0;
    tt_ctx *c = tt_ctx_new(NULL);
    tt_error_handler(c, tt_error_quiet, NULL);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tt_error_clear(c);
        if (tt_backend_open(c, names[i], &backends[n]) != TT_OK) continue;
        tt_test_note("operators ran on %s", names[i]);
        n++;
    }
    kernel_on_hardware();
    backends[n] = NULL;
    tt_ctx_free(c);
    return backends;
}

static void everywhere(case_body *body, const void *op)
{
    for (const tt_backend *const *k = all(); *k; k++) case_each_on(*k, body, op);
    cr_expect_eq(tt_sim_finding_count(), 0, "%s",
                 tt_sim_finding_count() ? tt_sim_finding_at(0)->text : "");
}

#define ONE(name, expression)                                                            \
    Test(every_backend, name)                                                            \
    {                                                                                    \
        everywhere(check_values_one, &case_one_##name);                                  \
        everywhere(check_gradient_one, &case_one_##name);                                \
    }
TT_CASE_ONE(ONE)

#define TWO(name, expression)                                                            \
    Test(every_backend, name)                                                            \
    {                                                                                    \
        everywhere(check_values_two, &case_two_##name);                                  \
        everywhere(check_gradient_two, &case_two_##name);                                \
        everywhere(check_values_broadcast, &case_two_##name);                            \
        everywhere(check_gradient_broadcast, &case_two_##name);                          \
    }
TT_CASE_TWO(TWO)

/* ---- the same on large and turned tensors ------------------------------------------------------ */

/* f(x) of n numbers in memory as (n / 4, 4), read as (4, n / 4), and the gradient of its sum times w. */
static void turned(const tt_backend *backend, int n)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, backend);
    tt_seed(c, (uint64_t)n);
    tt_tensor *x = tt_rand(c, TT_SHAPE(n / 4, 4)), *w = tt_rand(c, TT_SHAPE(4, n / 4));
    tt_requires_grad(x, true);
    tt_tensor *y = tt_exp(c, tt_transpose(c, x, 0, 1));
    tt_backward(tt_sum_all(c, tt_mul(c, y, w)));
    const float *at = tt_storage_read(x->data.storage),
                *dx = tt_storage_read(tt_grad(x)->data.storage);
    const float *weight = tt_storage_read(w->data.storage);
    for (int i = 0; i < n; i++) {
        double want = (double)weight[i % 4 * (n / 4) + i / 4] * exp((double)at[i]);
        if (fabs((double)dx[i] - want) <= 1e-5 * want) continue;
        cr_assert_fail("%s, %d numbers: gradient %d is %g, expected %g", backend->name, n,
                       i, (double)dx[i], want);
    }
    cr_assert_null(tt_error(c), "%s: %s", backend->name, tt_error(c));
    tt_ctx_free(c);
}

Test(every_backend, permuted_tensors_of_every_size)
{
    static const int sizes[] = {4, 32, 252, 256, 260, 1020, 1024, 1028, 500000};
    kernel_diagnosing(false); /* of so many numbers; kernels have tests of their own for that */
    for (const tt_backend *const *k = all(); *k; k++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) turned(*k, sizes[i]);
}

/* Sums of n numbers along each dimension, whose cells are i % 7: exact in float. */
static void sums(const tt_backend *backend, int n)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_use(c, backend);
    float *cells = tt_alloc(c, (size_t)n * 2 * sizeof *cells);
    double total = 0;
    for (int i = 0; i < 2 * n; i++) cells[i] = (float)(i % 7), total += i % 7;
    tt_tensor *long_lines = tt_from(c, TT_SHAPE(2, n), cells);
    tt_tensor *long_columns = tt_from(c, TT_SHAPE(n, 2), cells);
    double lines = (double)tt_item(tt_sum_all(c, tt_sum(c, long_lines, 1)));
    double columns = (double)tt_item(tt_sum_all(c, tt_sum(c, long_columns, 0)));
    tt_tensor *across = tt_transpose(c, long_columns, 0, 1); /* (2, n), not in order */
    double turned_lines = (double)tt_item(tt_sum_all(c, tt_sum(c, across, 1)));
    cr_expect_eq(turned_lines, total, "%s: transposed lines of %d: %g, not %g",
                 backend->name, n, turned_lines, total);
    cr_expect_eq(lines, total, "%s: lines of %d: %g, not %g", backend->name, n, lines,
                 total);
    cr_expect_eq(columns, total, "%s: columns of %d: %g, not %g", backend->name, n,
                 columns, total);
    cr_assert_null(tt_error(c), "%s: %s", backend->name, tt_error(c));
    tt_ctx_free(c);
}

Test(every_backend, sums_of_lines_and_columns_of_every_length)
{
    static const int sizes[] = {1, 31, 32, 33, 255, 256, 257, 1023, 1024, 1025, 500000};
    kernel_diagnosing(false);
    for (const tt_backend *const *k = all(); *k; k++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) sums(*k, sizes[i]);
}

/* ---- products ------------------------------------------------------------------------------------ */

static tt_tensor *product(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_matmul(c, in[0], tt_transpose(c, in[1], -2, -1));
}

/* A stack of one against a stack of n, either way round, one operand transposed. */
Test(every_backend, products_of_batch_1_against_n)
{
    for (const tt_backend *const *k = all(); *k; k++) {
        tt_ctx *c = tt_ctx_new(NULL);
        tt_error_handler(c, tt_error_quiet, NULL);
        tt_use(c, *k);
        tt_seed(c, 5);
        tt_tensor *one = tt_randn(c, TT_SHAPE(1, 3, 2)),
                  *many = tt_randn(c, TT_SHAPE(3, 2, 2));
        tt_tensor *flat = tt_randn(c, TT_SHAPE(2, 2));
        cr_expect(tt_check_gradient_of(c, product, NULL, TT_IN(one, many), 2), "%s: %s",
                  (*k)->name, tt_error(c));
        cr_expect(tt_check_gradient_of(c, product, NULL, TT_IN(many, one), 2), "%s: %s",
                  (*k)->name, tt_error(c));
        cr_expect(tt_check_gradient_of(c, product, NULL, TT_IN(one, flat), 2), "%s: %s",
                  (*k)->name, tt_error(c));
        tt_ctx_free(c);
    }
}
