/* The kernels behind the course's: fast map, zip, reduce and matmul, fill, axpy, copies, and the
 * ladder of matmuls. Given code, so no task lists these tests. On the simulator, and on a GPU. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "module2_tensors/function.h"
#include "module3_gpu/cuda/ladder/ladder.h"
#include "tests/module2_tensors/support/op_checks.h"
#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(fast_kernels, .timeout = 120);

/* ---- the operator list, values and gradients ------------------------------------------------------ */

static void on_fast_backends(case_body *body, const void *op)
{
    case_each_on(tt_backend_sim_fast(), body, op);
    if (tt_backend_cuda()) case_each_on(tt_backend_cuda(), body, op);
    cr_expect_eq(tt_sim_finding_count(), 0, "%s",
                 tt_sim_finding_count() ? tt_sim_finding_at(0)->text : "");
}

#define ONE(name, expression)                                                            \
    Test(fast_kernels, tensors_##name)                                                   \
    {                                                                                    \
        on_fast_backends(check_values_one, &case_one_##name);                            \
        on_fast_backends(check_gradient_one, &case_one_##name);                          \
    }
TT_CASE_ONE(ONE)

#define TWO(name, expression)                                                            \
    Test(fast_kernels, tensors_##name)                                                   \
    {                                                                                    \
        on_fast_backends(check_values_two, &case_two_##name);                            \
        on_fast_backends(check_gradient_two, &case_two_##name);                          \
    }                                                                                    \
    Test(fast_kernels, tensors_##name##_in_every_broadcast_form)                         \
    {                                                                                    \
        on_fast_backends(check_values_broadcast, &case_two_##name);                      \
        on_fast_backends(check_gradient_broadcast, &case_two_##name);                    \
    }
TT_CASE_TWO(TWO)

/* ---- against the simple backend, at sizes where paths change --------------------------------------- */

/* The same expression on the simple backend. */
typedef tt_tensor *expression(tt_ctx *c, tt_tensor *a, tt_tensor *b);

static void compare(const tt_backend *backend, expression *f, tt_tensor *a, tt_tensor *b,
                    double tolerance, const char *what)
{
    tt_ctx *c = a->node.header.ctx;
    TT_SCOPE (c) {
        tt_tensor *want = f(c, a, b);
        tt_tensor *got =
            tt_to(c, f(c, tt_to(c, a, backend), b ? tt_to(c, b, backend) : NULL),
                  tt_backend_simple());
        cr_assert(want && got, "%s on %s: %s", what, backend->name, tt_error(c));
        size_t n = tt_numel(want), wrong = 0, first = 0;
        cr_assert_eq(tt_numel(got), n, "%s on %s", what, backend->name);
        float *x = tt_alloc(c, (n + 1) * sizeof *x), *y = tt_alloc(c, (n + 1) * sizeof *y);
        tt_read(want, x);
        tt_read(got, y);
        for (size_t i = n; i-- > 0;)
            if (!(fabs((double)(x[i] - y[i])) <= tolerance * (1 + fabs((double)x[i])))) {
                wrong++;
                first = i;
            }
        cr_assert_eq(wrong, 0, "%s on %s: cell %zu is %g, expected %g; %zu of %zu differ",
                     what, backend->name, first, (double)y[first], (double)x[first],
                     wrong, n);
    }
    cr_assert_eq(tt_sim_finding_count(), 0, "%s on %s: %s", what, backend->name,
                 tt_sim_finding_count() ? tt_sim_finding_at(0)->text : "");
}

static void everywhere(expression *f, tt_tensor *a, tt_tensor *b, double tolerance,
                       const char *what)
{
    for (const tt_backend *const *backend = kernel_backends(); *backend; backend++)
        compare(*backend, f, a, b, tolerance, what);
}

static tt_tensor *exp_of(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    (void)b;
    return tt_exp(c, a);
}

static tt_tensor *sum_first(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    (void)b;
    return tt_sum(c, a, 0);
}

static tt_tensor *sum_last(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    (void)b;
    return tt_sum(c, a, -1);
}

static tt_tensor *sum_all(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    (void)b;
    return tt_sum_all(c, a);
}

static tt_tensor *row_sums_of_turned(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    (void)b;
    return tt_sum(c, tt_transpose(c, a, 0, 1), 1);
}

Test(fast_kernels, sizes_around_every_boundary)
{
    tt_ctx *c = tt_ctx_new(NULL);
    for (const int *n = kernel_sizes; *n; n++)
        TT_SCOPE (c) {
            tt_tensor *a = tt_rand(c, TT_SHAPE(*n)), *b = tt_rand(c, TT_SHAPE(*n));
            everywhere(exp_of, a, NULL, 1e-6, "exp");
            everywhere(tt_mul, a, b, 1e-6, "mul");
            everywhere(tt_add, a, tt_rand(c, TT_SHAPE(1)), 1e-6, "add of one number");
            everywhere(sum_all, a, NULL, 1e-5, "sum_all");
            everywhere(sum_first, tt_rand(c, TT_SHAPE(*n, 3)), NULL, 1e-5, "sum over 0");
            everywhere(sum_last, tt_rand(c, TT_SHAPE(3, *n)), NULL, 1e-5, "sum over 1");
            everywhere(row_sums_of_turned, tt_rand(c, TT_SHAPE(*n, 3)), NULL, 1e-5,
                       "sum of a transposed tensor");
        }
    cr_expect_eq(tt_exit(c), 0);
}

Test(fast_kernels, half_a_million_cells)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *a = tt_rand(c, TT_SHAPE(500000));
    compare(tt_backend_sim_fast(), exp_of, a, NULL, 1e-6, "exp of 500,000");
    compare(tt_backend_sim_fast(), sum_all, a, NULL, 1e-5, "sum of 500,000");
    if (tt_backend_cuda()) {
        compare(tt_backend_cuda(), exp_of, a, NULL, 1e-6, "exp of 500,000");
        compare(tt_backend_cuda(), sum_all, a, NULL, 1e-5, "sum of 500,000");
    }
    cr_expect_eq(tt_exit(c), 0);
}

static tt_tensor *turned_product(tt_ctx *c, tt_tensor *a, tt_tensor *b)
{
    return tt_matmul(c, tt_transpose(c, a, 0, 1), tt_transpose(c, b, 0, 1));
}

Test(fast_kernels, matmul_of_any_size_transposed_and_in_batches)
{
    static const int nkm[][3] = {{1, 1, 1},     {63, 7, 65},    {64, 8, 64}, {65, 9, 63},
                                 {128, 16, 64}, {130, 31, 129}, {2, 300, 3}, {5, 0, 4}};
    tt_ctx *c = tt_ctx_new(NULL);
    for (size_t i = 0; i < sizeof nkm / sizeof nkm[0]; i++)
        TT_SCOPE (c) {
            int n = nkm[i][0], k = nkm[i][1], m = nkm[i][2];
            everywhere(tt_matmul, tt_rand(c, TT_SHAPE(n, k)), tt_rand(c, TT_SHAPE(k, m)),
                       1e-4, "matmul");
            everywhere(turned_product, tt_rand(c, TT_SHAPE(k, n)),
                       tt_rand(c, TT_SHAPE(m, k)), 1e-4, "matmul of transposed operands");
            everywhere(tt_matmul, tt_rand(c, TT_SHAPE(2, 1, n, k)),
                       tt_rand(c, TT_SHAPE(3, k, m)), 1e-4, "matmul in batches");
        }
    cr_expect_eq(tt_exit(c), 0);
}

/* Enough tiles that the large ones are taken: 132 of 128 x 128, with a thin inner dimension. */
Test(fast_kernels, matmul_by_large_tiles)
{
    tt_ctx *c = tt_ctx_new(NULL);
    tt_tensor *a = tt_rand(c, TT_SHAPE(131, 1, 130, 3)), *b = tt_rand(c, TT_SHAPE(3, 2));
    compare(tt_backend_sim_fast(), tt_matmul, a, b, 1e-4, "matmul");
    if (tt_backend_cuda()) compare(tt_backend_cuda(), tt_matmul, a, b, 1e-4, "matmul");
    cr_expect_eq(tt_exit(c), 0);
}

/* ---- the ladder -------------------------------------------------------------------------------------- */

typedef int step(float *out, const float *a, const float *b, int n, int k, int m);

static void climb(const kernel_place *place, step *multiply, const char *name)
{
    static const int nkm[][3] = {
        {1, 1, 1}, {17, 33, 31}, {128, 8, 128}, {130, 12, 132}, {33, 7, 129}};
    for (size_t s = 0; s < sizeof nkm / sizeof nkm[0]; s++) {
        int n = nkm[s][0], k = nkm[s][1], m = nkm[s][2];
        float *x = kernel_numbers(n * k, 1), *y = kernel_numbers(k * m, 2);
        double *want = calloc((size_t)(n * m), sizeof *want);
        for (int i = 0; i < n; i++)
            for (int p = 0; p < k; p++)
                for (int j = 0; j < m; j++)
                    want[i * m + j] += (double)x[i * k + p] * (double)y[p * m + j];
        float *a = kernel_device(place, x, (size_t)(n * k));
        float *b = kernel_device(place, y, (size_t)(k * m));
        float *out = kernel_device(place, NULL, (size_t)(n * m));
        int error = multiply(out, a, b, n, k, m);
        kernel_expect(place, error, out, want, (size_t)(n * m), 1e-4, "3.4",
                      "ladder/%s.cu: (%d,%d) x (%d,%d)", name, n, k, k, m);
        kernel_free(place, a);
        kernel_free(place, b);
        kernel_free(place, out);
        free(want);
        free(x);
        free(y);
    }
}

#ifdef TT_HAVE_CUDA
#define STEP(name)                                                                       \
    climb(place, place->simulated ? ttk_sim_ladder_##name : ttk_cuda_ladder_##name,      \
          #name);
#else
#define STEP(name) climb(place, ttk_sim_ladder_##name, #name);
#endif
static void ladder(const kernel_place *place){TTK_LADDER(STEP)}

Test(fast_kernels, every_step_of_the_ladder)
{
    kernel_each(ladder);
}
