/* Task 3.4: matrix products as CUDA kernels. They run on the simulator, under three orders of the
 * threads, and on a GPU where there is one. The rules stand in module3_gpu/README.md, "Task 3.4". */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "module2_tensors/function.h"
#include "tests/module2_tensors/support/tensor_expect.h"
#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(task3_4, .timeout = 60);

/* ---- the practice product ------------------------------------------------------------------------ */

/* want = x y for row-major (n,k) and (k,m) */
static void product(double *want, const float *x, const float *y, int n, int k, int m)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            double sum = 0;
            for (int p = 0; p < k; p++)
                sum += (double)x[i * k + p] * (double)y[p * m + j];
            want[i * m + j] = sum;
        }
}

static void practice(const kernel_place *place)
{
    static const int sizes[] = {1, 2, 3, 16, 31, 32};
    double want[TTK_TILE * TTK_TILE];
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int n = sizes[s], cells = n * n;
        float *x = kernel_numbers(cells, n), *y = kernel_numbers(cells, n + 1);
        product(want, x, y, n, n, n);
        float *a = kernel_device(place, x, (size_t)cells);
        float *b = kernel_device(place, y, (size_t)cells);
        float *out = kernel_device(place, NULL, (size_t)cells);
        kernel_count_begins();
        int error = place->k->matmul_practice(out, a, b, n);
        kernel_expect(place, error, out, want, (size_t)cells, 1e-5, "3.4",
                      "(%d,%d) x (%d,%d)", n, n, n, n);
        tt_sim_traffic t;
        if (kernel_counted(place, &t)) {
            cr_expect_eq(
                t.global_loads, 2 * (uint64_t)cells,
                "n = %d: %llu reads of global memory; a and b have %d cells, each to be "
                "read once",
                n, (unsigned long long)t.global_loads, 2 * cells);
            cr_expect_eq(
                t.global_stores, (uint64_t)cells,
                "n = %d: %llu writes to global memory; each cell of out is to be written "
                "once",
                n, (unsigned long long)t.global_stores);
            if (n == TTK_TILE)
                cr_expect_leq(
                    t.global_load_sectors, 4 * t.global_load_requests,
                    "n = %d: a warp reads %.1f sectors of 32 bytes at a time, and 4 "
                    "would do: threads that differ in threadIdx.x should read "
                    "neighbours, so "
                    "threadIdx.x is the column",
                    n, (double)t.global_load_sectors / (double)t.global_load_requests);
        }
        kernel_free(place, a);
        kernel_free(place, b);
        kernel_free(place, out);
        free(x);
        free(y);
    }
}

Test(task3_4, practice_reads_each_cell_once_and_writes_once)
{
    kernel_each(practice);
}

/* ---- the tiled product ---------------------------------------------------------------------------- */

static void multiply(const kernel_place *place, int n, int k, int m)
{
    float *x = kernel_numbers(n * k, n), *y = kernel_numbers(k * m, m + 1);
    double *want = malloc(sizeof *want * (size_t)(n * m));
    product(want, x, y, n, k, m);
    float *a = kernel_device(place, x, (size_t)(n * k));
    float *b = kernel_device(place, y, (size_t)(k * m));
    float *out = kernel_device(place, NULL, (size_t)(n * m));
    kernel_count_begins();
    int error =
        place->k->matmul(out, tt_layout_of(TT_SHAPE(n, m)), a,
                         tt_layout_of(TT_SHAPE(n, k)), b, tt_layout_of(TT_SHAPE(k, m)));
    kernel_expect(place, error, out, want, (size_t)(n * m), 1e-4, "3.4",
                  "(%d,%d) x (%d,%d)", n, k, k, m);
    tt_sim_traffic t;
    if (kernel_counted(place, &t)) {
        uint64_t rows = (uint64_t)(n + 31) / 32, columns = (uint64_t)(m + 31) / 32;
        uint64_t reads = columns * (uint64_t)(n * k) + rows * (uint64_t)(k * m);
        cr_expect_leq(
            t.global_loads, reads,
            "(%d,%d) x (%d,%d): %llu reads of global memory; with tiles of 32 in shared "
            "memory it takes %llu",
            n, k, k, m, (unsigned long long)t.global_loads, (unsigned long long)reads);
        cr_expect_eq(
            t.global_stores, (uint64_t)(n * m),
            "(%d,%d) x (%d,%d): %llu writes; each cell of out is to be written once", n,
            k, k, m, (unsigned long long)t.global_stores);
    }
    if (n % 32 + k % 32 + m % 32 == 0 && kernel_counted(place, &t))
        cr_expect_leq(
            t.global_load_sectors, 4 * t.global_load_requests,
            "(%d,%d) x (%d,%d): a warp reads %.1f sectors of 32 bytes at a time, and "
            "4 would do: threads that differ in threadIdx.x should read neighbours, "
            "so threadIdx.x is the column",
            n, k, k, m, (double)t.global_load_sectors / (double)t.global_load_requests);
    kernel_free(place, a);
    kernel_free(place, b);
    kernel_free(place, out);
    free(want);
    free(x);
    free(y);
}

