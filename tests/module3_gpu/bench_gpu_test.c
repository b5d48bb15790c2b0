/* What `bench` does on a GPU, on the simulator: every row is verified, timed and printed. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "module3_gpu/bench_gpu.h"
#include "module3_gpu/cublas.h"
#include "module3_gpu/cuda/kernel_backend.h"
#include "tests/module3_gpu/support/kernel_cases.h"

TestSuite(bench_gpu, .timeout = 60);

Test(bench_gpu, every_row_is_verified_and_timed)
{
    static const char *const works[] = {"matmul", NULL};
    static const int sizes[] = {33, 0};
    char *arguments[] = {"bench", "--quiet", NULL};
    tt_bench *b = tt_bench_begin("", works, 2, arguments);
    kernel_diagnosing(false);
    cr_expect(tt_bench_device(b, tt_backend_sim_fast(), 33, sizes));
    cr_expect_eq(b->rows, 14, "12 loops and 2 products, but %d rows", b->rows);
    cr_expect_null(getenv("TT_CUDA_TF32"), "left behind");
    tt_bench_end(b);
}

Test(bench_gpu, without_a_device_there_is_no_row)
{
    static const char *const works[] = {"matmul", NULL};
    char *arguments[] = {"bench", "--quiet", NULL};
    if (tt_backend_cuda()) return;
    tt_bench *b = tt_bench_begin("", works, 2, arguments);
    tt_bench_gpu(b);
    cr_expect_eq(b->rows, 0);
    tt_bench_end(b);
}

Test(bench_gpu, cublas_may_be_missing)
{
    tti_cublas *blas = tti_cublas_open();
    if (blas) cr_expect(tti_cublas_name(blas)[0] == 'c');
    tti_cublas_close(blas);
    tti_cublas_close(NULL);
}
