/* Boxes and settings: see fast_cases.h. */
#include "tests/module3_gpu/support/fast_cases.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "module2_tensors/simple_backend.h"
#include "module3_gpu/fast/kernels.h"
#include "module3_gpu/fast/threads.h"

enum { OFFSET = 3 };

box box_of(tt_ctx *c, tt_shape shape, const int *order, double low, double high,
           uint64_t seed)
{
    tt_layout layout = {.shape = shape, .offset = OFFSET};
    size_t step = 1;
    for (int d = shape.ndim - 1; d >= 0; d--) {
        int at = order ? order[d] : d;
        layout.stride[at] = step;
        step *= (size_t)shape.dim[at];
    }
    box b = {.data = {tt_storage_new(c, tt_backend_simple(), step + OFFSET), layout}};
    cr_assert_not_null(b.data.storage, "%s", tt_error(c));
    b.at = tt_storage_set(b.data.storage);
    tt_rng rng = tt_rng_of(seed, TT_STREAM_DATA);
    for (size_t i = 0; i < step + OFFSET; i++)
        b.at[i] = (float)(low + (high - low) * (double)tt_rng_uniform(rng, i));
    return b;
}

box box_out(tt_ctx *c, tt_shape shape)
{
    box b = box_of(c, shape, NULL, 0, 1, 0);
    size_t n = tt_shape_size(shape) + OFFSET;
    for (size_t i = 0; i < n; i++) b.at[i] = NAN;
    return b;
}

box box_stretched(box b, int d, int size)
{
    b.data.layout.shape.dim[d] = size;
    b.data.layout.stride[d] = 0;
    return b;
}

static bool near(float got, float want, double tolerance)
{
    if (isnan(want)) return isnan(got);
    if (isinf(want)) return got == want;
    return fabs((double)got - (double)want) <= tolerance * (1 + fabs((double)want));
}

void box_expect(box got, box want, double tolerance, const char *what)
{
    size_t n = tt_shape_size(want.data.layout.shape);
    for (size_t i = OFFSET; i < n + OFFSET; i++)
        cr_assert(near(got.at[i], want.at[i], tolerance),
                  "%s: cell number %zu of %zu is %.9g, expected %.9g", what, i - OFFSET,
                  n, (double)got.at[i], (double)want.at[i]);
}

void box_expect_same(box got, box want, const char *what)
{
    size_t n = tt_shape_size(want.data.layout.shape);
    for (size_t i = OFFSET; i < n + OFFSET; i++)
        cr_assert(memcmp(&got.at[i], &want.at[i], sizeof(float)) == 0,
                  "%s: cell number %zu of %zu is %.9g, and was %.9g with one thread",
                  what, i - OFFSET, n, (double)got.at[i], (double)want.at[i]);
}

void each_setting(void (*body)(void *user, const char *setting), void *user)
{
    static const char *const names[] = {"base", "avx2", "avx512"};
    for (int s = 0; s < 3; s++) {
        const tti_kernels *kernels = tti_kernels_named(names[s]);
        if (kernels == NULL) continue;
        tti_kernels_use(kernels);
        for (int threads = 1; threads <= 3; threads++) {
            char setting[32];
            tt_set_threads(threads);
            snprintf(setting, sizeof setting, "%s, %d threads", names[s], threads);
            body(user, setting);
        }
    }
    tti_kernels_use(NULL);
    tt_set_threads(0);
}