static void sizes(const kernel_place *place)
{
    static const int nkm[][3] = {{1, 1, 1},    {2, 2, 2},    {1, 33, 1},   {31, 32, 33},
                                 {33, 31, 32}, {32, 33, 31}, {33, 33, 33}, {64, 64, 64},
                                 {65, 1, 2},   {3, 257, 5},  {2, 3, 100}};
    for (size_t i = 0; i < sizeof nkm / sizeof nkm[0]; i++)
        multiply(place, nkm[i][0], nkm[i][1], nkm[i][2]);
}

Test(task3_4, any_size_and_each_tile_read_once)
{
    kernel_each(sizes);
}

/* Both operands transposed in memory, out too, each with an offset. */
static void layouts(const kernel_place *place)
{
    enum { N = 35, K = 40, M = 37 };
    float *x = kernel_numbers(3 + N * K, 1), *y = kernel_numbers(5 + K * M, 2);
    double *want = malloc(sizeof *want * (2 + N * M));
    tt_layout al = {.shape = TT_SHAPE(N, K), .stride = {1, N}, .offset = 3};
    tt_layout bl = {.shape = TT_SHAPE(K, M), .stride = {1, K}, .offset = 5};
    tt_layout to = {.shape = TT_SHAPE(N, M), .stride = {1, N}, .offset = 2};
    want[0] = want[1] = -77.25; /* before the offset: untouched */
    for (int i = 0; i < N; i++)
        for (int j = 0; j < M; j++) {
            double sum = 0;
            for (int k = 0; k < K; k++)
                sum += (double)x[3 + i + k * N] * (double)y[5 + k + j * K];
            want[2 + i + j * N] = sum;
        }
    float *a = kernel_device(place, x, 3 + N * K), *b = kernel_device(place, y, 5 + K * M);
    float *out = kernel_device(place, NULL, 2 + N * M);
    int error = place->k->matmul(out, to, a, al, b, bl);
    kernel_expect(place, error, out, want, 2 + N * M, 1e-4, "3.4", "transposed operands");
    kernel_free(place, a);
    kernel_free(place, b);
    kernel_free(place, out);
    free(want);
    free(x);
    free(y);
}

Test(task3_4, operands_and_result_of_any_layout)
{
    kernel_each(layouts);
}

static void no_inner_cells(const kernel_place *place)
{
    const double want[6] = {0};
    float *a = kernel_device(place, NULL, 1), *out = kernel_device(place, NULL, 6);
    int error =
        place->k->matmul(out, tt_layout_of(TT_SHAPE(2, 3)), a,
                         tt_layout_of(TT_SHAPE(2, 0)), a, tt_layout_of(TT_SHAPE(0, 3)));
    kernel_expect(place, error, out, want, 6, 0, "3.4", "(2,0) x (0,3)");
    kernel_free(place, a);
    kernel_free(place, out);
}

Test(task3_4, an_inner_dimension_of_0_gives_zeros)
{
    kernel_each(no_inner_cells);
}

/* ---- through tensors: batches and gradients -------------------------------------------------------- */

/* The product of two tensors cell by cell, batches broadcast, by the tests' own walk. */
static void expect_product(tt_case *k, tt_tensor *a, tt_tensor *b, tt_shape big)
{
    tt_shape x = tt_shape_of(a), y = tt_shape_of(b), row = big, column = big;
    int inner = x.dim[x.ndim - 1], index[TT_MAX_DIMS] = {0};
    double *left = case_cells(a), *right = case_cells(b);
    double *want = tt_alloc(k->c, (tt_shape_size(big) + 1) * sizeof *want);
    row.dim[big.ndim - 1] = inner;
    column.dim[big.ndim - 2] = inner;
    size_t cell = 0;
    do {
        for (int p = 0; p < inner; p++) {
            int at_a[TT_MAX_DIMS], at_b[TT_MAX_DIMS];
            for (int d = 0; d < big.ndim; d++) at_a[d] = at_b[d] = index[d];
            at_a[big.ndim - 1] = at_b[big.ndim - 2] = p;
            want[cell] += left[case_broadcast_position(at_a, row, x)] *
                          right[case_broadcast_position(at_b, column, y)];
        }
        cell++;
    } while (case_next_index(big, index));
    bool stretched = x.ndim != y.ndim || x.dim[0] != y.dim[0];
    expect_tensor(
        k, tt_matmul(k->c, a, b),
        &(tt_expected){.shape = big,
                       .cells = want,
                       .tolerance = 1e-4,
                       .what = "matmul",
                       .task = "3.4",
                       .hint = stretched ? "batches of size 1 are used again for each"
                                         : "has every cell a thread: tiles of rows along "
                                           "blockIdx.x, of columns along blockIdx.y?"});
}

static tt_tensor *product_of(tt_ctx *c, tt_tensor **in, void *user)
{
    (void)user;
    return tt_matmul(c, in[0], in[1]);
}

static const tt_shape shapes[][3] = {
    {{2, {3, 4}}, {2, {4, 2}}, {2, {3, 2}}},
    {{3, {2, 33, 5}}, {3, {2, 5, 3}}, {3, {2, 33, 3}}},
    {{3, {1, 3, 4}}, {3, {5, 4, 2}}, {3, {5, 3, 2}}},
    {{3, {5, 3, 4}}, {2, {4, 2}}, {3, {5, 3, 2}}},
    {{4, {2, 1, 3, 4}}, {3, {3, 4, 2}}, {4, {2, 3, 3, 2}}},
};

static void on(const tt_backend *backend, void (*body)(tt_case *k))
{
    if (!backend) return;
    kernel_stop_at_findings();
    tt_case k = case_begin(backend, 4);
    body(&k);
    case_end(&k);
}

static void batches(tt_case *k)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        expect_product(k, case_tensor(k, shapes[i][0]), case_tensor(k, shapes[i][1]),
                       shapes[i][2]);
}

Test(task3_4, tensors_in_batches_that_broadcast)
{
    on(tt_backend_sim(), batches);
    on(tt_backend_cuda_course(), batches);
}

static void gradients(tt_case *k)
{
    tt_tensor *a = case_tensor(k, TT_SHAPE(1, 3, 2)),
              *b = case_tensor(k, TT_SHAPE(2, 2, 2));
    bool right = tt_check_gradient_of(k->c, product_of, NULL, TT_IN(a, b), 2);
    cr_assert(right, "gradient of matmul on %s, seed %llu: %s", k->backend->name,
              (unsigned long long)k->seed, tt_error(k->c));
}

Test(task3_4, gradients_of_batches_that_broadcast)
{
    on(tt_backend_sim(), gradients);
    on(tt_backend_cuda_course(), gradients);
}
